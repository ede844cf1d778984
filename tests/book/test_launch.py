"""Ways to run a page elsewhere: the cell that every notebook begins with, and Binder's environment."""

import json
import os
import subprocess
import sys

import nbformat
import pytest
import setup_cell
from notebooks import NOTEBOOKS, ROOT
from setup_cell import ID, METADATA, NAME, repository, set_up, setup_problems, wheel
from test_supply import pins

ADDRESS = "https://github.com/OWNER/a.book"
PLACE = "https://owner.github.io/a.book"

# The repository


@pytest.fixture
def told(monkeypatch, tmp_path):
    """Say in a _config.yml where the repository is, or that there is none."""
    monkeypatch.setattr(setup_cell, "CONFIG", tmp_path / "_config.yml")

    def tell(address="", branch="main", baseurl=""):
        told = {"repository": {"url": address, "branch": branch}, "html": {"baseurl": baseurl}}
        setup_cell.CONFIG.write_text(json.dumps(told), encoding="utf-8")

    tell()
    return tell


def test_the_repository_is_what_the_configuration_says(told):
    assert repository() is None
    told(ADDRESS)
    assert repository() == (ADDRESS, "main")
    told(ADDRESS, "v1.0")
    assert repository() == (ADDRESS, "v1.0")


@pytest.mark.parametrize(
    "address",
    [
        "github.com/OWNER/NAME",
        "http://github.com/OWNER/NAME",
        "https://github.com/OWNER",
        "https://github.com/OWNER/NAME.git",
        "https://github.com/OWNER/NAME\n",
        "https://example.org/OWNER/NAME",
        'https://github.com/OWNER/"NAME',
    ],
)
def test_an_address_that_is_none_is_refused(told, address):
    told(address)
    with pytest.raises(
        ValueError, match=r"^url in _config.yml's repository must be an address such as https://github.com/OWNER/NAME"
    ):
        repository()


@pytest.mark.parametrize("branch", ["a branch", "feature/x", "-x", 'a"'])
def test_a_branch_that_no_address_holds_as_it_is_is_refused(told, branch):
    told(ADDRESS, branch)
    with pytest.raises(ValueError, match=r"^branch in _config.yml's repository must be the name of a branch"):
        repository()


# The set-up cell


def notebook():
    markdown, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    return nbformat.v4.new_notebook(cells=[markdown("# A", id="a"), markdown("b", id="b"), code("1", id="c")])


def cell():
    made = notebook()
    set_up(made)
    return made.cells[1]


def test_the_cell_comes_behind_the_first_markdown_cell_and_comes_once(told):
    made = notebook()
    (missing,) = setup_problems(made)
    assert missing.startswith("it has no set-up cell")
    for _ in range(2):
        set_up(made)
        assert [cell.id for cell in made.cells] == ["a", ID, "b", "c"]
        assert made.cells[1].metadata == METADATA
        assert setup_problems(made) == []


def test_a_cell_that_somebody_changed_is_told_of_and_renewed(told):
    for change in ({"source": "import gdlib"}, {"metadata": {}}):
        made = notebook()
        set_up(made)
        made.cells[1] |= change
        (differs,) = setup_problems(made)
        assert differs.startswith("its set-up cell is not that of tools/setup_cell.py")
        set_up(made)
        assert setup_problems(made) == []


def test_an_address_is_stamped_and_renewed(told):
    made = notebook()
    told(ADDRESS)
    set_up(made)
    assert f'"{NAME}[widgets,blocks] @ git+{ADDRESS}@main"' in made.cells[1].source
    told(f"{ADDRESS}-2", "next")
    assert setup_problems(made)
    set_up(made)
    assert f"git+{ADDRESS}-2@next" in made.cells[1].source


def test_the_cell_keeps_the_chapters_style(told, tmp_path):
    for address, baseurl in [("", ""), (ADDRESS, ""), ("", PLACE)]:
        told(address, baseurl=baseurl)
        path = tmp_path / "cell.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=[cell()], metadata={"language_info": {"name": "python"}}), path)
        for command in (["check"], ["format", "--check"]):
            command = ["ruff", *command, "--config", ROOT / "pyproject.toml", "--config", "line-length=78", path]
            found = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
            assert found.returncode == 0, found.stdout + found.stderr


def run(source, folder, *options):
    """Run a cell in a Python of its own, in a folder where there is nothing."""
    command = [sys.executable, *options, "-c", source]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # which may have a gdlib
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)


def test_where_the_package_is_the_cell_is_silent_and_imports_nothing(told, tmp_path):
    watched = f"""
import importlib.machinery, importlib.util, sys
before = set(sys.modules)
exec({cell().source!r})
print(sorted(set(sys.modules) - before))
"""
    ran = run(watched, tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "[]\n", "")


@pytest.fixture
def other(tmp_path):
    """A folder with a package of PyPI's name, which says so when it is imported."""
    package = tmp_path / "gdlib"
    package.mkdir()
    (package / "__init__.py").write_text("print('imported')", encoding="utf-8")


@pytest.mark.parametrize("another", [False, True])
@pytest.mark.parametrize(
    ("baseurl", "place"), [("", "the file that lies beside the book's first page"), (PLACE, PLACE)]
)
def test_where_it_is_not_the_cell_says_in_a_sentence_what_to_install_from_where(
    told, tmp_path, request, another, baseurl, place
):
    """Also where another package has its name: without this environment's packages, or before them."""
    told(baseurl=baseurl)
    if another:
        request.getfixturevalue("other")
    ran = run(cell().source, tmp_path, *([] if another else ["-S"]))
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1
    assert ran.stderr.startswith("This notebook needs the book's package gdlib, which is not PyPI's gdlib")
    assert wheel() in ran.stderr
    assert place in ran.stderr


def test_where_another_has_its_name_nothing_is_installed_over_it(told, tmp_path, other):
    told(ADDRESS)
    ran = run(cell().source, tmp_path)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "another package" in ran.stderr
    assert "`pip uninstall gdlib`" in ran.stderr


def test_where_it_is_not_and_an_address_is_known_the_cell_brings_it(told, tmp_path):
    told(ADDRESS, "next")
    (tmp_path / "pip.py").write_text("import sys; open('called', 'w').write(' '.join(sys.argv[1:]))", encoding="utf-8")
    ran = run(cell().source, tmp_path, "-S")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    called = (tmp_path / "called").read_text(encoding="utf-8")
    assert called == f"install --quiet {NAME}[widgets,blocks] @ git+{ADDRESS}@next"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_notebook_has_the_cell(path):
    assert setup_problems(nbformat.read(path, as_version=4)) == []


# Binder


def test_binder_installs_the_locked_versions_of_what_the_notebooks_need():
    folder = ROOT / ".binder"
    named = [line for line in (folder / "requirements.in").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    installed, locked = pins(folder / "requirements.txt"), pins(ROOT / "requirements.lock")
    assert {*named, "numpy", "matplotlib", "anywidget", "dask", "pyarrow"} <= set(installed)
    assert [name for name, versions in installed.items() if not versions <= locked[name]] == []
    assert "pip install --no-deps --no-build-isolation -e ." in (folder / "postBuild").read_text(encoding="utf-8")
    assert os.access(folder / "postBuild", os.X_OK) or os.name == "nt"
