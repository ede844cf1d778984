"""The grades of nbgrader's gradebook as CSV: question by question, and in the shapes that Moodle and Canvas import.

python tools/grades.py [FOLDER]    into this folder; by default, into exercises/grades

Moodle (Grades, Import, CSV file) asks which column is which: students are known by "Email address", and a column of
points goes to a grade item, the one behind it to its feedback. "-" is no grade there. Canvas (Gradebook, Import) wants
the columns that its own export begins with, and the most points of each assignment in the row below.
"""

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from assignments import EXERCISES, find_alembic
from nbgrader.api import Assignment, Gradebook, MissingEntry, Student, SubmittedAssignment

from gdlib._files import written_whole

GRADED, WAITING, MISSING = "graded", "waiting for a teacher", "not submitted"
NO_GRADE = "-"

QUESTIONS = ["student", "e-mail", "assignment", "status", "question", "automatic", "manual", "points", "of"]
MOODLE = ["First name", "Last name", "ID number", "Email address"]
CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]


class Result(NamedTuple):
    """What a student has in an assignment."""

    student: Student
    assignment: Assignment
    submission: SubmittedAssignment | None

    @property
    def status(self) -> str:
        """Whether it was submitted, and whether its points are final."""
        if self.submission is None:
            return MISSING
        return WAITING if self.submission.needs_manual_grade else GRADED

    def points(self, none: str) -> str:
        """All points, if they are final; else what stands for no grade."""
        return number(self.submission.score) if self.submission and self.status == GRADED else none


def number(value: float | None) -> str:
    """Points without a needless ".0"; nothing where none were given."""
    return "" if value is None else f"{value:g}"


def results(gradebook: Gradebook) -> Iterator[Result]:
    """Every student in every assignment."""
    for student in sorted(gradebook.students, key=lambda each: each.id):
        for assignment in sorted(gradebook.assignments, key=lambda each: each.name):
            try:
                submission = gradebook.find_submission(assignment.name, student.id)
            except MissingEntry:
                submission = None
            yield Result(student, assignment, submission)


def questions(found: list[Result]) -> Iterator[list[str]]:
    """A row for each question; one without for what was not submitted."""
    yield QUESTIONS
    for result in found:
        first = [result.student.id, result.student.email or "", result.assignment.name, result.status]
        if result.submission is None:
            yield [*first, "", "", "", "", number(result.assignment.max_score)]
            continue
        for notebook in result.submission.notebooks:
            for grade in sorted(notebook.grades, key=lambda each: each.cell.name):
                scores = (grade.auto_score, grade.manual_score, grade.score, grade.max_score)
                yield [*first, grade.cell.name, *map(number, scores)]


def moodle(found: list[Result]) -> Iterator[list[str]]:
    """A row for each student, with a column of points and one of feedback for each assignment."""
    names = list(dict.fromkeys(result.assignment.name for result in found))
    yield [*MOODLE, *(column for name in names for column in (name, f"{name} (feedback)"))]
    for student, own in by_student(found):
        row = [student.first_name or "", student.last_name or "", student.id, student.email or ""]
        yield [*row, *(column for result in own for column in (result.points(NO_GRADE), result.status))]


def canvas(found: list[Result]) -> Iterator[list[str]]:
    """A row for each student, below one with the most points that there are."""
    most = {result.assignment.name: number(result.assignment.max_score) for result in found}
    yield [*CANVAS, *most]
    yield ["    Points Possible", *[""] * (len(CANVAS) - 1), *most.values()]
    for student, own in by_student(found):
        name = ", ".join(filter(None, (student.last_name, student.first_name))) or student.id
        yield [name, student.lms_user_id or "", "", student.id, "", *(result.points("") for result in own)]


def by_student(found: list[Result]) -> Iterator[tuple[Student, list[Result]]]:
    """The students, and what each has."""
    own: dict[str, list[Result]] = {}
    for result in found:
        own.setdefault(result.student.id, []).append(result)
    yield from ((each[0].student, each) for each in own.values())


def as_csv(rows: Iterable[list[str]]) -> str:
    """The text of a file."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def write(gradebook: Gradebook, folder: Path) -> list[Path]:
    """Write the three files."""
    found = list(results(gradebook))
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, rows in (("questions", questions), ("moodle", moodle), ("canvas", canvas)):
        path = folder / f"{name}.csv"
        with written_whole(path) as file:
            file.write(as_csv(rows(found)).encode())
        written.append(path)
    return written


def main(folder: Path = EXERCISES / "grades") -> None:
    """Run as a command."""
    database = EXERCISES / "gradebook.db"
    if not database.is_file():
        sys.exit(f"{database} is not there: nothing has been handed out from here yet")
    find_alembic()
    with Gradebook(f"sqlite:///{database}") as gradebook:
        print(*write(gradebook, folder), sep="\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
