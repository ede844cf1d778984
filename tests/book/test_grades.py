"""The exported grades, read again by the csv module, and held against what the two systems' importers ask for."""

import csv
import io
import os
import sysconfig
from unittest.mock import patch

import grades
import pytest
from nbgrader.api import Gradebook

pytestmark = [
    # nbgrader makes a submission and its parts in an order that SQLAlchemy 2 remarks upon; both are stored.
    pytest.mark.filterwarnings(r"ignore:Object of type <\w+> not in session:sqlalchemy.exc.SAWarning"),
]

NAMES = {
    "anna": ("Anna", "O'Neill, Jr.", "anna@school.example", "4711"),
    "ben": ("Bén", 'the "Third"', "ben@school.example", None),
    "cem": (None, None, None, None),
}


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory):
    """Two assignments and three students: one is graded, one waits for a teacher, one has handed in nothing."""
    database = tmp_path_factory.mktemp("grades") / "gradebook.db"
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    with patch.dict(os.environ, PATH=path), Gradebook(f"sqlite:///{database}") as book:
        for assignment in ("1-first", "2-second"):
            book.add_assignment(assignment)
            book.add_notebook("task", assignment)
            book.add_grade_cell("values", "task", assignment, max_score=3, cell_type="code")
            book.add_grade_cell("in-words", "task", assignment, max_score=2, cell_type="markdown")
        for name, (first, last, email, lms) in NAMES.items():
            book.add_student(name, first_name=first, last_name=last, email=email, lms_user_id=lms)
        for student, automatic, manual in [("anna", 3, 1.5), ("ben", 2, None)]:
            book.add_submission("1-first", student)
            values = book.find_grade("values", "task", "1-first", student)
            words = book.find_grade("in-words", "task", "1-first", student)
            values.auto_score, values.needs_manual_grade = automatic, False
            words.manual_score, words.needs_manual_grade = manual, manual is None
        book.db.commit()
        yield book


@pytest.fixture(scope="module")
def read(gradebook, tmp_path_factory):
    """The files, read again."""
    paths = grades.write(gradebook, tmp_path_factory.mktemp("csv") / "new")
    return {path.stem: list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))) for path in paths}


def test_every_row_is_as_long_as_its_head(read):
    assert set(read) == {"questions", "moodle", "canvas"}
    for rows in read.values():
        assert {len(row) for row in rows} == {len(rows[0])}


def test_each_question_has_its_points_by_machine_and_by_hand(read):
    head, *rows = read["questions"]
    assert head == ["student", "e-mail", "assignment", "status", "question", "automatic", "manual", "points", "of"]
    assert rows == [
        ["anna", "anna@school.example", "1-first", "graded", "in-words", "", "1.5", "1.5", "2"],
        ["anna", "anna@school.example", "1-first", "graded", "values", "3", "", "3", "3"],
        ["anna", "anna@school.example", "2-second", "not submitted", "", "", "", "", "5"],
        ["ben", "ben@school.example", "1-first", "waiting for a teacher", "in-words", "", "", "0", "2"],
        ["ben", "ben@school.example", "1-first", "waiting for a teacher", "values", "2", "", "2", "3"],
        ["ben", "ben@school.example", "2-second", "not submitted", "", "", "", "", "5"],
        ["cem", "", "1-first", "not submitted", "", "", "", "", "5"],
        ["cem", "", "2-second", "not submitted", "", "", "", "", "5"],
    ]


def test_moodle_finds_students_by_e_mail_and_a_number_or_a_dash_in_each_grade(read):
    """What `grade/import/csv` takes: a column that identifies a user, points as numbers, "-" for none, feedback."""
    head, *rows = read["moodle"]
    assert head[:4] == ["First name", "Last name", "ID number", "Email address"]
    assert head[4:] == ["1-first", "1-first (feedback)", "2-second", "2-second (feedback)"]
    assert [row[:4] for row in rows] == [
        [first or "", last or "", name, email or ""] for name, (first, last, email, _) in NAMES.items()
    ]
    assert [row[4:] for row in rows] == [
        ["4.5", "graded", "-", "not submitted"],
        ["-", "waiting for a teacher", "-", "not submitted"],
        ["-", "not submitted", "-", "not submitted"],
    ]


def test_canvas_finds_its_columns_its_most_points_and_an_empty_cell_where_there_is_no_grade(read):
    """What `GradebookImporter` takes: Student and ID first, Section last before the assignments, Points Possible."""
    head, most, *rows = read["canvas"]
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "1-first", "2-second"]
    assert "Points Possible" in most[0]
    assert most[5:] == ["5", "5"]
    assert rows == [
        ["O'Neill, Jr., Anna", "4711", "", "anna", "", "4.5", ""],
        ['the "Third", Bén', "", "", "ben", "", "", ""],
        ["cem", "", "", "cem", "", "", ""],
    ]


def test_without_a_gradebook_it_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(grades, "EXERCISES", tmp_path)
    with pytest.raises(SystemExit, match="nothing has been handed out from here yet"):
        grades.main(tmp_path)
