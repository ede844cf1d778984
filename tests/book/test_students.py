"""The students' edition: all that they read and run, their copies of the assignments, and nothing that solves one."""

import contextlib
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import assignments
import nbformat
import pytest
import students
from assignments import EXERCISES
from notebooks import NOTEBOOKS, ROOT
from test_assignments import SOURCES, between, is_answer, read

ANSWERS = str(Path("gdlib", "checks"))  # to the chapters' exercises, as the folded solutions are
FORBIDDEN_PLACES = {"exercises", "teach", "tests", "tools", "benchmarks", "web"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder, the names of its files and what was printed; of a project, and in a folder, of an odd name."""
    place, printed = tmp_path_factory.mktemp("edition") / "book (1) [new] %20 #1", io.StringIO()
    exercises = place / "exercises"
    shutil.copytree(EXERCISES / "source", exercises / "source")
    shutil.copy(EXERCISES / "nbgrader_config.py", exercises)
    with pytest.MonkeyPatch.context() as changed, contextlib.redirect_stdout(printed):
        changed.setenv("JUPYTER_PREFER_ENV_PATH", "1")
        changed.setattr(assignments, "EXERCISES", exercises)
        return place / "out", students.make(place / "out"), printed.getvalue()


@pytest.fixture(scope="module")
def edition(made):
    return made[:2]


def test_it_holds_what_students_need(edition):
    names = {path.as_posix() for path in edition[1]}
    assert {path.relative_to(ROOT).as_posix() for path in NOTEBOOKS} <= names
    assert {".binder/postBuild", ".binder/requirements.txt", "README.md", "pyproject.toml", "gdlib/scratch.py"} <= names
    assert {path.parts[0] for path in edition[1]} & FORBIDDEN_PLACES == set()


# The copies of the assignments


def test_it_holds_the_copies_of_all_assignments_and_says_so(made):
    folder, names, printed = made
    copies = [Path("assignments", path.parent.name, path.name) for path in SOURCES]
    assert [path for path in names if path.parts[0] == "assignments"] == copies
    assert printed.splitlines() == [str(folder / path) for path in copies]


@pytest.mark.parametrize("output", [EXERCISES, EXERCISES / "source"])
def test_the_command_does_not_write_over_the_sources(output):
    with pytest.raises(SystemExit, match="where the sources are: choose another folder"):
        assignments.main(output)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_no_solution_and_no_hidden_test_is_in_a_copy(edition, source):
    path, original = edition[0] / "assignments" / source.parent.name / source.name, read(source)
    given, release = path.read_text(encoding="utf-8"), read(path)
    assert [marker for marker in ("SOLUTION", "HIDDEN TESTS", "###  ") if marker in given] == []
    for cell, before in zip(release.cells, original.cells, strict=True):
        kind = before.metadata.get("nbgrader", {})
        hidden = between(before.source, "SOLUTION") + between(before.source, "HIDDEN TESTS")
        hidden += [before.source] if is_answer(before) else []
        assert bool(hidden) == bool(kind.get("solution") or kind.get("grade"))
        shown = "" if is_answer(before) else re.sub(r" *### BEGIN (.*)\n.*?### END \1", "", before.source, flags=re.S)
        for secret in hidden:
            # Word for word nowhere in the copy; line by line not in its cell, but for lines that the student is given.
            assert not any(secret in each.source for each in release.cells)
            lines = [line for line in secret.splitlines() if line.strip() and line not in shown]
            assert lines
            assert [line for line in lines if line in cell.source] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_an_untouched_copy_fails_in_words(edition, source):
    """Run here, for no kernel is needed to see what nbgrader would run: the student's cells and the teacher's tests."""
    release, names = read(edition[0] / "assignments" / source.parent.name / source.name), {}
    for cell, original in zip(release.cells, read(source).cells, strict=True):
        if cell.cell_type == "code":
            kind = original.metadata.get("nbgrader", {})
            with pytest.raises(AssertionError) if kind.get("grade") else contextlib.nullcontext():
                exec(original.source if kind.get("grade") else cell.source, names)


# No answers


def text_of(path):
    """What a file says, of a notebook the sources and outputs of its cells; None for what is no text."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
    if path.suffix != ".ipynb":
        return text
    cells = nbformat.reads(text, as_version=4).cells
    return "\n".join(cell.source + "".join(map(str, cell.get("outputs", []))) for cell in cells)


def squeezed(text):
    return " ".join(text.split())


def secrets():
    """Every solution, hidden test and written answer, by the assignment."""
    found = {}
    for source in SOURCES:
        for cell in read(source).cells:
            texts = between(cell.source, "SOLUTION") + between(cell.source, "HIDDEN TESTS")
            texts += [cell.source] if is_answer(cell) else []
            found.setdefault(source, []).extend(squeezed(text) for text in texts)
    return found


def leaks(folder, names):
    """The files in which one of them stands, or the mark of one. A line as short as a name says nothing."""
    marks = re.compile("### (BEGIN|END) (SOLUTION|HIDDEN TESTS)")
    hidden = [secret for each in secrets().values() for secret in each if len(secret) > 40]
    ours = [name for name in names if not str(name).startswith(ANSWERS)]
    texts = {name: squeezed(text) for name in ours if (text := text_of(folder / name)) is not None}
    return [name for name, text in texts.items() if marks.search(text) or any(secret in text for secret in hidden)]


def test_no_solution_and_no_hidden_test_is_in_any_of_its_files(edition):
    assert min(map(len, secrets().values())) > 8
    assert leaks(*edition) == []


def test_a_solution_would_be_found(edition, tmp_path):
    for source in SOURCES:
        shutil.copy(source, tmp_path)
        notebook = read(edition[0] / "assignments" / source.parent.name / source.name)
        answers = [cell for cell in read(source).cells if is_answer(cell)]
        notebook.cells += [nbformat.v4.new_markdown_cell(answer.source) for answer in answers]
        nbformat.write(notebook, tmp_path / f"answered-{source.name}")
    assert sorted(leaks(tmp_path, [path.name for path in tmp_path.iterdir()])) == sorted(
        [name for source in SOURCES for name in (source.name, f"answered-{source.name}")]
    )


def test_the_package_in_it_can_be_imported_from_there_alone(edition):
    ran = subprocess.run(
        [sys.executable, "-c", "import gdlib.losses, gdlib.datasets; gdlib.datasets.penguins(); print(gdlib.__file__)"],
        cwd=edition[0],
        env={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(edition[0])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.strip() == str(edition[0] / "gdlib" / "__init__.py"), ran.stderr


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit, match="is not empty: choose a folder that is"):
        students.main(str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_a_branch_grows_by_what_has_changed_and_no_other_is_touched(edition, tmp_path, monkeypatch):
    def git(*command):
        ran = subprocess.run(["git", *command], cwd=tmp_path, capture_output=True, text=True, check=True)
        return ran.stdout.strip()

    monkeypatch.setattr(students, "ROOT", tmp_path)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "A")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@example.org")
    git("init", "--quiet", "--initial-branch=main")
    (tmp_path / "solution").write_text("42", encoding="utf-8")
    git("add", ".")
    git("commit", "--quiet", "-m", "All")
    before = git("rev-parse", "main")
    first = students.commit(edition[0], "students")
    assert students.commit(edition[0], "students") == first
    assert git("ls-tree", "-r", "--name-only", "students").splitlines() == sorted(map(str, edition[1]))
    changed = tmp_path.parent / "changed"
    shutil.copytree(edition[0], changed)
    (changed / "README.md").write_text("new", encoding="utf-8")
    second = students.commit(changed, "students")
    assert git("rev-parse", f"{second}^") == first
    assert git("diff", "--name-only", first, second) == "README.md"
    assert git("rev-parse", "main") == before
    assert git("status", "--porcelain") == ""
    assert (git("ls-tree", "students", ".binder/postBuild")).startswith("100755")


def test_every_recipe_names_it():
    """A link to the whole repository would bring the solutions along."""
    running = (ROOT / "teach" / "running.md").read_text(encoding="utf-8")
    for section in re.split(r"^## ", running, flags=re.M):
        if re.match("On JupyterHub|On Colab", section):
            assert "students" in section
            assert "BRANCH" not in section
    assert "make students" in running
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    assert re.search(r"^repository:.*\n  url: \"\"\n  branch: students\b", config, re.M)
    assert json.dumps("students") in (ROOT / "tools" / "students.py").read_text(encoding="utf-8")
