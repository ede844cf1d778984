"""The questions of "The adaptive family"."""

import numpy as np

from gdlib.checks._questions import Choice, Function, Number, Slip

TO_GO = np.array([5 - -0.57, 21.49 - 20])  # of the intercept and of the slope, from the start of the figure
WEIGHTS = 1 - 0.96 ** np.array([1, 2])  # of the average of the squares after one step and after two


def clipped(gradient: np.ndarray, longest: float) -> np.ndarray:
    """The gradient, or as much of it as is not longer than the limit."""
    length = np.linalg.norm(gradient)
    return gradient * (longest / length) if length > longest else gradient


QUESTIONS = {
    "steps-of-one-length": Number(
        expected=TO_GO[0] / 0.1,
        praise="Adam's rate is a length, and the parameter that has farthest to go counts its steps.",
        advice="A step moves each parameter by about 0.1. How far has each to go, and which is there last?",
        slips=[
            Slip(TO_GO[1] / 0.1, "then the slope is there. Has the intercept arrived by that time?"),
            Slip(
                float(np.hypot(*TO_GO)) / 0.1,
                "that is the straight way from the start. Adam moves both parameters at once, each by its own step.",
            ),
            Slip(TO_GO.sum() / 0.1, "the two do not move in turn. In one step both of them move."),
            Slip(55, "55 steps of 0.1 are 5.5, and the intercept has a little farther to go."),
            Slip(145, "so many it takes in the figure. How few could it be, if every step had its full length?"),
            Slip(TO_GO[0] * 0.1, "how many steps of 0.1 fit into the distance? That is a quotient."),
        ],
        tolerance=1e-2,
    ),
    "loss-times-a-thousand": Choice(
        replies={
            "plain": "Its steps grow with the gradient, and Adam divides the gradient's size out.",
            "adam": "Adam divides each gradient by its recent size. What is left of a factor of 1000?",
            "both": "for one of them that is so. Which of the two divides a gradient by its own size?",
            "neither": "the minimum stays, but the ground is a thousand times as steep. Whose step notices that?",
        },
        correct="plain",
    ),
    "young-averages": Number(
        expected=1 / np.sqrt(WEIGHTS),
        praise="A young average is too small by the weights that it lacks, and its root makes the step too long.",
        advice="After k steps the average is (1 - 0.96**k) times the square. Divide the gradient by the root of that.",
        slips=[
            Slip(1 / WEIGHTS, "the step is divided by the *root* of the average."),
            Slip(np.sqrt(WEIGHTS), "that is the root of the average. The gradient is divided by it."),
            Slip([5, 5], "that is right for the first. Before the second, the average has taken another square in."),
            Slip(
                [5, 1 / np.sqrt(2 * 0.04)],
                "that is right for the first. When the second square comes in, the first is multiplied by 0.96.",
            ),
            Slip([1, 1], "that is Adam's. RMSProp does not make up for an average that begins at 0."),
        ],
        tolerance=2e-3,
    ),
    "clip-a-gradient": Function(
        solution=clipped,
        cases=[
            (np.array([3.0, -4.0]), 1.0),
            (np.array([0.3, -0.4]), 1.0),
            (np.array([6.0, 2.0, -9.0]), 5.5),
            (np.array([0.0, 0.0]), 2.0),
        ],
        praise="A long gradient is shortened, and none is turned.",
        advice="Compare the gradient's length with the limit; if it is longer, multiply all entries by one factor.",
        slips=[
            Slip(
                lambda gradient, longest: np.clip(gradient, -longest, longest),
                "this cuts the entries one by one, and so turns the gradient. All of them get the same factor.",
            ),
            Slip(
                lambda gradient, longest: gradient * longest / max(float(np.linalg.norm(gradient)), 1e-300),
                "this makes a short gradient longer. One that is not too long stays as it is.",
            ),
            Slip(
                lambda gradient, longest: gradient / (length if (length := np.linalg.norm(gradient)) > longest else 1),
                "this shortens every long gradient to length 1. The limit is the length that is wanted.",
            ),
            Slip(
                lambda gradient, longest: gradient if np.linalg.norm(gradient) <= longest else 0 * gradient,
                "this throws a long gradient away. Its direction is still worth a step.",
            ),
        ],
    ),
}
