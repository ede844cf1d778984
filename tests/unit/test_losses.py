import types
from dataclasses import FrozenInstanceError
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest

from gdlib.descent import descend
from gdlib.losses import GemanMcClure, LogisticLoss, MeanSquaredError
from gdlib.regression import design_matrix

RNG = np.random.default_rng(0)
DATA = {
    "the article's": (design_matrix([2, 3, 4, 5]), np.array([45.0, 65.0, 85.0, 105.0])),
    "noisy": (design_matrix([2, 3, 4, 5]), np.array([40.0, 69.0, 80.0, 110.0])),
    "years": (design_matrix([2001, 2002, 2003, 2004]), np.array([40.0, 69.0, 80.0, 110.0])),
    "one column": (np.array([[1.0], [2.0]]), np.array([3.0, 5.0])),
    "random": (RNG.normal(size=(30, 4)), RNG.normal(size=30)),
    "one point": (design_matrix([3]), np.array([7.0])),
    "equal x": (design_matrix([3, 3, 3]), np.array([1.0, 2.0, 4.0])),
    "equal x in small units": (0.01 * design_matrix([3, 3, 3]), np.array([1.0, 2.0, 4.0])),
    "nothing but zeros": (np.zeros((3, 2)), np.array([1.0, 2.0, 4.0])),
}
SINGULAR = ["one point", "equal x", "equal x in small units", "nothing but zeros"]
X, Y = DATA["the article's"]
LOSS = MeanSquaredError.from_data(X, Y)


def mean_square(X, y, theta):
    return np.mean((X @ theta - y) ** 2)


def exact_loss(x, y, theta):
    """The mean squared error of a line, ``[intercept, slope]``, in fractions."""
    intercept, slope = map(Fraction, theta)
    squares = [(intercept + slope * Fraction(a) - Fraction(b)) ** 2 for a, b in zip(x, y, strict=True)]
    return sum(squares) / len(squares)


# Value, gradient and Hessian


@pytest.mark.parametrize(("X", "y"), DATA.values(), ids=DATA)
def test_value_gradient_and_hessian_are_those_of_the_mean_of_the_squared_errors(central_differences, X, y):
    loss, thetas = MeanSquaredError.from_data(X, y), np.random.default_rng(X.shape[1]).uniform(-10, 10, (5, X.shape[1]))
    np.testing.assert_allclose(loss.values(thetas), [mean_square(X, y, theta) for theta in thetas], rtol=1e-12)
    for theta in thetas:
        size = 1 + mean_square(X, y, theta)
        assert loss.value(theta) == pytest.approx(mean_square(X, y, theta), rel=1e-12)
        expected = central_differences(lambda theta: mean_square(X, y, theta), theta)
        np.testing.assert_allclose(loss.gradient(theta), expected, rtol=0, atol=1e-14 * size)
    hessian = central_differences(lambda theta: 2 * X.T @ (X @ theta - y) / len(y), thetas[0])
    rounding = 1e-14 * (1 + np.abs(hessian).max())
    np.testing.assert_allclose(loss.hessian, hessian, rtol=0, atol=rounding)
    assert (loss.hessian == loss.hessian.T).all()
    values, vectors = loss.eigenbasis
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(X.shape[1]), rtol=0, atol=1e-14)
    np.testing.assert_allclose(vectors * values @ vectors.T, 2 * X.T @ X / len(y), rtol=0, atol=rounding)
    assert values.tolist() == sorted(values)
    assert (values >= 0).all()
    assert np.count_nonzero(values) == np.linalg.matrix_rank(X)  # a flat direction has the eigenvalue 0 exactly


# The minimum


@pytest.mark.parametrize("name", [name for name in DATA if name not in SINGULAR])
def test_the_minimum_is_where_least_squares_puts_it(name):
    X, y = DATA[name]
    expected = np.linalg.lstsq(X, y, rcond=None)[0]
    found = MeanSquaredError.from_data(X, y).minimum
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-15 * np.linalg.cond(X) ** 2 * np.abs(expected).max())


@pytest.mark.parametrize("name", SINGULAR)
def test_singular_data_have_no_minimum_but_a_lowest_loss_which_descent_reaches(name):
    X, y = DATA[name]
    loss = MeanSquaredError.from_data(X, y)
    with pytest.raises(ValueError, match=r"XᵀX is singular: .*least_squares"):
        _ = loss.minimum
    shortest = np.linalg.lstsq(X, y, rcond=None)[0]
    assert loss.value(shortest) == pytest.approx(mean_square(X, y, shortest), rel=1e-12, abs=1e-25)
    rate = 0.5 / (loss.eigenbasis[0][-1] or 1)
    run = descend(loss, [1, -1], rate, epochs=300)
    assert run.losses[-1] == pytest.approx(mean_square(X, y, shortest), rel=1e-12, abs=1e-25)


@pytest.mark.parametrize(("residual", "kept"), [(1e-3, True), (1e-5, True), (1e-7, False)])
def test_a_lowest_loss_is_kept_unless_it_drowns_in_the_rounding_of_the_squares(residual, kept):
    y = Y + residual * np.array([1, -1, -1, 1])  # at right angles to both columns, so all of it remains
    loss = MeanSquaredError.from_data(X, y)
    rounding = 16 * np.finfo(float).eps * np.mean(y**2)
    assert loss.value(loss.minimum) == pytest.approx(residual**2 if kept else 0, rel=1e-7, abs=rounding * kept)


@pytest.mark.parametrize("distance", [1e-1, 1e-3, 1e-5, 1e-7])
def test_near_the_minimum_the_loss_keeps_digits_that_its_four_terms_would_cancel(distance):
    theta = np.array([5 + distance, 20 - distance])
    exact = float(exact_loss(X[:, 1], Y, theta))
    # The minimum itself is known to some 1e-13, so of a square at this distance so many digits are left.
    assert LOSS.value(theta) == pytest.approx(exact, rel=1e-15 + 4e-13 / distance)
    terms = (theta @ LOSS.gram @ theta - 2 * theta @ LOSS.moment + LOSS.sum_of_squares) / LOSS.n
    assert abs(LOSS.value(theta) - exact) < abs(terms - exact)


# Adding up


@pytest.mark.parametrize("split", [1, 3])
def test_the_sum_of_two_losses_is_the_loss_of_both_data_sets(split):
    X, y = DATA["noisy"]
    total = MeanSquaredError.from_data(X[:split], y[:split]) + MeanSquaredError.from_data(X[split:], y[split:])
    whole = MeanSquaredError.from_data(X, y)
    for name in ("n", "gram", "moment", "sum_of_squares"):
        np.testing.assert_array_equal(getattr(total, name), getattr(whole, name))
    assert total.value([1, 2]) == pytest.approx(mean_square(X, y, [1, 2]), rel=1e-13)


def test_what_does_not_add_up_is_refused():
    with pytest.raises(ValueError, match="losses of equally many parameters add up, but these have 2 and 1"):
        LOSS + MeanSquaredError.from_data([[1.0]], [1.0])
    with pytest.raises(TypeError, match="unsupported operand"):
        LOSS + 1
    near = MeanSquaredError.from_data([[9e153]], [1.0])
    with pytest.raises(ValueError, match="squares of X or y leave the range of a float"):
        near + near


# What cannot be changed


def test_a_loss_is_frozen_and_its_arrays_are_read_only():
    for array in (LOSS.gram, LOSS.moment, LOSS.hessian, LOSS.minimum, *LOSS.eigenbasis):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(FrozenInstanceError):
        LOSS.n = 1


def test_a_loss_does_not_follow_a_change_of_what_it_was_made_of():
    gram, moment = np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([4.0, 5.0])
    loss = MeanSquaredError(1, gram, moment, 60.0)
    gram[:] = moment[:] = 7
    assert loss.gram.tolist() == [[2, 1], [1, 3]]
    assert loss.moment.tolist() == [4, 5]


# What is refused


@pytest.mark.parametrize("method", [LOSS.value, LOSS.gradient], ids=["value", "gradient"])
def test_a_theta_too_far_out_is_refused(method):
    with pytest.raises(ValueError, match=r"at theta \[1.e\+308 1.e\+308\] leaves the range of a float"):
        method([1e308, 1e308])


@pytest.mark.parametrize(
    "make",
    [
        lambda: MeanSquaredError.from_data([[1e160]], [1.0]),
        lambda: MeanSquaredError.from_data([[1e200]], [1e200]),
        lambda: MeanSquaredError.from_data([[1.0]], [1e160]),
        lambda: MeanSquaredError.from_data([[1.3e154]], [1.0]),
        lambda: MeanSquaredError.from_data([[1e154], [1e154]], [0.0, 0.0]),
        lambda: MeanSquaredError.from_data([[9e153, 9e153]], [1.0]),
    ],
    ids=["gram", "moment", "sum of squares", "hessian", "sum of two", "eigenvalue"],
)
def test_squares_beyond_the_range_of_a_float_are_refused(make):
    with pytest.raises(ValueError, match="squares of X or y leave the range of a float: divide them by their size"):
        make()


def test_data_just_within_the_range_of_a_float_have_the_eigenvalues_of_the_same_data_made_smaller():
    values, _ = MeanSquaredError.from_data([[5e153, 5e153], [0.0, 5e153]], [1.0, 2.0]).eigenbasis
    # Of [[1, 1], [0, 1]] and n = 2: the roots of λ² - 3 λ + 1.
    expected = np.array([(3 - np.sqrt(5)) / 2, (3 + np.sqrt(5)) / 2])
    np.testing.assert_allclose(values / 2.5e307, expected, rtol=1e-14)


def test_a_gram_that_does_not_fit_the_moment_is_refused_with_its_shape():
    with pytest.raises(ValueError, match=r"gram must be square, .* the 3 moments, but is \(2, 2\)"):
        MeanSquaredError(2, np.eye(2), [1.0, 2.0, 3.0], 1.0)


# The logistic loss, and the one that forgives

LOGISTIC_X = design_matrix([0.5, 1, 1.5, 2, 3, 3.5, 4, 5, 5.5, 6])
LABELS = np.array([0, 0, 1, 0, 0, 1, 0, 1, 1, 1])
LOGISTIC = LogisticLoss(LOGISTIC_X, LABELS)
PLACES = np.random.default_rng(3).normal(scale=3, size=(10, 2))


@pytest.mark.parametrize("loss", [LOGISTIC, GemanMcClure(LOGISTIC_X, LABELS, 0.5)], ids=["logistic", "Geman-McClure"])
def test_gradients_of_many_points_are_those_of_each_and_of_differences(loss, central_differences):
    for theta, gradient in zip(PLACES, loss.gradients(PLACES), strict=True):
        np.testing.assert_allclose(loss.gradient(theta), gradient, rtol=1e-12)
        np.testing.assert_allclose(gradient, central_differences(loss.value, theta, 1e-5), rtol=1e-6, atol=1e-9)


def test_the_logistic_hessian_is_that_of_differences_of_the_gradient(central_differences):
    for theta in PLACES:
        np.testing.assert_allclose(
            LOGISTIC.hessian_at(theta), central_differences(LOGISTIC.gradient, theta, 1e-5), rtol=1e-6, atol=1e-9
        )


def test_no_logistic_curvature_is_above_its_bound():
    largest = max(np.linalg.eigvalsh(LOGISTIC.hessian_at(theta))[-1] for theta in [*PLACES, [0, 0]])
    assert 0.9 * LOGISTIC.max_curvature < largest <= LOGISTIC.max_curvature * (1 + 1e-12)


def test_far_out_the_logistic_loss_is_a_line_and_its_gradient_no_nan():
    assert LOGISTIC.value([1e6, 0]) == pytest.approx(5e5)
    assert LOGISTIC.value([-1e6, 0]) == pytest.approx(5e5)
    assert np.isfinite(LOGISTIC.gradient([1e300, -1e300])).all()


@pytest.mark.parametrize(
    ("x", "labels", "separable"),
    [
        ([1, 2, 3, 4], [1, 1, 0, 0], True),
        ([1, 2, 2, 4], [0, 0, 1, 1], True),  # they touch: one point of each class in one place
        ([0, 1, 1 + 1e-3, 2], [0, 1, 0, 1], False),
        ([0, 1, 1 + 1e-8, 2], [0, 1, 0, 1], False),  # a small overlap is still one
    ],
    ids=str,
)
def test_separable_classes_are_told_from_others(x, labels, separable):
    assert LogisticLoss(design_matrix(x), labels).separable is separable


@pytest.mark.parametrize("unit", [1e-100, 1.0, 1e100])
@pytest.mark.parametrize(("offset", "step"), [(0, 1), (1.7e9, 0.125), (1.7e18, 1024)])
def test_neither_units_nor_an_offset_decide_whether_classes_are_separable(unit, offset, step):
    X = design_matrix((offset + step * np.arange(8)) * unit)
    for labels, separable in [([0, 0, 0, 0, 1, 1, 1, 1], True), ([0, 0, 0, 1, 0, 1, 1, 1], False), ([1] * 8, True)]:
        assert LogisticLoss(X, labels).separable is separable, labels


def test_points_at_0_are_not_separable_and_an_undecided_programme_says_so(monkeypatch):
    assert LogisticLoss([[0.0], [0.0]], [0, 1]).separable is False
    stuck = types.SimpleNamespace(status=4, fun=None, message="Numerical difficulties encountered.")
    monkeypatch.setattr("scipy.optimize.linprog", lambda *_, **__: stuck)
    with pytest.raises(ValueError, match=r"whether the classes are separable could not be decided: Numerical diff"):
        _ = LogisticLoss([[1.0], [2.0]], [0, 1]).separable


def test_a_label_that_is_neither_0_nor_1_is_refused_with_its_place():
    with pytest.raises(ValueError, match=r"^y must hold only 0 and 1, but y\[2\] is 0.5"):
        LogisticLoss(design_matrix([1, 2, 3]), [0, 1, 0.5])


def test_the_scale_of_a_robust_loss_decides_what_is_forgiven():
    squared = MeanSquaredError.from_data(X, Y)
    for theta in PLACES:
        assert GemanMcClure(X, Y, 1e9).value(theta) == pytest.approx(squared.value(theta), rel=1e-9)
    assert GemanMcClure(X, Y, 3.0).value([1e100, 0]) == pytest.approx(9.0)
    np.testing.assert_array_equal(GemanMcClure(X, Y, 3.0).gradient([1e150, 0]), 0)


@pytest.mark.parametrize("make", [LogisticLoss, lambda X, y: GemanMcClure(X, y, 1)], ids=["logistic", "Geman-McClure"])
def test_losses_keep_copies_of_their_data(make):
    X, y = np.array([[1.0, 2.0], [1.0, 3.0]]), np.array([0.0, 1.0])
    loss = make(X, y)
    X[:] = y[:] = 7
    assert (loss.X.max(), loss.y.max()) == (3, 1)
    with pytest.raises(ValueError, match="read-only"):
        loss.X[0] = 1


# Units and offsets


def curvatures(x):
    """The eigenvalues of the Hessian of a line, in many digits."""
    with localcontext(prec=300):
        x = [Decimal(entry) for entry in x]
        mean, square = sum(x) / len(x), sum(entry * entry for entry in x) / len(x)
        large = 1 + square + ((1 - square) ** 2 + 4 * mean * mean).sqrt()
        return [float(4 * (square - mean * mean) / large), float(large)]


@pytest.mark.parametrize("unit", [1e-70, 1e-9, 1.0, 1e3, 1e30])
@pytest.mark.parametrize("offset", [0, 5, 50])
def test_a_column_in_other_units_is_no_flat_direction(unit, offset):
    x = (np.random.default_rng(0).normal(size=9) + offset) * unit
    values, vectors = MeanSquaredError.from_data(design_matrix(x), x).eigenbasis
    np.testing.assert_allclose(values, curvatures(x.tolist()), rtol=1e-15 * (100 + 10 * offset**2))
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(2), atol=1e-14)


def test_beside_a_column_in_other_units_a_dependent_one_is_still_flat():
    x = np.random.default_rng(0).normal(size=(50, 2))
    X = np.column_stack([np.ones(50), 1e9 * x[:, 0], 1e-9 * x[:, 1], 3e20 * x[:, 0]])
    values, vectors = MeanSquaredError.from_data(X, x[:, 0]).eigenbasis
    assert np.count_nonzero(values) == 3
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(4), atol=1e-14)


@pytest.mark.parametrize("n", [100, 50_000])
@pytest.mark.parametrize("value", [0.1, 7.7])
def test_a_constant_column_is_flat_and_has_no_minimum_however_many_points(value, n):
    loss = MeanSquaredError.from_data(design_matrix(np.full(n, value)), np.arange(float(n)))
    assert loss.eigenbasis[0][0] == 0
    with pytest.raises(ValueError, match="XᵀX is singular"):
        _ = loss.minimum


# The ends of a float's range


@pytest.mark.parametrize("z", [0.0, 40.0, 700.0])
def test_the_logistic_curvature_keeps_its_digits_on_either_side(z):
    with localcontext(prec=400):
        p = 1 / (1 + (-Decimal(z)).exp())
        expected = float(p * (1 - p))
    for side in (-z, z):
        assert LogisticLoss([[1.0]], [1]).hessian_at([side])[0, 0] == pytest.approx(expected, rel=1e-13)


def test_a_logistic_curvature_beyond_the_range_of_a_float_is_refused():
    loss = LogisticLoss([[1e155], [1e155]], [0, 1])
    with pytest.raises(ValueError, match="the largest curvature leaves the range of a float: divide X by its size"):
        _ = loss.max_curvature
    with pytest.raises(ValueError, match=r"the curvature at theta \[0.\] leaves the range of a float: divide X by"):
        loss.hessian_at([0])
    assert LogisticLoss([[1e154], [1e154]], [0, 1]).max_curvature == pytest.approx(1e308 / 4)
    assert loss.hessian_at([1e-150])[0, 0] == 0
