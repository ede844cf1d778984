"""The questions of "The article's table"."""

import numpy as np

from gdlib.checks._questions import Choice, Number, Slip
from gdlib.datasets import four_inputs
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.spectrum import epochs_to_tolerance

RATE = 0.001
X, Y = np.array(four_inputs(), dtype=float).T
LOSS = MeanSquaredError.from_data(design_matrix(X), Y)
BEGIN = [-0.1, 0.0]  # [intercept, slope], as the chapter picks it
AT_RATE = epochs_to_tolerance(LOSS, BEGIN, RATE, 0.01)


def order_of_luck() -> np.ndarray:
    """All starts of the chapter's grid as [slope, intercept], the one that ends closest after 1000 epochs first."""
    side = np.linspace(-1, 1, 201)
    starts = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    curvatures, directions = LOSS.eigenbasis
    ends = (starts[:, ::-1] - LOSS.minimum) @ directions * (1 - RATE * curvatures) ** 1000
    return starts[np.hypot(*ends.T).argsort()]


STARTS = order_of_luck()


QUESTIONS = {
    "ten-times-the-rate": Choice(
        replies={
            "nearer": "each epoch does more, and there are fewer of them. Does the one outweigh the other? "
            "Compare the two factors, each to the power of its epochs.",
            "same": "Along the floor a rate ten times as large does in one epoch very nearly what took ten.",
            **dict.fromkeys(
                ["farther", "further"],
                "there are fewer epochs, and each does more. Does the one outweigh the other? "
                "Compare the two factors, each to the power of its epochs.",
            ),
        },
        correct="same",
    ),
    "a-tenth-of-the-epochs": Number(
        expected=epochs_to_tolerance(LOSS, BEGIN, 10 * RATE, 0.01),
        praise="Predicted and counted agree, and it is very nearly a tenth.",
        advice="Hand loss, begin, 0.01 and the tolerance 0.01 to epochs_to_tolerance.",
        slips=[
            Slip(AT_RATE, "that is the number at the old rate. Which argument is the rate?"),
            Slip(AT_RATE / 10, "that is exactly a tenth. Epochs are whole: count them in a run."),
            Slip(AT_RATE * 10, "a larger rate needs fewer epochs along the floor, not more."),
            Slip(
                epochs_to_tolerance(LOSS, BEGIN[::-1], 10 * RATE, 0.01),
                "this is from a start the wrong way round: `begin` is [intercept, slope].",
            ),
        ],
    ),
    "the-luckiest-start": Number(
        expected=STARTS[0],
        praise="It lies almost exactly on the line through the minimum that runs across the valley.",
        advice="Make a table of the distances from (20, 5), and look up the start where it is smallest.",
        tolerance=0.01,
        slips=[
            Slip(STARTS[0][::-1], "the order is reversed: the start's slope comes first here."),
            Slip(
                np.rint((STARTS[0][::-1] + 1) / 0.01),
                "those are row and column: look them up in `slopes` and `intercepts`.",
            ),
            Slip(STARTS[1], "this one is second by a hair. Compare the distances themselves, without rounding."),
            Slip(STARTS[-1], "this one ends farthest away. Is it argmax where argmin is wanted?"),
            Slip([20.0, 5.0], "that is where the run should end. From which start of the square does it come closest?"),
        ],
    ),
}
