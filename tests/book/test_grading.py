"""Grading a class: what is mended, whom a bad submission stops, and points that are not earned."""

import copy
import os
import re
import socket
import sysconfig
from pathlib import Path
from unittest.mock import patch

import assignments
import grade
import nbformat
import numpy as np
import pytest
from assignments import EXERCISES
from bs4 import BeautifulSoup
from grading import apart, forbidden
from grading.confined import why_not
from grading.judge import Judge, question
from grading.mend import mend, name_of
from nbconvert.exporters import HTMLExporter
from nbgrader.apps import NbGraderAPI
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from test_assignments import SOURCES, points, read, solved, written

pytestmark = [
    pytest.mark.slow,
    # nbgrader makes a submission and its parts in an order that SQLAlchemy 2 remarks upon; both are stored.
    pytest.mark.filterwarnings(r"ignore:Object of type <\w+> not in session:sqlalchemy.exc.SAWarning"),
]

CONFINED = pytest.mark.skipif(bool(why_not()), reason=f"no sandbox: {why_not()}")
SOURCE = {path.parent.name: path for path in SOURCES}
POINT, CLOSED, DESCENT, PENGUINS, YOURS = SOURCE


def cell(notebook, name):
    (found,) = [each for each in notebook.cells if name_of(each) == name]
    return found


def altered(notebook, changes):
    """The notebook with some pieces of its sources replaced."""
    notebook = copy.deepcopy(notebook)
    for before, after in changes.items():
        (found,) = [each for each in notebook.cells if before in each.source]
        found.source = found.source.replace(before, after)
    return notebook


# What may become of a notebook in which one works, each made of the solved copy of the third assignment


def copied(notebook):
    """A solution copied below itself, and a test above it."""
    place = notebook.cells.index(cell(notebook, "descend"))
    twice = copy.deepcopy(notebook.cells[place])
    early = copy.deepcopy(cell(notebook, "descend-once"))
    twice.id, early.id = "new-1", "new-2"  # as JupyterLab does
    notebook.cells[place : place + 1] = [early, twice, notebook.cells[place]]


def split(notebook):
    """A solution and a test in two pieces each."""
    for name, at in (("rate-limit", "    return"), ("limit-upright", "    slips=[")):
        place = notebook.cells.index(cell(notebook, name))
        whole = notebook.cells[place]
        first, second = copy.deepcopy(whole), copy.deepcopy(whole)
        cut = whole.source.index(at)
        first.source, second.source = whole.source[:cut].rstrip("\n"), whole.source[cut:]
        second.id = f"{name}-2"
        notebook.cells[place : place + 1] = [first, second]


def incomplete(notebook):
    """Without the cell with the imports, without two tests and the written answer."""
    gone = {"setup", "gradient-values", "epochs-overshooting", "in-words"}
    notebook.cells = [each for each in notebook.cells if name_of(each) not in gone]


def stripped(notebook):
    """From an editor that keeps neither ids nor metadata: what was typed is there."""
    for each in notebook.cells:
        each.id = f"new-{notebook.cells.index(each)}"
        each.metadata = nbformat.from_dict({})


# Of each, what is said of it.
MENDED = {
    copied: ["descend was there 2 times: all are run", "descend-once was there 2 times"],
    split: ["rate-limit was split into 2", "limit-upright was there 2 times"],
    incomplete: [
        "cells setup, gradient-values, epochs-overshooting, in-words were missing: "
        "they are put back as they were handed out"
    ],
    stripped: ["cell in-words was missing: it is put back as it was handed out"],
}

# Mistakes in the third assignment, the tests that they lose, and what the feedback says.
MISTAKES = {
    "return 2 / len(y) * X.T @ (X @ theta - y)": "return 1 / len(y) * X.T @ (X @ theta - y)\n\n"
    "while True:\n    print('never ' * 1000)",
    "theta - learning_rate": "theta + learning_rate",
    "def rate_limit(X):": "def rate_limit(X)",
    "    left *= 1 - learning_rate * eigenvalue\n": "",
}
LOST = {"gradient-values", "descend-once", "descend-often"}
LOST |= {"limit-upright", "limit-tilted", "epochs-straight", "epochs-overshooting"}
SAID = [
    "[More was printed, and is held back.]",
    "This cell was stopped: is there a loop in it that never ends?",
    "Not yet: the right sign, but half as large: did you lose a 2?",
    "Not yet: uphill: the gradient points up. Step against it.",
    "SyntaxError: expected ':'",
    "NameError: name 'rate_limit' is not defined",
    "epochs_until was stopped: is there a loop that never ends, or does it wait for something?",
]
HASTE = 1  # seconds until what never ends is stopped


def patience(cell):
    """The seconds that a cell may take: all that it needs, unless it is known that it never ends."""
    endless = "while True" in cell.source or "'name': 'epochs_until', 'payload': '" in cell.source
    return HASTE if endless else 120


# Points that are not earned: the assignment, what stands in the first solution, and the points that are: nothing done
# stays at the start, and has no gradient at the minimum.
NOTHING = "lambda *given, **named: np.zeros(2)"
TRICKS = {
    "imports the answer, in three ways": (
        POINT,
        "import importlib, gdlib\n"
        "def plainly():\n    import gdlib.scratch, gdlib.vectors\n    return gdlib.scratch, gdlib.vectors\n"
        "for way in (\n"
        "    plainly,\n"
        "    lambda: (gdlib.scratch, gdlib.vectors),\n"
        "    lambda: (importlib.import_module('gdlib.scratch'), importlib.import_module('gdlib.vec' + 'tors')),\n"
        "):\n"
        "    try:\n        scratch, vectors = way()\n    except ImportError as refused:\n        print(refused)\n"
        "    else:\n        point_gradient, vector_mean = scratch.linear_gradient, vectors.vector_mean\n"
        "def subtract(v, w): return vectors.add(v, vectors.scalar_multiply(-1, w))\n"
        "def error(x, y, theta): return point_gradient(x, y, theta)[1] / 2",
        0,
    ),
    "redefines the checker": (
        DESCENT,
        "class Number:\n    def __init__(self, *given, **named): pass\n    def judge(self, answer): return True\n"
        f"Function = Number\ngradient = rate_limit = epochs_until = {NOTHING}\n"
        "descend = lambda slope_at, theta, rate, epochs: theta",
        2,
    ),
    "patches the checker and what it leans on": (
        PENGUINS,
        "import builtins, numpy\n"
        "from gdlib.checks import Verdict, _questions\n"
        "_questions.Number._judge = _questions.Function._judge = lambda self, answer: Verdict(True, 'Right.')\n"
        "Verdict.__bool__ = lambda self: True\n"
        "builtins.abs = numpy.abs = lambda *given: numpy.zeros(3)\n"
        "standardise = lambda seen, rows: numpy.zeros(numpy.shape(rows))\n"
        f"fit = rmse = {NOTHING}\nheld_out_error = lambda *given: 0.0",
        0,
    ),
    "forges the answers": (
        CLOSED,
        "import builtins, json\nfrom IPython.display import display\n"
        "class Right:\n    def __eq__(self, other): return True\n    def __array__(self, *given): return np.zeros(2)\n"
        "said = {'text/x-answer': json.dumps({'value': {'is': True}, 'changed': {}})}\n"
        "builtins.exec = lambda *given: display(said, raw=True)\n"
        "design = solve_normal = mean_squared_error = shortest = lambda *given: Right()",
        0,
    ),
}

PROBE = """
import glob, os, socket, subprocess, sys

def tried(what, attempt):
    try:
        print(what, "->", attempt())
    except BaseException as error:
        print(what, "->", type(error).__name__)

tried("sources", lambda: len(glob.glob(COURSE + "/**/*.ipynb", recursive=True)))
tried("gradebook", lambda: os.path.exists(COURSE + "/gradebook.db"))
tried("write beside", lambda: open(COURSE + "/mine", "w").write("x"))
tried("write in gdlib", lambda: open(os.path.join(sys.modules["gdlib"].__path__[0], "mine"), "w").write("x"))
tried("write here", lambda: open("mine", "w").write("x"))
tried("fill the disk", lambda: [open(str(i), "wb").write(bytes(2**24)) for i in range(9)])
tried("take memory", lambda: len(bytearray(8 * 2**30)))
tried("network", lambda: socket.create_connection(("127.0.0.1", PORT), 5))
tried("secrets", lambda: "SECRET" in os.environ)
tried("answers", lambda: len(open(os.path.join(sys.modules["gdlib"].__path__[0], "losses.py")).read()))
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(999)", "MARK"], start_new_session=True)
"""

SHOWN = """
from IPython.display import HTML, Javascript, display

display(HTML("<script>document.title = 'mine'</script>"), Javascript("document.title = 'mine'"))
print("<script>document.title = 'mine'</script>")
"""


PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
WORDS = f"""<script>document.title = 'mine'</script> <img src="https://example.org/x.png" onerror="alert(1)">

A *drawing*: ![mine]({PIXEL}) ![](//example.org/y.png) [a link](javascript:alert(1))"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course whose assignments have been handed out."""
    folder = tmp_path_factory.mktemp("class")
    paths = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    with patch.dict(os.environ, JUPYTER_PREFER_ENV_PATH="1", PATH=paths, SECRET="x"):
        config = assignments.course(folder)
        config.Execute.timeout_func = patience
        api = NbGraderAPI(config=config)
        for assignment in SOURCE:
            result = api.generate_assignment(assignment)
            assert result["success"], result["log"] + result["error"]
        yield api, folder


def released(folder, assignment):
    return read(folder / "release" / assignment / SOURCE[assignment].name)


def right(folder, assignment):
    return solved(read(SOURCE[assignment]), released(folder, assignment))


def hand_in(folder, student, assignment, notebook, name=None):
    path = folder / "submitted" / student / assignment / (name or SOURCE[assignment].name)
    path.parent.mkdir(parents=True)
    path.write_text(notebook if isinstance(notebook, str) else nbformat.writes(notebook), encoding="utf-8")


def failed(folder, student, assignment):
    """The tests that a submission did not pass, and the notebook that was graded."""
    graded = read(folder / "autograded" / student / assignment / SOURCE[assignment].name)
    tests = [each for each in graded.cells if each.metadata.get("nbgrader", {}).get("grade")]
    return {name_of(each) for each in tests if any(o.output_type == "error" for o in each.get("outputs", []))}, graded


def feedback(api, student):
    """The feedback to the third assignment, in HTML."""
    result = api.generate_feedback(DESCENT, student)
    assert result["success"], result["log"] + result["error"]
    return Path(api.coursedir.root, "feedback", student, DESCENT, "descent.html").read_text(encoding="utf-8")


def earned(assignment, lost):
    """What the table says of points that the machine gives."""
    notebook = read(SOURCE[assignment])
    full = points(notebook)
    return f"{sum(full[name] for name in full.keys() - lost - {*written(notebook)}):g} of {sum(full.values())}"


# What is handed in


@pytest.fixture(scope="module")
def rows(course):
    """A class of submissions to the third assignment, graded one after the other: what the table says of each."""
    api, folder = course
    with grade.Gradebook(api.coursedir.db_url, api.course_id) as gradebook:
        gradebook.add_student("absent")
    mended = right(folder, DESCENT)
    for change in (copied, split, incomplete):
        change(mended)
    hand_in(folder, "mended", DESCENT, mended)
    ending = right(folder, DESCENT)
    cell(ending, "rate-limit").source = "import os\nos._exit(1)"
    hand_in(folder, "ending", DESCENT, ending, "descent (1).ipynb")
    hand_in(folder, "mistaken", DESCENT, altered(right(folder, DESCENT), MISTAKES))
    hand_in(folder, "a-picture", DESCENT, "\x89PNG")
    hand_in(folder, "untouched", DESCENT, released(folder, DESCENT))
    return {student: grade.grade(api, DESCENT, student) for student in grade.students(api, DESCENT)}


def test_the_table_says_of_everybody_what_became_of_them(rows):
    assert {student: row.status for student, row in rows.items()} == {
        "a-picture": "failed",
        "absent": "not submitted",
        "ending": "mended, waiting for you",
        "mended": "mended, waiting for you",  # its written answer is there, but who knows where
        "mistaken": "waiting for you",
        "untouched": "graded",  # nothing was written, so nobody has to read it
    }
    assert rows["a-picture"].remarks.startswith("descent.ipynb is no notebook: ")
    assert [student for student, row in rows.items() if row.remarks] == ["a-picture", "ending", "mended"]
    assert rows["ending"].remarks == "it was called descent (1).ipynb"
    lines = grade.table(list(rows.values())).splitlines()
    assert lines[0].split()[:3] == ["student", "status", "points"]
    assert [line.split()[0] for line in lines[1:]] == sorted(rows)


def test_an_untouched_copy_gets_no_points(rows):
    assert rows["untouched"].points.startswith("0 of ")


def test_a_mended_submission_gets_the_points_that_it_has_earned(course, rows):
    said = [*MENDED[copied], *MENDED[split], *MENDED[incomplete]]
    assert [sentence for sentence in said if sentence not in rows["mended"].remarks] == []
    lost, graded = failed(course[1], "mended", DESCENT)
    assert lost == set()
    assert rows["mended"].points == earned(DESCENT, set())
    assert graded.cells[0].source.startswith("**Mended before grading:**")
    assert cell(graded, "setup").execution_count == 1  # what the tests ask in between is not counted


def test_who_ends_the_python_that_runs_it_has_earned_the_points_before(course, rows):
    lost = {"limit-upright", "limit-tilted", "epochs-straight", "epochs-overshooting"}
    assert failed(course[1], "ending", DESCENT)[0] == lost
    assert rows["ending"].points == earned(DESCENT, lost)


def test_a_mistake_costs_its_points_and_the_feedback_says_why(course, rows):
    assert failed(course[1], "mistaken", DESCENT)[0] == LOST
    assert rows["mistaken"].points == earned(DESCENT, LOST)
    page = BeautifulSoup(feedback(course[0], "mistaken"), "html.parser")
    assert [sentence for sentence in SAID if sentence not in page.text] == []
    assert [tag for tag in page.find_all(["script", "link", "img", "iframe"]) if elsewhere(tag)] == []


def test_who_has_been_graded_is_not_run_again(course, rows):
    api, _ = course
    with patch.object(api, "autograde", side_effect=AssertionError):
        assert grade.grade(api, DESCENT, "mended") == rows["mended"]


@pytest.mark.parametrize("assignment", [CLOSED, PENGUINS, YOURS])
def test_a_solved_copy_gets_all_points_but_those_that_the_teacher_gives(course, assignment):
    api, folder = course
    hand_in(folder, "solved", assignment, right(folder, assignment))
    row = grade.grade(api, assignment, "solved")
    status = "waiting for you" if written(read(SOURCE[assignment])) else "graded"
    assert (row.status, row.points) == (status, earned(assignment, set()))


# Mending


@pytest.mark.parametrize("change", MENDED, ids=lambda change: change.__name__)
def test_a_mended_notebook_is_whole_and_passes_every_test(course, change):
    release, notebook = released(course[1], DESCENT), right(course[1], DESCENT)
    change(notebook)
    said = "; ".join(mend(notebook, release))
    assert [sentence for sentence in MENDED[change] if sentence not in said] == []
    assert mend(notebook, release) == []
    needed = [name_of(each) for each in release.cells if name_of(each) and not is_code_to_write(each)]
    assert [name_of(each) for each in notebook.cells if name_of(each) and not is_code_to_write(each)] == needed
    tests = {name_of(each): each.source for each in read(SOURCE[DESCENT]).cells if name_of(each) in needed}
    names = {}
    for each in notebook.cells:
        if each.cell_type == "code":
            exec(tests.get(name_of(each), each.source), names)


def test_a_notebook_that_is_whole_is_left_alone(course):
    release, notebook = released(course[1], DESCENT), right(course[1], DESCENT)
    before = copy.deepcopy(notebook)
    assert mend(notebook, release) == []
    assert notebook == before


def is_code_to_write(each):
    return each.cell_type == "code" and each.metadata.nbgrader.solution


def test_a_written_answer_in_pieces_is_joined(course):
    release, notebook = released(course[1], DESCENT), right(course[1], DESCENT)
    whole = cell(notebook, "in-words").source
    second = copy.deepcopy(cell(notebook, "in-words"))
    cell(notebook, "in-words").source, second.source = "First.", "Second."
    notebook.cells.append(second)
    mend(notebook, release)
    assert cell(notebook, "in-words").source == "First.\nSecond."
    assert whole not in str(notebook)


# Points without work


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_earns_nothing(course, trick, monkeypatch):
    """Nor where no sandbox holds it, for the tests are in another process; a sandbox hides what has the answer."""
    api, folder = course
    assignment, first, worth = TRICKS[trick]
    if assignment != POINT:
        monkeypatch.setattr(apart, "why_not", lambda: "none was wanted")
    notebook = released(folder, assignment)
    for each in notebook.cells:  # no other solution, since it would define the function anew
        if each.cell_type == "code" and each.metadata.nbgrader.solution:
            each.source, first = first, "pass"
    hand_in(folder, "trick", assignment, notebook)
    assert grade.grade(api, assignment, "trick").points.startswith(f"{worth} of ")
    if assignment == POINT:
        said = "gdlib.scratch is not there when this assignment is graded: it has the answer. Write it yourself."
        assert str(failed(folder, "trick", assignment)[1]).count(said) == 3


def test_without_a_sandbox_a_solved_copy_gets_its_points_too(course, monkeypatch):
    monkeypatch.setattr(apart, "why_not", lambda: "none was wanted")
    api, folder = course
    hand_in(folder, "open", POINT, right(folder, POINT))
    assert grade.grade(api, POINT, "open").points == earned(POINT, set())


@pytest.mark.parametrize("program", ["bwrap", "prlimit"])
def test_where_there_is_no_sandbox_a_sentence_says_why(monkeypatch, program):
    monkeypatch.setattr("shutil.which", lambda name: None if name == program else name)
    assert why_not.__wrapped__().startswith(f"{program} is not installed (Debian's package is ")


def test_what_is_forbidden_exists_and_is_named_to_the_student():
    for assignment, modules in forbidden.FORBIDDEN.items():
        title = read(SOURCE[assignment]).cells[0].source
        ours = [name for name in modules if name.startswith("gdlib.")]
        assert [name for name in ours if f"`{name}`" not in title] == []
        assert len(forbidden.files(assignment)) == len(ours) + len(forbidden.names("")), assignment
    assert forbidden.FORBIDDEN.keys() == SOURCE.keys()


# What a submission may do to the machine


@pytest.fixture(scope="module")
def probed(course):
    """What a submission found that looked around, and its feedback."""
    api, folder = course
    with socket.create_server(("127.0.0.1", 0)) as server:
        given = f"COURSE, PORT = {str(folder)!r}, {server.getsockname()[1]}\n"
        mark = f"mark-{os.getpid()}"
        looks = "" if why_not() else given + PROBE.replace("MARK", mark)  # and nothing of it where nothing holds it
        notebook = right(folder, DESCENT)
        cell(notebook, "gradient").source = f"{looks}{SHOWN}\n{cell(notebook, 'gradient').source}"
        cell(notebook, "in-words").source = WORDS
        hand_in(folder, "probe", DESCENT, notebook)
        row = grade.grade(api, DESCENT, "probe")
    left = [path for path in Path("/proc").glob("[0-9]*/cmdline") if mark in _text(path)]
    return row, failed(folder, "probe", DESCENT)[1], feedback(api, "probe"), left


def _text(path):
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""


@CONFINED
def test_a_submission_sees_and_leaves_nothing_outside_of_its_sandbox(probed, course):
    row, graded, _, left = probed
    said = "".join(output.text for output in cell(graded, "gradient").outputs if output.output_type == "stream")
    assert dict(re.findall(r"^(.*) -> (.*)$", said, re.M)) == {
        "sources": "0",
        "gradebook": "False",
        "write beside": "FileNotFoundError",
        "write in gdlib": "OSError",
        "write here": "1",
        "fill the disk": "OSError",
        "take memory": "MemoryError",
        "network": "ConnectionRefusedError",
        "secrets": "False",
        "answers": "PermissionError",
    }
    assert left == []
    assert row.points == "13 of 16"


def test_the_feedback_runs_no_script_of_a_submission_and_asks_no_other_host(probed):
    page = BeautifulSoup(probed[2], "html.parser")
    assert [script for script in page.find_all("script") if "mine" in script.text] == []
    assert [tag for tag in page.find_all() if any(name.startswith("on") for name in tag.attrs)] == []
    assert "<script>document.title = 'mine'</script>" in page.text  # as it was printed, and as it was written
    assert [tag for tag in page.find_all(["script", "link", "img", "iframe"]) if elsewhere(tag)] == []
    assert page.find("em", string="drawing")
    assert [image["src"] for image in page.find_all("img", alt="mine")] == [PIXEL]
    assert [link for link in page.find_all("a") if link.get("href", "").startswith("javascript")] == []


def elsewhere(tag):
    return re.match("(https?:)?//", tag.get("src") or tag.get("href") or "")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_formgrader_asks_no_other_host_and_runs_no_script_of_a_submission(probed, course, monkeypatch):
    """With what nbgrader's extension of the server makes of our configuration."""
    monkeypatch.chdir(EXERCISES)
    formgrader = FormgradeExtension()
    formgrader.initialize([])
    graded = course[1] / "autograded" / "probe" / DESCENT / "descent.ipynb"
    told = {
        "base_url": "",
        "submission_id": "1",
        "notebook_id": "descent",
        "assignment_id": DESCENT,
        "student": "probe",
    }
    told |= {"index": 0, "total": 1, "last_name": "", "first_name": "", "notebook_path": ""}
    shown, _ = HTMLExporter(config=formgrader.config).from_filename(str(graded), resources=told)
    page = BeautifulSoup(shown, "html.parser")
    assert "formgrader/static" in shown
    assert [script for script in page.find_all("script") if "mine" in script.text] == []
    assert [tag for tag in page.find_all(["script", "link", "img", "iframe"]) if elsewhere(tag)] == []
    assert [script for script in page.find_all("script") if "mathjax" in str(script).lower()] == []


# Fair tests


def run(assignment, answers):
    """Run a source's cells here with other solutions; the first test that fails says why."""
    names = {}
    for each in read(SOURCE[assignment]).cells:
        if each.cell_type == "code":
            exec(answers.get(name_of(each), each.source), names)


FAIR = {
    (POINT, "float32"): {
        "subtract": "import numpy as np\ndef subtract(v, w): return np.float32(v) - np.float32(w)",
        "vector-mean": "def vector_mean(vectors): return np.mean(np.float32(vectors), axis=0)",
        "error": "def error(x, y, theta): return np.float32(theta[0]) * np.float32(x) + np.float32(theta[1] - y)",
        "point-gradient": (
            "def point_gradient(x, y, theta):\n    e = 2 * error(x, y, theta)\n    return np.float32([e * x, e])"
        ),
    },
    (CLOSED, "comprehensions"): {
        "design": "def design(x): return [[1, each] for each in x]",
        "solve-normal": (
            "def solve_normal(X, y):\n    A = [[sum(a * b for a, b in zip(u, v)) for v in X.T] for u in X.T]\n"
            "    return list(np.linalg.solve(A, [sum(a * b for a, b in zip(u, y)) for u in X.T]))"
        ),
        "mean-squared-error": (
            "def mean_squared_error(X, y, theta):\n"
            "    errors = [sum(t * a for t, a in zip(theta, row)) - each for row, each in zip(X, y)]\n"
            "    return sum([e**2 for e in errors]) / len(errors)"
        ),
        "shortest": "def shortest(X, y): return tuple(np.linalg.lstsq(X, y, rcond=None)[0])",
    },
    (CLOSED, "float32"): {
        "design": "def design(x): return np.float32([[1, each] for each in x])",
        "solve-normal": (
            "def solve_normal(X, y):\n    X = np.float32(X)\n    return np.linalg.solve(X.T @ X, X.T @ np.float32(y))"
        ),
        "mean-squared-error": (
            "def mean_squared_error(X, y, theta):\n    X, y, theta = map(np.float32, (X, y, theta))\n"
            "    return np.mean((X @ theta - y) ** 2)"
        ),
        "shortest": "def shortest(X, y): return np.linalg.lstsq(np.float32(X), np.float32(y), rcond=None)[0]",
    },
    (DESCENT, "comprehensions"): {
        "gradient": (
            "def gradient(X, y, theta):\n"
            "    errors = [sum([t * a for t, a in zip(theta, row)]) - each for row, each in zip(X, y)]\n"
            "    return [2 / len(y) * sum([e * a for e, a in zip(errors, column)]) for column in zip(*X)]"
        ),
        "descend": (
            "def descend(slope_at, theta, learning_rate, epochs):\n    for _ in range(epochs):\n"
            "        theta = [t - learning_rate * g for t, g in zip(theta, slope_at(theta))]\n    return theta"
        ),
    },
    (DESCENT, "the book's gradient_step"): {
        "descend": (
            "from gdlib.scratch import gradient_step\n"
            "def descend(slope_at, theta, learning_rate, epochs):\n    for _ in range(epochs):\n"
            "        theta = gradient_step(theta, slope_at(theta), -learning_rate)\n    return theta"
        ),
        "rate-limit": ("def rate_limit(X): return 2 / max(np.linalg.eigvals(2 / len(X) * X.T @ X))"),
    },
    (DESCENT, "float32"): {
        "gradient": (
            "def gradient(X, y, theta):\n    X, y, theta = map(np.float32, (X, y, theta))\n"
            "    return 2 / len(y) * X.T @ (X @ theta - y)"
        ),
        "descend": (
            "def descend(slope_at, theta, learning_rate, epochs):\n    theta = np.float32(theta)\n"
            "    for _ in range(epochs):\n        theta = np.float32(theta - learning_rate * slope_at(theta))\n"
            "    return theta"
        ),
        "rate-limit": "def rate_limit(X): return 2 / np.linalg.eigvalsh(np.float32(2 / len(X) * X.T @ X)).max()",
    },
    (PENGUINS, "comprehensions"): {
        "standardise": (
            "def standardise(training_rows, rows):\n    columns = list(zip(*training_rows))\n"
            "    return [[(a - np.mean(c)) / np.std(c) for a, c in zip(row, columns)] for row in rows]"
        ),
        "fit": (
            "from gdlib.scratch import gradient_step\n"
            "def fit(Z, y, learning_rate, epochs):\n    X = np.array([[1, *row] for row in Z])\n"
            "    theta = [0.0] * len(X[0])\n"
            "    for _ in range(epochs):\n        errors = X @ theta - y\n"
            "        gradient = [2 * np.mean(errors * column) for column in X.T]\n"
            "        theta = gradient_step(theta, gradient, -learning_rate)\n    return theta"
        ),
        "rmse": (
            "def rmse(Z, y, theta):\n"
            "    predicted = [theta[0] + sum([t * z for t, z in zip(theta[1:], row)]) for row in Z]\n"
            "    return (sum([(p - each) ** 2 for p, each in zip(predicted, y)]) / len(y)) ** 0.5"
        ),
    },
    (PENGUINS, "float32"): {
        "standardise": (
            "def standardise(training_rows, rows):\n    seen = np.float32(training_rows)\n"
            "    return (np.float32(rows) - seen.mean(axis=0)) / seen.std(axis=0)"
        ),
        "fit": (
            "def fit(Z, y, learning_rate, epochs):\n    X = np.float32(np.column_stack([np.ones(len(Z)), Z]))\n"
            "    theta = np.zeros(X.shape[1], np.float32)\n    for _ in range(epochs):\n"
            "        theta = theta - np.float32(2 * learning_rate / len(y)) * X.T @ (X @ theta - np.float32(y))\n"
            "    return theta"
        ),
        "rmse": "def rmse(Z, y, theta): return np.float32(np.sqrt(np.mean((theta[0] + Z @ theta[1:] - y) ** 2)))",
    },
}


@pytest.mark.parametrize(("assignment", "way"), FAIR)
def test_what_the_chapters_teach_is_taken(assignment, way):
    run(assignment, FAIR[assignment, way])


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ("return 2 / np.linalg", "return 1 / np.linalg", "this is 1/λmax: the limit is twice as far."),
        ("abs(left)", "left", "below 0 is not near 0: a distance has no sign. Take abs."),
    ],
)
def test_a_slip_is_told_what_it_is(right, wrong, sentence):
    answers = {name_of(each): each.source for each in altered(read(SOURCE[DESCENT]), {right: wrong}).cells}
    with pytest.raises(AssertionError, match=re.escape(sentence)):
        run(DESCENT, answers)


SCALED = """def held_out_error(table, mass, training, held_out):
    seen, new = table[training], table[held_out]
    both = np.concatenate([seen, new])
    theta = fit({0}, mass[training], 0.1, 20)
    return rmse({1}, mass[held_out], theta)"""


@pytest.mark.parametrize(
    ("seen", "new", "sentence"),
    [
        ("standardise(seen, seen)", "standardise(seen, new)", ""),
        ("standardise(both, seen)", "standardise(both, new)", "the held-out rows had a say in the scale"),
        ("standardise(seen, seen)", "standardise(new, new)", "the held-out rows were scaled by their own mean"),
        ("standardise(new, seen)", "standardise(new, new)", "the held-out rows set the scale for all of them"),
        ("seen", "new", "the descent ran away: were the columns scaled before it?"),
    ],
    ids=["by the training rows", "by all", "each by itself", "by the held-out rows", "not at all"],
)
def test_the_ways_of_scaling_are_told_apart(seen, new, sentence):
    with np.errstate(all="ignore"):
        if not sentence:
            run(PENGUINS, {"held-out-error": SCALED.format(seen, new)})
            return
        with pytest.raises(AssertionError, match=re.escape(sentence)):
            run(PENGUINS, {"held-out-error": SCALED.format(seen, new)})


def test_each_way_of_scaling_has_a_number_of_its_own():
    """The slips of the second test are as far apart as those of the first: in both, a leak shows."""
    for name in ("held-out-penguins", "held-out-swapped"):
        text = cell(read(SOURCE[PENGUINS]), name).source
        numbers = [float(each) for each in re.findall(r"(?:expected=|Slip\()(\d+\.\d\d)", text)]
        assert len(numbers) > 5
        gaps = [abs(a - b) / a for i, a in enumerate(numbers) for b in numbers[:i]]
        assert min(gaps) > 1.5e-4  # of which 1e-4 are the tolerance


# The judge


def test_an_answer_that_cannot_be_read_is_an_error_and_no_more():
    judge = Judge()
    try:
        for said in ["", "[]", '{"value": {"array": [1], "type": "O", "scalar": false}, "changed": {}}', "{"]:
            outputs = judge.run("answer(1)", "<test>", lambda code, said=said: ("", said))
            assert [output["output_type"] for output in outputs] == ["error"]
        (printed,) = judge.run("print(1 + 1)", "<test>", None)
        assert printed["text"] == "2\n"
    finally:
        judge.close()


def test_a_question_is_code_that_names_nothing_of_its_own():
    names = {"f": lambda x: x}
    shown = []
    with patch("IPython.display.display", lambda data, raw: shown.append(data)):
        exec(question("f", None), names)
    assert names.keys() == {"f", "__builtins__"}
    assert "x" in str(shown)
