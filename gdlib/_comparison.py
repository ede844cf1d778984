"""What tells the steps of somebody's own descent from those of plain descent.

Each step is compared with the one that plain descent takes from the same place at the same rate, so that a difference
has the same name at every rate. Parameters are ``(slope, intercept)``, as in `gdlib.scratch`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gdlib import scratch, vectors

NEAR = 1e-7  # relative: what differs by less is the same
ROUNDING = 1e-14  # of the terms that a step is the difference of
TINY = 1e-300  # where all of them are 0
CLEAR = 1e4  # times its rounding, a step is known to four digits
MOST = 100  # steps that are looked at
FAR = 1e100  # beyond it products leave the range of a float

Points = Sequence[tuple[float, float]]
Pair = Sequence[float]

# Unchecked: some places are so far away that the checks would refuse them.
_gradient: Callable[..., list[float]] = vars(scratch.linear_gradient)["__wrapped__"]
_mean: Callable[..., list[float]] = vars(vectors.vector_mean)["__wrapped__"]


@dataclass(frozen=True)
class _Taken:
    """A step as it was taken, from one place to the next, and as plain descent takes it from there."""

    at: Pair
    to: Pair
    plain: Pair
    of_places: Pair  # what rounding may add to the change, and
    of_plain: Pair  # to plain descent's, in each parameter

    @property
    def change(self) -> list[float]:
        return [after - before for after, before in zip(self.to, self.at, strict=True)]

    def is_like(self, wanted: Pair, scale: float = 1.0) -> bool:
        """Whether the change is this one, to the rounding of a step that is so many times plain descent's."""
        return all(
            abs(found - each) <= NEAR * abs(each) + of_places + scale * of_plain
            for found, each, of_places, of_plain in zip(self.change, wanted, self.of_places, self.of_plain, strict=True)
        )

    def clearness(self, i: int) -> float:
        """How many times its rounding plain descent's step in a parameter is."""
        return abs(self.plain[i]) / (self.of_places[i] + self.of_plain[i])


def compare(points: Points, learning_rate: float, path: Sequence[Pair]) -> dict[str, Any] | None:
    """What explains all steps of a path, as the browser is told it.

    Returns
    -------
    dict or None
        ``kind``, and what is known of it: ``"same"``; ``"factor"``, so many times as long; ``"factors"``, one for each
        parameter; ``"swapped"``, slope and intercept; ``"no x"``, both take the intercept's step; ``"point"``, the
        number of the only one that counts; ``"in turn"``, a step for each point; ``"uphill"`` and ``"other"``, with
        the first step that differs, where it leads and where plain descent's does. None if there is no step, or only
        such as lead beyond the range of a float.

    Examples
    --------
    >>> compare([(0, 1), (2, 3)], 0.5, [[0, 0], [3, 2]])
    {'kind': 'same'}
    >>> compare([(0, 1), (2, 3)], 0.5, [[0, 0], [-3, -2]])
    {'kind': 'factor', 'factor': -1.0}
    """
    steps = [_taken(points, learning_rate, *pair) for pair in pairwise(path[: MOST + 1])]
    steps = [step for step in steps if all(abs(each) < FAR for each in (*step.plain, *step.change, *step.of_plain))]
    if not steps:
        return None

    def explains(wanted: Callable[[_Taken], Pair], scale: float = 1.0) -> bool:
        return all(step.is_like(wanted(step), scale) for step in steps)

    def by(some: Points, place: Pair) -> list[float]:
        return _plain(some, learning_rate, place)

    if explains(lambda step: step.plain):
        return {"kind": "same"}
    factors, factor = _factors(steps)
    scale = 2 * max(1.0, *map(abs, factors))  # a longer step has more rounding

    def scaled(step: _Taken) -> list[float]:
        return [factor * each for factor, each in zip(factors, step.plain, strict=True)]

    if explains(lambda step: [factor * each for each in step.plain], scale):
        return {"kind": "factor", "factor": factor}
    swaps: list[Callable[[_Taken], Pair]] = [
        lambda step: step.plain[::-1],  # the gradient
        lambda step: by(points, step.at[::-1]),  # theta, as it is taken apart
        lambda step: by(points, step.at[::-1])[::-1],  # both
        lambda step: [step.at[1 - i] + step.plain[1 - i] - step.at[i] for i in (0, 1)],  # the next theta
    ]
    if any(map(explains, swaps)):
        return {"kind": "swapped"}
    if explains(lambda step: [step.plain[1], step.plain[1]]):
        return {"kind": "no x"}
    for number, point in enumerate(points, start=1):
        if explains(lambda step, point=point: by([point], step.at)):  # type: ignore[misc]
            return {"kind": "point", "point": number}
    if explains(lambda step: _in_turn(points, learning_rate, step.at), scale=len(points)):
        return {"kind": "in turn"}
    if len(steps) > 1 and explains(scaled, scale):  # of a single step it is always true
        return {"kind": "factors", "factors": factors}
    first = next(number for number, step in enumerate(steps) if not step.is_like(step.plain))
    step = steps[first]
    along = sum(change * plain for change, plain in zip(step.change, step.plain, strict=True))
    wanted = [before + each for before, each in zip(step.at, step.plain, strict=True)]
    return {"kind": "uphill" if along < 0 else "other", "step": first + 1, "led": list(step.to), "wanted": wanted}


def _plain(points: Points, learning_rate: float, theta: Pair) -> list[float]:
    """The change that plain descent makes."""
    return [-learning_rate * each for each in _mean([_gradient(x, y, theta) for x, y in points])]


def _in_turn(points: Points, learning_rate: float, theta: Pair) -> list[float]:
    """The change that a step for each point makes, one after the other."""
    place = list(theta)
    for point in points:
        change = _plain([point], learning_rate, place)
        place = [each + more for each, more in zip(place, change, strict=True)]
    return [after - before for after, before in zip(place, theta, strict=True)]


def _taken(points: Points, learning_rate: float, at: Pair, to: Pair) -> _Taken:
    far = max(abs(at[0] * x) + abs(at[1]) + abs(y) for x, y in points)
    widths = max(abs(x) for x, _ in points), 1.0
    of_places = [ROUNDING * (abs(before) + abs(after)) + TINY for before, after in zip(at, to, strict=True)]
    of_plain = [ROUNDING * 2 * learning_rate * far * width for width in widths]
    return _Taken(at, to, _plain(points, learning_rate, at), of_places, of_plain)


def _factors(steps: Sequence[_Taken]) -> tuple[list[float], float]:
    """How many times as long as plain descent's the steps are: in each parameter, and where that is clearest of all."""
    read = [_clearest(steps, i) for i in (0, 1)]
    _, factor = max(read)
    return [each if clearness > CLEAR else factor for clearness, each in read], factor


def _clearest(steps: Sequence[_Taken], i: int) -> tuple[float, float]:
    """How clear a parameter's factor is at best, and what it is there."""
    step = max(steps, key=lambda step: step.clearness(i))
    factor = step.change[i] / step.plain[i] if step.plain[i] else 1.0
    return step.clearness(i), factor
