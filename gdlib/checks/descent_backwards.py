"""The questions of "Descent backwards"."""

import math

import numpy as np

from gdlib.checks._questions import Function, Number, Slip
from gdlib.datasets import four_inputs
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix

RATE = 0.001
X, Y = np.array(four_inputs(), dtype=float).T
LOSS = MeanSquaredError.from_data(design_matrix(X), Y)
CURVATURES, DIRECTIONS = LOSS.eigenbasis
DISTANCES = abs(DIRECTIONS.T @ LOSS.minimum)  # of (0, 0), along the flat axis and the steep one


def epochs_until(rest: float, axis: int) -> int:
    """After how many epochs from (0, 0) so little is left along an axis."""
    return math.ceil(math.log(rest / DISTANCES[axis]) / math.log(1 - RATE * CURVATURES[axis]))


UNTIL_GONE = epochs_until(0.005, 1)


def backwards(distance: float, learning_rate: float, curvature: float, epochs: int) -> float:
    """The distance from the minimum, so many epochs earlier."""
    return distance / (1 - learning_rate * curvature) ** epochs


QUESTIONS = {
    "gone-from-the-print": Number(
        expected=UNTIL_GONE,
        praise="From here on two decimals of slope and intercept know next to nothing of where across the valley a run "
        "began.",
        advice="Divide the logarithm of 0.005 / distance by the logarithm of the factor, and round up.",
        slips=[
            Slip(UNTIL_GONE - 1, "after these there is still a little more than 0.005 left. Round up."),
            Slip(
                math.log(0.005 / DISTANCES[1]) / math.log(1 - RATE * CURVATURES[1]),
                "epochs are whole. Which is the first at which no more than 0.005 is left?",
            ),
            Slip(epochs_until(0.01, 1), "that is until 0.01 is left. Half a unit of the second decimal is 0.005."),
            Slip(
                math.ceil(math.log(0.005) / math.log(1 - RATE * CURVATURES[1])),
                "this begins one unit away from the minimum. How far away does (0, 0) begin?",
            ),
            Slip(
                epochs_until(0.005, 0),
                "that is the flat axis, which takes far longer. Which factor is the steep one's?",
            ),
        ],
    ),
    "one-more-digit": Number(
        expected=10.0,
        praise="A bar is proportional to half a unit of the last digit, whatever the number of epochs.",
        advice="Divide the error of start_from with half_digit=0.005 by the one with half_digit=0.0005.",
        tolerance=0.01,
        slips=[
            Slip(0.1, "that is the part of the bar that remains. How many times does it go into the old one?"),
            Slip(1.0, "the bar does change: it is what half a unit of the last digit is magnified to."),
            Slip(100.0, "that would take two more digits. What is one of them worth?"),
            Slip(1000.0, "that would take three more digits. There were two already: what is one more worth?"),
        ],
    ),
    "one-direction-backwards": Function(
        solution=backwards,
        cases=[(1.0, 0.1, 5.0, 1), (0.25, 0.1, 5.0, 2), (-0.5, 0.001, 0.2, 50), (0.3, 0.06, 30.0, 3)],
        praise="This is how descent forgets, read from its end.",
        advice="An epoch multiplies the distance by 1 - learning_rate * curvature. Undo that, epochs times.",
        slips=[
            Slip(
                lambda distance, learning_rate, curvature, epochs: distance * (1 - learning_rate * curvature) ** epochs,
                "this runs forwards: it shrinks the distance once more. How is a multiplication undone?",
            ),
            Slip(
                lambda distance, learning_rate, curvature, epochs: distance * (1 + learning_rate * curvature) ** epochs,
                "a step uphill does not undo a step downhill: it starts from another place, with another gradient. "
                "Undo the factor itself.",
            ),
            Slip(
                lambda distance, learning_rate, curvature, epochs: distance / (1 - learning_rate * curvature),
                "this goes back by one epoch. There are more of them, and each has its factor.",
            ),
            Slip(
                lambda distance, learning_rate, curvature, epochs: distance / (1 - learning_rate * curvature) / epochs,
                "the factors of many epochs are multiplied with one another: that is a power.",
            ),
            Slip(
                lambda distance, learning_rate, curvature, epochs: distance / (learning_rate * curvature) ** epochs,
                "this divides by the share that an epoch takes away. The factor is the share that it leaves.",
            ),
        ],
    ),
}
