import cmath
import math
import operator
import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlib.autodiff import Value, gradient, relu, slopes, tanh
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.scratch import linear_gradient

FLOATS = st.floats(-100, 100)
SMALL = st.floats(-2, 2)


# What a value is


@given(FLOATS, FLOATS.filter(lambda y: abs(y) > 1e-3))
def test_its_number_is_what_floats_give_to_the_last_bit(x, y):
    for operate in (operator.add, operator.sub, operator.mul, operator.truediv):
        for found in (operate(Value(x), Value(y)), operate(Value(x), y), operate(x, Value(y))):
            assert found.number == operate(x, y)
    assert ((-Value(x)).number, (Value(x) ** 3).number, (Value(y) ** -1).number) == (-x, x**3, y**-1)
    assert (tanh(x).number, relu(x).number) == (math.tanh(x), max(0.0, x))


def test_it_knows_its_parents_and_its_generation():
    a, b = Value(2), Value(5)
    product = a * b
    assert (a.came_from, a.generation) == ((), 0)
    assert product.came_from == ((a, 5.0), (b, 2.0))
    assert (product.generation, (product + a).generation, (a + product).generation) == (1, 2, 2)
    assert repr(product) == "Value(10.0)"


def test_numbers_of_other_kinds_are_taken_as_floats():
    for three in (3, Fraction(3), np.float64(3), np.int64(3)):
        assert (type(Value(three).number), Value(three).number) == (float, 3.0)
        assert [(three * Value(2)).number, (Value(2) * three).number, (three - Value(2)).number] == [6, 6, 1]


# Derivatives that are known


@pytest.mark.parametrize(
    ("function", "derivative"),
    [
        (lambda x: x + 3, lambda x: 1),
        (lambda x: 3 - x, lambda x: -1),
        (lambda x: -x, lambda x: -1),
        (lambda x: 7 * x, lambda x: 7),
        (lambda x: x * x, lambda x: 2 * x),
        (lambda x: x * x * x - 2 * x, lambda x: 3 * x**2 - 2),
        (lambda x: x / 4, lambda x: 0.25),
        (lambda x: 4 / x, lambda x: -4 / x**2),
        (lambda x: x / (x + 10), lambda x: 10 / (x + 10) ** 2),
        (lambda x: x**2, lambda x: 2 * x),
        (lambda x: x**-3, lambda x: -3 * x**-4),
        (lambda x: (x * x) ** 0.5, lambda x: math.copysign(1, x)),
        (lambda x: x**0 + x**1, lambda x: 1),
        (tanh, lambda x: 1 / math.cosh(x) ** 2),
        (lambda x: 1 / (1 + tanh(x) ** 2), lambda x: -math.sinh(2 * x) / math.cosh(2 * x) ** 2),
        (lambda x: relu(x) + relu(-x), lambda x: math.copysign(1, x)),
        (lambda x: sum([x, x * 2, x * 3]), lambda x: 6),
    ],
)
def test_derivatives_by_the_book(function, derivative):
    for x in (-3.0, -0.5, 0.25, 2.0):
        assert gradient(lambda theta: function(theta[0]), [x]) == [pytest.approx(derivative(x), rel=1e-13)]


def test_at_0():
    powers = [slopes(end)[x] for x in [Value(0)] for end in (x**0, x**1, x**2, x**3)]
    assert powers == [0, 1, 0, 0]
    assert gradient(lambda theta: relu(theta[0]), [0]) == [0]


@given(FLOATS, FLOATS, st.tuples(FLOATS, FLOATS))
def test_the_article_s_squared_error_has_the_article_s_gradient_to_the_last_bit(x, y, theta):
    def squared_error(theta):
        slope, intercept = theta
        predicted = slope * x + intercept
        error = predicted - y
        return error**2

    assert gradient(squared_error, theta) == linear_gradient(x, y, theta)


def test_a_mean_over_points_has_the_gradient_of_the_numeric_half():
    rng = np.random.default_rng(0)
    X, y, theta = design_matrix(rng.normal(size=(20, 3))), rng.normal(size=20), rng.normal(size=4)

    def loss(theta):
        return sum(((sum(map(operator.mul, theta, row)) - target) ** 2 for row, target in zip(X, y, strict=True))) / 20

    np.testing.assert_allclose(gradient(loss, theta), MeanSquaredError.from_data(X, y).gradient(theta), rtol=1e-12)


# Derivatives of anything: against imaginary nudges, which round nothing away


LEAVES = st.one_of(
    st.integers(0, 2).map(lambda i: lambda theta, tanh: theta[i]),
    SMALL.map(lambda number: lambda theta, tanh: number + 0 * theta[0]),
)


def grown(expressions):
    """Expressions of expressions; nothing in them leaves the range of a float."""
    pairs = st.tuples(expressions, expressions)
    return st.one_of(
        pairs.map(lambda ab: lambda theta, tanh: ab[0](theta, tanh) + ab[1](theta, tanh)),
        pairs.map(lambda ab: lambda theta, tanh: ab[0](theta, tanh) - 2 * ab[1](theta, tanh)),
        pairs.map(lambda ab: lambda theta, tanh: tanh(ab[0](theta, tanh)) * ab[1](theta, tanh)),
        pairs.map(lambda ab: lambda theta, tanh: ab[0](theta, tanh) / (tanh(ab[1](theta, tanh)) - 1.5)),
        expressions.map(lambda a: lambda theta, tanh: tanh(a(theta, tanh)) ** 3),
    )


EXPRESSIONS = st.recursive(LEAVES, grown, max_leaves=8)
PLACES = st.lists(SMALL, min_size=3, max_size=3)


@given(EXPRESSIONS, PLACES)
def test_any_expression_agrees_with_imaginary_nudges(expression, theta):
    found = gradient(lambda values: expression(values, tanh), theta)
    for i in range(3):
        nudged = [t + 1e-30j * (i == k) for k, t in enumerate(theta)]
        assert found[i] == pytest.approx(expression(nudged, cmath.tanh).imag / 1e-30, rel=1e-9, abs=1e-9)


# The way back


def test_ways_to_the_end_are_added_up():
    x = Value(3)
    found = slopes(x * x + x)
    assert found[x] == 7
    assert [found[value] for value in found] == [1, 1, 7]  # the end, the product, x


def test_each_value_is_looked_at_once_however_many_ways_lead_to_it():
    x = end = Value(1)
    for _ in range(500):
        end = end + end
    assert slopes(end)[x] == 2.0**500


def test_a_long_way_back_needs_no_recursion():
    x = end = Value(1)
    for _ in range(5_000):
        end = end + 1
    assert slopes(end)[x] == 1
    assert end.generation == 5_000


def test_nothing_is_kept_between_two_calls():
    x, y = Value(2), Value(5)
    end = x * y + tanh(x)
    assert slopes(end) == slopes(end)
    assert [slopes(x * y)[value] for value in (x, y)] == [5, 2]
    assert gradient(lambda theta: theta[0] * theta[0], [3]) == gradient(lambda theta: theta[0] * theta[0], [3]) == [6]


def test_the_last_digits_are_the_same_in_every_call():
    numbers = [random.Random(0).uniform(-1, 1) for _ in range(50)]

    def function(theta):
        return sum(tanh(a * b) * c for a, b, c in zip(theta, theta[1:], theta[2:], strict=False)) ** 2

    assert {tuple(gradient(function, numbers)) for _ in range(20)} == {tuple(gradient(function, numbers))}


def test_what_a_function_does_not_use_has_no_slope():
    assert gradient(lambda theta: theta[1] * 2, [1, 2, 3]) == [0, 2, 0]
    assert gradient(lambda theta: Value(7), [1, 2]) == [0, 0]


def test_the_arguments_are_left_as_they_were():
    theta = [1.0, 2.0]
    gradient(lambda values: values.pop() * values[0], theta)
    assert theta == [1.0, 2.0]


# What is refused


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: Value("2"), "number must be a real number, but '2' is a str"),
        (lambda: Value(math.nan), "number must be finite, but it is nan"),
        (lambda: Value(2) + "2", "number must be a real number, but '2' is a str"),
        (lambda: [1] * Value(2), "number must be a real number, but .* is a list"),
        (lambda: Value(1e200) * 1e200, "number must be finite, but it is inf"),
        (lambda: Value(2) ** Value(2), r"power must be a real number, but Value\(2.0\) is a Value"),
        (lambda: Value(-2) ** 0.5, "number must be a real number, but .*j.* is a complex"),
        (lambda: tanh("2"), "number must be a real number, but '2' is a str"),
        (lambda: relu(math.inf), "number must be finite, but it is inf"),
        (lambda: slopes(3.0), "end must be a Value, but 3.0 is a float"),
        (lambda: gradient(lambda theta: 3.0, [1]), "end must be a Value, but 3.0 is a float"),
        (lambda: gradient(lambda theta: theta[0], "12"), "theta must be a list of numbers, but it is '12'"),
        (lambda: gradient(3, [1]), "function must be a function, but 3 is a int"),
        (lambda: gradient(lambda theta: theta[0], [math.inf]), r"theta\[0\] must be finite, but it is inf"),
        (
            lambda: gradient(lambda theta: (theta[0] * 1e200 - 1e200) * 1e200, [1]),
            "the result of gradient leaves the range of a float",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(call, says):
    with pytest.raises(ValueError, match=f"^{says}"):
        call()


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: Value(1) / 0, ZeroDivisionError),
        (lambda: Value(0) ** -1, ZeroDivisionError),
        (lambda: Value(10) ** 1000.0, OverflowError),
    ],
)
def test_where_floats_raise_values_do(call, error):
    with pytest.raises(error):
        call()
