"""Vectors as lists of floats: the four functions that everything in ``scratch`` is built from.

The names and the idea are Joel Grus's (*Data Science from Scratch*, 2nd ed., chapter 4, MIT licence).
"""

from collections.abc import Sequence
from math import isfinite
from numbers import Real
from typing import TypeVar

__all__ = ["Vector", "add", "scalar_multiply", "vector_mean", "vector_sum"]

Vector = list[float]
_Entry = TypeVar("_Entry")


def _number(value: float, name: str) -> float:
    """``value`` as a finite float, or a ValueError that names the argument."""
    if not isinstance(value, Real):
        raise ValueError(f"{name} must be a real number, but {value!r} is a {type(value).__name__}")
    try:
        number = float(value)
    except OverflowError:
        raise ValueError(f"{name} is an integer beyond the range of a float") from None
    if not isfinite(number):
        raise ValueError(f"{name} must be finite, but it is {number}")
    return number


def _list(values: Sequence[_Entry], name: str, what: str) -> list[_Entry]:
    """``values`` as a list, or a ValueError where it is text, a dict, a number or nothing at all."""
    try:
        if isinstance(values, (str, bytes, dict, set)):
            raise TypeError
        return list(values)
    except TypeError:
        raise ValueError(f"{name} must be a list of {what}, but it is {values!r}") from None


def _vector(values: Sequence[float], name: str) -> Vector:
    """``values`` as a non-empty list of finite floats, or a ValueError that names the entry."""
    vector = [_number(value, f"{name}[{i}]") for i, value in enumerate(_list(values, name, "numbers"))]
    if not vector:
        raise ValueError(f"{name} is empty: a vector needs at least one number")
    return vector


def _vectors(vectors: Sequence[Sequence[float]]) -> list[Vector]:
    """``vectors`` as a non-empty list of vectors of one length, or a ValueError that says what is off."""
    rows = [_vector(v, f"vectors[{k}]") for k, v in enumerate(_list(vectors, "vectors", "vectors"))]
    if not rows:
        raise ValueError("vectors is empty: there is nothing to add up")
    lengths = [len(row) for row in rows]
    if len(set(lengths)) > 1:
        raise ValueError(f"all vectors must have the same length, but their lengths are {lengths}")
    return rows


def _in_range(vector: Vector, what: str) -> Vector:
    """The result itself, unless an entry has left the range of a float."""
    if not all(map(isfinite, vector)):
        raise ValueError(f"{what} leaves the range of a float: {vector}")
    return vector


def add(v: Sequence[float], w: Sequence[float]) -> Vector:
    r"""Add two vectors, entry by entry: :math:`(v + w)_i = v_i + w_i`.

    Parameters
    ----------
    v, w : sequence of float, the same length d

    Returns
    -------
    list of float, length d

    Raises
    ------
    ValueError
        If the lengths differ, a vector is empty, an entry is not a finite real number, or the sum leaves
        the range of a float.

    References
    ----------
    Grus, *Data Science from Scratch*, 2nd ed., chapter 4.

    Examples
    --------
    >>> add([1.0, 2.0], [10.0, 20.0])
    [11.0, 22.0]
    """
    v, w = _vector(v, "v"), _vector(w, "w")
    if len(v) != len(w):
        raise ValueError(f"v and w must have the same length, but v has {len(v)} and w has {len(w)}")
    return _in_range([v_i + w_i for v_i, w_i in zip(v, w, strict=True)], "v + w")


def scalar_multiply(c: float, v: Sequence[float]) -> Vector:
    r"""Multiply every entry by one number: :math:`(c\,v)_i = c\,v_i`.

    Parameters
    ----------
    c : float
    v : sequence of float, length d

    Returns
    -------
    list of float, length d

    Raises
    ------
    ValueError
        If ``v`` is empty, a number is not finite and real, or the product leaves the range of a float.

    References
    ----------
    Grus, *Data Science from Scratch*, 2nd ed., chapter 4.

    Examples
    --------
    >>> scalar_multiply(2, [1.5, -3.0])
    [3.0, -6.0]
    """
    c, v = _number(c, "c"), _vector(v, "v")
    return _in_range([c * v_i for v_i in v], "c * v")


def vector_sum(vectors: Sequence[Sequence[float]]) -> Vector:
    r"""Add up n vectors, entry by entry: :math:`s_i = \sum_{k=1}^{n} v_{k,i}`.

    Parameters
    ----------
    vectors : sequence of n vectors, each of length d

    Returns
    -------
    list of float, length d

    Raises
    ------
    ValueError
        If there are no vectors, they differ in length, an entry is not a finite real number, or the sum
        leaves the range of a float.

    References
    ----------
    Grus, *Data Science from Scratch*, 2nd ed., chapter 4.

    Examples
    --------
    >>> vector_sum([[1, 2], [3, 4], [5, 6]])
    [9.0, 12.0]
    """
    return _in_range([sum(column) for column in zip(*_vectors(vectors), strict=True)], "the sum")


def vector_mean(vectors: Sequence[Sequence[float]]) -> Vector:
    r"""Average n vectors, entry by entry: :math:`m_i = \frac{1}{n} \sum_{k=1}^{n} v_{k,i}`.

    Parameters
    ----------
    vectors : sequence of n vectors, each of length d

    Returns
    -------
    list of float, length d

    Raises
    ------
    ValueError
        As for `vector_sum`.

    References
    ----------
    Grus, *Data Science from Scratch*, 2nd ed., chapter 4.

    Examples
    --------
    >>> vector_mean([[1, 2], [3, 4], [5, 6]])
    [3.0, 4.0]
    """
    rows = _vectors(vectors)
    return scalar_multiply(1 / len(rows), vector_sum(rows))
