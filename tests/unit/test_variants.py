"""Every student's variant is as hard as the others, and no neighbour's."""

import re

import numpy as np
import pytest

from gdlib.descent import descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.spectrum import condition_number, epochs_to_tolerance
from gdlib.variants import variant

ASSIGNMENT = "5-your-points"
NAMES = [f"student {number}" for number in range(300)]
VARIANTS = [variant(name, ASSIGNMENT) for name in NAMES]


def loss_of(mine):
    return MeanSquaredError.from_data(design_matrix(mine.x), mine.y)


LOSSES = [loss_of(mine) for mine in VARIANTS]


def test_all_have_the_same_condition_number_in_numpy_too():
    ours = [condition_number(loss) for loss in LOSSES]
    numpys = [np.linalg.cond(np.column_stack([np.ones(6), mine.x])) ** 2 for mine in VARIANTS]
    np.testing.assert_allclose(ours, ours[0], rtol=1e-9)
    np.testing.assert_allclose(numpys, ours, rtol=1e-9)


@pytest.mark.parametrize("tolerance", [1.0, 0.1, 1e-2, 1e-3])
def test_all_need_the_same_number_of_epochs(tolerance):
    needed = [
        epochs_to_tolerance(loss, mine.start, mine.learning_rate, tolerance)
        for mine, loss in zip(VARIANTS, LOSSES, strict=True)
    ]
    assert max(needed) <= 1.05 * min(needed)
    assert min(needed) > 100


def test_the_number_is_what_a_descent_takes():
    for mine, loss in zip(VARIANTS[:20], LOSSES, strict=False):
        needed = epochs_to_tolerance(loss, mine.start, mine.learning_rate, 0.1)
        path = descend(loss, mine.start, mine.learning_rate, epochs=needed).trajectory
        far = abs(path - loss.minimum).max(axis=1)
        assert far[needed - 1] > 0.1 >= far[needed]


def test_all_leave_the_same_error_and_no_point_is_left_of_zero():
    least = [loss.value(loss.minimum) for loss in LOSSES]
    np.testing.assert_allclose(least, 9.0, rtol=1e-6)
    assert min(mine.x.min() for mine in VARIANTS) > 0


def test_no_two_have_the_same_numbers():
    for answers in (
        [loss.minimum for loss in LOSSES],
        [loss.gradient(mine.start) for mine, loss in zip(VARIANTS, LOSSES, strict=True)],
        [mine.x for mine in VARIANTS],
    ):
        rounded = {tuple(answer.round(2)) for answer in np.array(answers)}
        assert len(rounded) > 0.99 * len(VARIANTS)
    assert not np.allclose(variant("anna", "another").x, variant("anna", ASSIGNMENT).x)


def test_a_name_is_the_same_however_it_is_typed():
    first, second = variant("Anna", ASSIGNMENT), variant(" anna ", ASSIGNMENT.upper())
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def test_the_points_are_the_same_tomorrow():
    np.testing.assert_allclose(variant("anna", ASSIGNMENT).x[:2], [3.283645331163, 5.830065502674], rtol=1e-9)


def test_the_link_has_the_points_to_the_last_digit():
    mine = VARIANTS[0]
    found = re.fullmatch(r"figure\.html#points=(.+)&start=(.+)&learning_rate=0\.02&epochs=100", mine.link(100))
    points = np.array([[float(number) for number in pair.split(",")] for pair in found[1].split(";")])
    assert np.array_equal(points, np.column_stack([mine.x, mine.y]))
    assert [float(number) for number in found[2].split(",")] == mine.start.tolist()


@pytest.mark.parametrize("name", ["", "  ", None, 3])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(ValueError, match=rf"^student must be a name, but it is {name!r}$"):
        variant(name, ASSIGNMENT)
    with pytest.raises(ValueError, match=r"^assignment must be a name"):
        variant("anna", name)


def test_a_number_of_epochs_that_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match=r"^epochs must"):
        VARIANTS[0].link(-1)
