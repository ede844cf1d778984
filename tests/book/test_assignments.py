"""The sources of the graded assignments: their shape, their points, and what is read of them."""

import copy
import re

import nbformat
import pytest
from assignments import EXERCISES
from nbgrader.nbgraderformat import MetadataValidator
from notebooks import METADATA

SOURCES = sorted(EXERCISES.glob("source/*/*.ipynb"))


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


@pytest.fixture(params=SOURCES, ids=lambda path: path.parent.name)
def source(request):
    return request.param


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
