"""The cell that every notebook begins with: where the book's package is missing, it brings it or says how to get it.

Where the package is there, the cell does nothing. Which of the two it does elsewhere depends on whether the book's
repository is known: ``repository:`` in _config.yml says so, and `tools/notebooks.py` writes it into the cell.
"""

import re
from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode

CONFIG = Path(__file__).parent.parent / "_config.yml"

ID = "setup"
METADATA = {"tags": ["remove-cell"]}  # of the page: who runs a notebook has it

LOOK = """\
# Where the book's package is installed, this does nothing.
from importlib.util import find_spec

if not find_spec("gdlib"):
"""
SAY = """\
    raise SystemExit(
        "This notebook needs gdlib, the book's own package, and does not "
        "find it: the README of the book's project says how to install it."
    )"""
# With the extras for the live figures and for the files of the last chapter.
BRING = """\
    import subprocess
    import sys

    command = [
        *[sys.executable, "-m", "pip", "install", "--quiet"],
        "gdlib[widgets,blocks] @ git+{source}",
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
    cell = nbformat.v4.new_code_cell(_text(), id=ID, metadata=METADATA)
    notebook.cells = [each for each in notebook.cells if each.id != ID]
    notebook.cells.insert(_place(notebook), cell)


def setup_problems(notebook: NotebookNode) -> list[str]:
    """What keeps a notebook from having the cell."""
    place = _place(notebook)
    cell = notebook.cells[place] if place < len(notebook.cells) else None
    if cell is None or cell.id != ID:
        return ["it has no set-up cell behind its first markdown cell: `make notebooks` puts it there"]
    if (cell.source, cell.metadata) != (_text(), METADATA):
        return ["its set-up cell is not that of tools/setup_cell.py: `make notebooks` renews it"]
    return []


def _text() -> str:
    """The cell's source."""
    known = repository()
    return LOOK + (BRING.format(source=f"{known[0]}@{known[1]}") if known else SAY)


def _place(notebook: NotebookNode) -> int:
    return next((i + 1 for i, cell in enumerate(notebook.cells) if cell.cell_type == "markdown"), 0)
