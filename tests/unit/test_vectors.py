from collections import deque
from copy import deepcopy
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlib.vectors import add, scalar_multiply, vector_mean, vector_sum

EPS = np.finfo(float).eps
FLOATS = st.floats(-1e6, 1e6)
WHOLE = st.integers(-(10**6), 10**6)  # sums and products of two of these are exact in a float


def tables(numbers, rows=range(1, 7)):
    """Vectors of one length, as many as ``rows`` allows."""
    return st.tuples(st.sampled_from(rows), st.integers(1, 5)).flatmap(
        lambda shape: st.lists(
            st.lists(numbers, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
        )
    )


def pairs(numbers):
    return tables(numbers, rows=[2])


def exact_sums(vectors):
    """The sum of every column as a fraction, and how far rounding n additions can take a float from it."""
    columns = [[Fraction(number) for number in column] for column in zip(*vectors, strict=True)]
    return [(sum(column), len(vectors) * EPS * sum(map(abs, column))) for column in columns]


# What the functions compute


@given(pairs(FLOATS))
def test_adding_agrees_with_numpy_to_the_last_bit(pair):
    assert add(*pair) == np.add(*pair).tolist()


@given(FLOATS, tables(FLOATS, rows=[1]))
def test_multiplying_agrees_with_numpy_to_the_last_bit(c, table):
    assert scalar_multiply(c, table[0]) == np.multiply(c, table[0]).tolist()


@given(tables(FLOATS))
def test_the_sum_is_the_exact_one_up_to_the_rounding_of_its_additions(vectors):
    found = vector_sum(vectors)
    assert len(found) == len(vectors[0])
    assert all(abs(Fraction(s) - exact) <= error for s, (exact, error) in zip(found, exact_sums(vectors), strict=True))


@given(tables(FLOATS))
def test_the_mean_is_the_exact_one_up_to_the_rounding_of_its_additions_and_its_product(vectors):
    n = len(vectors)
    smallest = 5e-324  # what a product loses where it falls below the normal range
    found = vector_mean(vectors)
    assert len(found) == len(vectors[0])
    for mean, (exact, error) in zip(found, exact_sums(vectors), strict=True):
        assert abs(Fraction(mean) - exact / n) <= (error + 2 * EPS * abs(float(exact))) / n + smallest


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (add([1, 2], [10, 20]), [11, 22]),
        (scalar_multiply(-2, [1.5, -3]), [-3, 6]),
        (vector_sum([[1, 2], [3, 4], [5, 6]]), [9, 12]),
        (vector_mean([[1, 2], [3, 4]]), [2, 3]),
    ],
    ids=["add", "scalar_multiply", "vector_sum", "vector_mean"],
)
def test_the_result_is_a_list_of_floats_even_for_integers(found, expected):
    assert found == expected
    assert [type(found), *map(type, found)] == [list, *[float] * len(expected)]


# What must hold of any vectors


@given(pairs(FLOATS))
def test_adding_is_commutative(pair):
    v, w = pair
    assert add(v, w) == add(w, v)


@given(WHOLE, pairs(WHOLE))
def test_multiplying_distributes_over_adding(c, pair):
    v, w = pair
    assert scalar_multiply(c, add(v, w)) == add(scalar_multiply(c, v), scalar_multiply(c, w))


@given(WHOLE, tables(WHOLE))
def test_the_sum_is_linear(c, vectors):
    assert vector_sum([scalar_multiply(c, v) for v in vectors]) == scalar_multiply(c, vector_sum(vectors))


@given(tables(WHOLE, rows=[1, 2, 3, 4]))
def test_the_sum_does_not_depend_on_the_order(vectors):
    assert {tuple(vector_sum(order)) for order in permutations(vectors)} == {tuple(vector_sum(vectors))}


@given(pairs(FLOATS))
def test_the_sum_of_two_is_what_adding_makes_of_them(pair):
    assert vector_sum(pair) == add(*pair)


@given(tables(WHOLE, rows=[1, 2, 4, 8]))
def test_the_mean_of_a_power_of_two_of_vectors_is_the_sum_divided(vectors):
    assert vector_mean(vectors) == [total / len(vectors) for total in vector_sum(vectors)]


# What they take


@pytest.mark.parametrize("kind", [tuple, deque, np.array, iter], ids=lambda kind: kind.__name__)
def test_any_sequence_of_numbers_is_a_vector(kind):
    assert add(kind([1, 2]), kind([10, 20])) == [11, 22]
    assert vector_sum(kind([[1, 2], [10, 20]])) == [11, 22]


@pytest.mark.parametrize("number", [Fraction(1, 4), np.float32(0.25), 0.25], ids=lambda number: type(number).__name__)
def test_any_real_number_is_an_entry(number):
    assert add([number], [1]) == [1.25]


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (add, ([1.0, 2.0], [3.0, 4.0])),
        (scalar_multiply, (2.0, [1.0, 2.0])),
        (vector_sum, ([[1.0, 2.0], [3.0, 4.0]],)),
        (vector_sum, ([[1.0, 2.0]],)),
        (vector_mean, ([[1.0, 2.0]],)),
    ],
    ids=["add", "scalar_multiply", "vector_sum", "vector_sum of one", "vector_mean of one"],
)
def test_neither_the_call_nor_a_change_of_its_result_changes_the_arguments(function, arguments):
    before = deepcopy(arguments)
    function(*arguments)[0] = -1.0
    assert arguments == before


# What they refuse

TAKES_A_VECTOR = pytest.mark.parametrize(
    ("name", "call"),
    [
        ("v", lambda bad: add(bad, [1, 2])),
        ("w", lambda bad: add([1, 2], bad)),
        ("v", lambda bad: scalar_multiply(2, bad)),
        ("vectors[0]", lambda bad: vector_sum([bad, [1, 2]])),
        ("vectors[1]", lambda bad: vector_mean([[1, 2], bad])),
    ],
    ids=["add v", "add w", "scalar_multiply", "vector_sum", "vector_mean"],
)


@TAKES_A_VECTOR
def test_what_is_no_vector_is_refused(name, call, bad_list):
    with bad_list.refused(name):
        call(bad_list.value)


@TAKES_A_VECTOR
def test_what_is_no_number_is_refused_with_its_place(name, call, bad_number):
    with bad_number.refused(f"{name}[1]"):
        call([1.0, bad_number.value])


def test_a_factor_that_is_no_number_is_refused(bad_number):
    with bad_number.refused("c"):
        scalar_multiply(bad_number.value, [1.0])


@pytest.mark.parametrize("function", [vector_sum, vector_mean])
def test_what_is_no_list_of_vectors_is_refused(function, bad_list):
    with bad_list.refused("vectors"):
        function(bad_list.value)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: add([1, 2], [1, 2, 3]), "v and w must have the same length, but v has 2 and w has 3"),
        (lambda: vector_sum([[1, 2], [3]]), r"all vectors must have the same length, .* lengths are \[2, 1\]"),
        (lambda: vector_mean([[1], [2], [3, 4]]), r"all vectors must have the same length, .* lengths are \[1, 1, 2\]"),
    ],
    ids=["add", "vector_sum", "vector_mean"],
)
def test_vectors_of_different_lengths_are_refused_with_the_lengths(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda top: add([0, top], [0, top]), "add"),
        (lambda top: scalar_multiply(-2, [0, top]), "scalar_multiply"),
        (lambda top: vector_sum([[0, top], [0, top]]), "vector_sum"),
        (lambda top: vector_mean([[0, top], [0, top]]), "vector_mean"),
    ],
    ids=["add", "scalar_multiply", "vector_sum", "vector_mean"],
)
def test_a_result_is_refused_only_once_it_leaves_the_range_of_a_float(call, name):
    assert abs(call(2.0**1022)[1]) in (2.0**1023, 2.0**1022)
    with pytest.raises(ValueError, match=rf"the result of {name} leaves the range of a float: \[-?0.0, -?inf\]"):
        call(2.0**1023)
