import math
import re
from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlib.datasets import four_inputs, three_points
from gdlib.scratch import descend, gradient_step, linear_gradient

POINTS = [(2, 45), (3, 65), (4, 85), (5, 105)]
# Multiples of 1/8 up to 128: every sum and product below is exact in a float.
EIGHTHS = st.integers(-1024, 1024).map(lambda k: k / 8)
FLOATS = st.floats(-1e6, 1e6)


def plain(points, theta, learning_rate, epochs):
    """The gradients and the parameters of descent, in NumPy and without gdlib."""
    x, y = np.array(points, dtype=float).T
    theta, gradients, thetas = np.array(theta, dtype=float), [], []
    for _ in range(epochs):
        error = theta[0] * x + theta[1] - y
        gradients.append(np.array([np.mean(2 * error * x), np.mean(2 * error)]))
        theta = theta - learning_rate * gradients[-1]
        thetas.append(theta)
    return np.array(gradients), np.array(thetas)


# linear_gradient and gradient_step


@given(EIGHTHS, EIGHTHS, st.tuples(EIGHTHS, EIGHTHS))
def test_the_gradient_is_the_derivative_of_the_squared_error(central_differences, x, y, theta):
    def squared_error(line):
        return (line[0] * x + line[1] - y) ** 2

    assert linear_gradient(x, y, theta) == central_differences(squared_error, theta).tolist()


@given(FLOATS, st.integers(1, 5).flatmap(lambda d: st.lists(st.tuples(FLOATS, FLOATS), min_size=d, max_size=d)))
def test_a_step_agrees_with_numpy_to_the_last_bit(step_size, entries):
    v, gradient = zip(*entries, strict=True)
    assert gradient_step(v, gradient, step_size) == (np.array(v) + step_size * np.array(gradient)).tolist()


# descend: what it yields


@pytest.mark.parametrize(
    ("points", "learning_rate"),
    [
        (four_inputs(), 0.001),
        (four_inputs(), 0.068),
        (list(zip(*three_points(), strict=True)), 0.01),
        ([(-3, 2), (0.5, -1), (7, 11), (7, 12)], 0.02),
        ([(3, 7)], 0.05),
        ([(3, 7), (3, 8)], 0.05),
        (np.random.default_rng(0).normal(size=(30, 2)), 0.5),
    ],
    ids=["four inputs", "four inputs oscillating", "three points", "noisy", "one point", "equal x", "thirty points"],
)
def test_every_row_agrees_with_plain_numpy(points, learning_rate):
    start = -3.5, 12.25
    gradients, thetas = plain(points, start, learning_rate, epochs=200)
    epochs, found_gradients, found_thetas = zip(*descend(points, start, learning_rate, 200), strict=True)
    assert epochs == tuple(range(200))
    # Near the minimum the gradient is a difference of far larger terms, those of the first epoch.
    np.testing.assert_allclose(found_gradients, gradients, rtol=0, atol=1e-13 * np.abs(gradients[0]).max())
    np.testing.assert_allclose(found_thetas, thetas, rtol=1e-13, atol=1e-14)


def test_the_points_may_come_as_any_sequence_of_pairs():
    for points in (zip(*zip(*POINTS, strict=True), strict=True), np.array(POINTS), [list(point) for point in POINTS]):
        assert list(descend(points, np.zeros(2), 0.01, 5)) == list(descend(POINTS, (0, 0), 0.01, 5))
    assert list(descend(POINTS, (0, 0), 0.01, 0)) == []


def test_the_arguments_are_left_as_they_were():
    points, theta, gradient = [[2.0, 45.0], [4.0, 85.0]], [1.0, 2.0], [3.0, 4.0]
    before = deepcopy((points, theta, gradient))
    linear_gradient(2.0, 45.0, theta)
    gradient_step(theta, gradient, -0.5)
    list(descend(points, theta, 0.01, 5))
    assert (points, theta, gradient) == before


# descend: when it diverges


@pytest.mark.parametrize("learning_rate", [0.1, 1e100, 1e300])
def test_a_diverging_run_ends_where_plain_numpy_overflows_and_says_that_it_diverges(learning_rate):
    rows = []
    with pytest.raises(ValueError, match="the descent diverges") as caught:
        rows.extend(descend(POINTS, (0, 0), learning_rate, epochs=10_000))  # what came before the exception stays
    assert len(rows) > 0
    assert np.isfinite([[*gradient, *theta] for _, gradient, theta in rows]).all()
    begins = f"the descent diverges: in epoch {len(rows)} its numbers leave the range of a float"
    assert str(caught.value).startswith(begins)
    assert f"learning_rate {learning_rate} is too large" in str(caught.value)
    with np.errstate(over="ignore", invalid="ignore"):
        gradients, thetas = plain(POINTS, (0, 0), learning_rate, len(rows) + 1)
    np.testing.assert_allclose(thetas[:-1], [theta for _, _, theta in rows], rtol=1e-12)
    # gdlib's sum of four gradients overflows two bits before their mean does
    assert not (np.abs([*gradients[-1], *thetas[-1]]) < np.finfo(float).max / 4).all()


@pytest.mark.parametrize("learning_rate", [0.1, 1e300])
def test_a_start_at_the_minimum_stays_there_at_any_rate(learning_rate):
    rows = list(descend(POINTS, (20, 5), learning_rate, 50))
    assert [row[1:] for row in rows] == [([0, 0], [20, 5])] * 50


# What is refused; descend refuses at the call, before the first row is asked for


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("theta", lambda bad: linear_gradient(2, 45, bad)),
        ("v", lambda bad: gradient_step(bad, [1, 2], 0.1)),
        ("gradient", lambda bad: gradient_step([1, 2], bad, 0.1)),
        ("theta", lambda bad: descend(POINTS, bad, 0.1, 1)),
        ("inputs[1]", lambda bad: descend([(1, 2), bad], (0, 0), 0.1, 1)),
    ],
)
def test_a_vector_that_holds_no_number_is_refused_by_its_name(name, call):
    with pytest.raises(ValueError, match=rf"^{re.escape(name)}\[1\] must be finite, but it is nan"):
        call([1.0, math.nan])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: linear_gradient("2", 45, (0, 0)), "x must be a real number, but .*'2'"),
        (lambda: linear_gradient(2, math.inf, (0, 0)), "y must be finite, but it is inf"),
        (lambda: gradient_step([1, 2], [3, 4], math.nan), "step_size must be finite, but it is nan"),
        (lambda: descend([], (0, 0), 0.1, 1), "inputs is empty"),
        (lambda: descend(POINTS, (0, 0), -0.1, 1), "learning_rate must be positive.*, but it is -0.1"),
        (lambda: descend(POINTS, (0, 0), 0.1, 1.5), "epochs must be a whole number, 0 or more, but it is 1.5"),
        (lambda: linear_gradient(2, 45, (1, 2, 3)), "theta must hold two numbers, .* but it holds 3"),
        (lambda: descend(POINTS, (1,), 0.1, 1), "theta must hold two numbers, .* but it holds 1"),
        (lambda: descend([(1, 2), (1, 2, 3)], (0, 0), 0.1, 1), r"inputs\[1\] must be an \(x, y\) pair.* holds 3"),
        (lambda: gradient_step([1, 2], [3], 0.1), ".*same length, but v has 2 and gradient has 1"),
        (lambda: linear_gradient(1e200, 0, (1e200, 0)), "the result of linear_gradient leaves the range of a float"),
        (lambda: gradient_step([0], [1e308], 10), "the result of gradient_step leaves the range of a float"),
        (lambda: gradient_step([1e308], [1e308], 1), "the result of gradient_step leaves the range of a float"),
    ],
)
def test_what_makes_no_sense_is_refused(call, says):
    with pytest.raises(ValueError, match=f"^{says}"):
        call()


def test_what_a_reader_does_to_a_row_changes_no_later_row():
    undisturbed = [theta for _, _, theta in descend([(2, 45), (4, 85)], (0, 0), 0.01, 3)]
    found = []
    for _, _, theta in descend([(2, 45), (4, 85)], (0, 0), 0.01, 3):
        found.append(list(theta))
        theta[:] = [0.0, 0.0]
    assert found == undisturbed
