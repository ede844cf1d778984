"""The cell that every notebook begins with: where the book's package is missing, it brings it or says how to get it.

Where the package is there, the cell does nothing. What it does elsewhere depends on what _config.yml knows: with a
``repository:`` it installs from there, and without one it says from which file to install, and with ``html: baseurl:``
where that is. `tools/notebooks.py` writes the cell.
"""

import re
import tomllib
from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode

import gdlib

ROOT = Path(__file__).parent.parent
CONFIG = ROOT / "_config.yml"
NAME = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]

ID = "setup"
METADATA = {"tags": ["remove-cell"]}  # of the page: who runs a notebook has it

# A file of ours tells the book's package from PyPI's: to import neither is the quickest, and theirs may do anything.
LOOK = """\
# Where the book's package is installed, this does nothing.
from importlib.machinery import PathFinder
from importlib.util import find_spec

package = find_spec("gdlib")
places = package.submodule_search_locations if package else []
if not PathFinder.find_spec("scratch", places):
"""
SAY = """\
    raise SystemExit(
        "This notebook needs the book's package gdlib, which is not PyPI's "
        "gdlib (`pip uninstall gdlib`, where that one is installed): "
        {how}
    )"""
BESIDE = """\
"`pip install "
        "'{wheel}[widgets,blocks]'` "
        "installs it from the file that lies beside the book's first page."\
"""
ONLINE = """\
"`pip install "
        "'{name}[widgets,blocks]@"
        "{address}/{wheel}"
        "'` installs it."\
"""
# With the extras for the live figures and for the files of the last chapter.
BRING = """\
    import subprocess
    import sys

    if package:
        raise SystemExit(
            "The gdlib that is installed here is another package, and not "
            "the book's: `pip uninstall gdlib`, and run this cell again."
        )
    command = [
        *[sys.executable, "-m", "pip", "install", "--quiet"],
        "{name}[widgets,blocks] @ git+{source}",
    ]
    subprocess.run(command, check=True)"""


def repository() -> tuple[str, str] | None:
    """The address of the book's repository and its branch, from _config.yml; None where no address is given.

    Raises
    ------
    ValueError
        If the address or the branch makes no sense.
    """
    said = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["repository"]
    address, branch = said["url"], said["branch"]
    if not address:
        return None
    if not re.fullmatch(r"https://github\.com/[A-Za-z0-9-]+/[\w.-]+(?<!\.git)", address, re.ASCII):
        raise ValueError(
            "url in _config.yml's repository must be an address such as https://github.com/OWNER/NAME, "
            f"but it is {address!r}"
        )
    if not re.fullmatch(r"\w[\w.-]*", branch, re.ASCII):
        raise ValueError(
            "branch in _config.yml's repository must be the name of a branch, of letters, digits and . _ - alone, "
            f"but it is {branch!r}"
        )
    return address, branch


def set_up(notebook: NotebookNode) -> None:
    """Put the cell behind the notebook's first markdown cell, or bring the one that is there up to date."""
    count = next((each.execution_count for each in notebook.cells if each.id == ID), None)
    cell = nbformat.v4.new_code_cell(text(), id=ID, metadata=METADATA, execution_count=count)
    notebook.cells = [each for each in notebook.cells if each.id != ID]
    notebook.cells.insert(_place(notebook), cell)


def setup_problems(notebook: NotebookNode) -> list[str]:
    """What keeps a notebook from having the cell."""
    place = _place(notebook)
    cell = notebook.cells[place] if place < len(notebook.cells) else None
    if cell is None or cell.id != ID:
        return ["it has no set-up cell behind its first markdown cell: `make notebooks` puts it there"]
    if (cell.source, cell.metadata) != (text(), METADATA):
        return ["its set-up cell is not that of tools/setup_cell.py: `make notebooks` renews it"]
    return []


def text() -> str:
    """The cell's source."""
    if known := repository():
        return LOOK + BRING.format(name=NAME, source=f"{known[0]}@{known[1]}")
    address = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["html"]["baseurl"].rstrip("/")
    how = (ONLINE if address else BESIDE).format(name=NAME, wheel=wheel(), address=address)
    return LOOK + SAY.format(how=how)


def wheel() -> str:
    """The name of the package's file, which the build puts beside the book's first page."""
    return f"{NAME.replace('-', '_')}-{gdlib.__version__}-py3-none-any.whl"


def _place(notebook: NotebookNode) -> int:
    return next((i + 1 for i, cell in enumerate(notebook.cells) if cell.cell_type == "markdown"), 0)
