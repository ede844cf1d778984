"""The article's data and the results that it prints; points on two lines; penguins; what the benchmarks measured."""

import csv
import json
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np  # imported where it is needed, so that the points of the loop need no NumPy

__all__ = ["PrintedRun", "four_inputs", "measured", "penguins", "printed_runs", "three_points", "two_lines"]

_BENCHMARKS = ("table", "larger_than_memory", "killed_worker")


class PrintedRun(NamedTuple):
    """One run as the article prints it; strings, because the digits printed are the fact."""

    epochs: int
    slope: str
    intercept: str
    gradient_slope: str
    gradient_intercept: str


def three_points() -> "tuple[np.ndarray, np.ndarray]":
    """The points on which the article solves the regression exactly.

    Returns
    -------
    x, y : ndarray of float, shape (3,)

    References
    ----------
    *Grasping Gradient Descent using Python*, "Normal Equation".

    Examples
    --------
    >>> three_points()
    (array([2., 4., 5.]), array([ 45.,  85., 105.]))
    """
    import numpy as np

    return np.array([2.0, 4.0, 5.0]), np.array([45.0, 85.0, 105.0])


def four_inputs() -> list[tuple[int, int]]:
    """The ``(x, y)`` pairs on which the article's loop runs: ``y = 20 * x + 5`` for x in ``range(2, 6)``.

    Returns
    -------
    list of four pairs

    References
    ----------
    *Grasping Gradient Descent using Python*, "Using Gradient Descent to Fit a Model".

    Examples
    --------
    >>> four_inputs()
    [(2, 45), (3, 65), (4, 85), (5, 105)]
    """
    return [(x, 20 * x + 5) for x in range(2, 6)]


def printed_runs() -> list[PrintedRun]:
    """The three runs whose results the article prints.

    Learning rate 0.001, each run from a random start of its own in (-1, 1) x (-1, 1). The gradient is the
    last epoch's, taken before its step.

    Returns
    -------
    list of three PrintedRun

    References
    ----------
    *Grasping Gradient Descent using Python*, "Iterative Descent".

    Examples
    --------
    >>> for run in printed_runs():
    ...     print(*run)
    100 18.87 4.87 -32.48 -8.45
    200 19.97 4.86 -1.76 -0.48
    1000 19.97 5.09 -0.004 0.02
    """
    return [
        PrintedRun(100, "18.87", "4.87", "-32.48", "-8.45"),
        PrintedRun(200, "19.97", "4.86", "-1.76", "-0.48"),
        PrintedRun(1000, "19.97", "5.09", "-0.004", "0.02"),
    ]


def two_lines() -> "tuple[np.ndarray, np.ndarray]":
    """Thirteen points: the first eight near y = 20 x + 5, the other five near a line that falls.

    Returns
    -------
    x, y : ndarray of float, shape (13,)

    References
    ----------
    Made up for this book.

    Examples
    --------
    >>> x, y = two_lines()
    >>> (y - (20 * x + 5)).round(1)[:8]
    array([ 2., -2.,  1., -1.,  1., -1.,  1., -1.])
    """
    import numpy as np

    rising = [(0.5, 17), (1, 23), (1.5, 36), (2, 44), (3, 66), (3.5, 74), (4, 86), (5, 104)]
    falling = [(1, 88), (2, 81), (3, 68.5), (4, 61), (5, 49)]
    x, y = np.array(rising + falling).T
    return x, y


def penguins() -> "dict[str, np.ndarray]":
    """344 penguins of three species, measured on three islands of the Palmer Archipelago, Antarctica, 2007-2009.

    Returns
    -------
    dict of ndarray, shape (344,) each
        ``species``, ``island`` and ``sex`` are words, the last empty where it is unknown. ``bill_length_mm``,
        ``bill_depth_mm``, ``flipper_length_mm`` and ``body_mass_g`` are floats, NaN where they were not measured;
        ``year`` is whole.

    References
    ----------
    Horst, Hill and Gorman, *palmerpenguins: Palmer Archipelago (Antarctica) penguin data*, 2020, licence CC0; collected
    by Gorman, Williams and Fraser, "Ecological Sexual Dimorphism and Environmental Variability within a Community of
    Antarctic Penguins", *PLOS ONE*, 2014.

    Examples
    --------
    >>> data = penguins()
    >>> data["species"][0], data["flipper_length_mm"][:4], data["body_mass_g"][:4]
    (np.str_('Adelie'), array([181., 186., 195.,  nan]), array([3750., 3800., 3250.,   nan]))
    """
    import numpy as np

    rows = list(csv.DictReader(_stored("penguins.csv").splitlines()))

    def column(name: str) -> "np.ndarray":
        values = [row[name] for row in rows]
        if name.endswith(("_mm", "_g")):
            return np.array([float("nan") if value == "NA" else float(value) for value in values])
        if name == "year":
            return np.array([int(value) for value in values])
        return np.array(["" if value == "NA" else value for value in values])

    return {name: column(name) for name in rows[0]}


def measured(benchmark: str) -> dict[str, Any]:
    """What a benchmark of the book's project measured when it was last run.

    Parameters
    ----------
    benchmark : str
        ``"table"``, ``"larger_than_memory"`` or ``"killed_worker"``: a script in the project's folder ``benchmarks``.

    Returns
    -------
    dict
        The ``date``, the ``machine`` with the versions of what was measured, and what the script says that it stores;
        times are in seconds.

    Raises
    ------
    ValueError
        If there is no such benchmark.

    References
    ----------
    Measured for this book.

    Examples
    --------
    >>> measured("table")["rows"][0]["what"]
    '1000 epochs with full history, four points'
    """
    if benchmark not in _BENCHMARKS:
        raise ValueError(f"benchmark must be one of {', '.join(_BENCHMARKS)}, but it is {benchmark!r}")
    run: dict[str, Any] = json.loads(_stored(f"{benchmark}.json"))
    return run


def _stored(name: str) -> str:
    """The text of a file that comes with the package."""
    return resources.files("gdlib").joinpath("data", name).read_text(encoding="utf-8")
