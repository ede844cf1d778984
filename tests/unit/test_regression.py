import math
import operator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gdlib.regression import design_matrix, least_squares, normal_equation, solve_normal

EPS = np.finfo(float).eps
SOLVERS = pytest.mark.parametrize(
    "solve", [normal_equation, lambda X, y: least_squares(X, y).theta], ids=["normal_equation", "least_squares"]
)
# Points with a spread; the exact line through them is a matter of fractions.
POINTS = st.lists(st.tuples(st.integers(-50, 50), st.floats(-1e3, 1e3)), min_size=2, max_size=8).filter(
    lambda points: len({x for x, _ in points}) > 1
)


def cramer(x, y):
    """Intercept and slope of the best line, exactly."""
    x, y = [Fraction(number) for number in x], [Fraction(number) for number in y]
    n, sx, sy = len(x), sum(x), sum(y)
    sxx, sxy = sum(a * a for a in x), sum(a * b for a, b in zip(x, y, strict=True))
    determinant = n * sxx - sx * sx
    return [(sy * sxx - sx * sxy) / determinant, (n * sxy - sx * sy) / determinant]


def rounding(X, y):
    """How far the rounding of XᵀX and Xᵀy can take the solution: their condition, times that of the sums."""
    size = math.hypot(*y)  # whose squares, unlike those of np.linalg.norm, do not underflow
    return 4 * len(X) * EPS * np.linalg.cond(X) ** 2 * (size / np.linalg.norm(X, 2)) + 1e-300


def random_data(n, d, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.normal(size=n)


# design_matrix


@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (2, 4)], ids=str)
def test_a_design_matrix_of_a_table_is_a_column_of_ones_and_the_table(shape):
    x = np.arange(float(np.prod(shape))).reshape(shape)
    X = design_matrix(x)
    assert X[:, 0].tolist() == [1.0] * shape[0]
    assert X[:, 1:].tolist() == x.tolist()


@pytest.mark.parametrize("x", [[2, 4], np.array([2, 4]), [Fraction(2), Fraction(4)]])
def test_a_design_matrix_is_of_floats_whatever_numbers_it_is_made_of(x):
    X = design_matrix(x)
    assert X.dtype == np.float64
    assert X.tolist() == [[1.0, 2.0], [1.0, 4.0]]


# The best line


@SOLVERS
@settings(max_examples=40)
@given(points=POINTS)
@example(points=[(2001, 40.0), (2002, 69.0), (2003, 80.0), (2004, 110.0)])
def test_the_line_is_cramers_exact_one_up_to_rounding(solve, points):
    x, y = zip(*points, strict=True)
    X = design_matrix(x)
    exact = [float(parameter) for parameter in cramer(x, y)]
    np.testing.assert_allclose(solve(X, y), exact, rtol=0, atol=rounding(X, y))
    np.testing.assert_allclose(solve(X[::-1], y[::-1]), solve(X, y), rtol=0, atol=rounding(X, y))


@pytest.mark.parametrize("unit", [1e-150, 1e9])
def test_a_column_in_very_different_units_is_not_called_singular(unit):
    x, y = np.array([1.0, 2.0, 4.0]), [45.0, 85.0, 105.0]
    intercept, slope = (float(parameter) for parameter in cramer(x, y))
    np.testing.assert_allclose(normal_equation(design_matrix(x * unit), y), [intercept, slope / unit], rtol=1e-13)


@pytest.mark.parametrize("d", [1, 5])
def test_a_gram_matrix_is_solved_as_numpy_solves_it(d):
    X, y = random_data(10, d, seed=d)
    expected = np.linalg.solve(X.T @ X, X.T @ y)
    np.testing.assert_allclose(solve_normal((X.T @ X).tolist(), (X.T @ y).tolist()), expected, rtol=1e-13)


# What else least_squares returns


SINGULAR = {
    "one point": (design_matrix([3]), [7.0]),
    "all x equal": (design_matrix([3, 3, 3]), [1.0, 2.0, 4.0]),
    "a column twice": (design_matrix([[1, 1], [2, 2], [4, 4]]), [1.0, 2.0, 4.0]),
    "a column of zeros": (design_matrix([0, 0, 0]), [1.0, 2.0, 4.0]),
    "nothing but zeros": (np.zeros((3, 2)), [1.0, 2.0, 4.0]),
    "more columns than points": (np.array([[1.0, 2.0, 3.0], [1.0, 5.0, 7.0]]), [1.0, 2.0]),
    "an offset far larger than the spread": (design_matrix([1e9, 1e9 + 1, 1e9 + 2]), [1.0, 2.0, 4.0]),
}


@pytest.mark.parametrize(("X", "y"), SINGULAR.values(), ids=SINGULAR)
def test_a_singular_normal_equation_is_refused_and_points_to_least_squares(X, y):
    with pytest.raises(ValueError, match=r"XᵀX is singular: .*least_squares still gives the shortest solution"):
        normal_equation(X, y)


RANDOM = {f"{n} points, {d} columns": random_data(n, d, seed=n * d) for n, d in [(5, 1), (3, 3), (2, 4), (200, 10)]}


@pytest.mark.parametrize(("X", "y"), (CASES := {**RANDOM, **dict(list(SINGULAR.items())[:-1])}).values(), ids=CASES)
def test_least_squares_returns_what_numpy_does_under_the_names_of_its_parts(X, y):
    found = least_squares(X, y)
    assert found._fields == ("theta", "residuals", "rank", "singular_values")
    rounding = 1e-14 * np.linalg.cond(X) if found.rank == X.shape[1] else 1e-14
    for part, expected in zip(found, np.linalg.lstsq(X, y, rcond=None), strict=True):
        size = max(np.abs(expected).max(), 1.0) if np.size(expected) else 1.0
        np.testing.assert_allclose(part, expected, rtol=0, atol=rounding * size)
    assert type(found.rank) is int


# Units and offsets


def exactly(X, y):
    """The least squares of independent columns, in fractions."""
    X, y = [[Fraction(entry) for entry in row] for row in X.tolist()], [Fraction(entry) for entry in y.tolist()]
    columns = [list(column) for column in zip(*X, strict=True)]
    rows = [[sum(map(operator.mul, one, other)) for other in [*columns, y]] for one in columns]
    for i, row in enumerate(rows):
        row[:] = [entry / row[i] for entry in row]
        for other in rows:
            if other is not row:
                other[:] = [a - other[i] * b for a, b in zip(other, row, strict=True)]
    return [row[-1] for row in rows]


def in_units_and_with_offsets(seed):
    rng = np.random.default_rng(seed)
    n, d = rng.integers(5, 13), rng.integers(1, 4)
    x = rng.normal(size=(n, d)) + rng.choice([0, 10, 1e4, 1.7e9, -1e10], size=d)
    X = design_matrix(x * 10.0 ** rng.integers(-90, 90, size=d))
    return X[:, rng.permutation(d + 1)] * 10.0 ** rng.integers(-3, 3), rng.normal(size=n) + rng.choice([0, 1e6])


@pytest.mark.parametrize("seed", range(20))
def test_in_any_units_and_with_any_offset_the_least_squares_are_the_exact_ones(seed):
    X, y = in_units_and_with_offsets(seed)
    theta, _, rank, _ = least_squares(X, y)
    assert rank == X.shape[1]
    # Where y is far from 0 and hardly depends on a column, the rounding of y itself decides its parameter.
    np.testing.assert_allclose(theta, [float(entry) for entry in exactly(X, y)], rtol=1e-8)


@pytest.mark.parametrize(
    ("x", "slope"),
    [
        (1.7e9 + np.arange(12) * 0.15625, 3.0),  # twelve readings within two seconds of Unix time
        (1.7e18 + np.arange(40) * 86_400e9, 2.0**-40),  # forty dates in nanoseconds
        (1.7e9 + np.arange(100_000) * 63.0, 2.0**-20),  # 73 days of seconds
        (1.7e9 + np.arange(100_000) * 2.0**-19, 5.0),  # a fifth of a second of many readings
    ],
    ids=["two seconds", "nanoseconds", "days", "a fifth of a second"],
)
def test_a_line_over_times_is_found(x, slope):
    X, y = design_matrix(x), slope * (x - x[0]) + 1.0  # exact
    theta, residuals, rank, _ = least_squares(X, y)
    assert rank == 2
    assert theta[1] == pytest.approx(slope, rel=1e-12)
    assert residuals[0] / len(y) < 1e-20 * np.mean(y**2)
    assert np.mean((X @ theta - y) ** 2) < (4 * EPS * slope * x[-1]) ** 2  # the rounding of the products themselves


@pytest.mark.parametrize("exponent", [-300, 40])
def test_a_power_of_two_as_a_unit_changes_no_rank(exponent):
    for X, y in SINGULAR.values():
        units = np.array([1.0, *[2.0**exponent] * (X.shape[1] - 1)])
        assert least_squares(X * units, y).rank == least_squares(X, y).rank


@pytest.mark.parametrize("n", [3, 50_000])
@pytest.mark.parametrize("value", [0.1, 1.7e9 + 0.1])
def test_rounding_does_not_make_a_constant_column_independent(value, n):
    X = design_matrix(np.full(n, value))
    assert least_squares(X, np.arange(float(n))).rank == 1
    with pytest.raises(ValueError, match="XᵀX is singular"):
        normal_equation(X, np.arange(float(n)))


@pytest.mark.parametrize(
    ("gram", "says"),
    [
        (
            [[1e-39, 1.0], [1e308, 1.0]],
            r"gram must be XᵀX, symmetric .* gram\[0, 1\] is 1.0 and gram\[1, 0\] is 1e\+308",
        ),
        (np.eye(3), r"gram must be square, .* the 2 moments, .*\(3, 3\)"),
        (np.ones((2, 3)), r"gram must be square, .* the 2 moments, .*\(2, 3\)"),
        ([[1.0, 0.0], [0.0, -4.0]], r"^gram must be XᵀX, with squares on its diagonal, but gram\[1, 1\] is -4.0"),
        ([[1.0, 0.5], [0.4, 1.0]], r"gram must be XᵀX, symmetric .* gram\[0, 1\] is 0.5 and gram\[1, 0\] is 0.4"),
        ([[1.0, 2.0], [2.0, 1.0]], r"no entry larger than the lengths of its columns make it, but gram\[0, 1\] is 2.0"),
    ],
)
def test_what_is_no_gram_matrix_is_refused(gram, says):
    with pytest.raises(ValueError, match=says):
        solve_normal(gram, [1.0, 1.0])


# What is refused


@pytest.mark.parametrize(
    ("X", "y"),
    [([[1e160]], [1.0]), ([[1.0, 1e155], [1.0, -1e155]], [0.0, 0.0]), ([[1e150]], [1e200]), ([[1e-160]], [1e154])],
    ids=["XᵀX", "XᵀX of two", "Xᵀy", "the solution"],
)
def test_a_normal_equation_beyond_the_range_of_a_float_is_refused(X, y):
    with pytest.raises(ValueError, match=r"leaves the range of a float: divide X or y by their size first"):
        normal_equation(X, y)


@pytest.mark.parametrize(
    ("X", "y"),
    [([[1e-200]], [1e200]), ([[1.0], [1.0]], [1e200, -1e200]), ([[1.0, 1.7e308], [1.0, 1.6e308]], [1.0, 2.0])],
    ids=["the solution", "the residuals", "the singular values"],
)
def test_least_squares_beyond_the_range_of_a_float_are_refused(X, y):
    with pytest.raises(ValueError, match="least squares of X and y leave the range of a float: divide X or y"):
        least_squares(X, y)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (design_matrix, [np.array([2.0, 4.0, 5.0])]),
        (normal_equation, [design_matrix([2, 4, 5]), np.array([45.0, 85.0, 105.0])]),
        (least_squares, [design_matrix([2, 4, 5]), np.array([45.0, 85.0, 105.0])]),
        (solve_normal, [np.array([[2.0, 1.0], [1.0, 4.0]]), np.array([2.0, 2.0])]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_neither_the_call_nor_a_change_of_its_result_changes_the_arguments(function, arguments):
    before = [argument.copy() for argument in arguments]
    result = function(*arguments)
    (result[0] if isinstance(result, tuple) else result)[:] = -1.0
    for argument, copy in zip(arguments, before, strict=True):
        np.testing.assert_array_equal(argument, copy)
