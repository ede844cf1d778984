"""The questions of "From scratch, all the way down" that need no arrays."""

from statistics import linear_regression

from gdlib.checks._questions import Choice, Number, Slip
from gdlib.checks.the_loop import path
from gdlib.datasets import four_inputs

X, Y = zip(*four_inputs(), strict=True)
LIFTED = (45, 65, 91, 105)
LAST_MOVED = [(45, 65, 85, 91), (45, 65, 85, 111)]  # set to 91, or raised as the third is


def best_line(y: tuple[int, ...]) -> list[float]:
    """The line of least squares, as [intercept, slope]."""
    slope, intercept = linear_regression(X, y)
    return [intercept, slope]


BEST = best_line(LIFTED)
ON_THE_WAY = path(list(zip(X, LIFTED, strict=True)), [0, 0], 5000)


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
            Slip(best_line(Y), "that is the line of the points as they were. Was the lifted y handed over?"),
            *(
                Slip(
                    best_line(y),
                    "the last point was moved here. Python counts from 0: which number has the third?",
                )
                for y in LAST_MOVED
            ),
            *(
                Slip(
                    ON_THE_WAY[epochs][::-1],
                    "the data are right, and descent has not arrived: this is rate 0.001. Take 0.05.",
                )
                for epochs in [1000, 5000]
            ),
        ],
    ),
}
