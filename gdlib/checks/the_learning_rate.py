"""The questions of "The learning rate"."""

from collections.abc import Sequence

import numpy as np

from gdlib.checks._questions import Choice, Function, Number, Slip
from gdlib.datasets import four_inputs
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.spectrum import best_learning_rate, epochs_to_tolerance, max_learning_rate

X, Y = np.array(four_inputs(), dtype=float).T
LOSS = MeanSquaredError.from_data(design_matrix(X), Y)
LIMIT = max_learning_rate(LOSS)
TIMES_SMALLER = LIMIT / max_learning_rate(MeanSquaredError.from_data(design_matrix(10 * X), Y))

GRID = np.arange(0.02, LIMIT, 0.0002)
TOP = 20  # rates at the grid's upper end; below them all wait for the flat direction, which only gets slower


def counted_from_zero() -> tuple[np.ndarray, int]:
    """The places in the grid that share the fewest epochs from (0, 0), and how many these are."""
    epochs = np.array([epochs_to_tolerance(LOSS, [0, 0], rate, 0.01) for rate in GRID[-TOP:]])
    fewest = int(epochs.min())
    return len(GRID) - TOP + np.flatnonzero(epochs == fewest), fewest


PLACES, FEWEST = counted_from_zero()


def limit_and_best(curvatures: Sequence[float]) -> tuple[float, float]:
    """The limit of the learning rate, and the best constant rate."""
    return 2 / max(curvatures), 2 / (min(curvatures) + max(curvatures))


def tamed(rate: float, curvature: float) -> float:
    """The rate, halved as often as it must be."""
    while abs(1 - rate * curvature) >= 1:
        rate = rate / 2
    return rate


def never_past_the_minimum(rate: float, curvature: float) -> float:
    """The slip: halved until the factor is not negative."""
    while 1 - rate * curvature < 0:
        rate = rate / 2
    return rate


def short_of_the_minimum(rate: float, curvature: float) -> float:
    """The same, and until the factor is not 0 either."""
    while rate * curvature >= 1:
        rate = rate / 2
    return rate


def the_limit_let_through(rate: float, curvature: float) -> float:
    """The slip: a factor of exactly -1 taken for one that shrinks."""
    while abs(1 - rate * curvature) > 1:
        rate = rate / 2
    return rate


QUESTIONS = {
    "at-the-limit": Choice(
        replies={
            "nearer": "below the limit it would be. What is 1 - rate * curvature when the rate is 2 / curvature?",
            "same": "The factor is -1: the side changes, and the distance does not.",
            "farther": "beyond the limit it would be. What is 1 - rate * curvature when the rate is 2 / curvature?",
        },
        correct="same",
    ),
    "ten-times-wider": Number(
        expected=TIMES_SMALLER,
        praise="Nearly a hundred: the squares of x grew a hundredfold, and the column of ones did not grow.",
        advice="Divide the old limit by the one that max_learning_rate gives for the wider points.",
        tolerance=6e-3,
        slips=[
            Slip(10.0, "the curvature goes with the square of x. What does a square make of a factor of 10?"),
            Slip(
                100.0,
                "a good estimate, from the mean of the squares alone. Now compute it: the ones have a part in it.",
            ),
            Slip(
                1 / TIMES_SMALLER,
                "that is the new limit as a share of the old one. The question is the other way round.",
            ),
        ],
    ),
    "two-rates-from-the-curvatures": Function(
        solution=limit_and_best,
        cases=[([1.0, 4.0],), ([0.5, 3.0, 10.0],), ([28.0, 0.2, 5.0, 1.0],)],
        praise="The limit asks for the steepest direction alone, the best rate for the two ends.",
        advice="Take the largest curvature for the limit; the smallest and the largest together for the best rate.",
        slips=[
            Slip(
                lambda curvatures: (2 / min(curvatures), limit_and_best(curvatures)[1]),
                "this limit is that of the flattest direction. Which direction is the first to fail?",
            ),
            Slip(
                lambda curvatures: (1 / max(curvatures), limit_and_best(curvatures)[1]),
                "the first of the two is where the oscillations begin. How far does the factor go from there until -1?",
            ),
            Slip(
                lambda curvatures: (2 / max(curvatures), 2 / sum(curvatures)),
                "for two curvatures this is right. Of more, which ones wait for each other?",
            ),
            Slip(
                lambda curvatures: (2 / curvatures[-1], 2 / (curvatures[0] + curvatures[-1])),
                "this takes the last curvature for the largest. They may come in any order.",
            ),
        ],
    ),
    "halved-until-it-falls": Function(
        solution=tamed,
        cases=[(0.05, 28.0), (1.0, 28.0), (0.03, 1700.0), (0.5, 4.0)],
        praise="It stops at the first rate that shrinks the distance, and swinging is allowed.",
        advice="As long as the size of 1 - rate * curvature is 1 or more, halve the rate.",
        slips=[
            Slip(
                lambda rate, curvature: rate,
                "this gives every rate back as it came. A factor below -1 is too large as well: its size counts.",
            ),
            Slip(
                lambda rate, curvature: rate if abs(1 - rate * curvature) < 1 else rate / 2,
                "this halves once at most. Some rates need it more often.",
            ),
            *(
                Slip(
                    slip,
                    "this halves until nothing swings, which is more than was asked. A negative factor may do as well.",
                )
                for slip in [never_past_the_minimum, short_of_the_minimum]
            ),
            Slip(
                the_limit_let_through,
                "nearly: at the limit itself the factor is -1. Does the distance shrink there?",
            ),
        ],
    ),
    "the-fastest-from-zero": Number(
        expected=(GRID[PLACES[0]] + GRID[PLACES[-1]]) / 2,
        praise="From here the steep direction has the longer way, and a rate that is kinder to it wins.",
        advice="Count the epochs for every rate of the grid, and take one with the fewest.",
        tolerance=4e-3,  # all that share the first place
        slips=[
            Slip(
                best_learning_rate(LOSS),
                "that is the best rate for the worst start. From (0, 0), count again for each rate of the grid.",
            ),
            Slip(
                FEWEST,
                "that is how many epochs the fastest one takes. Which rate of the grid is it?",
            ),
            Slip(
                PLACES[0],
                "that is its place in the grid, as argmin gives it. Look up the rate that stands there.",
            ),
            Slip(
                1 / LOSS.eigenbasis[0][-1],
                "there the steep direction is done in one epoch. The flat one would like longer steps: count for both.",
            ),
        ],
    ),
}
