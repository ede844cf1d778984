import math
import re
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from gdlib import _modes, spectrum
from gdlib.descent import descend
from gdlib.losses import LogisticLoss, MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.rules import Adam, HeavyBall, Nesterov, Plain
from gdlib.spectrum import (
    Regime,
    best_heavy_ball,
    best_learning_rate,
    best_nesterov,
    condition_number,
    epochs_to_tolerance,
    max_learning_rate,
    regime,
    start_from,
    trajectory,
)

RNG = np.random.default_rng(0)
x, Y = [2, 3, 4, 5], [45, 65, 85, 105]
DATA = {
    "the article's": (design_matrix(x), np.array(Y)),
    "three points": (design_matrix([2, 4, 5]), np.array([45, 85, 105])),
    "years": (design_matrix([2001, 2002, 2003, 2004]), np.array([40.0, 69.0, 80.0, 110.0])),
    "four columns": (RNG.normal(size=(30, 4)), RNG.normal(size=30)),
    "one column": (np.array([[1.0], [2.0]]), np.array([3.0, 5.0])),
}
LOSSES = {name: MeanSquaredError.from_data(*data) for name, data in DATA.items()}
LOSS = LOSSES["the article's"]
EQUAL_X = MeanSquaredError.from_data(design_matrix([3, 3, 3]), [1, 2, 4])
NOTHING = MeanSquaredError.from_data(np.zeros((2, 2)), [1, 2])
OF_CURVATURE_2 = MeanSquaredError.from_data([[1], [1]], [3, 5])
LIMIT = 2 / np.linalg.eigvals(LOSS.hessian).max()
MAX = Fraction(np.finfo(float).max)
MOMENTUM = [HeavyBall(0.3), HeavyBall(0.9), Nesterov(0.3), Nesterov(0.9)]

ON_ALL_DATA = pytest.mark.parametrize("name", DATA)


def of_one_column(a):
    return MeanSquaredError.from_data([[a]], [1])


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
def test_eigenvalues_and_condition_are_those_that_an_unsymmetric_solver_finds(name):
    X, y = DATA[name]
    expected = np.sort(np.linalg.eigvals(2 * X.T @ X / len(y)))
    found = spectrum.eigenvalues(LOSSES[name])
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-15 * len(expected) * expected[-1])
    # An error of a few units in the last place of the largest eigenvalue is one of the smallest, too.
    condition = np.linalg.cond(X) ** 2
    assert condition_number(LOSSES[name]) == pytest.approx(condition, rel=2e-15 * condition)
    found[:] = 0  # a copy
    assert spectrum.eigenvalues(LOSSES[name])[-1] > 0


@pytest.mark.parametrize(
    ("function", "loss", "expected"),
    [
        (condition_number, MeanSquaredError.from_data(design_matrix([3]), [7]), math.inf),
        (condition_number, EQUAL_X, math.inf),
        (condition_number, NOTHING, math.inf),
        (max_learning_rate, NOTHING, math.inf),
        (best_learning_rate, NOTHING, math.inf),
        (max_learning_rate, of_one_column(1e-160), math.inf),
        (best_learning_rate, of_one_column(1e-160), math.inf),
        # Twice the curvature, as the sum of the smallest and the largest, is beyond the range of a float.
        (best_learning_rate, of_one_column(9e153), float(1 / Fraction(2 * 9e153**2))),
        (best_learning_rate, EQUAL_X, 1 / (2 * (1 + 3**2))),  # without the flat direction
    ],
)
def test_rates_and_condition_where_a_direction_is_flat_or_steep_beyond_measure(function, loss, expected):
    assert function(loss) == pytest.approx(expected, rel=1e-15)


@ON_ALL_DATA
def test_the_regime_says_how_the_steepest_direction_goes(name):
    loss = LOSSES[name]
    steepest = loss.eigenbasis[1][:, -1]
    start = loss.minimum + steepest * (1 + np.abs(loss.minimum).max())
    for share in (1e-6, 0.499, 0.501, 0.999, 1.001, 1e6):
        rate = share * max_learning_rate(loss)
        before, after = ((theta - loss.minimum) @ steepest for theta in trajectory(loss, start, rate, epochs=1))
        shrunk = after / before
        expected = "CONVERGES" if shrunk >= 0 else "OSCILLATES" if shrunk > -1 else "DIVERGES"
        assert regime(loss, rate).name == expected, share
        assert (shrunk < 0, shrunk < -1) == (share > 0.5, share > 1), share


def test_the_regime_at_the_limit_itself_on_flat_losses_and_with_momentum():
    assert [regime(OF_CURVATURE_2, rate) for rate in (0.5, 1.0)] == [Regime.CONVERGES, Regime.DIVERGES]
    assert regime(NOTHING, 1e300) is Regime.CONVERGES
    assert regime(LOSS, 1e-5, HeavyBall(0.5)) is Regime.CONVERGES  # with a small rate no momentum swings
    assert regime(LOSS, 0.01, HeavyBall(0.9)) is Regime.OSCILLATES


@pytest.mark.parametrize("unit", [1e-40, 1e9])
def test_in_other_units_the_spectrum_is_that_of_other_units(unit):
    x = np.array([2.0, 3.0, 4.0, 5.0]) * unit
    loss = MeanSquaredError.from_data(design_matrix(x), Y)
    small, large = np.sort([2 * x.var() / (1 + (x**2).mean()), 2 * (1 + (x**2).mean())])  # to first order in either
    assert condition_number(loss) == pytest.approx(large / small, rel=1e-5)
    assert max_learning_rate(loss) == pytest.approx(2 / large, rel=1e-5)
    assert regime(loss, best_learning_rate(loss) / 4) is Regime.CONVERGES


@pytest.mark.parametrize(
    ("best", "kind"),
    [(lambda loss: (best_learning_rate(loss), Plain()), None), (best_heavy_ball, HeavyBall), (best_nesterov, Nesterov)],
    ids=["plain", "heavy ball", "Nesterov"],
)
@pytest.mark.parametrize("name", ["the article's", "three points", "four columns"])
def test_no_other_rate_or_momentum_is_faster_than_the_best(name, best, kind):
    rate, rule = best(LOSSES[name])

    def slowest(rate, rule):
        return np.abs(_modes.roots(_modes.matrices(rule, rate * LOSSES[name].eigenbasis[0]))).max()

    moved = np.linspace(-0.2, 0.99 - rule.momentum, 15) if kind else [0]
    rules = [kind(max(0, rule.momentum + more)) for more in moved] if kind else [rule]
    others = [slowest(rate * factor, other) for factor in np.linspace(0.5, 1.5, 20) for other in rules]
    assert min(others) > slowest(rate, rule) - 1e-7
    assert np.median(others) > slowest(rate, rule) + 0.002
    if kind is HeavyBall:
        assert slowest(rate, rule) == pytest.approx(math.sqrt(rule.momentum), rel=1e-6)


@pytest.mark.parametrize("rule", MOMENTUM, ids=str)
def test_the_limit_with_momentum_is_where_the_loop_begins_to_diverge(rule):
    limit = max_learning_rate(LOSS, rule)
    assert regime(LOSS, limit * (1 - 1e-9), rule) is Regime.OSCILLATES
    assert regime(LOSS, limit, rule) is Regime.DIVERGES
    assert epochs_to_tolerance(LOSS, [0, 0], limit * 1.001, 0.01, rule) == math.inf
    shrinks, grows = (descend(LOSS, [0, 0], f * limit, 1000, rule).losses[-1] for f in (0.99, 1.01))
    assert shrinks < LOSS.value([0, 0]) < grows


# Every epoch at once


YEARS, FAR = [2001, 2002, 2003, 2004], [1e6 + 1, 1e6 + 2, 1e6 + 3]


@pytest.mark.parametrize(
    ("x", "y", "start", "learning_rate"),
    [
        (x, Y, (0, 0), 0.001),
        (x, Y, (0.5, -0.25), 3.0),  # far past the limit
        (YEARS, Y, (0, 0), 1e-7),
        (YEARS, Y, (1, -1), 1e-6),  # past the limit
        (FAR, Y[:3], (0, 0), 1e-13),
        (FAR, Y[:3], (1, -1), 1e-12),  # past the limit
        ([3, 3, 3], [1, 2, 4], (1, -1), 0.05),
        ([3, 3, 3], [1, 2, 4], (1, -1), 0.2),  # past the limit
        ([0, 0], [1, 2], (1, -1), 0.5),
    ],
    ids=str,
)
def test_a_trajectory_is_the_exact_one_to_thirteen_digits(x, y, start, learning_rate):
    found = trajectory(MeanSquaredError.from_data(design_matrix(x), y), start, learning_rate, 40)
    rows = [[float(entry) for entry in row] for row in exact(x, y, start, learning_rate, 40)]
    np.testing.assert_allclose(found, rows, rtol=1e-13)


@pytest.mark.parametrize("rule", [Plain(), HeavyBall(0), *MOMENTUM], ids=str)
@ON_ALL_DATA
def test_a_trajectory_is_the_one_that_descent_runs_through(name, rule):
    loss = LOSSES[name]
    start, error = np.arange(1.0, loss.dimension + 1), {"rtol": 1e-11, "atol": 1e-13}
    if not isinstance(rule, Plain):
        start, error = loss.minimum + np.linspace(-3, 5, loss.dimension), {"rtol": 1e-7, "atol": 1e-7}
    for share in (1e-4, 0.6, 0.999, 1.05):
        rate = share * max_learning_rate(loss, rule)
        run = descend(loss, start, rate, 60 if share > 1 else 200, rule)
        for epochs in (0, 1, 2, 3, 35, 36, run.epochs):
            found = trajectory(loss, start, rate, epochs, rule)
            np.testing.assert_allclose(found, run.trajectory[: epochs + 1], **error, err_msg=f"{share}, {epochs}")


def test_at_the_minimum_a_trajectory_stays_and_no_epochs_are_needed_at_any_rate():
    for rate in (0.01, 1.0, 1e300):
        assert (trajectory(LOSS, [5, 20], rate, 1000) == [5, 20]).all()
        assert epochs_to_tolerance(LOSS, [5, 20], rate, 0.01) == 0
        assert epochs_to_tolerance(LOSS, LOSS.minimum, rate, 0.01) == 0


@pytest.mark.parametrize("learning_rate", [0.25, 1e100, 1e300])
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
    ("name", "start", "learning_rate", "tolerance"),
    [
        ("three points", (0, 0), 0.01, 1e-6),
        ("three points", (9, 19), 0.03, 0.1),
        ("the article's", (100, -30), 0.05, 0.01),
        ("the article's", (100, -30), 0.068, 1e-6),
        ("the article's", (5, 21), 0.068, 0.01),
        ("the article's", (5.3, 20.9), 0.0693, 0.01),
        ("the article's", (5.3, 20.9), 0.0693, 0.5),
        ("the article's", (5.1, 19.95), 0.01, 0.01),
        ("the article's", (5.001, 20), 0.01, 0.01),
        ("one column", (7,), 0.39, 0.001),
        ("four columns", (1, 2, 3, 4), 0.3, 1e-4),
        ("four columns", (1, 2, 3, 4), 0.7, 1e-4),
    ],
)
def test_the_epochs_to_a_tolerance_are_those_that_a_run_counts(name, start, learning_rate, tolerance):
    X, y = DATA[name]
    found = epochs_to_tolerance(LOSSES[name], start, learning_rate, tolerance)
    assert type(found) is int
    minimum = np.linalg.lstsq(X, y, rcond=None)[0]
    assert found == counted(plain(X, y, start, learning_rate, found + 300), minimum, tolerance)


@pytest.mark.parametrize("turn", np.linspace(0, math.pi, 5)[:-1])
def test_of_two_nearly_equal_curvatures_the_last_epoch_outside_is_found_below_its_bound(turn):
    # The terms of the error have opposite signs here, and their sizes add up to more than the error.
    X, y = design_matrix([-1, 1 + 1e-6]), np.array([1, 2])
    start = np.add(np.linalg.solve(X, y), [math.cos(turn), math.sin(turn)])
    found = epochs_to_tolerance(MeanSquaredError.from_data(X, y), start, 1e-3, 0.01)
    assert found == counted(plain(X, y, start, 1e-3, found + 300), np.linalg.solve(X, y), 0.01)


@pytest.mark.parametrize("rule", MOMENTUM, ids=str)
def test_with_momentum_the_epochs_to_a_tolerance_are_those_that_a_run_counts(rule):
    for share, tolerance in product((0.01, 0.05, 0.5, 0.97), (1.0, 0.01, 1e-5)):
        rate = share * max_learning_rate(LOSS, rule)
        found = epochs_to_tolerance(LOSS, [0, 0], rate, tolerance, rule)
        run = trajectory(LOSS, [0, 0], rate, found + 1000, rule)
        assert counted(run, LOSS.minimum, tolerance) == found > 0, (share, tolerance)


def test_a_double_root_beside_an_axis_without_a_part_is_no_nan():
    loss = MeanSquaredError(2, np.diag([1.0, 1e4]), np.array([5.0, 5e4]), 1e9)
    rate, rule = best_heavy_ball(loss)
    run = descend(loss, [0, 0], rate, 3000, rule)
    assert epochs_to_tolerance(loss, [0, 0], rate, 0.01, rule) == run.steps_to(loss.minimum, 0.01)


def test_with_momentum_no_more_epochs_are_looked_at_than_are_said():
    # Two parameters whose ways nearly cancel: they are within the tolerance long before the bound on them is.
    loss = MeanSquaredError(2, np.array([[1.0, 1e-9], [1e-9, 1.0]]), np.array([1.0, -1.0]), 2.0)
    found = epochs_to_tolerance(loss, [100, 100], 1e-9, 0.01, HeavyBall(0.5))
    assert found == pytest.approx(math.log(1e4) / 2e-9, rel=0.1)


def test_a_run_that_diverges_or_jumps_for_ever_never_stays_within_a_tolerance():
    for start, rate in product([(0, 0), (5.001, 20), (5.0, 20.0001)], [LIMIT * 1.0001, 0.1, 1e300]):
        assert epochs_to_tolerance(LOSS, start, rate, 0.01) == math.inf, (start, rate)
    for rule in MOMENTUM:
        assert epochs_to_tolerance(LOSS, [0, 0], 1e308, 0.1, rule) == math.inf
    assert epochs_to_tolerance(OF_CURVATURE_2, [7], 1.0, 0.01) == math.inf
    assert epochs_to_tolerance(OF_CURVATURE_2, [4.001], 1.0, 0.01) == 0
    assert 1e15 < epochs_to_tolerance(LOSS, [0, 0], np.nextafter(max_learning_rate(LOSS), 0), 0.01) < math.inf


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


@pytest.mark.parametrize("learning_rate", [1e-2, 1e-6, 1e-15, 1e-40])
def test_at_any_rate_the_epochs_to_a_tolerance_are_those_of_sixty_digits(learning_rate):
    for start, tolerance in product([(0, 0), (6, 19), (5.0, 21.0)], [0.99, 0.01, 1e-9]):
        distance = decimal_distance(x, start, (5, 20), learning_rate)
        found = epochs_to_tolerance(LOSS, start, learning_rate, tolerance)
        # The curvatures are known to some 1e-13, and so is what shrinks by them.
        slack = found * 10**4 // 10**16
        assert distance(found + slack) <= tolerance * (1 + 1e-11), (start, tolerance)
        assert distance(found - slack - 1) > tolerance * (1 - 1e-11), (start, tolerance)


def test_the_last_place_outside_is_that_of_looking_at_all():
    rng = np.random.default_rng(0)
    for _ in range(20):
        d = rng.integers(1, 7)
        parts, logs = rng.normal(size=d) * rng.choice([0, 1, 1, 1], size=d), -(10.0 ** rng.uniform(-2.5, 0.5, size=d))
        sums = np.abs(parts @ np.exp(logs[:, None] * np.arange(6000)))
        for tolerance in (1.0, 0.1, 1e-3):
            outside = np.flatnonzero(sums > tolerance)
            assert _modes.last_outside(parts, logs, tolerance) == (outside[-1] if len(outside) else -1)
    # Powers of one size are one power: 2 exp(-k / 10) > 1/2.
    assert _modes.last_outside(np.array([3.0, -1.0]), np.array([-0.1, -0.1]), 0.5) == 13


# Where a run began


@ON_ALL_DATA
@pytest.mark.parametrize(("share", "epochs"), [(0.1, 3), (0.9, 2), (1.2, 5)])
def test_a_trajectory_run_backwards_ends_at_its_start(name, share, epochs):
    loss = LOSSES[name]
    start = np.arange(1.0, loss.dimension + 1)
    learning_rate = share * spectrum.max_learning_rate(loss)
    theta = trajectory(loss, start, learning_rate, epochs)[-1]
    np.testing.assert_allclose(start_from(loss, theta, learning_rate, epochs).theta, start, rtol=1e-10)


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
    """Where descent on a line ends, ``[intercept, slope]``, in forty digits, by the sums that an epoch needs."""
    with localcontext(prec=40):
        x, y, rate = [Decimal(float(a)) for a in x], [Decimal(float(b)) for b in y], Decimal(learning_rate)
        mean, square = sum(x) / len(x), sum(a * a for a in x) / len(x)
        height, product = sum(y) / len(y), sum(a * b for a, b in zip(x, y, strict=True)) / len(x)
        intercept, slope = (Decimal(float(entry)) for entry in start)
        for _ in range(epochs):
            up, steep = intercept + slope * mean - height, intercept * mean + slope * square - product
            intercept, slope = intercept - 2 * rate * up, slope - 2 * rate * steep
        return [float(intercept), float(slope)]


def test_of_many_random_lines_no_start_lies_outside_its_bar():
    ratios = []
    for seed in range(40):
        loss, x, y, start, rate, epochs = random_run(seed)
        for end in (decimal_run(x, y, start, rate, epochs), trajectory(loss, start, rate, epochs)[-1]):
            for half_digit in (0, 0.005):
                try:
                    theta = np.round(end, 2) if half_digit else end
                    found, error = start_from(loss, theta, rate, epochs, half_digit)
                except ValueError:
                    continue  # the columns depend on one another, or nothing of the start is left
                assert (np.abs(found - start) <= error).all(), (seed, half_digit)
                ratios.append(np.max(error) / np.max(np.abs(found - start) + 1e-300))
    assert np.median(ratios) < 1000
    assert len(ratios) > 80


@pytest.mark.parametrize(("learning_rate", "epochs"), [(1e-6, 5000), (0.001, 100), (0.05, 3)])
def test_of_a_theta_known_to_every_digit_the_error_bar_is_narrow(learning_rate, epochs):
    theta = decimal_run(x, Y, (0.9, -0.7), learning_rate, epochs)
    assert (start_from(LOSS, theta, learning_rate, epochs).error < 1e-9).all()


def test_without_an_epoch_the_start_is_theta_itself_to_the_digits_it_was_given():
    found, error = start_from(LOSS, [4.87, 18.87], 0.5, 0, half_digit=0.005)
    assert found.tolist() == [4.87, 18.87]
    assert (error > 0.005).all()  # no float is 4.87 itself
    np.testing.assert_allclose(error, [0.005, 0.005], rtol=1e-12)


# What is refused


OUT = r"(gradient at theta \[1.7e\+308 1.7e\+308\]|the start) leaves the range of a float"
FLAT = r"XᵀX is singular: .*least_squares"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: trajectory(LOSS, [1.7e308, 1.7e308], 0.01, 1), OUT),
        (lambda: epochs_to_tolerance(LOSS, [1.7e308, 1.7e308], 0.01, 0.01), OUT),
        (lambda: start_from(LOSS, [1.7e308, 1.7e308], 0.01, 1), OUT),
        (lambda: start_from(LOSS, [1, 1], 0.001, 100_000), "100000 epochs back, the start leaves the range of a float"),
        (lambda: start_from(OF_CURVATURE_2, [4], 0.5, 1), "at learning_rate 0.5 one direction forgets its start in"),
        (lambda: epochs_to_tolerance(EQUAL_X, [0, 0], 0.01, 0.01), FLAT),
        (lambda: start_from(EQUAL_X, [0, 0], 0.01, 1), FLAT),
        (lambda: best_heavy_ball(EQUAL_X), "flat in some direction"),
        (lambda: best_nesterov(EQUAL_X), "flat in some direction"),
        (lambda: best_heavy_ball(MeanSquaredError.from_data(np.diag([1e-60, 1e60]), [1, 1])), "no float is the best m"),
        (lambda: best_nesterov(MeanSquaredError.from_data(np.diag([1e-60, 1e60]), [1, 1])), "no float is the best mom"),
        (lambda: best_heavy_ball(of_one_column(1e-156)), "the curvature is so small that the best rate leaves the ran"),
        (lambda: best_nesterov(of_one_column(1e-156)), "the curvature is so small that the best rate leaves the range"),
    ],
)
def test_what_has_no_answer_in_floats_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()


OF_A_LOSS_AND_A_RULE = [
    max_learning_rate,
    lambda loss, *rule: regime(loss, 0.01, *rule),
    lambda loss, *rule: trajectory(loss, [0, 0], 0.01, 5, *rule),
    lambda loss, *rule: epochs_to_tolerance(loss, [0, 0], 0.01, 0.01, *rule),
]
OF_A_LOSS = [spectrum.eigenvalues, condition_number, best_learning_rate, best_heavy_ball, best_nesterov]


def test_a_rule_without_a_spectrum_is_refused():
    for call in OF_A_LOSS_AND_A_RULE:
        with pytest.raises(ValueError, match=r"^rule must be Plain, HeavyBall or Nesterov, but it is Adam\("):
            call(LOSS, Adam())


@pytest.mark.parametrize("loss", [3, MeanSquaredError, LogisticLoss([[1.0], [2.0]], [0, 1])], ids=repr)
def test_what_has_no_constant_hessian_is_refused(loss):
    says = rf"^loss must be a MeanSquaredError, .*, but it is a {type(loss).__name__}$"
    for call in [*OF_A_LOSS_AND_A_RULE, *OF_A_LOSS, lambda loss: start_from(loss, [0, 0], 0.01, 5)]:
        with pytest.raises(ValueError, match=says):
            call(loss)
