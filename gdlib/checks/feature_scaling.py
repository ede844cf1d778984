"""The questions of "Feature scaling"."""

import numpy as np

from gdlib.checks._questions import Function, Number, Slip
from gdlib.datasets import four_inputs
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.scaling import standardize
from gdlib.spectrum import condition_number, epochs_to_tolerance

X, Y = np.array(four_inputs(), dtype=float).T
STANDARDISED = MeanSquaredError.from_data(design_matrix(standardize(X[:, None])[0]), Y)
BY_RANGE = (X - X.min()) / (X.max() - X.min())


def kappa(x: np.ndarray) -> float:
    """The condition number for points at these x."""
    return condition_number(MeanSquaredError.from_data(design_matrix(x), Y))


def translate(theta: np.ndarray, means: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    """The intercept and the slopes for raw columns."""
    slopes = theta[1:] / deviations
    return np.array([theta[0] - slopes @ means, *slopes])


QUESTIONS = {
    "half-the-perfect-rate": Number(
        expected=float(epochs_to_tolerance(STANDARDISED, [0, 0], 0.25, tolerance=0.01)),
        praise="Each epoch halves the distance, whatever is left of it: that takes longer than two half steps.",
        advice="Find the factor of an epoch at 0.25. Then count how often 75 has to take it to fall below 0.01.",
        slips=[
            Slip(2, "after one epoch half of the way is left. The second epoch takes half of *that*, not all of it."),
            Slip(12, "very near: is the distance after 12 epochs below 0.01 already?"),
            Slip(14, "one too many: if the figure says so, its slider stands a little below 0.25."),
            Slip(
                float(epochs_to_tolerance(STANDARDISED, [0, 0], 0.125, tolerance=0.01)),
                "here an epoch leaves three quarters of the distance. What is 1 - 0.25 · 2?",
            ),
        ],
        tolerance=0.01,
    ),
    "a-hundred-points": Number(
        expected=1,
        praise="Any line, however many points: once standardised, its valley is the same round bowl.",
        advice="Standardise x first, and leave y as it is. Then what is the factor of an epoch at 0.5?",
        slips=[
            Slip(100, "this is the number of the points. An epoch looks at all of them."),
            Slip(0, "before the first epoch the line is still at the start, level at 0."),
        ],
    ),
    "from-zero-to-one": Number(
        expected=kappa(BY_RANGE),
        praise="Not round, since the middle is not at 0; but much rounder than the raw valley.",
        advice="Compute the new x first, print them to see that they go from 0 to 1, and hand them to `kappa`.",
        slips=[
            Slip(
                1, "a round valley needs the middle of the data at 0. Where is it, if all of them lie between 0 and 1?"
            ),
            Slip(kappa(X), "this is the condition number of the raw x. Hand the new ones to `kappa`."),
            Slip(
                kappa((X - X.mean()) / (X.max() - X.min())),
                "here the mean was subtracted. This recipe subtracts the smallest x.",
            ),
            Slip(
                kappa(X - X.min() / (X.max() - X.min())),
                "a bracket is missing: first the difference x - min, then all of it divided.",
            ),
        ],
        tolerance=5e-3,
    ),
    "nearly-the-same-column": Number(
        expected=999 / 1001,
        praise="Only columns that are nearly copies of each other make a valley that long.",
        advice="Put your number into (1 + rho) / (1 - rho) and see what comes out.",
        slips=[
            Slip(0.999, "1 + rho is nearly 2, not 1: with this number the quotient is about twice as large."),
            Slip(
                -999 / 1001,
                "such columns have that condition number too, as the steep and the flat direction change places. Here "
                "the positive correlation is wanted.",
            ),
            Slip(1001 / 999, "no correlation is above 1. Check a sign where you solved for rho."),
        ],
        tolerance=2e-4,
    ),
    "translate-many-columns": Function(
        solution=translate,
        cases=[
            (np.array([75.0, 20.0]), np.array([3.5]), np.array([2.0])),
            (np.array([300.0, 90.0, 15.0]), np.array([100.0, 3.5]), np.array([30.0, 1.5])),
            (np.array([1.0, -2.0, 0.0, 3.0]), np.array([-1.0, 0.0, 4.0]), np.array([0.5, 2.0, 8.0])),
        ],
        praise="However many columns there are, the line says the same of the raw ones.",
        advice="Divide each slope by its deviation, and take the sum of new slope times mean off the intercept.",
        slips=[
            Slip(
                lambda theta, means, deviations: np.array([theta[0], *(theta[1:] / deviations)]),
                "the slopes are right, and the intercept is still that for z. It is the height at the means, not at 0.",
            ),
            Slip(
                lambda theta, means, deviations: np.array([theta[0] - theta[1:] @ means, *(theta[1:] / deviations)]),
                "the slopes are right. The intercept takes off the *new* slope times the mean, not the old one.",
            ),
            Slip(
                lambda theta, means, deviations: np.array(
                    [theta[0] - (theta[1:] * deviations) @ means, *(theta[1:] * deviations)]
                ),
                "the slopes are multiplied by the deviations. One unit of z is a whole deviation of x: divide.",
            ),
            Slip(
                lambda theta, means, deviations: np.array(
                    [theta[0] + (theta[1:] / deviations) @ means, *(theta[1:] / deviations)]
                ),
                "the slopes are right, and the intercept moves the wrong way: x - mean has a minus in it.",
            ),
        ],
    ),
}
