"""The questions of "From scratch, all the way down" that are about arrays, and so need NumPy."""

import numpy as np

from gdlib.checks._questions import Function, Slip
from gdlib.datasets import four_inputs
from gdlib.regression import design_matrix

INPUTS, Y = np.array(four_inputs(), dtype=float).T
X = design_matrix(INPUTS)
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
                lambda X, y, theta, learning_rate, epochs: np.array(
                    [theta, *every_theta(X, y, theta, learning_rate, epochs)[:-1]]
                ),
                "the start stands there twice, and the last step is missing: make the step first, then append.",
            ),
            Slip(
                lambda X, y, theta, learning_rate, epochs: np.array(
                    [theta] + [theta - learning_rate * gradient(X, y, theta)] * epochs
                ),
                "every epoch begins at the start again: give the name theta to what the step leads to.",
            ),
            Slip(
                lambda _, __, theta, learning_rate, epochs: every_theta(X, Y, theta, learning_rate, epochs),
                "this always runs on the chapter's four points: take the `X` and `y` that are handed over.",
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
