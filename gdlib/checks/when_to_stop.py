"""The questions of "When to stop"."""

from collections.abc import Sequence

import numpy as np

from gdlib.checks._questions import Function, Number, Slip
from gdlib.datasets import four_inputs
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.spectrum import max_learning_rate

X, Y = np.array(four_inputs(), dtype=float).T
LOSS = MeanSquaredError.from_data(design_matrix(X), Y)
(FLATTEST, STEEPEST), AXES = LOSS.eigenbasis


def first_small_gain(rate: float, tolerance: float, epochs: int) -> int:
    """The epoch whose gain is the first small one of a descent from (0, 0)."""
    factors = (1 - rate * LOSS.eigenbasis[0]) ** (2 * np.arange(epochs + 1)[:, None])
    losses = factors @ (LOSS.eigenbasis[0] / 2 * (AXES.T @ LOSS.minimum) ** 2)
    return int(np.argmax(-np.diff(losses) <= tolerance)) + 1


FIRST_SMALL = first_small_gain(rate=1e-5, tolerance=0.01, epochs=12_000)


def epoch_of_share(sizes: Sequence[float], share: float) -> int:
    """The first epoch whose size is at most the share of the first size."""
    return next(epoch for epoch, size in enumerate(sizes) if size <= share * sizes[0])


def first(small: Sequence[bool]) -> int:
    """The first epoch at which something is so; the number of epochs if it never is."""
    return [*small, True].index(True)


QUESTIONS = {
    "a-tenth-of-the-tolerance": Number(
        expected=0.001 / FLATTEST,
        praise="The gradient rule keeps its promise in proportion: a tenth of the tolerance, a tenth of the distance.",
        advice="The promise is the tolerance over the flattest curvature, and at the end it is nearly exact.",
        slips=[
            Slip(0.01 / FLATTEST, "this is the distance for 0.01. A smaller tolerance lets the descent go on."),
            Slip(0.1 / FLATTEST, "this is larger than before: does a smaller tolerance stop sooner, or later?"),
            Slip(0.001, "this is the tolerance, in units of the gradient. The distance is that over a curvature."),
            Slip(
                0.01 / FLATTEST / 10**0.5,
                "a root belongs to the promise of the gain. In that of the gradient the tolerance stands as it is.",
            ),
        ],
        tolerance=0.04,
    ),
    "a-promise-on-round-ground": Number(
        expected=0.01 / 2,
        praise="Half of the tolerance, for any points at all: that is a tolerance with a meaning.",
        advice="Divide the tolerance by the flattest curvature of the standardised valley.",
        slips=[
            Slip(0.01 / FLATTEST, "this is the promise for the raw x. Which curvatures do the standardised ones have?"),
            Slip(0.01, "this would be so if the curvature were 1. Look at the diagonal of the standardised Hessian."),
            Slip(0.02, "the gradient is the curvature times the distance. To get the distance back, divide."),
        ],
        tolerance=1e-3,
    ),
    "five-small-gains": Number(
        expected=FIRST_SMALL + 4,
        praise="Four epochs more, and no nearer to speak of: at a timid rate one small gain follows another.",
        advice="Find the first epoch with a small gain, and count five in a row from there, itself included.",
        slips=[
            Slip(FIRST_SMALL, "this is the first of the five. The rule waits until it has seen all of them."),
            Slip(FIRST_SMALL + 5, "one too many: the first small gain counts as number one."),
            Slip(
                5 * FIRST_SMALL,
                "the second small gain does not take as long again: it comes one epoch after the first.",
            ),
            Slip(5, "the gains are not small from the start: the steep direction makes large ones even at this rate."),
        ],
        tolerance=1e-5,
    ),
    "best-rate-for-a-promise": Number(
        expected=1 / STEEPEST,
        praise="Half of the limit: there the steepest axis gains the most from a step, and so the gain says the most.",
        advice="Print the promise for rates from 0.01 to 0.06 and look where it turns.",
        slips=[
            Slip(
                max_learning_rate(LOSS),
                "at the limit the steep axis gains nothing, and the promise grows beyond all bounds. Where between 0 "
                "and the limit is rate * (1 - rate * steepest / 2) largest?",
            ),
            Slip(1 / FLATTEST, "the rate stands together with the *steepest* curvature in the promise of the gain."),
            Slip(0.03, "this is the rate that the chapter has used. The promise can be a little better than there."),
        ],
        tolerance=0.01,
    ),
    "a-rule-without-units": Function(
        solution=epoch_of_share,
        cases=[
            # each ends far below, so that a loop with a slip in it finds an epoch, too
            (np.array([8.0, 4.0, 2.0, 1.0, 0.5, 0.25, 0.02]), 0.1),
            (np.array([8000.0, 4000.0, 2000.0, 1000.0, 500.0, 250.0, 0.02]), 0.1),
            (np.array([8.0, 4.0, 2.0, 1.0, 0.5, 0.25, 0.02]), 0.25),
            (np.array([5.0, 0.4, 3.0, 0.04, 0.02, 0.01, 0.00005]), 0.01),
            (np.array([1.0, 4.0, 0.5, 0.2, 0.05, 0.002]), 0.1),  # with a memory a descent may climb first
        ],
        praise="A thousandfold unit of y, a thousandfold gradient, and the same epoch.",
        advice="Compare each size with share * sizes[0], and return the first epoch at which it is no larger.",
        slips=[
            Slip(
                lambda sizes, share: first(sizes <= share),
                "here the share is a tolerance, so the units matter again. Compare with a share of the first size.",
            ),
            Slip(
                lambda sizes, share: first([False, *(sizes[1:] <= share * sizes[:-1])]),
                "each size is compared with the one before it. The measure is the *first* one.",
            ),
            Slip(
                lambda sizes, share: first(sizes <= share * sizes.max()),
                "the measure here is the largest size. It need not be the first: with a memory a descent may climb "
                "before it falls.",
            ),
            Slip(
                lambda sizes, share: first(sizes < share * sizes[0]),
                "at most that share: a size that is equal to it counts as well.",
            ),
            Slip(
                lambda sizes, share: epoch_of_share(sizes, share) + 1,
                "one too many: the first size belongs to epoch 0.",
            ),
        ],
    ),
}
