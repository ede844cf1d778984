"""How a submission is graded: mended first, then run apart from the teacher's machine and from the tests."""
