"""Grade an assignment, each student's submission on its own, and print what became of whom.

python tools/grade.py ASSIGNMENT [STUDENT ...]    those who are new or have handed in again; or these, in any case

The course is the folder `exercises`; its README says where submissions lie. A submission is mended first, and whatever
one of them does, the others are graded.
"""

import sys
from pathlib import Path
from typing import NamedTuple

import nbformat
from assignments import EXERCISES, configuration, find_alembic
from grading.confined import why_not
from grading.mend import mend
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI

from gdlib._files import written_whole


class Row(NamedTuple):
    """What became of a student's submission."""

    student: str
    status: str
    points: str = ""
    remarks: str = ""


class Unreadable(Exception):
    """A submission that is no notebook; it says why."""


def grade(api: NbGraderAPI, assignment: str, student: str, *, again: bool = False) -> Row:
    """Grade one submission, unless it has been."""
    course = Path(api.coursedir.root)
    (release,) = (course / "release" / assignment).glob("*.ipynb")
    folder = course / "submitted" / student / assignment
    if not folder.is_dir() or not any(folder.iterdir()):
        return Row(student, "not submitted")
    try:
        remarks = _found(folder, release.name)
        remarks += mend(_read(folder / release.name), nbformat.read(release, as_version=4))
    except Unreadable as problem:
        return Row(student, "failed", remarks=str(problem))
    graded = course / "autograded" / student / assignment / release.name
    if again or not graded.exists() or graded.stat().st_mtime < (folder / release.name).stat().st_mtime:
        result = api.autograde(assignment, student, force=True)
        if not result["success"]:
            return Row(student, "failed", remarks=_why(result))
    return _row(api, assignment, student, remarks)


def _found(folder: Path, name: str) -> list[str]:
    """Give the submission the name that nbgrader looks for, if it has another; what was done."""
    files = sorted(path.name for path in folder.iterdir() if path.is_file())
    notebooks = [file for file in files if file.endswith(".ipynb")]
    if name in notebooks:
        return []
    if len(notebooks) != 1:
        raise Unreadable(f"no {name}, and {len(notebooks)} other notebooks: {', '.join(files)}")
    with written_whole(folder / name) as file:
        file.write((folder / notebooks[0]).read_bytes())
    return [f"it was called {notebooks[0]}"]


def _read(path: Path) -> nbformat.NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except Exception as problem:  # what a file may hold that is no notebook, nbformat meets with errors of many kinds
        raise Unreadable(f"{path.name} is no notebook: {str(problem).splitlines()[0][:100]}") from None


def _why(result: dict[str, str]) -> str:
    """The error that nbgrader ended with, from its log."""
    lines = [line.strip() for line in f"{result.get('log', '')}\n{result['error']}".splitlines()]
    errors = [line for line in lines if "Error" in line.partition(":")[0] and not line.startswith("[")]
    return (errors or lines)[-1][:200]


def _row(api: NbGraderAPI, assignment: str, student: str, remarks: list[str]) -> Row:
    with Gradebook(api.coursedir.db_url, api.course_id) as gradebook:
        submission = gradebook.find_submission(assignment, student)
        status = "waiting for you" if submission.needs_manual_grade else "graded"
        points = f"{submission.score:g} of {submission.max_score:g}"
    return Row(student, f"mended, {status}" if remarks else status, points, "; ".join(remarks))


def students(api: NbGraderAPI, assignment: str) -> list[str]:
    """Those of the gradebook, and all who have handed in."""
    with Gradebook(api.coursedir.db_url, api.course_id) as gradebook:
        known = {student.id for student in gradebook.students}
    submitted = Path(api.coursedir.root, "submitted").glob(f"*/{assignment}")
    return sorted(known | {path.parent.name for path in submitted})


def table(rows: list[Row]) -> str:
    """The rows under their heads, a column as wide as it must be."""
    lines = [Row("student", "status", "points", "mended how, failed why"), *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(f"{text:{width}}" for text, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def main(assignment: str, *named: str) -> int | str:
    """Run as a command."""
    find_alembic()
    api = NbGraderAPI(config=configuration(EXERCISES))
    if not (EXERCISES / "release" / assignment).is_dir():
        return f"{assignment} has not been handed out from here: `nbgrader generate_assignment {assignment}` does so"
    if why_not():
        print(f"Submissions are not confined: {why_not()}. exercises/README.md says what that means.\n")
    rows = []
    for student in named or students(api, assignment):
        print(f"{student} …", file=sys.stderr, flush=True)
        rows.append(grade(api, assignment, student, again=bool(named)))
    print(table(rows))
    return int(any(row.status == "failed" for row in rows))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
