"""Reverse-mode automatic differentiation, in plain Python: the gradient of whatever is computed from numbers.

A `Value` is a number that remembers which numbers it came from, and how fast it moves with each. `slopes` goes back
from the end by the chain rule; `gradient` does both for a function of a list of numbers.

References
----------
Griewank and Walther, *Evaluating Derivatives*, 2nd ed., chapter 3: the reverse mode.
Karpathy, *micrograd* (MIT licence): the idea of so small a class.
"""

import math
from collections.abc import Sequence

from gdlib._plain import Function, Vector, checked, finite

__all__ = ["Value", "gradient", "relu", "slopes", "tanh"]


class Value:
    r"""A number that remembers where it came from.

    Sums, differences, products, quotients and fixed powers of values, among themselves and with plain numbers, are
    values, and so are `tanh` and `relu` of one. Their numbers are those that floats give.

    Parameters
    ----------
    number : float
    came_from : sequence of (Value, float)
        Each value that it was computed from, and its derivative by that one.

    Attributes
    ----------
    number : float
    came_from : tuple of (Value, float)
    generation : int
        0 if it came from nothing; else one more than that of the latest value that it came from.

    Raises
    ------
    ValueError
        If the number, or one that is computed from it, is not finite and real; if a power is no plain number.
    ZeroDivisionError, OverflowError
        Where floats raise them.

    References
    ----------
    Griewank and Walther, *Evaluating Derivatives*, 2nd ed., chapter 2.

    Examples
    --------
    >>> x = Value(3)
    >>> x * x + 1
    Value(10.0)
    >>> (x * x).came_from
    ((Value(3.0), 3.0), (Value(3.0), 3.0))
    """

    __slots__ = ("came_from", "generation", "number")
    generation: int

    def __init__(self, number: float, came_from: Sequence[tuple["Value", float]] = ()) -> None:
        self.number = finite(number, "number")
        self.came_from = tuple(came_from)
        self.generation = 1 + max((value.generation for value, _ in self.came_from), default=-1)

    def __repr__(self) -> str:
        return f"Value({self.number})"

    def __add__(self, other: "Value | float") -> "Value":
        other = _value(other)
        return Value(self.number + other.number, [(self, 1.0), (other, 1.0)])

    def __sub__(self, other: "Value | float") -> "Value":
        other = _value(other)
        return Value(self.number - other.number, [(self, 1.0), (other, -1.0)])

    def __mul__(self, other: "Value | float") -> "Value":
        other = _value(other)
        return Value(self.number * other.number, [(self, other.number), (other, self.number)])

    def __truediv__(self, other: "Value | float") -> "Value":
        other = _value(other)
        quotient = self.number / other.number
        return Value(quotient, [(self, 1 / other.number), (other, -quotient / other.number)])

    def __pow__(self, power: float) -> "Value":
        power = finite(power, "power")
        slope = power * self.number ** (power - 1) if power else 0.0
        return Value(self.number**power, [(self, slope)])

    def __neg__(self) -> "Value":
        return self * -1

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other: float) -> "Value":
        return _value(other) - self

    def __rtruediv__(self, other: float) -> "Value":
        return _value(other) / self


def _value(number: "Value | float") -> Value:
    return number if isinstance(number, Value) else Value(number)


def tanh(x: Value | float) -> Value:
    r"""Compute :math:`\tanh x = (e^x - e^{-x}) / (e^x + e^{-x})`; its derivative is :math:`1 - \tanh^2 x`.

    Raises
    ------
    ValueError
        If ``x`` is neither a value nor a finite real number.

    Examples
    --------
    >>> tanh(Value(0)).came_from
    ((Value(0.0), 1.0),)
    """
    x = _value(x)
    number = math.tanh(x.number)
    return Value(number, [(x, 1 - number**2)])


def relu(x: Value | float) -> Value:
    r"""Compute :math:`\max(0, x)`; its derivative is 1 above 0, and is taken as 0 at the kink, as PyTorch does.

    Raises
    ------
    ValueError
        If ``x`` is neither a value nor a finite real number.

    Examples
    --------
    >>> relu(-2.0), relu(3.0)
    (Value(0.0), Value(3.0))
    """
    x = _value(x)
    return Value(max(0.0, x.number), [(x, float(x.number > 0))])


def slopes(end: Value) -> dict[Value, float]:
    r"""How fast ``end`` moves with each number that it came from, by the chain rule, from the end backwards.

    .. math:: \frac{\partial\, \text{end}}{\partial v} =
        \sum_{w \text{ from } v} \frac{\partial\, \text{end}}{\partial w} \frac{\partial w}{\partial v}

    Each value is looked at once, the latest generation first, so that all ways to the end are added up before they are
    handed on. The cost is a small multiple of what computing ``end`` took, however many numbers it came from.

    Returns
    -------
    dict of Value to float
        With an entry for everything that ``end`` came from, and 1 for itself.

    Raises
    ------
    ValueError
        If ``end`` is no value.

    References
    ----------
    Griewank and Walther, *Evaluating Derivatives*, 2nd ed., chapter 3.

    Examples
    --------
    >>> x, y = Value(2), Value(5)
    >>> found = slopes(x * y + x)
    >>> found[x], found[y]
    (6.0, 2.0)
    """
    if not isinstance(end, Value):
        raise ValueError(f"end must be a Value, but {end!r} is a {type(end).__name__}")
    result, waiting = {end: 1.0}, [end]
    while waiting:
        for value, _ in waiting.pop().came_from:
            if value not in result:
                result[value] = 0.0
                waiting.append(value)
    for later in sorted(result, key=lambda value: value.generation, reverse=True):
        for earlier, slope in later.came_from:
            result[earlier] += result[later] * slope
    return result


@checked
def gradient(function: Function, theta: Vector) -> list[float]:
    r"""Gradient of a function of a list of numbers: :math:`\partial f / \partial \theta_i` for each entry, all at once.

    Parameters
    ----------
    function : callable
        Called once with a list of `Value`; returns one, made of them by arithmetic and this module's functions.
    theta : sequence of float

    Returns
    -------
    list of float
        As many as ``theta`` has, in its order; 0 for those that the function does not use.

    Raises
    ------
    ValueError
        If ``theta`` is no list of finite real numbers, ``function`` is no function or returns something else, or a
        derivative leaves the range of a float.

    References
    ----------
    Griewank and Walther, *Evaluating Derivatives*, 2nd ed., chapter 3.

    Examples
    --------
    >>> def squared_error(theta):
    ...     slope, intercept = theta
    ...     return (slope * 2 + intercept - 45) ** 2
    >>> gradient(squared_error, [0, 0])
    [-180.0, -90.0]
    """
    values = [Value(number) for number in theta]
    found = slopes(function(values))
    return [found.get(value, 0.0) for value in values]
