"""The questions of "Noise helps"."""

import numpy as np

from gdlib.checks._questions import Choice, Function, Number, Slip

X = np.array([[1.0, 2.0], [1.0, 3.0], [1.0, 4.0], [1.0, 5.0]])
Y = np.array([47.0, 62.0, 88.0, 104.0])


def gradient_of(row: np.ndarray, target: float, theta: np.ndarray) -> np.ndarray:
    """That of one point's squared error."""
    return 2 * (row @ theta - target) * row


def one_pass(X: np.ndarray, y: np.ndarray, theta: np.ndarray, rate: float, order: np.ndarray) -> np.ndarray:
    """A step for each point of the order."""
    for i in order:
        theta = theta - rate * gradient_of(X[i], y[i], theta)
    return theta


def all_from_the_start(X: np.ndarray, y: np.ndarray, theta: np.ndarray, rate: float, order: np.ndarray) -> np.ndarray:
    """Every gradient is taken at the first place."""
    return theta - rate * np.sum([gradient_of(X[i], y[i], theta) for i in order], axis=0)


def full_gradients(X: np.ndarray, y: np.ndarray, theta: np.ndarray, rate: float, order: np.ndarray) -> np.ndarray:
    """Every step sees all points."""
    for _ in order:
        theta = theta - rate * 2 * X.T @ (X @ theta - y) / len(y)
    return theta


QUESTIONS = {
    "safe-for-one": Number(
        expected=1 / (1 + 9**2),
        praise="The point that is farthest out decides for all.",
        advice="A step multiplies the point's residual by 1 - 2 * rate * (1 + x**2). When does that reach -1?",
        slips=[
            Slip(1 / (1 + 5**2), "that was safe for the four. The largest |x| is another one now."),
            Slip(1 / 9**2, "the row of a point is [1, x], and its square is 1 + x**2: the column of ones counts too."),
            Slip(1 / (1 + 9), "x comes in squared."),
            Slip(
                0.5 / (1 + 9**2), "there the residual becomes 0, which is fine. How far beyond is it still no larger?"
            ),
        ],
        tolerance=5e-3,
    ),
    "another-seed": Choice(
        replies={
            "same": "All twenty points are one batch, and its gradient does not ask for their order.",
            "different": "that happens when a step sees a few. What does the order change in a mean over all twenty?",
            "shorter": "a seed is luck, and luck needs something to choose. What is left to choose with all twenty?",
        },
        correct="same",
    ),
    "two-epochs-to-spend": Number(
        expected=1,
        praise="Two thousand small steps beat the few good ones that larger batches have.",
        advice="One of 1, 10, 100 and 1000: let each run for two epochs, and take the size with the lowest loss.",
        slips=[
            Slip(10, "that is a good choice for more epochs. Count the steps in two: which size has the most of them?"),
            Slip(100, "that makes twenty steps in two epochs. Their directions are better, but so many better?"),
            Slip(
                1000, "that makes two steps in all, along the best direction there is. Count the steps of the others."
            ),
        ],
    ),
    "average-of-the-places": Function(
        solution=lambda trajectory, count: trajectory[-count:].mean(axis=0),
        cases=[
            (np.array([[0.0, 0.0], [4.0, 10.0], [6.0, 20.0], [5.0, 24.0]]), 2),
            (np.array([[9.0, 1.0], [1.0, 3.0], [2.0, 8.0], [3.0, 4.0], [7.0, 6.0]]), 3),
            (np.array([[1.0, 2.0], [3.0, 8.0], [5.0, 5.0]]), 3),
        ],
        praise="Places on all sides of the minimum cancel in it, and the way down is left out.",
        advice="Take the last rows, and then the mean over them, column by column.",
        slips=[
            Slip(
                lambda trajectory, count: trajectory.mean(axis=0),
                "this is the average of all places, those on the way down included. Take the last ones alone.",
            ),
            Slip(
                lambda trajectory, count: trajectory[:count].mean(axis=0),
                "these are the first places. The swarm is at the other end: a minus counts from there.",
            ),
            Slip(
                lambda trajectory, count: trajectory[-1],
                "this is the last place and no average. How many rows should take part?",
            ),
        ],
    ),
    "in-any-order": Function(
        solution=one_pass,
        cases=[
            (X, Y, np.array([0.0, 0.0]), 0.02, np.array([0, 1, 2, 3])),
            (X, Y, np.array([5.0, 20.0]), 0.01, np.array([3, 1, 1, 0])),
            (X, Y, np.array([1.0, 2.0]), 0.03, np.array([2])),
        ],
        praise="The order alone tells stochastic descent from one with replacement.",
        advice="For each number i in the order: theta - rate * gradient_of(X[i], y[i], theta) is the next theta.",
        slips=[
            Slip(
                all_from_the_start,
                "every gradient is taken at the first place here. Take each where the last step ended.",
            ),
            Slip(full_gradients, "every step sees all points here. Each should see one of them: row i, target i."),
            Slip(
                lambda X, y, theta, rate, order: one_pass(X, y, theta, rate, np.arange(len(order))),
                "this takes the points as they stand in the table. Take those whose numbers `order` gives.",
            ),
            Slip(
                lambda X, y, theta, rate, order: one_pass(X, y, theta, rate, order[:1]),
                "this goes no further than the first point of the order. Does the `return` stand inside the loop?",
            ),
            Slip(
                lambda X, y, theta, rate, order: one_pass(X, y, theta, rate / 2, order),
                "every step is half as long as it should be: the gradient of a square has a 2 in front.",
            ),
        ],
    ),
}
