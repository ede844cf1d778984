"""The stored notebooks: executed, whole, described, and in the shape that every chapter has.

nbval compares their outputs with fresh ones. It compares nothing for a cell without an execution count, and no
pictures; what it would let pass is refused here.
"""

import ast
import copy
import re
from pathlib import Path

import nbformat
import notebooks
import pytest
import quizzes
from nbclient import NotebookClient
from nbconvert.exporters import ScriptExporter
from notebooks import METADATA, NOTEBOOKS, ROOT, WIDGET_VIEW, normalise, problems

import gdlib

UNKIND = re.compile(r"\b(simply|obviously|clearly|trivial\w*|of course|just|easy|easily)\b", re.I)
CHAPTERS = [path for path in NOTEBOOKS if path.parent.name == "chapters"]
EVERY = [*NOTEBOOKS, *ROOT.glob("exercises/source/*/*.ipynb")]


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


@pytest.fixture(scope="module", params=CHAPTERS, ids=lambda path: path.stem)
def chapter(request):
    return nbformat.read(request.param, as_version=4)


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_a_notebook_is_stored_executed_and_described(notebook):
    assert problems(notebook) == []


def test_a_notebook_is_stored_normalised(notebook):
    assert normalise(copy.deepcopy(notebook)) == notebook


def test_a_chapter_opens_with_what_the_reader_will_do_learn_and_need(chapter):
    opening = chapter.cells[0].source
    assert [line for line in opening.splitlines() if line.startswith("# ")] == [opening.splitlines()[0]]
    assert re.findall(r"^\*\*You (?:will(?: learn)?|need)\*\*", opening, re.M) == [
        "**You will**",
        "**You will learn**",
        "**You need**",
    ]


def test_a_chapter_closes_with_a_summary_a_quiz_exercises_and_reading(chapter):
    headings = re.findall(r"^## (.*)$", prose(chapter), re.M)
    assert headings[-4:] == ["Summary", "Quiz", "Exercises", "Further reading"]


def test_every_answer_of_a_quiz_has_its_feedback(chapter):
    questions = quizzes.questions(prose(chapter))
    assert len(questions) >= 2
    for _, answers in questions:
        assert len({answer.text for answer in answers}) == len(answers) >= 2
        assert sum(answer.is_right for answer in answers) == 1
        assert all(len(answer.feedback) > 40 for answer in answers)


def test_every_exercise_has_a_hint_a_starter_that_runs_and_a_solution_that_is_right(chapter):
    cells = [cell for cell in chapter.cells if cell.source.strip()]
    begin = next(k for k, cell in enumerate(cells) if re.search("^## Exercises", cell.source, re.M))
    told = "".join(cell.source + "\n" for cell in cells[begin:] if cell.cell_type == "markdown")
    labels = re.findall(r"^:label: ex-(.+)$", told, re.M)
    assert 3 <= len(labels) == len(set(labels)) <= 5
    assert labels == re.findall(r"^```\{solution-start\} ex-(.+)\n:class: dropdown$", told, re.M)
    assert (
        told.count(":::{dropdown} Hint")
        == told.count("```{exercise-end}")
        == told.count("```{solution-end}")
        == len(labels)
    )
    assert len(re.findall(r"^```\{exercise-start\} Predict, then slide", told, re.M)) == 1
    for label in labels:
        starter, solution = (
            cell for cell in cells[begin:] if cell.cell_type == "code" and f'check("{label}"' in cell.source
        )
        assert "..." in starter.source
        assert "Nothing to check yet" in starter.outputs[-1].data["text/plain"]
        assert solution.outputs[-1].data["text/plain"].startswith("Right.")


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_a_notebook_becomes_a_script_of_python(path):
    _, resources = ScriptExporter().from_filename(str(path))
    assert resources["output_extension"] == ".py"


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_a_notebook_reads_no_file_that_lies_beside_it(path):
    """Pages offer notebooks for download one by one."""
    code = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    texts = [node.value for cell in code for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.Constant)]
    assert [text for text in texts if isinstance(text, str) and is_there(path.parent, text)] == []


def is_there(folder, text):
    try:
        return (folder / text).is_file()
    except (OSError, ValueError):  # no path at all
        return False


@pytest.mark.parametrize("name", ["more-data-than-memory", "how-fast"])
def test_a_chapter_shows_its_measurements_in_an_empty_folder(name, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(gdlib.__file__).parent.parent))
    notebook = nbformat.read(ROOT / "chapters" / f"{name}.ipynb", as_version=4)
    setup, first, *others = (cell for cell in notebook.cells if cell.cell_type == "code")
    showing = [cell for cell in others if 'measured("' in cell.source]
    notebook.cells = [setup, first, *showing]
    assert "import measured\n" in str(first.source) + "".join(cell.source for cell in showing)
    resources = {"metadata": {"path": tmp_path}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    assert list(tmp_path.iterdir()) == []


def test_a_beginner_is_never_told_that_something_is_simple(notebook):
    assert UNKIND.findall(prose(notebook)) == []


def test_every_figure_has_a_name_of_its_own():
    cells = [cell for path in NOTEBOOKS for cell in nbformat.read(path, as_version=4).cells]
    assert len(CHAPTERS) >= 7
    names = [cell.metadata.mystnb.figure.name for cell in cells if "figure" in cell.metadata.get("mystnb", {})]
    assert len(names) == len(set(names)) > 10


def executed(source, outputs, count=1, **metadata):
    cell = nbformat.v4.new_code_cell(source, execution_count=count, outputs=outputs, metadata=metadata, id="a")
    return nbformat.v4.new_notebook(cells=[cell], metadata=METADATA)


PRINTED = [nbformat.v4.new_output("stream", name="stdout", text="1\n")]
PICTURE = [nbformat.v4.new_output("display_data", data={"image/png": "AA=="})]
FIGURE = {"figure": {"caption": "A caption.", "name": "fig-a"}, "image": {"alt": "An alt text."}}


def test_a_whole_notebook_has_no_problems():
    assert problems(executed("print(1)", PRINTED)) == []
    assert problems(executed("draw()", PICTURE, mystnb=FIGURE)) == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (executed("print(1)", [], count=None), "execution count is None, not 1"),
        (executed("print(1)", PRINTED, count=2), "execution count is 2, not 1"),
        (executed("print(1)", []), "no output is stored"),
        (executed("draw()", [], mystnb=FIGURE), "a caption and 0 pictures"),
        (executed("draw()", PICTURE), "no caption"),
        (executed("draw()", PICTURE, mystnb=FIGURE | {"image": {"alt": ""}}), "no alt text"),
        (executed("1/0", [nbformat.v4.new_output("error", ename="ZeroDivisionError")]), "ended in ZeroDivisionError"),
        (executed("warn()", [nbformat.v4.new_output("stream", name="stderr", text="!")]), "wrote to stderr"),
        (executed("1", [nbformat.v4.new_output("execute_result", execution_count=7)]), "of another run"),
        (executed("w", [nbformat.v4.new_output("display_data", data={WIDGET_VIEW: {}})]), "a widget's view"),
        (executed("", []), "it is empty"),
        (nbformat.v4.new_notebook(metadata=METADATA), "no code cell"),
        (nbformat.v4.new_notebook(metadata=METADATA | {"widgets": {}}), "metadata are not normalised"),
    ],
)
def test_a_notebook_that_was_not_run_through_is_refused(broken, said):
    assert said in "\n".join(problems(broken))


# What is executed

SHARED = ["gdlib/loss.py", "gdlib/data/table.json", "chapters/matplotlibrc", "requirements.lock"]


@pytest.fixture
def renewed(tmp_path, monkeypatch):
    """A small project and a function that renews it, whose answer is what was executed."""
    for name in SHARED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    paths = [tmp_path / "index.ipynb", tmp_path / "chapters" / "01.ipynb"]
    for path in paths:
        path.write_text("prose")
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    monkeypatch.setattr(notebooks, "EXECUTED", tmp_path / "_build" / "executed.json")

    def renew(*named):
        executed = []
        with monkeypatch.context() as patch:
            patch.setattr(notebooks, "execute", lambda path: executed.append(path) or path.write_text("outputs"))
            notebooks.renew(list(named) or paths, all_of_them=bool(named))
        return [path.name for path in executed]

    return renew


def test_a_notebook_is_executed_when_it_changed_and_only_then(renewed, tmp_path):
    assert renewed() == ["index.ipynb", "01.ipynb"]
    assert renewed() == []
    (tmp_path / "chapters" / "01.ipynb").write_text("better prose")
    assert renewed() == ["01.ipynb"]
    assert renewed() == []


@pytest.mark.parametrize("name", SHARED)
def test_all_are_executed_when_what_they_share_changed(renewed, tmp_path, name):
    renewed()
    (tmp_path / name).write_text("2")
    assert renewed() == ["index.ipynb", "01.ipynb"]


def test_all_are_executed_when_they_get_another_set_up_cell(renewed, monkeypatch):
    renewed()
    monkeypatch.setattr("setup_cell.repository", lambda: ("https://github.com/owner/name", "main"))
    assert renewed() == ["index.ipynb", "01.ipynb"]


def test_a_notebook_that_is_named_is_executed_whether_it_changed_or_not(renewed, tmp_path):
    renewed()
    assert renewed(tmp_path / "index.ipynb") == ["index.ipynb"]
    assert renewed() == []


def test_a_notebook_that_failed_is_executed_again_and_the_one_before_it_is_not(renewed, tmp_path, monkeypatch):
    def fail_in_the_chapter(path):
        assert path.name == "index.ipynb"

    with monkeypatch.context() as patch:
        patch.setattr(notebooks, "execute", fail_in_the_chapter)
        with pytest.raises(AssertionError):
            notebooks.renew([tmp_path / "index.ipynb", tmp_path / "chapters" / "01.ipynb"], all_of_them=False)
    assert renewed() == ["01.ipynb"]
