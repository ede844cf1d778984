"""What a notebook may have lost or gained while a student worked in it, put right before nbgrader reads it.

nbgrader knows a cell by its `grade_id`. Who splits or copies a cell has two of one name, at which nbgrader stops, for
this student and for all after them; who deletes one has none. Every mending is a sentence, which the student finds on
top of the feedback. Nothing that a student wrote is thrown away.
"""

import ast
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

LOOK = "*(This cell was missing from the submission. Is the answer in a cell near it?)*"


def name_of(cell: NotebookNode) -> str | None:
    """What nbgrader knows a cell by."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def mend(notebook: NotebookNode, release: NotebookNode) -> list[str]:
    """Put a submission right, in place, by the copy that was handed out; the sentences that say how."""
    return [
        *_recognise(notebook, release),
        *_join_or_set_free(notebook),
        *_restore(notebook, release),
    ]


def _recognise(notebook: NotebookNode, release: NotebookNode) -> list[str]:
    """Give cells back the metadata that an editor dropped or changed: it knows them by their ids, or by their text."""
    handed_out = {name_of(cell): cell for cell in release.cells if name_of(cell)}
    missing, found, said = handed_out.keys() - set(map(name_of, notebook.cells)), [], []
    for cell in notebook.cells:
        name = name_of(cell)
        if name is None:
            cell.metadata.pop("nbgrader", None)
            lost = (each for each in missing if _is_same(cell, handed_out[each]))
            name = next(lost, None)
            if name is None:
                continue
            missing.remove(name)
            found.append(name)
        elif name not in handed_out:
            said.append(f"cell {name} is none of this assignment's: it is not graded")
            del cell.metadata["nbgrader"]
            continue
        cell.metadata["nbgrader"] = handed_out[name].metadata["nbgrader"].copy()
    if found:
        said.append(f"{_cells(found)} had lost what nbgrader knows {'them' if found[1:] else 'it'} by")
    return said


def _is_same(cell: NotebookNode, handed_out: NotebookNode) -> bool:
    if cell.get("id") == handed_out.id:
        return True
    return handed_out.metadata.nbgrader.locked and cell.source.strip() == handed_out.source.strip()


def _join_or_set_free(notebook: NotebookNode) -> list[str]:
    """Leave one cell of every name."""
    said = []
    for name in dict.fromkeys(filter(None, map(name_of, notebook.cells))):
        places = [place for place, cell in enumerate(notebook.cells) if name_of(cell) == name]
        if len(places) == 1:
            continue
        cells = [notebook.cells[place] for place in places]
        kept = cells[-1]
        if kept.metadata.nbgrader.locked:  # a test or a given cell: nbgrader puts in what it was
            said.append(f"cell {name} was there {len(cells)} times: the last is graded")
        elif kept.cell_type == "markdown" or (_neighbours(places) and not all(map(_is_whole, cells))):
            kept.source = "\n".join(cell.source for cell in cells)
            said.append(f"cell {name} was split into {len(cells)}: they are joined")
        else:  # a copy
            for cell in cells[:-1]:
                del cell.metadata["nbgrader"]
            said.append(f"cell {name} was there {len(cells)} times: all are run, in their order")
            continue
        notebook.cells = [cell for cell in notebook.cells if name_of(cell) != name or cell is kept]
    return said


def _neighbours(places: list[int]) -> bool:
    return all(after == before + 1 for before, after in pairwise(places))


def _is_whole(cell: NotebookNode) -> bool:
    """Whether a cell of code is one by itself, and not a piece of one."""
    try:
        return bool(ast.parse(cell.source).body)
    except SyntaxError:
        return False


def _restore(notebook: NotebookNode, release: NotebookNode) -> list[str]:
    """Put missing cells where they were.

    nbgrader's own `add_missing_cells` does so for tests alone, and stops where the cell before one is missing, too.
    """
    there, missing, place = set(map(name_of, notebook.cells)), [], 0
    for cell in release.cells:
        name = name_of(cell)
        if name in there and name is not None:
            place = max(place, 1 + [*map(name_of, notebook.cells)].index(name))
        elif name is not None and (cell.metadata.nbgrader.locked or cell.metadata.nbgrader.grade):
            # Not a solution's stub: what a student wrote in its place may stand before it.
            restored = nbformat.from_dict(cell)
            if cell.cell_type == "markdown":  # as it was, it would count as no answer, and nobody would look for one
                restored.source += f"\n\n{LOOK}"
            notebook.cells.insert(place, restored)
            place += 1
            missing.append(name)
    if not missing:
        return []
    them = "they are put back as they were" if missing[1:] else "it is put back as it was"
    return [f"{_cells(missing)} {'were' if missing[1:] else 'was'} missing: {them} handed out"]


def _cells(names: list[str]) -> str:
    return f"cell{'s' * (len(names) > 1)} {', '.join(names)}"


class Mend(NbGraderPreprocessor):
    """`mend`, as the first thing that nbgrader does to a submission."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Mend, and say so on top."""
        told = resources["nbgrader"]
        said = mend(nb, handed_out(Path.cwd(), told["assignment"], told["notebook"]))  # nbgrader works in the course
        if said:
            lines = "\n".join(f"- {sentence}" for sentence in said)
            nb.cells.insert(0, nbformat.v4.new_markdown_cell(f"**Mended before grading:**\n\n{lines}"))
        return nb, resources


def handed_out(course: Path, assignment: str, notebook: str) -> NotebookNode:
    """The copy that nbgrader made for the students."""
    return nbformat.read(course / "release" / assignment / f"{notebook}.ipynb", as_version=4)
