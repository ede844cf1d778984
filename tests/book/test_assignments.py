"""The graded assignments, the whole way: students' copies, submissions good and bad, points, feedback."""

import contextlib
import copy
import html
import io
import os
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest.mock import patch

import assignments
import nbformat
import pytest
from assignments import EXERCISES
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.nbgraderformat import MetadataValidator
from notebooks import METADATA

pytestmark = [
    # nbgrader makes a submission and its parts in an order that SQLAlchemy 2 remarks upon; both are stored.
    pytest.mark.filterwarnings(r"ignore:Object of type <\w+> not in session:sqlalchemy.exc.SAWarning"),
]

SOURCES = sorted(EXERCISES.glob("source/*/*.ipynb"))
DESCENT = "3-descent"
HASTE = 6  # seconds until a loop that never ends is stopped; a busy machine may need some to begin

# What students of the third assignment hand in: the solved copy with these pieces replaced, the tests that this loses,
# and what the feedback says.
MISTAKES = {
    "wrong": (
        {
            "return 2 / len(y) * X.T": "return 1 / len(y) * X.T",
            "theta - learning_rate": "theta + learning_rate",
            "return 2 / np.linalg": "return 1 / np.linalg",
            "abs(left)": "left",
        },
        {"gradient-values", "descend-once", "descend-often", "limit-upright", "limit-tilted", "epochs-overshooting"},
        [
            "Not yet: the right sign, but half as large: did you lose a 2?",
            "Not yet: uphill: the gradient points up. Step against it.",
            "Not yet: this is 1/λmax: the limit is twice as far.",
            "Not yet: below 0 is not near 0: a distance has no sign. Take abs.",
        ],
    ),
    "broken": (
        {"    left *= 1 - learning_rate * eigenvalue\n": "", "def rate_limit(X):": "def rate_limit(X)"},
        {"limit-upright", "limit-tilted", "epochs-straight", "epochs-overshooting"},
        [
            "epochs_until was stopped: is there a loop that never ends, or does it wait for something?",
            "SyntaxError: expected ':'",
            "NameError: name 'rate_limit' is not defined",
        ],
    ),
}


class Graded(NamedTuple):
    """What became of a submission."""

    points: dict[str, float]
    unread: list[str]  # answers that wait for the teacher
    log: str
    page: str  # the feedback, in HTML

    @property
    def feedback(self):
        return html.unescape(re.sub("<[^>]*>", "", self.page))


def read(path):
    return nbformat.read(path, as_version=4)


def points(notebook):
    """Of every graded cell."""
    cells = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    return {cell["grade_id"]: cell["points"] for cell in cells if cell.get("grade")}


def written(notebook):
    """The answers that a teacher reads."""
    return [cell.metadata.nbgrader.grade_id for cell in notebook.cells if is_answer(cell)]


def is_answer(cell):
    return cell.cell_type == "markdown" and "nbgrader" in cell.metadata


def between(source, what):
    """The lines between the markers of a cell."""
    return re.findall(rf"### BEGIN {what}\n(.*?)\n *### END {what}", source, re.S)


def solved(source, release):
    """A student's copy with the solutions of its source filled in."""
    notebook = copy.deepcopy(release)
    for cell, original in zip(notebook.cells, source.cells, strict=True):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = re.sub(r"^ *### (BEGIN|END) SOLUTION\n?", "", original.source, flags=re.M)
    return notebook


def altered(notebook, changes):
    notebook = copy.deepcopy(notebook)
    for before, after in changes.items():
        (cell,) = [cell for cell in notebook.cells if before in cell.source]
        cell.source = cell.source.replace(before, after)
    return notebook


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """The command's output; the folder in which it worked, which it would throw away; what it printed."""
    folder, output = tmp_path_factory.mktemp("school"), tmp_path_factory.mktemp("output") / "new"
    kept = patch.object(assignments, "TemporaryDirectory", lambda: contextlib.nullcontext(folder))
    printed = io.StringIO()
    with patch.dict(os.environ, JUPYTER_PREFER_ENV_PATH="1"), kept:
        with contextlib.redirect_stdout(printed):
            assignments.main(output)
        yield folder, output, printed.getvalue()


@pytest.fixture(scope="module")
def graded(school):
    """All submissions, by assignment and student."""
    folder, output, _ = school

    def grader(seconds):
        config = assignments.course(folder)
        config.Execute.timeout = seconds
        return NbGraderAPI(config=config)

    api, hasty, logs = grader(120), grader(HASTE), {}
    for source in SOURCES:
        assignment, release = source.parent.name, read(output / source.relative_to(EXERCISES / "source"))
        right = solved(read(source), release)
        submissions = {"solved": right}
        if assignment == DESCENT:
            submissions["untouched"] = release
            submissions |= {name: altered(right, changes) for name, (changes, _, _) in MISTAKES.items()}
        for student, notebook in submissions.items():
            path = folder / "submitted" / student / assignment / source.name
            path.parent.mkdir(parents=True)
            nbformat.write(notebook, path)
            result = (hasty if student == "broken" else api).autograde(assignment, student)
            assert result["success"], result["log"] + result["error"]
            logs[assignment, student] = result["log"]
    for student in MISTAKES:
        result = api.generate_feedback(DESCENT, student)
        assert result["success"], result["log"] + result["error"]
    return {key: outcome(api, *key, log) for key, log in logs.items()}


def outcome(api, assignment, student, log):
    folder, name = Path(api.coursedir.root), assignment.partition("-")[2]
    with Gradebook(api.coursedir.db_url, api.course_id) as gradebook:
        grades = gradebook.find_submission_notebook(name, assignment, student).grades
        scores = {grade.name: grade.score for grade in grades}
        unread = [grade.name for grade in grades if grade.needs_manual_grade]
    page = folder / "feedback" / student / assignment / f"{name}.html"
    return Graded(scores, unread, log, page.read_text(encoding="utf-8") if page.exists() else "")


@pytest.fixture(params=SOURCES, ids=lambda path: path.parent.name)
def source(request):
    return request.param


# The sources


def test_there_are_five_assignments():
    assert len(SOURCES) == 5


def test_a_source_is_stored_without_outputs_and_its_metadata_are_valid(source):
    notebook = read(source)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    assert notebook.metadata == METADATA
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None] == []


def test_tasks_are_marked_and_every_test_has_a_hidden_part(source):
    for cell in read(source).cells:
        kind = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and kind.get("solution"):
            assert len(between(cell.source, "SOLUTION")) == 1
        if cell.cell_type == "code" and kind.get("grade"):
            assert kind["locked"]
            assert len(between(cell.source, "HIDDEN TESTS")) == 1


def test_the_points_that_are_stated_add_up(source):
    notebook, stated, found = read(source), [], []
    for cell in notebook.cells:
        if heading := re.match(r"## \d\. .* \((\d+) points\)\n", cell.source):
            stated.append(int(heading[1]))
            found.append(0)
        if cell.metadata.get("nbgrader", {}).get("grade"):
            found[-1] += cell.metadata.nbgrader.points
    assert found == stated
    assert 3 <= len(stated) - len(written(notebook)) <= 5
    assert len(written(notebook)) <= 1
    assert f"**{sum(stated)} points.**" in notebook.cells[0].source


# The students' copies


def test_the_command_writes_all_and_says_so(school):
    _, output, printed = school
    copies = [output / path.relative_to(EXERCISES / "source") for path in SOURCES]
    assert sorted(path for path in output.rglob("*") if path.is_file()) == copies
    assert printed.splitlines() == [str(path) for path in copies]


@pytest.mark.parametrize("output", [EXERCISES, EXERCISES / "source"])
def test_the_command_does_not_write_over_the_sources(output):
    with pytest.raises(SystemExit, match="where the sources are: choose another folder"):
        assignments.main(output)


def test_the_project_may_lie_in_a_folder_of_any_name(tmp_path, monkeypatch, capsys):
    exercises = tmp_path / "book (1) [new] %20 #1" / "exercises"
    shutil.copytree(EXERCISES / "source" / SOURCES[0].parent.name, exercises / "source" / SOURCES[0].parent.name)
    shutil.copy(EXERCISES / "nbgrader_config.py", exercises)
    monkeypatch.setattr(assignments, "EXERCISES", exercises)
    monkeypatch.setattr(assignments, "TemporaryDirectory", TemporaryDirectory)  # the others keep theirs
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "1")
    assignments.main(tmp_path / "out [1]")
    assert [path.name for path in (tmp_path / "out [1]").rglob("*.ipynb")] == [SOURCES[0].name]


def test_no_solution_and_no_hidden_test_is_in_a_copy(school, source):
    _, output, _ = school
    given = (output / source.relative_to(EXERCISES / "source")).read_text(encoding="utf-8")
    release, original = read(output / source.relative_to(EXERCISES / "source")), read(source)
    assert [marker for marker in ("SOLUTION", "HIDDEN TESTS", "###  ") if marker in given] == []
    for cell, before in zip(release.cells, original.cells, strict=True):
        kind = before.metadata.get("nbgrader", {})
        secrets = between(before.source, "SOLUTION") + between(before.source, "HIDDEN TESTS")
        secrets += [before.source] if is_answer(before) else []
        assert bool(secrets) == bool(kind.get("solution") or kind.get("grade"))
        shown = "" if is_answer(before) else re.sub(r" *### BEGIN (.*)\n.*?### END \1", "", before.source, flags=re.S)
        for secret in secrets:
            # Word for word nowhere in the copy; line by line not in its cell, but for lines that the student is given.
            assert not any(secret in each.source for each in release.cells)
            lines = [line for line in secret.splitlines() if line.strip() and line not in shown]
            assert lines
            assert [line for line in lines if line in cell.source] == []


# What is handed in


def test_an_untouched_copy_fails_in_words(school, source):
    """Run here, for no kernel is needed to see what nbgrader would run: the student's cells and the teacher's tests."""
    release, names = read(school[1] / source.relative_to(EXERCISES / "source")), {}
    for cell, original in zip(release.cells, read(source).cells, strict=True):
        if cell.cell_type == "code":
            kind = original.metadata.get("nbgrader", {})
            with pytest.raises(AssertionError) if kind.get("grade") else contextlib.nullcontext():
                exec(original.source if kind.get("grade") else cell.source, names)


def test_an_untouched_copy_gets_no_points(graded):
    assert set(graded[DESCENT, "untouched"].points.values()) == {0}


def test_a_solved_copy_gets_all_points_but_those_that_the_teacher_gives(graded, source):
    result, full = graded[source.parent.name, "solved"], points(read(source))
    assert result.unread == written(read(source))
    assert result.points == full | dict.fromkeys(result.unread, 0)


@pytest.mark.parametrize("student", MISTAKES)
def test_a_mistake_costs_its_points_and_the_feedback_says_why(graded, student):
    _, lost, sentences = MISTAKES[student]
    result, full = graded[DESCENT, student], points(read(EXERCISES / "source" / DESCENT / "descent.ipynb"))
    assert result.points == full | dict.fromkeys([*lost, *result.unread], 0)
    for sentence in sentences:
        assert sentence in result.feedback
    assert re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=.?https?:[^>]*", result.page) == []


def test_what_never_ends_is_stopped_and_reported(graded):
    assert graded[DESCENT, "broken"].log.count(f"Timeout waiting for execute reply ({HASTE}s)") == 2
