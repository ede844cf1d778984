"""The assignment in which everybody has points of their own: the solution is right, and a neighbour's numbers wrong."""

import contextlib
from functools import cache
from itertools import pairwise

from assignments import EXERCISES
from figure import lead
from playwright.sync_api import expect
from test_assignments import read
from test_teach import all_that_is_said

from gdlib.descent import descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.variants import variant

ASSIGNMENT = "5-your-points"
CELLS = [
    cell for cell in read(EXERCISES / "source" / ASSIGNMENT / "your-points.ipynb").cells if cell.cell_type == "code"
]
STUDENTS = [f"student {number}" for number in range(100)]
ANSWERS = {
    "gradient": "gradient_at_the_start",
    "line": "best_line",
    "descent": "after_100_epochs",
}


def lost(student, numbers=None):
    """The tests that fail for this student, who may have returned these numbers; and what the functions return."""
    names, failed = {}, []
    for cell in CELLS:
        kind = cell.metadata.nbgrader
        source = cell.source.replace('"anna"', repr(student))
        if numbers and kind.grade_id in ANSWERS:
            function = ANSWERS[kind.grade_id]
            source = f"def {function}():\n    return {numbers[function]!r}"
        try:
            with contextlib.redirect_stdout(None):
                exec(source, names)
        except AssertionError:
            failed.append(kind.grade_id)
    return failed, {function: list(map(float, names[function]())) for function in ANSWERS.values()}


solved = cache(lost)


def test_the_solution_is_right_whoever_hands_it_in():
    assert {student: failed for student in STUDENTS if (failed := solved(student)[0])} == {}


def test_numbers_are_right_for_whom_they_belong_to():
    assert lost(STUDENTS[0], solved(STUDENTS[0])[1])[0] == []


def test_a_neighbours_numbers_are_wrong():
    for student, neighbour in pairwise(STUDENTS):
        assert set(lost(student, solved(neighbour)[1])[0]) == {"gradient-values", "line-values", "descent-values"}


def test_the_link_opens_the_figure_with_these_points(visit):
    page = visit("figure.html")
    for student in STUDENTS[:3]:
        mine = variant(student, ASSIGNMENT)
        lead(page, mine.link().partition("#")[2])
        expect(page.locator(".gd-notice")).to_be_empty()
        loss = MeanSquaredError.from_data(design_matrix(mine.x), mine.y)
        intercept, slope = descend(loss, mine.start, mine.learning_rate, epochs=1000).theta
        said = all_that_is_said(page).replace("−", "-")
        assert f"slope {slope:#.4g}" in said, said
        assert f"intercept {intercept:#.4g}" in said, said
