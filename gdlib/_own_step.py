"""The descent that somebody's own step makes: asked for by the live figure, in a notebook or on a page.

The step may be wrong in any way, which is why it was written; so it runs in a copy of this process where there can
be one, for a few seconds at most, and what happens is told as plain data. Which words a reader sees is the figure's
affair.
"""

import contextlib
import os
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from math import isfinite, isnan
from pathlib import Path
from types import FunctionType
from typing import Any

from gdlib._comparison import FAR, compare
from gdlib.checks._copy import copied
from gdlib.checks._deadline import Late, within
from gdlib.checks._reading import of_error, read

SECONDS = 3.0  # for all epochs together, a thousand times what a hundred need
GRACE = 1.0  # more seconds for an exception to take effect
HERE = str(Path(__file__).parent)

Step = Callable[[list[tuple[float, float]], list[float], float], Any]


def path_of(
    step: Step,
    points: Sequence[Sequence[float]],
    start: Sequence[float],
    learning_rate: float,
    epochs: int,
    seconds: float = SECONDS,
) -> dict[str, Any]:
    """Where a step leads again and again, as the browser is told it.

    Parameters
    ----------
    step : callable
        Takes the points as pairs, theta as ``[slope, intercept]`` and the learning rate; returns the next theta.
    points : sequence of pairs
    start : sequence of two floats
        ``(slope, intercept)``.
    learning_rate : float
    epochs : int
    seconds : float
        After so many it is stopped.

    Returns
    -------
    dict
        ``path``: a list of ``[slope, intercept]``, the start first, all of them finite; ``compared``: what tells its
        steps from those of plain descent, as `gdlib._comparison.compare` has it; ``problem``: None, or a dict with the
        ``kind`` of what ended the path early, and what is known of it.

    Examples
    --------
    >>> path_of(lambda points, theta, rate: [theta[0] + rate, theta[1] + rate], [(0, 0), (1, 1)], [0, 0], 0.5, epochs=1)
    {'path': [[0.0, 0.0], [0.5, 0.5]], 'compared': {'kind': 'same'}, 'problem': None}
    >>> path_of(lambda points, theta, rate: None, [(0, 0), (1, 1)], [0, 0], 0.5, epochs=2)
    {'path': [[0.0, 0.0]], 'compared': None, 'problem': {'kind': 'nothing'}}
    """
    began = [float(each) for each in start]
    pairs = [(float(x), float(y)) for x, y in points]

    def work() -> Iterator[dict[str, Any]]:
        path, problem = _path(step, pairs, began, float(learning_rate), epochs, seconds)
        yield {"path": path, "compared": compare(pairs, learning_rate, path), "problem": problem}

    with copied(work) as receive:
        try:
            return receive(seconds + GRACE)
        except Late:
            problem = {"kind": "late", "seconds": seconds}
        except EOFError:
            problem = {"kind": "ended"}
    return {"path": [began], "compared": None, "problem": problem}


def _path(
    step: Step, points: list[tuple[float, float]], start: list[float], rate: float, epochs: int, seconds: float
) -> tuple[list[list[float]], dict[str, Any] | None]:
    """Where it leads, and what ended it early; in this process."""
    path, over = [start], time.monotonic() + seconds

    def walk() -> dict[str, Any] | None:
        for _ in range(epochs):
            try:
                value = step(list(points), list(path[-1]), rate)
            except (KeyboardInterrupt, Late):
                raise
            except BaseException as error:  # SystemExit too
                if max(map(abs, path[-1])) > FAR:  # which may be why it raises
                    return {"kind": "beyond"}
                return {"kind": "raised", "error": of_error(error), "where": _where(error, step)}
            theta, problem = _taken(value)
            if theta is None:
                return problem
            path.append(theta)
            if time.monotonic() > over:
                raise Late
        return None

    with open(os.devnull, "w", encoding="utf-8") as nowhere, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is beyond a float: the figure says it
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            try:
                problem = within(seconds, walk)
            except Late:
                problem = {"kind": "late", "seconds": seconds}
    return path, problem


def _taken(value: Any) -> tuple[list[float] | None, dict[str, Any] | None]:
    """The next theta, or what kept it from being one."""
    if type(value) in (list, tuple) and len(value) == 2 and all(type(each) is float for each in value):
        theta = list(value)  # what nearly every step returns, read at once
    else:
        reading = read(value)
        if reading.missing:
            return None, {"kind": "nothing"}
        if reading.shape != (2,) or reading.numbers is None:
            return None, {"kind": "shape", "shown": reading.shown}
        theta = reading.numbers.tolist()
    if any(map(isnan, theta)):
        return None, {"kind": "not a number"}
    return (theta, None) if all(map(isfinite, theta)) else (None, {"kind": "beyond"})


def _where(error: BaseException, step: Step) -> str:
    """The last function on the way to an error that is in the step's own cell, or else not the book's, and its line."""
    own = step.__code__.co_filename if type(step) is FunctionType else ""
    where = in_own = ""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if not code.co_filename.startswith(HERE):
            where = f"{code.co_name}, line {trace.tb_lineno}"
            in_own = where if code.co_filename == own else in_own
        trace = trace.tb_next
    return in_own or where
