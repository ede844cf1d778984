"""The questions of "Why the intercept is slow"."""

import numpy as np

from gdlib.checks._questions import Choice, Function, Number, Slip
from gdlib.datasets import four_inputs, three_points
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.spectrum import condition_number, epochs_to_tolerance, max_learning_rate

X, Y = np.array(four_inputs(), dtype=float).T
LOSS = MeanSquaredError.from_data(design_matrix(X), Y)
(FLATTEST, STEEPEST), AXES = LOSS.eigenbasis


def epochs_from(step: np.ndarray) -> float:
    """How many epochs 0.001 takes from ten such steps beside the minimum."""
    return float(epochs_to_tolerance(LOSS, LOSS.minimum + 10 * step, 0.001, tolerance=0.01))


def eigenvalues(x: np.ndarray) -> np.ndarray:
    """Those of the Hessian for points at these x, in rising order."""
    return np.linalg.eigvalsh(2 * np.array([[1, np.mean(x)], [np.mean(x), np.mean(np.square(x))]]))


QUESTIONS = {
    "taller-points": Choice(
        replies={
            "kappa": "it is a quotient of two curvatures. Does either of them know how high the points are?",
            "rate": "it is 2 over the sum of two curvatures. Does either of them know how high the points are?",
            "both": "the gradients grow, that is true; but so does the way to go. Look at what the Hessian is made of.",
            "neither": "The Hessian is made of the x. The heights only say where the lowest place is.",
        },
        correct="neither",
    ),
    "gone-in-one-epoch": Number(
        expected=1 / STEEPEST,
        praise="There the factor of the steep direction is 0: one epoch takes all of its distance away.",
        advice="Set the factor of the steep direction to 0, and solve for the rate.",
        slips=[
            Slip(
                max_learning_rate(LOSS),
                "near there the factor is about -1: after the epoch the distance is as long, on the other side.",
            ),
            Slip(
                1 / FLATTEST, "this makes the factor of the flat direction 0. Which curvature does the steep one have?"
            ),
            Slip(STEEPEST, "this is the curvature itself. Which rate, multiplied by it, makes 1 - rate · λ vanish?"),
        ],
        tolerance=0.01,
    ),
    "a-quick-start": Number(
        expected=epochs_from(AXES[:, 1]),
        praise="On the steep axis only the steep direction's clock is ticking.",
        advice="Start exactly on an axis, 10 units out. Which of the two has the quick clock at 0.001?",
        slips=[
            Slip(
                epochs_from(AXES[:, 0]),
                "this start is on the flat axis, and has all of the slow way to go.",
                tolerance=1e-3,
            ),
            Slip(
                epochs_from(np.array([0.0, 1.0])),
                "this start changes the slope alone. That is nearly the steep direction, and the little that it is off "
                "lies along the slow axis.",
            ),
            Slip(
                epochs_from(np.array([1.0, 0.0])), "this start changes the intercept alone: mostly the slow direction."
            ),
            Slip(
                float(epochs_to_tolerance(LOSS, [0, 0], 0.001, tolerance=0.01)),
                "this is the number from (0, 0). Give `epochs_to_tolerance` the start that you have found.",
            ),
        ],
        tolerance=6e-3,  # an epoch more or less
    ),
    "the-kindest-place": Number(
        expected=-X.mean(),
        praise="It puts the middle of the points above x = 0, where the intercept is read off.",
        advice="Where does the line turn when it moves along the flat axis? Shift that place to x = 0.",
        slips=[
            Slip(
                X.mean(), "the points would be twice as far from x = 0 then. In which direction do they have to move?"
            ),
            Slip(-X.min(), "this puts the first point at 0. The line does not turn about that one."),
            Slip(
                condition_number(MeanSquaredError.from_data(design_matrix(X - X.mean()), Y)),
                "this is the smallest condition number. The question is for which shift it is reached.",
            ),
        ],
        tolerance=5e-3,
    ),
    "kappa-of-points": Function(
        solution=lambda x: eigenvalues(x)[1] / eigenvalues(x)[0],
        cases=[(X,), (three_points()[0],), (X + 10,), (X - X.mean(),)],
        praise="The three points are a little kinder: they are spread more widely about their mean.",
        advice="The Hessian holds 1 and the mean of x, then the mean of x and the mean of x², all of it times 2.",
        slips=[
            Slip(
                lambda x: eigenvalues(x)[0] / eigenvalues(x)[1],
                "this is the quotient upside down: the largest eigenvalue goes above the smallest.",
            ),
            Slip(
                lambda x: np.linalg.cond(design_matrix(x)),
                "this is the condition number of X. That of the Hessian is its square.",
            ),
            Slip(
                lambda x: np.mean(np.square(x)),
                "this is the quotient of the entries on the diagonal. Those beside it matter: take the eigenvalues.",
            ),
        ],
        tolerance=1e-6,
    ),
}
