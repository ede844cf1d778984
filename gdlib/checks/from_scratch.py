"""The questions of "From scratch, all the way down"."""

import numpy as np

from gdlib.checks._questions import Choice, Function, Number, Slip
from gdlib.datasets import four_inputs
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix, least_squares
from gdlib.spectrum import trajectory

INPUTS, Y = np.array(four_inputs(), dtype=float).T
X = design_matrix(INPUTS)
LIFTED = np.array([45.0, 65.0, 91.0, 105.0])
LAST_MOVED = np.array([[45.0, 65.0, 85.0, 91.0], [45.0, 65.0, 85.0, 111.0]])  # set to 91, or raised as the third is
BEST = least_squares(X, LIFTED).theta

THREE = design_matrix([1, 2, 4]), np.array([1.0, 0.0, 3.0])


def gradient(X: np.ndarray, y: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """The gradient of the mean squared error."""
    return 2 / len(y) * X.T @ (X @ theta - y)


def every_theta(X: np.ndarray, y: np.ndarray, theta: np.ndarray, learning_rate: float, epochs: int) -> np.ndarray:
    """Every theta from the start on, one row each."""
    rows = [theta]
    for _ in range(epochs):
        rows.append(rows[-1] - learning_rate * gradient(X, y, rows[-1]))
    return np.array(rows)


def last_of_every(X: np.ndarray, y: np.ndarray, theta: np.ndarray, learning_rate: float, epochs: int) -> np.ndarray:
    """The slip: one array that changes in place, so that all rows are the last."""
    return np.repeat(every_theta(X, y, theta, learning_rate, epochs)[-1:], epochs + 1, axis=0)


QUESTIONS = {
    "a-circle-of-calls": Choice(
        replies={
            "draws": "every arrow of the picture leads to the right. Which way would this one lead?",
            "skips": "a picture of calls that leaves one out would not be true. What else can it do?",
            "refuses": "In a circle nobody stands on the left of all the others.",
        },
        correct="refuses",
    ),
    "loss-with-a-lifted-point": Choice(
        replies={
            "fall": "a loss of 0 is a line through all four points. Is there one?",
            "level": "The best line misses these points a little, and descent cannot do better than the best line.",
            "rise": "at a rate that converges, the loss never rises. What does it stop at?",
        },
        correct="level",
    ),
    "line-with-a-lifted-point": Number(
        expected=BEST,
        praise="Descent and least squares agree, with residuals as without.",
        advice="Put 91 in place of the third y, and take the intercept first.",
        tolerance=2.5e-4,
        slips=[
            Slip(BEST[::-1], "the order is reversed: the columns of X are 1 and x, so the intercept comes first."),
            Slip(
                least_squares(X, Y).theta, "that is the line of the points as they were. Was the lifted y handed over?"
            ),
            *(
                Slip(
                    least_squares(X, y).theta,
                    "the last point was moved here. Python counts from 0: which number has the third?",
                )
                for y in LAST_MOVED
            ),
            Slip(
                trajectory(MeanSquaredError.from_data(X, LIFTED), [0, 0], 0.001, 1000)[-1],
                "the data are right, and descent has not arrived: this is 1000 epochs at 0.001. Take rate 0.05.",
            ),
        ],
    ),
    "gradient-as-a-product": Function(
        solution=gradient,
        cases=[
            (*THREE, np.zeros(2)),
            (*THREE, np.array([1.0, -1.0])),
            (X, Y, np.array([2.0, 10.0])),
        ],
        praise="One product does what a gradient for each point and their mean did.",
        advice="The errors are X @ theta - y; X.T @ error adds them up, and 2 / n makes the mean's gradient of it.",
        slips=[
            Slip(
                lambda X, y, theta: X.T @ (X @ theta - y),
                "the factor before the product comes to 1 here: it is 2 / n, with n points.",
            ),
            Slip(
                lambda X, y, theta: 0.5 * X.T @ (X @ theta - y),
                "the number of points is written into it: take it from len(y).",
            ),
            Slip(
                lambda X, y, theta: 2 * X.T @ (X @ theta - y),
                "this is the gradient of the sum of the squares. The loss is their mean.",
            ),
            Slip(
                lambda X, y, theta: X.T @ (X @ theta - y) / len(y),
                "half of what it should be: the derivative of a square brings a factor with it.",
            ),
            Slip(
                lambda X, y, theta: 2 / len(y) * X.T @ (y - X @ theta),
                "the sign is turned: an error is what the line says minus y, not y minus what the line says.",
            ),
        ],
    ),
    "every-theta-on-the-way": Function(
        solution=every_theta,
        cases=[(*THREE, np.zeros(2), 0.1, 1), (*THREE, np.array([1.0, -1.0]), 0.1, 3), (X, Y, np.zeros(2), 0.001, 4)],
        praise="The first row is the start, and each of the others is one step from the row before.",
        advice="The first row is the start; every epoch appends the theta after its step.",
        slips=[
            Slip(
                last_of_every,
                "all rows are the last one: one array is changed in place, and the list holds it many times. "
                "Make a new theta in every epoch.",
            ),
            Slip(
                lambda X, y, theta, learning_rate, epochs: every_theta(X, y, theta, learning_rate, epochs)[::-1],
                "the rows are in reverse: the start comes first.",
            ),
            Slip(
                lambda X, y, theta, learning_rate, epochs: every_theta(X, y, theta, -learning_rate, epochs),
                "it climbs. A step goes against the gradient.",
            ),
            Slip(
                lambda X, y, theta, learning_rate, epochs: np.array(
                    [theta - k * learning_rate * gradient(X, y, theta) for k in range(epochs + 1)]
                ),
                "every step goes against the gradient of the start. Take it anew in every epoch.",
            ),
        ],
    ),
}
