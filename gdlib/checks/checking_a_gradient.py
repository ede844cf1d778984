"""The questions of "Checking a gradient"."""

from collections.abc import Callable

import numpy as np

from gdlib.checking import finite_differences
from gdlib.checks._questions import Choice, Function, Number, Slip
from gdlib.datasets import four_inputs, two_lines
from gdlib.losses import GemanMcClure, MeanSquaredError
from gdlib.regression import design_matrix

X, Y = np.array(four_inputs(), dtype=float).T
RIGHT = MeanSquaredError.from_data(design_matrix(X), Y)
X_TWO, Y_TWO = two_lines()
CURVED = GemanMcClure(design_matrix(X_TWO), Y_TWO, scale=16)

Value = Callable[[np.ndarray], float]


def of_the_line(theta: np.ndarray) -> float:
    """The article's loss, a parabola, on which a central difference is the slope itself."""
    return float(RIGHT.value(theta))


def of_two_lines(theta: np.ndarray) -> float:
    """The forgiving loss, on which it is not."""
    return float(CURVED.value(theta))


def slope_along(value: Value, place: np.ndarray, v: np.ndarray, h: float) -> float:
    """The central difference along a direction."""
    return (value(place + h * v) - value(place - h * v)) / (2 * h)


def slope_by_gradient(value: Value, place: np.ndarray, v: np.ndarray, h: float) -> float:
    """The slip: what the difference should check."""
    return float((RIGHT if value is of_the_line else CURVED).gradient(place) @ v)


def nudged_losses(theta: np.ndarray, squared: bool = True) -> np.ndarray:
    """The forgiving loss for an imaginary nudge of each parameter; squares of sizes have no imaginary part."""
    errors = (theta + 1e-20j * np.eye(2)) @ CURVED.X.T - CURVED.y
    squares = errors**2 if squared else np.abs(errors) ** 2 + 0j
    return (squares / (1 + squares / CURVED.scale**2)).mean(axis=1)


QUESTIONS = {
    "half-the-nudge": Number(
        expected=4,
        praise="Half of h, a quarter of h²: that is what central differences gain over forward ones.",
        advice="The central error is a multiple of h² there. What becomes of a square when its side is halved?",
        slips=[
            Slip(
                2,
                "that is what the forward error does, which is a multiple of h. What is the central one a multiple of?",
            ),
            Slip(0.25, "you have the right idea, the other way up: by which number is the error *divided*?"),
            Slip(100, "this belongs to a tenth of h. Here it is halved."),
            Slip(8, "one power of h too many: central differences are off by a multiple of h²."),
        ],
        tolerance=0.02,
    ),
    "no-mean": Number(
        expected=len(X),
        praise="A sum in place of a mean is too large by the number of points, in every entry.",
        advice="Formula over differences: the formula holds the mistake, the differences are right.",
        slips=[
            Slip(
                1 / len(X), "the quotient is the formula over the differences, and it is the formula that is too large."
            ),
            Slip(0.75, "this is the relative error. The quotient is the one gradient over the other."),
            Slip(1, "1 would be a gradient that passes. By how much is a sum larger than a mean?"),
            Slip(2, "the factor 2 is in place here. What is missing is the division by the number of points."),
        ],
        tolerance=1e-4,
    ),
    "forgotten-twice": Choice(
        replies={
            "pass": "The gradient belongs to its loss, and that is all that the check can see.",
            "fail": "with what would it compare? It sees this loss and this gradient, and no data.",
            "half": "the four points appear nowhere in the check. What are the two things that it compares?",
        },
        correct="pass",
    ),
    "one-direction": Function(
        solution=slope_along,
        cases=[
            (of_the_line, np.array([1.0, 2.0]), np.array([1.0, 0.0]), 0.1),
            (of_the_line, np.array([1.0, 2.0]), np.array([0.5, -1.5]), 0.1),
            (of_two_lines, np.array([20.0, 10.0]), np.array([2.0, 1.0]), 0.5),
        ],
        praise="Two losses, for however many parameters: that is a check that even a large model can afford.",
        advice="The rise is value(place + h * v) - value(place - h * v); over which length is it?",
        slips=[
            Slip(
                lambda value, place, v, h: (value(place + h * v) - value(place)) / h,
                "this is the forward difference. The second loss belongs at place - h * v, on the other side.",
            ),
            Slip(
                lambda value, place, v, h: (value(place + h * v) - value(place - h * v)) / h,
                "from place - h * v to place + h * v it is more than h.",
            ),
            Slip(
                lambda value, place, v, h: (value(place + h * v) - value(place - h * v)) / 2 * h,
                "/ 2 * h divides by 2 and then multiplies by h. Put the 2 * h in brackets.",
            ),
            Slip(
                lambda value, place, v, h: slope_along(value, place, v / np.linalg.norm(v), h),
                "here v is given length 1. The slope along a longer v is larger by as much: leave v as it comes.",
            ),
            Slip(
                lambda value, place, v, h: value(place + h * v) - value(place - h * v),
                "this is the rise. A slope is a rise over the way.",
            ),
            Slip(
                lambda value, place, v, h: (value(place + h) - value(place - h)) / (2 * h),
                "v is missing: this nudges all parameters alike, whatever the direction.",
            ),
            Slip(
                slope_by_gradient,
                "this is a gradient times v, the very thing that is to be checked. Take two losses, and no gradient.",
            ),
            Slip(
                lambda value, place, v, h: slope_along(of_the_line, place, v, h),
                "this always asks the article's loss: take `value`, whatever loss it belongs to.",
            ),
        ],
    ),
    "an-imaginary-nudge": Function(
        solution=lambda theta: nudged_losses(theta).imag / 1e-20,
        cases=[(np.array([20.0, 10.0]),), (np.array([0.0, 15.0]),), (np.array([60.0, -5.0]),)],
        praise="No difference, no rounding: so small an h, and nearly all digits are right.",
        advice="Nudge one parameter at a time by 1e-20j, take the imaginary part of the loss, and divide it by 1e-20.",
        slips=[
            Slip(
                lambda theta: nudged_losses(theta).real / 1e-20,
                "this is the real part over h, that is the loss itself. The slope is in the imaginary part.",
            ),
            Slip(
                lambda theta: nudged_losses(theta).imag,
                "nearly nothing is left: the imaginary part is h times the slope. Divide it by h.",
            ),
            Slip(
                lambda theta: nudged_losses(theta, squared=False).imag / 1e-20,
                "the imaginary part is lost. An array of floats drops it where an entry is nudged: add "
                "`1e-20j * np.eye(2)` instead. And abs makes a complex number real: square the errors with **2.",
            ),
            Slip(
                lambda theta: finite_differences(CURVED, theta),
                "nearly: so near comes a difference of two losses, which rounds. One imaginary nudge has no difference "
                "in it, and nearly all digits are right.",
                tolerance=1e-6,
            ),
        ],
        tolerance=1e-13,
    ),
}
