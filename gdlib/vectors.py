"""Vectors as lists of floats: the four functions that everything in ``scratch`` is built from.

A vector may be any sequence of real numbers, with at least one entry; the result is a new list of floats.

References
----------
Grus, *Data Science from Scratch*, 2nd ed., chapter 4 (MIT licence): the names and the idea.
"""

from collections.abc import Sequence

from gdlib._plain import Vector, checked

__all__ = ["Vector", "add", "scalar_multiply", "vector_mean", "vector_sum"]


@checked
def add(v: Vector, w: Vector) -> list[float]:
    r"""Add two vectors, entry by entry: :math:`(v + w)_i = v_i + w_i`.

    Raises
    ------
    ValueError
        If the lengths differ, an entry is not a finite real number, or the sum leaves the range of a float.

    Examples
    --------
    >>> add([1.0, 2.0], [10.0, 20.0])
    [11.0, 22.0]
    """
    return [v_i + w_i for v_i, w_i in zip(v, w, strict=True)]


@checked
def scalar_multiply(c: float, v: Vector) -> list[float]:
    r"""Multiply every entry by one number: :math:`(c\,v)_i = c\,v_i`.

    Raises
    ------
    ValueError
        If a number is not finite and real, or the product leaves the range of a float.

    Examples
    --------
    >>> scalar_multiply(2, [1.5, -3.0])
    [3.0, -6.0]
    """
    return [c * v_i for v_i in v]


@checked
def vector_sum(vectors: Sequence[Vector]) -> list[float]:
    r"""Add up n vectors, entry by entry: :math:`s_i = \sum_{k=1}^{n} v_{k,i}`.

    Raises
    ------
    ValueError
        As for `add`; and if there are no vectors.

    Examples
    --------
    >>> vector_sum([[1, 2], [3, 4], [5, 6]])
    [9.0, 12.0]
    """
    return [sum(column) for column in zip(*vectors, strict=True)]


@checked
def vector_mean(vectors: Sequence[Vector]) -> list[float]:
    r"""Average n vectors, entry by entry: :math:`m_i = \frac{1}{n} \sum_{k=1}^{n} v_{k,i}`.

    Raises
    ------
    ValueError
        As for `vector_sum`.

    Examples
    --------
    >>> vector_mean([[1, 2], [3, 4], [5, 6]])
    [3.0, 4.0]
    """
    n = len(vectors)
    return scalar_multiply(1 / n, vector_sum(vectors))
