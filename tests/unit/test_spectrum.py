import math
import re
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gdlib import _modes, spectrum
from gdlib.descent import descend
from gdlib.losses import LogisticLoss, MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.rules import Adam, HeavyBall, Nesterov
from gdlib.spectrum import (
    Regime,
    best_heavy_ball,
    best_nesterov,
    epochs_to_tolerance,
    max_learning_rate,
    regime,
    start_from,
    trajectory,
)

RNG = np.random.default_rng(0)
x, Y = [2, 3, 4, 5], [45, 65, 85, 105]
X = design_matrix(x)
DATA = {
    "the article's": (X, np.array(Y)),
    "three points": (design_matrix([2, 4, 5]), np.array([45, 85, 105])),
    "years": (design_matrix([2001, 2002, 2003, 2004]), np.array([40.0, 69.0, 80.0, 110.0])),
    "four columns": (RNG.normal(size=(30, 4)), RNG.normal(size=30)),
    "one column": (np.array([[1.0], [2.0]]), np.array([3.0, 5.0])),
}
LOSSES = {name: MeanSquaredError.from_data(*data) for name, data in DATA.items()}
LOSS = LOSSES["the article's"]
FLAT = {
    "one point": MeanSquaredError.from_data(design_matrix([3]), [7]),
    "equal x": MeanSquaredError.from_data(design_matrix([3, 3, 3]), [1, 2, 4]),
}
NOTHING = MeanSquaredError.from_data(np.zeros((2, 2)), [1, 2])
LIMIT = 2 / np.linalg.eigvals(2 * X.T @ X / 4).max()
MAX = Fraction(np.finfo(float).max)

ON_ALL_DATA = pytest.mark.parametrize("name", DATA)


def plain(X, y, start, learning_rate, epochs):
    """The parameters of descent from the data, without gdlib; the start first."""
    thetas, X, y = [np.array(start, dtype=float)], np.asarray(X), np.asarray(y)
    for _ in range(epochs):
        thetas.append(thetas[-1] - learning_rate * 2 / len(y) * X.T @ (X @ thetas[-1] - y))
    return np.array(thetas)


def exact(x, y, start, learning_rate, epochs):
    """The parameters of descent on a line, ``[intercept, slope]``, in fractions; the start first."""
    x, y, n = [Fraction(a) for a in x], [Fraction(b) for b in y], len(x)
    theta, rate = [Fraction(entry) for entry in start], Fraction(learning_rate)
    rows = [list(theta)]
    for _ in range(epochs):
        errors = [theta[0] + theta[1] * a - b for a, b in zip(x, y, strict=True)]
        theta[0] -= 2 * rate * sum(errors) / n
        theta[1] -= 2 * rate * sum(error * a for error, a in zip(errors, x, strict=True)) / n
        rows.append(list(theta))
    return rows


def counted(thetas, minimum, tolerance):
    """The epoch from which a run stays within ``tolerance``."""
    outside = np.flatnonzero(np.abs(thetas - minimum).max(axis=1) > tolerance)
    return outside[-1] + 1 if len(outside) else 0


# Eigenvalues, condition and rates


@ON_ALL_DATA
def test_the_eigenvalues_are_those_that_an_unsymmetric_solver_finds(name):
    X, y = DATA[name]
    expected = np.sort(np.linalg.eigvals(2 * X.T @ X / len(y)))
    found = spectrum.eigenvalues(LOSSES[name])
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-15 * len(expected) * expected[-1])


@pytest.mark.parametrize("x", [[2, 3, 4, 5], [2, 4, 5], [-1, 0, 1], [10, 11]], ids=str)
def test_the_eigenvalues_of_a_line_are_the_roots_of_a_quadratic(x):
    mean, mean_of_squares = np.mean(x), np.mean(np.square(x))
    middle, half = 1 + mean_of_squares, math.hypot(1 - mean_of_squares, 2 * mean)
    found = spectrum.eigenvalues(MeanSquaredError.from_data(design_matrix(x), x))
    np.testing.assert_allclose(found, [middle - half, middle + half], rtol=0, atol=1e-15 * (middle + half))


def test_the_eigenvalues_may_be_changed_without_changing_the_loss():
    spectrum.eigenvalues(LOSS)[:] = 0
    assert spectrum.eigenvalues(LOSS)[0] > 0


@ON_ALL_DATA
def test_the_condition_number_is_the_square_of_that_of_the_data(name):
    # An error of a few units in the last place of the largest eigenvalue is one of the smallest, too.
    expected = np.linalg.cond(DATA[name][0]) ** 2
    assert spectrum.condition_number(LOSSES[name]) == pytest.approx(expected, rel=2e-15 * expected)


@pytest.mark.parametrize("loss", [*FLAT.values(), NOTHING], ids=[*FLAT, "nothing but zeros"])
def test_a_flat_direction_makes_the_condition_number_infinite(loss):
    assert spectrum.condition_number(loss) == math.inf


def test_a_loss_that_is_flat_everywhere_takes_any_learning_rate():
    assert spectrum.max_learning_rate(NOTHING) == math.inf
    assert spectrum.best_learning_rate(NOTHING) == math.inf


@pytest.mark.parametrize("rate", [spectrum.max_learning_rate, spectrum.best_learning_rate])
def test_a_curvature_too_small_for_its_rate_takes_any_learning_rate(rate):
    assert rate(MeanSquaredError.from_data([[1e-160]], [1])) == math.inf


def test_of_one_steep_curvature_the_best_learning_rate_is_the_inverse():
    # Twice the curvature, as the sum of the smallest and the largest, is beyond the range of a float.
    loss = MeanSquaredError.from_data([[9e153]], [1])
    assert spectrum.best_learning_rate(loss) == pytest.approx(float(1 / Fraction(2 * 9e153**2)), rel=1e-15)


def test_flat_directions_are_left_out_of_the_best_learning_rate():
    assert spectrum.best_learning_rate(FLAT["equal x"]) == pytest.approx(1 / (2 * (1 + 3**2)), rel=1e-15)


@ON_ALL_DATA
def test_the_largest_learning_rate_separates_the_runs_that_converge_from_those_that_diverge(name):
    X, y = DATA[name]
    limit = spectrum.max_learning_rate(LOSSES[name])
    start = np.ones(X.shape[1])
    below, above = (
        np.linalg.norm(np.diff(plain(X, y, start, limit * factor, epochs=8000), axis=0), axis=1)
        for factor in (0.999, 1.001)
    )
    assert below[-1] < below[0] / 1000
    assert above[-1] > above[0] * 1000


@ON_ALL_DATA
@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (1e-6, "CONVERGES"),
        (0.499, "CONVERGES"),
        (0.501, "OSCILLATES"),
        (0.999, "OSCILLATES"),
        (1.001, "DIVERGES"),
        (1e6, "DIVERGES"),
    ],
)
def test_the_regime_says_how_the_steepest_direction_goes(name, share, expected):
    loss = LOSSES[name]
    steepest = loss.eigenbasis[1][:, -1]
    start = loss.minimum + steepest * (1 + np.abs(loss.minimum).max())
    rate = share * spectrum.max_learning_rate(loss)
    assert regime(loss, rate).name == expected
    before, after = ((theta - loss.minimum) @ steepest for theta in trajectory(loss, start, rate, epochs=1))
    assert (after / before < 0) == (expected != "CONVERGES")
    assert (abs(after / before) > 1) == (expected == "DIVERGES")


def test_at_the_limit_itself_the_minimum_is_not_neared():
    one = MeanSquaredError.from_data([[1.0]], [1.0])  # its curvature is 2
    assert [regime(one, rate) for rate in (0.5, 1.0)] == [Regime.CONVERGES, Regime.DIVERGES]


def test_a_loss_that_is_flat_everywhere_converges_at_any_rate():
    assert regime(NOTHING, 1e300) is Regime.CONVERGES


def test_a_regime_is_refused_a_bad_rate(bad_rate):
    with bad_rate.refused("learning_rate"):
        regime(LOSS, bad_rate.value)


@pytest.mark.parametrize("name", ["the article's", "three points", "four columns"])
@pytest.mark.parametrize("share", [-0.5, -0.05, 0.5, 0.9], ids="{:+.0%} of the way to 0 or to the limit".format)
def test_the_best_learning_rate_needs_fewer_epochs_than_its_neighbours_from_the_worst_start(name, share):
    X, _ = DATA[name]
    best, limit = spectrum.best_learning_rate(LOSSES[name]), spectrum.max_learning_rate(LOSSES[name])
    neighbour = best + share * (best if share < 0 else limit - best)

    def epochs(learning_rate):  # from one unit along each axis, to a minimum at 0
        runs = [plain(X, np.zeros(len(X)), axis, learning_rate, 6000) for axis in np.linalg.eigh(X.T @ X)[1].T]
        return max(counted(thetas, 0, 1e-12) for thetas in runs)

    assert 0 < epochs(best) < epochs(neighbour)


# Every epoch at once


@pytest.mark.parametrize(
    ("x", "y", "start", "learning_rate"),
    [
        (x, Y, (0, 0), 0.001),
        (x, Y, (0, 0), 0.068),
        (x, Y, (0.5, -0.25), 0.1),
        (x, Y, (0.5, -0.25), 3.0),
        ([2001, 2002, 2003, 2004], Y, (0, 0), 1e-7),
        ([2001, 2002, 2003, 2004], Y, (1, -1), 1e-6),
        ([1e6 + 1, 1e6 + 2, 1e6 + 3], Y[:3], (0, 0), 1e-13),
        ([1e6 + 1, 1e6 + 2, 1e6 + 3], Y[:3], (1, -1), 1e-12),
        ([3, 3, 3], [1, 2, 4], (1, -1), 0.05),
        ([3, 3, 3], [1, 2, 4], (1, -1), 0.2),
        ([3], [7], (1, -1), 0.05),
        ([0, 0], [1, 2], (1, -1), 0.5),
    ],
    ids=[
        "the article's",
        "oscillating",
        "past the limit",
        "far past the limit",
        "years",
        "years past the limit",
        "an offset of 1e6",
        "an offset of 1e6 past the limit",
        "equal x",
        "equal x past the limit",
        "one point",
        "x of 0",
    ],
)
def test_a_trajectory_is_the_exact_one_to_thirteen_digits(x, y, start, learning_rate):
    found = trajectory(MeanSquaredError.from_data(design_matrix(x), y), start, learning_rate, 40)
    rows = [[float(entry) for entry in row] for row in exact(x, y, start, learning_rate, 40)]
    np.testing.assert_allclose(found, rows, rtol=1e-13)


@ON_ALL_DATA
@pytest.mark.parametrize("share", [0.1, 0.9, 0.999, 1.1])
@pytest.mark.parametrize("epochs", [0, 1, 2, 3, 64, 65, 500])
def test_a_trajectory_is_the_one_that_descent_runs_through(name, share, epochs):
    loss = LOSSES[name]
    start = np.arange(1.0, loss.dimension + 1)
    learning_rate = share * spectrum.max_learning_rate(loss)
    found = trajectory(loss, start, learning_rate, epochs)
    run = descend(loss, start, learning_rate, epochs)
    assert found.shape == (epochs + 1, loss.dimension)
    np.testing.assert_allclose(found, run.trajectory, rtol=1e-11, atol=1e-13)


def test_a_trajectory_that_starts_at_the_minimum_stays_there_at_any_rate():
    for learning_rate in (0.01, 1.0, 1e300):
        assert (trajectory(LOSS, [5, 20], learning_rate, 1000) == [5, 20]).all()


@pytest.mark.parametrize("learning_rate", [0.25, 1.0, 1e100, 1e300])
def test_a_trajectory_beyond_the_range_of_a_float_is_refused_and_names_its_last_epoch(learning_rate):
    start = (0.5, -0.25)
    with pytest.raises(ValueError, match=r"diverges and leaves .* ask for at most \d+ epochs, or a rate") as caught:
        trajectory(LOSS, start, learning_rate, 10_000)
    last = int(re.search(r"at most (\d+) epochs", str(caught.value))[1])
    assert f"a rate below {LIMIT:.6g}" in str(caught.value)
    assert np.isfinite(trajectory(LOSS, start, learning_rate, last)).all()
    with pytest.raises(ValueError, match=rf"ask for at most {last} epochs"):
        trajectory(LOSS, start, learning_rate, last + 1)
    *_, within, beyond = exact(x, Y, start, learning_rate, last + 1)
    assert max(map(abs, within)) <= MAX < max(map(abs, beyond))


# How many epochs


@pytest.mark.parametrize(
    ("name", "start", "learning_rate", "tolerance", "epochs"),
    [
        ("three points", (0, 0), 0.001, 0.01, 12_000),
        ("three points", (0, 0), 0.01, 1e-6, 8000),
        ("three points", (9, 19), 0.03, 0.1, 2000),
        ("the article's", (0, 0), 0.01, 0.01, 8000),
        ("the article's", (100, -30), 0.05, 0.01, 8000),
        ("the article's", (100, -30), 0.068, 1e-6, 8000),
        ("the article's", (5, 21), 0.068, 0.01, 8000),
        ("the article's", (5.3, 20.9), 0.0693, 0.01, 8000),
        ("the article's", (5.3, 20.9), 0.0693, 0.5, 8000),
        ("the article's", (5.1, 19.95), 0.01, 0.01, 8000),
        ("the article's", (5.001, 20), 0.01, 0.01, 8000),
        ("one column", (7,), 0.39, 0.001, 1000),
        ("four columns", (1, 2, 3, 4), 0.3, 1e-4, 1000),
        ("four columns", (1, 2, 3, 4), 0.7, 1e-4, 1000),
    ],
)
def test_the_epochs_to_a_tolerance_are_those_that_a_run_counts(name, start, learning_rate, tolerance, epochs):
    X, y = DATA[name]
    minimum = np.linalg.lstsq(X, y, rcond=None)[0]
    thetas = plain(X, y, start, learning_rate, epochs)
    found = epochs_to_tolerance(LOSSES[name], start, learning_rate, tolerance)
    assert type(found) is int
    assert found == counted(thetas, minimum, tolerance) < epochs


@pytest.mark.parametrize("turn", np.linspace(0, math.pi, 9)[:-1])
def test_of_two_nearly_equal_curvatures_the_last_epoch_outside_is_found_below_its_bound(turn):
    # The terms of the error have opposite signs here, and their sizes add up to more than the error.
    X, y = design_matrix([-1, 1 + 1e-6]), np.array([1, 2])
    start = np.add(np.linalg.solve(X, y), [math.cos(turn), math.sin(turn)])
    found = epochs_to_tolerance(MeanSquaredError.from_data(X, y), start, 1e-3, 0.01)
    assert found == counted(plain(X, y, start, 1e-3, 4000), np.linalg.solve(X, y), 0.01) < 4000


@pytest.mark.parametrize(("start", "epochs"), [([7], math.inf), ([4.001], 0)], ids=["outside", "within"])
def test_a_run_that_jumps_from_side_to_side_for_ever_stays_where_it_starts(start, epochs):
    loss = MeanSquaredError.from_data([[1], [1]], [3, 5])  # its one eigenvalue is 2
    assert epochs_to_tolerance(loss, start, 1.0, 0.01) == epochs


def test_from_0_the_three_points_need_10265_epochs_to_the_second_decimal():
    assert epochs_to_tolerance(LOSSES["three points"], (0, 0), 0.001, 0.01) == 10265


def test_many_millions_of_epochs_are_predicted_too():
    # So late only the slow direction is left: its distance, shrunk once an epoch, meets the tolerance.
    values, vectors = np.linalg.eigh(2 * X.T @ X / 4)
    size = abs(vectors[0, 0] * (vectors[:, 0] @ [5, 20]))
    expected = (math.log(0.01) - math.log(size)) / math.log1p(-1e-8 * values[0])
    assert expected > 1e9
    assert epochs_to_tolerance(LOSS, (0, 0), 1e-8, 0.01) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("start", [(0, 0), (5.001, 20), (5.0, 20.0001)], ids=str)
@pytest.mark.parametrize("learning_rate", [LIMIT * 1.0001, 0.1, 1.0, 1e300])
def test_a_run_that_diverges_never_stays_within_a_tolerance_even_if_it_starts_there(start, learning_rate):
    assert epochs_to_tolerance(LOSS, start, learning_rate, 0.01) == math.inf


@pytest.mark.parametrize("start", [(5, 20), LOSS.minimum], ids=["exact", "computed"])
@pytest.mark.parametrize("learning_rate", [0.01, 0.1, 1e300])
def test_at_the_minimum_no_epochs_are_needed_at_any_rate(start, learning_rate):
    assert epochs_to_tolerance(LOSS, start, learning_rate, 0.01) == 0


# Where a run began


@pytest.mark.parametrize("start", [(0, 0), (0.9, -0.7), (-3.5, 12.25)], ids=str)
@pytest.mark.parametrize(("learning_rate", "epochs"), [(0.001, 0), (0.001, 1), (0.001, 200), (0.05, 10), (0.1, 20)])
def test_the_start_of_an_exact_run_lies_within_its_error_bar(start, learning_rate, epochs):
    theta = [float(entry) for entry in exact(x, Y, start, learning_rate, epochs)[-1]]
    found, error = start_from(LOSS, theta, learning_rate, epochs)
    assert (np.abs(found - start) <= error).all()
    assert (error < 1e-5).all()


@ON_ALL_DATA
@pytest.mark.parametrize(("share", "epochs"), [(0.1, 3), (0.9, 2), (1.2, 5)])
def test_a_trajectory_run_backwards_ends_at_its_start(name, share, epochs):
    loss = LOSSES[name]
    start = np.arange(1.0, loss.dimension + 1)
    learning_rate = share * spectrum.max_learning_rate(loss)
    theta = trajectory(loss, start, learning_rate, epochs)[-1]
    np.testing.assert_allclose(start_from(loss, theta, learning_rate, epochs).theta, start, rtol=1e-10)


@pytest.mark.parametrize("epochs", [1, 100, 200, 1000])
@pytest.mark.parametrize("start", [*RNG.uniform(-1, 1, size=(8, 2)).round(3)], ids=str)
def test_two_decimals_of_theta_leave_the_true_start_within_the_error_bar(start, epochs):
    theta = [float(f"{entry:.2f}") for entry in plain(X, np.array(Y), start, 0.001, epochs)[-1]]
    found, error = start_from(LOSS, theta, 0.001, epochs, half_digit=0.005)
    assert (np.abs(found - start) <= error).all()


@pytest.mark.parametrize("epochs", [0, 1, 100, 1000])
def test_the_error_bar_is_hardly_wider_than_the_digits_require(epochs):
    theta, half = np.array([4.87, 18.87]), 0.005
    found, error = start_from(LOSS, theta, 0.001, epochs, half)
    corners = [
        start_from(LOSS, theta + half * np.array(signs), 0.001, epochs).theta for signs in product((-1, 1), (-1, 1))
    ]
    required = np.max(corners, axis=0) - found
    assert (required <= error).all()
    assert (error <= 1.02 * required).all()  # the rounding of each epoch, which a run in floats has too


def decimal_end(x, y, start, learning_rate, epochs):
    """Where descent on a line ends, ``[intercept, slope]``, in a hundred digits."""
    with localcontext(prec=100):
        x, y, n = [Decimal(a) for a in x], [Decimal(b) for b in y], len(x)
        (intercept, slope), rate = map(Decimal, start), Decimal(learning_rate)
        for _ in range(epochs):
            errors = [intercept + slope * a - b for a, b in zip(x, y, strict=True)]
            intercept -= 2 * rate * sum(errors) / n
            slope -= 2 * rate * sum(error * a for error, a in zip(errors, x, strict=True)) / n
        return [float(intercept), float(slope)]


@pytest.mark.parametrize("start", [(0, 0), (0.9, -0.7)], ids=str)
@pytest.mark.parametrize("name", ["the article's", "three points", "years"])
@pytest.mark.parametrize("share", [1e-6, 1e-3, 0.3, 0.9, 1.5])
@pytest.mark.parametrize("epochs", [1, 60, 3000])
def test_of_a_theta_known_to_every_digit_the_true_start_lies_within_the_error_bar(name, share, epochs, start):
    x, y = DATA[name][0][:, 1], DATA[name][1].astype(float)
    learning_rate = share * spectrum.max_learning_rate(LOSSES[name])
    if share > 1 or (share > 0.1 and epochs > 60):
        epochs = min(epochs, 200)  # more would leave the range of a float, forwards or backwards
    theta = decimal_end(x, y, start, learning_rate, epochs)
    found, error = start_from(LOSSES[name], theta, learning_rate, epochs)
    assert (np.abs(found - start) <= error).all()


@pytest.mark.parametrize(("learning_rate", "epochs"), [(1e-8, 20_000), (1e-6, 20_000), (0.001, 100), (0.05, 3)])
def test_of_a_theta_known_to_every_digit_the_error_bar_is_narrow(learning_rate, epochs):
    theta = decimal_end(x, Y, (0.9, -0.7), learning_rate, epochs)
    assert (start_from(LOSS, theta, learning_rate, epochs).error < 1e-9).all()


def test_a_thousand_epochs_back_the_articles_digits_say_nothing_of_a_start_between_minus_1_and_1():
    _, error = start_from(LOSS, [5.09, 19.97], 0.001, 1000, half_digit=0.005)
    assert (error > 1).all()


def test_without_an_epoch_the_start_is_theta_itself_to_the_digits_it_was_given():
    found, error = start_from(LOSS, [4.87, 18.87], 0.5, 0, half_digit=0.005)
    assert found.tolist() == [4.87, 18.87]
    assert (error > 0.005).all()  # no float is 4.87 itself
    np.testing.assert_allclose(error, [0.005, 0.005], rtol=1e-12)


def test_a_direction_that_the_first_epoch_wipes_out_is_refused():
    loss = MeanSquaredError.from_data([[1], [1]], [3, 5])  # its one eigenvalue is 2
    with pytest.raises(ValueError, match=r"at learning_rate 0.5 one direction forgets its start in the first epoch"):
        start_from(loss, [4], 0.5, 1)
    assert start_from(loss, [7], 0.5, 0).theta == [7]


def test_a_start_beyond_the_range_of_a_float_is_refused():
    with pytest.raises(ValueError, match="100000 epochs back, the start leaves the range of a float"):
        start_from(LOSS, [1, 1], 0.001, 100_000)


# What is refused

TAKES_EPOCHS = pytest.mark.parametrize(
    "call",
    [lambda theta, rate, epochs: trajectory(LOSS, theta, rate, epochs), lambda *rest: start_from(LOSS, *rest)],
    ids=["trajectory", "start_from"],
)
TAKES_A_VECTOR = pytest.mark.parametrize(
    ("name", "call"),
    [
        ("start", lambda bad, rate=0.01: trajectory(LOSS, bad, rate, 1)),
        ("start", lambda bad, rate=0.01: epochs_to_tolerance(LOSS, bad, rate, 0.01)),
        ("theta", lambda bad, rate=0.01: start_from(LOSS, bad, rate, 1)),
    ],
    ids=["trajectory", "epochs_to_tolerance", "start_from"],
)


@TAKES_A_VECTOR
def test_what_is_no_list_of_numbers_is_refused(name, call, bad_vector):
    with bad_vector.refused(name):
        call(bad_vector.value)


@TAKES_A_VECTOR
@pytest.mark.parametrize("d", [1, 3])
def test_another_length_is_refused_with_it(name, call, d):
    with pytest.raises(ValueError, match=f"{name} must hold 2 numbers, one a column of X, but it holds {d}"):
        call([1.0] * d)


@TAKES_A_VECTOR
def test_a_bad_learning_rate_is_refused(name, call, bad_rate):
    with bad_rate.refused("learning_rate"):
        call([0, 0], bad_rate.value)


@TAKES_A_VECTOR
def test_numbers_beyond_the_range_of_a_float_are_refused(name, call):
    with pytest.raises(ValueError, match=r"(gradient at theta \[1.7e\+308 1.7e\+308\]|the start) leaves the range"):
        call([1.7e308, 1.7e308])


@TAKES_A_VECTOR
def test_the_arguments_are_left_as_they_were(name, call):
    theta = np.array([1.0, 2.0])
    call(theta)
    assert theta.tolist() == [1, 2]


@TAKES_EPOCHS
def test_a_bad_number_of_epochs_is_refused(call, bad_epochs):
    with bad_epochs.refused("epochs"):
        call([0, 0], 0.01, bad_epochs.value)


@TAKES_EPOCHS
def test_a_number_of_epochs_beyond_the_range_of_a_float_is_refused(call):
    with pytest.raises(ValueError, match="epochs is an integer beyond the range of a float"):
        call([0, 0], 0.01, 10**400)


def test_a_bad_tolerance_is_refused(bad_rate):
    with bad_rate.refused("tolerance"):
        epochs_to_tolerance(LOSS, [0, 0], 0.01, bad_rate.value)


def test_a_half_digit_that_is_no_number_is_refused(bad_number):
    with bad_number.refused("half_digit"):
        start_from(LOSS, [0, 0], 0.01, 1, bad_number.value)


def test_a_negative_half_digit_is_refused():
    with pytest.raises(ValueError, match=r"half_digit must be positive and finite, but it is -0.1"):
        start_from(LOSS, [0, 0], 0.01, 1, -0.1)


@pytest.mark.parametrize("loss", FLAT.values(), ids=FLAT)
@pytest.mark.parametrize(
    "call",
    [lambda loss: epochs_to_tolerance(loss, [0, 0], 0.01, 0.01), lambda loss: start_from(loss, [0, 0], 0.01, 1)],
    ids=["epochs_to_tolerance", "start_from"],
)
def test_without_a_single_minimum_there_is_nothing_to_measure_from(call, loss):
    with pytest.raises(ValueError, match=r"XᵀX is singular: .*least_squares"):
        call(loss)


# With momentum


def test_a_double_root_beside_an_axis_without_a_part_is_no_nan():
    loss = MeanSquaredError(2, np.diag([1.0, 1e4]), np.array([5.0, 5e4]), 1e9)
    rate, rule = best_heavy_ball(loss)
    run = descend(loss, [0, 0], rate, 3000, rule)
    assert epochs_to_tolerance(loss, [0, 0], rate, 0.01, rule) == run.steps_to(loss.minimum, 0.01)


MOMENTUM = [HeavyBall(0.3), HeavyBall(0.9), Nesterov(0.3), Nesterov(0.9)]


@pytest.mark.parametrize("rule", [*MOMENTUM, HeavyBall(0), Nesterov(0)], ids=str)
@pytest.mark.parametrize("share", [1e-4, 0.1, 0.6, 0.99, 1.05])
@pytest.mark.parametrize("name", LOSSES)
def test_with_momentum_every_epoch_is_that_of_the_loop(name, share, rule):
    loss = LOSSES[name]
    rate = share * max_learning_rate(loss, rule)
    start = loss.minimum + np.linspace(-3, 5, loss.dimension)
    epochs = 60 if share > 1 else 500
    run = descend(loss, start, rate, epochs, rule)
    np.testing.assert_allclose(trajectory(loss, start, rate, epochs, rule), run.trajectory, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("rule", MOMENTUM, ids=str)
@pytest.mark.parametrize("share", [0.01, 0.05, 0.5, 0.97])
@pytest.mark.parametrize("tolerance", [1.0, 0.01, 1e-5])
def test_with_momentum_the_epochs_to_a_tolerance_are_those_of_the_loop(rule, share, tolerance):
    rate = share * max_learning_rate(LOSS, rule)
    predicted = epochs_to_tolerance(LOSS, [0, 0], rate, tolerance, rule)
    run = descend(LOSS, [0, 0], rate, predicted + 1000, rule)
    assert run.steps_to(LOSS.minimum, tolerance) == predicted > 0


@given(
    momentum=st.floats(0, 0.99),
    share=st.floats(0.001, 0.999),
    nesterov=st.booleans(),
    start=st.tuples(st.floats(-50, 50), st.floats(-50, 50)),
)
def test_the_epochs_that_are_predicted_with_momentum_are_counted(momentum, share, nesterov, start):
    rule = (Nesterov if nesterov else HeavyBall)(momentum)
    rate = share * max_learning_rate(LOSS, rule)
    predicted = epochs_to_tolerance(LOSS, start, rate, 0.01, rule)
    assume(predicted < 20_000)
    way = trajectory(LOSS, start, rate, predicted + 200, rule) - LOSS.minimum
    far = np.abs(way).max(axis=1)
    assume(np.abs(far - 0.01).min() > 1e-8)  # a last digit would decide
    assert (far[predicted:] <= 0.01).all()
    assert predicted == 0 or far[predicted - 1] > 0.01


@pytest.mark.parametrize(("best", "kind"), [(best_heavy_ball, HeavyBall), (best_nesterov, Nesterov)])
def test_no_other_rate_or_momentum_is_faster_than_the_best(best, kind):
    rate, rule = best(LOSS)
    values = LOSS.eigenbasis[0]

    def slowest(rate, momentum):
        return np.abs(_modes.roots(_modes.matrices(kind(momentum), rate * values))).max()

    fastest = slowest(rate, rule.momentum)
    others = [
        slowest(rate * f, rule.momentum + d) for f in np.linspace(0.5, 1.9, 57) for d in np.linspace(-0.2, 0.12, 65)
    ]
    assert min(others) > fastest - 1e-3
    assert np.median(others) > fastest + 0.01


def test_the_heavy_balls_best_leaves_the_root_of_its_momentum():
    rate, rule = best_heavy_ball(LOSS)
    slowest = np.abs(_modes.roots(_modes.matrices(rule, rate * LOSS.eigenbasis[0])))
    np.testing.assert_allclose(slowest, np.sqrt(rule.momentum), rtol=1e-6)


@pytest.mark.parametrize("rule", MOMENTUM, ids=str)
def test_the_limit_with_momentum_is_where_the_loop_begins_to_diverge(rule):
    limit = max_learning_rate(LOSS, rule)
    assert regime(LOSS, limit * (1 - 1e-9), rule) is Regime.OSCILLATES
    assert regime(LOSS, limit, rule) is Regime.DIVERGES
    assert epochs_to_tolerance(LOSS, [0, 0], limit * 1.001, 0.01, rule) == math.inf
    shrinks, grows = (descend(LOSS, [0, 0], f * limit, 3000, rule).losses[-1] for f in (0.99, 1.01))
    assert shrinks < LOSS.value([0, 0]) < grows


def test_with_a_small_rate_a_path_with_momentum_does_not_swing():
    assert regime(LOSS, 1e-5, HeavyBall(0.5)) is Regime.CONVERGES
    assert regime(LOSS, 0.01, HeavyBall(0.9)) is Regime.OSCILLATES


@pytest.mark.parametrize("best", [best_heavy_ball, best_nesterov])
def test_on_a_flat_loss_no_momentum_is_the_best(best):
    with pytest.raises(ValueError, match="flat in some direction"):
        best(MeanSquaredError.from_data([[1, 2], [2, 4]], [1, 2]))


@pytest.mark.parametrize(
    "call",
    [
        lambda rule: max_learning_rate(LOSS, rule),
        lambda rule: regime(LOSS, 0.01, rule),
        lambda rule: trajectory(LOSS, [0, 0], 0.01, 5, rule),
        lambda rule: epochs_to_tolerance(LOSS, [0, 0], 0.01, 0.01, rule),
    ],
)
def test_a_rule_without_a_spectrum_is_refused(call):
    with pytest.raises(ValueError, match=r"^rule must be Plain, HeavyBall or Nesterov, but it is Adam\("):
        call(Adam())


@pytest.mark.parametrize(
    "call",
    [
        spectrum.eigenvalues,
        spectrum.condition_number,
        max_learning_rate,
        spectrum.best_learning_rate,
        best_heavy_ball,
        best_nesterov,
        lambda loss: regime(loss, 0.01),
        lambda loss: trajectory(loss, [0, 0], 0.01, 5),
        lambda loss: epochs_to_tolerance(loss, [0, 0], 0.01, 0.01),
        lambda loss: start_from(loss, [0, 0], 0.01, 5),
    ],
)
@pytest.mark.parametrize("loss", [3, None, MeanSquaredError, LogisticLoss([[1.0], [2.0]], [0, 1])], ids=repr)
def test_what_has_no_constant_hessian_is_refused(call, loss):
    with pytest.raises(ValueError, match=rf"^loss must be a MeanSquaredError, .*, but it is a {type(loss).__name__}$"):
        call(loss)


@pytest.mark.parametrize("rule", [HeavyBall(0.9), Nesterov(0.9)], ids=str)
def test_a_huge_rate_never_arrives_with_momentum_either(rule):
    assert epochs_to_tolerance(LOSS, [0, 0], 1e308, 0.1, rule) == math.inf


def test_a_hair_below_the_limit_the_epochs_are_found_at_once():
    assert epochs_to_tolerance(LOSS, [0, 0], np.nextafter(max_learning_rate(LOSS), 0), 0.01) > 1e15


# Any rate, any number of epochs


def decimal_distance(x, start, minimum, learning_rate):
    """The largest distance of both parameters from the minimum of a line after k epochs, in sixty digits."""
    with localcontext(prec=60):
        x, rate = [Decimal(a) for a in x], Decimal(learning_rate)
        mean, square = sum(x) / len(x), sum(a * a for a in x) / len(x)
        large = 1 + square + ((1 - square) ** 2 + 4 * mean * mean).sqrt()
        axes = []
        for value in (4 * (square - mean * mean) / large, large):
            axis = [2 * mean, value - 2]  # an eigenvector of the Hessian, [[2, 2 mean], [2 mean, 2 square]]
            u, v = (Decimal(a) - Decimal(b) for a, b in zip(start, minimum, strict=True))
            part = (axis[0] * u + axis[1] * v) / (axis[0] ** 2 + axis[1] ** 2)
            axes.append((1 - rate * value, [part * entry for entry in axis]))

    def distance(k):
        with localcontext(prec=60):
            left = [[shrink**k * entry for entry in part] for shrink, part in axes]
            return max(abs(sum(entries)) for entries in zip(*left, strict=True))

    return distance


@pytest.mark.parametrize("start", [(0, 0), (6, 19), (5.0, 21.0)], ids=str)
@pytest.mark.parametrize("tolerance", [0.99, 0.01, 1e-9])
@pytest.mark.parametrize("learning_rate", [1e-2, 1e-6, 1e-12, 1e-15, 1e-40])
def test_at_any_rate_the_epochs_to_a_tolerance_are_those_of_sixty_digits(start, tolerance, learning_rate):
    distance = decimal_distance(x, start, (5, 20), learning_rate)
    found = epochs_to_tolerance(LOSS, start, learning_rate, tolerance)
    # The curvatures are known to some 1e-13, and so is what shrinks by them.
    slack = found * 10**4 // 10**16
    assert distance(found + slack) <= tolerance * (1 + 1e-11)
    assert distance(found - slack - 1) > tolerance * (1 - 1e-11)


@pytest.mark.parametrize("seed", range(40))
def test_the_last_place_outside_is_that_of_looking_at_all(seed):
    rng = np.random.default_rng(seed)
    d = rng.integers(1, 7)
    parts, logs = rng.normal(size=d) * rng.choice([0, 1, 1, 1], size=d), -(10.0 ** rng.uniform(-2.5, 0.5, size=d))
    for tolerance in (1.0, 0.1, 1e-3):
        sums = np.abs(parts @ np.exp(logs[:, None] * np.arange(6000)))
        outside = np.flatnonzero(sums > tolerance)
        assert _modes.last_outside(parts, logs, tolerance) == (outside[-1] if len(outside) else -1)


def test_powers_of_one_size_are_one_power():
    assert _modes.last_outside(np.array([3.0, -1.0]), np.array([-0.1, -0.1]), 0.5) == 13  # 2 exp(-k / 10) > 1/2


def test_with_momentum_no_more_epochs_are_looked_at_than_are_said():
    # Two parameters whose ways nearly cancel: they are within the tolerance long before the bound on them is.
    loss = MeanSquaredError(2, np.array([[1.0, 1e-9], [1e-9, 1.0]]), np.array([1.0, -1.0]), 2.0)
    found = epochs_to_tolerance(loss, [100, 100], 1e-9, 0.01, HeavyBall(0.5))
    assert found == pytest.approx(math.log(1e4) / 2e-9, rel=0.1)


@pytest.mark.parametrize("best", [best_heavy_ball, best_nesterov])
def test_the_best_momentum_beyond_the_range_of_a_float_is_refused(best):
    with pytest.raises(ValueError, match="the condition number is so large that no float is the best momentum"):
        best(MeanSquaredError.from_data(np.diag([1e-60, 1e60]), [1, 1]))
    with pytest.raises(ValueError, match="the curvature is so small that the best rate leaves the range of a float"):
        best(MeanSquaredError.from_data([[1e-156]], [1]))


@pytest.mark.parametrize("unit", [1e-40, 1e-9, 1e9, 1e40])
def test_in_other_units_the_spectrum_is_that_of_other_units(unit):
    x = np.array([2.0, 3.0, 4.0, 5.0]) * unit
    loss = MeanSquaredError.from_data(design_matrix(x), Y)
    small, large = np.sort([2 * x.var() / (1 + (x**2).mean()), 2 * (1 + (x**2).mean())])  # to first order in either
    assert spectrum.condition_number(loss) == pytest.approx(large / small, rel=1e-5)
    assert max_learning_rate(loss) == pytest.approx(2 / large, rel=1e-5)
    assert regime(loss, spectrum.best_learning_rate(loss) / 4) is Regime.CONVERGES


# The bar of a start


def random_run(seed):
    """A line, a rate, a start, and a number of epochs."""
    rng = np.random.default_rng(seed)
    n, offset, spread = rng.integers(2, 9), rng.choice([0, 3, 30, 300]), rng.choice([0.5, 2.0])
    x = offset + spread * rng.normal(size=n)
    y = rng.normal(size=n) * 20 + x * rng.normal() * 10
    loss = MeanSquaredError.from_data(design_matrix(x), y)
    share, epochs = rng.choice([1e-6, 1e-3, 0.1, 0.45, 0.9, 1.02]), int(rng.choice([1, 7, 60, 200]))
    learning_rate, start = float(share * max_learning_rate(loss)), rng.uniform(-1, 1, size=2) * rng.choice([1, 50])
    return loss, x, y, start, learning_rate, epochs


def decimal_run(x, y, start, learning_rate, epochs):
    """As `decimal_end`, by the sums that an epoch needs."""
    with localcontext(prec=40):
        x, y, rate = [Decimal(float(a)) for a in x], [Decimal(float(b)) for b in y], Decimal(learning_rate)
        mean, square = sum(x) / len(x), sum(a * a for a in x) / len(x)
        height, product = sum(y) / len(y), sum(a * b for a, b in zip(x, y, strict=True)) / len(x)
        intercept, slope = (Decimal(float(entry)) for entry in start)
        for _ in range(epochs):
            up, steep = intercept + slope * mean - height, intercept * mean + slope * square - product
            intercept, slope = intercept - 2 * rate * up, slope - 2 * rate * steep
        return [float(intercept), float(slope)]


@pytest.mark.parametrize("seeds", [range(start, start + 50) for start in range(0, 1500, 250)], ids=lambda r: str(r[0]))
def test_of_many_random_lines_no_start_lies_outside_its_bar(seeds):
    ratios, refused = [], 0
    for seed in seeds:
        loss, x, y, start, rate, epochs = random_run(seed)
        for end in (decimal_run(x, y, start, rate, epochs), trajectory(loss, start, rate, epochs)[-1]):
            for half_digit in (0, 0.005):
                try:
                    theta = np.round(end, 2) if half_digit else end
                    found, error = start_from(loss, theta, rate, epochs, half_digit)
                except ValueError:
                    refused += 1  # the columns depend on one another, or nothing of the start is left
                    continue
                assert (np.abs(found - start) <= error).all(), (seed, half_digit)
                ratios.append(np.max(error) / np.max(np.abs(found - start) + 1e-300))
    assert np.median(ratios) < 1000
    assert refused < len(seeds)
