"""Everywhere that an array enters gdlib: the argument's name, the shape that it is to have, and the call."""

from functools import partial
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pytest
from matplotlib.figure import Figure

from gdlib import plots, regression, spectrum
from gdlib.batches import MiniBatches
from gdlib.checking import check_gradient, finite_differences
from gdlib.costs import SquaredCost
from gdlib.descent import descend
from gdlib.large.blocks import ArrayBlocks, total
from gdlib.large.npy import write_npy
from gdlib.large.streaming import descend as descend_over_blocks
from gdlib.large.streaming import loss_and_gradient
from gdlib.losses import GemanMcClure, LogisticLoss, MeanSquaredError
from gdlib.scaling import Scaling, standardize
from gdlib.widgets import DescentExplorer, descent_explorer

T, Y = np.array([[1.0, 2.0], [1.0, 4.0], [1.0, 5.0]]), np.array([45.0, 85.0, 105.0])
LOSS, ROBUST = MeanSquaredError.from_data(T, Y), GemanMcClure(T, Y, 10)
RUN = descend(LOSS, [0, 0], 0.01, 5)
DATA = ArrayBlocks(T, Y)


class Entry(NamedTuple):
    name: str
    shape: tuple[int, ...]
    call: Any


def draw(function, *arguments):
    return function(Figure().subplots(), *arguments)


def counted(X, y):
    return (len(X),)


def written(X, y):
    with TemporaryDirectory() as folder:
        write_npy(f"{folder}/X.npy", f"{folder}/y.npy", [(X, y)])


def of(name, shape, calls):
    return [Entry(name, shape, call) for call in calls]


TABLE, VECTOR, PARAMETERS = (3, 2), (3,), (2,)
PAIRS = (
    regression.normal_equation,
    regression.least_squares,
    MeanSquaredError.from_data,
    ArrayBlocks,
    partial(MiniBatches, size=1, seed=0),
    partial(GemanMcClure, scale=1),
)
BLOCKS = (
    lambda X, y: total([(X, y)], counted),
    lambda X, y: MeanSquaredError.from_blocks([(X, y)]),
    lambda X, y: loss_and_gradient([(X, y)], SquaredCost(), [0, 0]),
)
OF_POINTS = (partial(DescentExplorer, start=[0, 0]), partial(descent_explorer, start=[0, 0]))
ENTRIES = [
    *of("x", VECTOR, [regression.design_matrix]),
    *of("x", TABLE, [regression.design_matrix]),
    *of("X", TABLE, [lambda X, f=f: f(X, Y) for f in PAIRS]),
    *of("y", VECTOR, [lambda y, f=f: f(T, y) for f in PAIRS]),
    *of("X", TABLE, [standardize, Scaling([0, 0], [1, 1]).transform, lambda X: LogisticLoss(X, [0, 1, 0])]),
    *of("Z", TABLE, [Scaling([0, 0], [1, 1]).inverse]),
    *of("mean", PARAMETERS, [lambda mean: Scaling(mean, [1, 1])]),
    *of("deviation", PARAMETERS, [lambda deviation: Scaling([0, 0], deviation)]),
    *of("theta", VECTOR, [Scaling([0, 0], [1, 1]).translate]),
    *of("moment", (1,), [lambda b: regression.solve_normal([[1]], b), lambda b: MeanSquaredError(1, [[1]], b, 1)]),
    *of("gram", (1, 1), [lambda G: regression.solve_normal(G, [1]), lambda G: MeanSquaredError(1, G, [1], 1)]),
    *of("X of block 0", TABLE, [lambda X, f=f: f(X, Y) for f in BLOCKS]),
    *of("y of block 0", VECTOR, [lambda y, f=f: f(T, y) for f in BLOCKS]),
    *of("X of block 0", TABLE, [lambda X: list(DATA.map(lambda *_: (X, Y))), lambda X: written(X, Y)]),
    *of("y of block 0", VECTOR, [lambda y: written(T, y)]),
    *of(
        "theta",
        PARAMETERS,
        [
            LOSS.value,
            LOSS.gradient,
            ROBUST.value,
            LogisticLoss(T, [0, 1, 0]).hessian_at,
            partial(check_gradient, LOSS),
            partial(finite_differences, LOSS),
            partial(loss_and_gradient, DATA, SquaredCost()),
            lambda theta: spectrum.start_from(LOSS, theta, 0.001, 3),
            lambda theta: draw(plots.data_and_line, Y, Y, theta),
            lambda theta: draw(plots.difference_errors, LOSS, theta, 0.1),
        ],
    ),
    *of(
        "start",
        PARAMETERS,
        [
            lambda start: descend(LOSS, start, 0.01, 1),
            lambda start: descend_over_blocks(DATA, SquaredCost(), start, 0.01, 1),
            lambda start: spectrum.trajectory(LOSS, start, 0.01, 1),
            lambda start: spectrum.epochs_to_tolerance(LOSS, start, 0.01, 1),
            partial(DescentExplorer, Y, Y),
        ],
    ),
    *of("target", PARAMETERS, [lambda target: RUN.steps_to(target, 1)]),
    *of("x", VECTOR, [lambda x: draw(plots.data_and_line, x, Y, [0, 0]), *(lambda x, f=f: f(x, Y) for f in OF_POINTS)]),
    *of("y", VECTOR, [lambda y: draw(plots.data_and_line, Y, y, [0, 0]), *(lambda y, f=f: f(Y, y) for f in OF_POINTS)]),
    *of("losses", VECTOR, [partial(draw, plots.loss_over_epochs)]),
    *of(
        "trajectory",
        TABLE,
        [lambda path, f=f: draw(f, LOSS, path) for f in (plots.directions_over_epochs, plots.contours)],
    ),
    *of("minima", TABLE, [lambda minima: draw(plots.contours, ROBUST, [[0, 0]], minima)]),
]
ON_ALL_ENTRIES = pytest.mark.parametrize(
    "entry", ENTRIES, ids=[f"{entry.name} {place}" for place, entry in enumerate(ENTRIES)]
)
