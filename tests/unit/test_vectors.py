import math
import re
from collections import deque
from copy import deepcopy
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlib.vectors import add, scalar_multiply, vector_mean, vector_sum

EPS = np.finfo(float).eps
FLOATS = st.floats(-1e6, 1e6)


def tables(numbers, rows=range(1, 7)):
    """Vectors of one length, as many as ``rows`` allows."""
    return st.tuples(st.sampled_from(rows), st.integers(1, 5)).flatmap(
        lambda shape: st.lists(
            st.lists(numbers, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
        )
    )


# What the functions compute


@given(FLOATS, tables(FLOATS, rows=[2]))
def test_adding_and_multiplying_agree_with_numpy_to_the_last_bit(c, pair):
    assert add(*pair) == vector_sum(pair) == np.add(*pair).tolist()
    assert scalar_multiply(c, pair[0]) == np.multiply(c, pair[0]).tolist()


@given(tables(FLOATS))
def test_the_sum_and_the_mean_are_the_exact_ones_up_to_their_rounding(vectors):
    n, sums, means = len(vectors), vector_sum(vectors), vector_mean(vectors)
    assert len(sums) == len(means) == len(vectors[0])
    smallest = 5e-324  # what a product loses where it falls below the normal range
    for column, total, mean in zip(zip(*vectors, strict=True), sums, means, strict=True):
        exact, error = sum(map(Fraction, column)), n * EPS * sum(map(abs, column))  # of n additions
        assert abs(Fraction(total) - exact) <= error
        assert abs(Fraction(mean) - exact / n) <= (error + 2 * EPS * abs(float(exact))) / n + smallest


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (add([1, 2], [10, 20]), [11, 22]),
        (scalar_multiply(-2, [1.5, -3]), [-3, 6]),
        (vector_sum([[1, 2], [3, 4], [5, 6]]), [9, 12]),
        (vector_mean([[1, 2], [3, 4]]), [2, 3]),
    ],
)
def test_the_result_is_a_list_of_floats_even_for_integers(found, expected):
    assert found == expected
    assert [type(found), *map(type, found)] == [list, *[float] * len(expected)]


# What they take


@pytest.mark.parametrize("kind", [tuple, deque, np.array, iter], ids=lambda kind: kind.__name__)
def test_any_sequence_of_real_numbers_is_a_vector(kind):
    assert add(kind([1, 2]), kind([10, 20])) == [11, 22]
    assert vector_sum(kind([[1, 2], [10, 20]])) == [11, 22]
    assert add([Fraction(1, 4)], [np.float32(0.25)]) == [0.5]


def test_neither_the_call_nor_a_change_of_its_result_changes_the_arguments():
    vectors = [[1.0, 2.0], [3.0, 4.0]]
    before = deepcopy(vectors)
    for result in (add(*vectors), scalar_multiply(2.0, vectors[0]), vector_sum(vectors), vector_sum(vectors[:1])):
        result[0] = -1.0
    vector_mean(vectors[:1])[0] = -1.0
    assert vectors == before


# What they refuse


@pytest.mark.parametrize("bad", ["12", None, 3, {1.0: 2.0}], ids=repr)
def test_what_is_no_list_is_refused(bad):
    with pytest.raises(ValueError, match=rf"^v must be a list of numbers, but it is {re.escape(repr(bad))}"):
        add(bad, [1, 2])
    with pytest.raises(ValueError, match=r"^v is empty"):
        add([], [1, 2])


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("v", lambda bad: add(bad, [1, 2])),
        ("w", lambda bad: add([1, 2], bad)),
        ("v", lambda bad: scalar_multiply(2, bad)),
        ("vectors[0]", lambda bad: vector_sum([bad, [1, 2]])),
        ("vectors[1]", lambda bad: vector_mean([[1, 2], bad])),
    ],
)
def test_a_vector_that_holds_no_number_is_refused_by_its_name(name, call):
    with pytest.raises(ValueError, match=rf"^{re.escape(name)}\[1\] must be finite, but it is nan"):
        call([1.0, math.nan])


def test_what_is_no_factor_and_no_list_of_vectors_is_refused():
    with pytest.raises(ValueError, match=r"^c must be a real number, but .*'2'"):
        scalar_multiply("2", [1.0])
    for function in (vector_sum, vector_mean):
        for odd, says in (([], "is empty"), (3, "must be a list of .*, but it is 3")):
            with pytest.raises(ValueError, match=f"^vectors {says}"):
                function(odd)


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
