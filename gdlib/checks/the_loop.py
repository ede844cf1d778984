"""The questions of "The loop"."""

import random
from collections.abc import Sequence
from statistics import fmean

from gdlib.checks._questions import Choice, Function, Number, Slip
from gdlib.datasets import four_inputs
from gdlib.scratch import gradient_step, linear_gradient
from gdlib.vectors import Vector, vector_mean

RATE = 0.001
FOUR = four_inputs()
THREE = [(2, 45), (4, 85), (5, 105)]


def path(points: Sequence[tuple[float, float]], start: Vector, epochs: int) -> list[Vector]:
    """Where descent stands at the start and after each epoch, as [slope, intercept]."""
    rows = [start]
    for _ in range(epochs):
        slope, intercept = rows[-1]
        errors = [slope * x + intercept - y for x, y in points]
        along = fmean(2 * error * x for error, (x, _) in zip(errors, points, strict=True))
        rows.append([slope - RATE * along, intercept - RATE * 2 * fmean(errors)])
    return rows


_generator = random.Random(1)
START = [_generator.uniform(-1, 1), _generator.uniform(-1, 1)]
SLOPES = [slope for slope, _ in path(FOUR, START, 1000)]
TO_NINETEEN = next(epoch for epoch, slope in enumerate(SLOPES) if slope > 19)
SLOPE_FROM_THE_FLOOR, INTERCEPT_FROM_THE_FLOOR = path(FOUR, [100, -300], 200)[-1]
SLOPE_OF_THREE, INTERCEPT_OF_THREE = path(THREE, [0, 0], 1000)[-1]


def mean_gradient(points: Sequence[tuple[float, float]], theta: Vector) -> Vector:
    """The mean of the points' gradients."""
    return vector_mean([linear_gradient(x, y, theta) for x, y in points])


def descend_on(points: Sequence[tuple[float, float]], theta: Vector, learning_rate: float, epochs: int) -> Vector:
    """Where descent on these points stands after so many epochs."""
    for _ in range(epochs):
        theta = gradient_step(theta, mean_gradient(points, theta), -learning_rate)
    return theta


def point_by_point(points: Sequence[tuple[float, float]], theta: Vector, learning_rate: float, epochs: int) -> Vector:
    """The slip: a step after every point."""
    for _ in range(epochs):
        for x, y in points:
            theta = gradient_step(theta, linear_gradient(x, y, theta), -learning_rate)
    return theta


QUESTIONS = {
    "rate-for-a-thousand-epochs": Choice(
        replies={
            "small": "a small rate is safe, and slow: along the floor it has hardly moved in 1000 epochs. "
            "Which rates walk faster there?",
            "half": "a good rate: the steep side is gone in a step or two. What is left after that is the floor. Does "
            "it want shorter steps or longer ones?",
            "near": "The floor wants long steps, and a few percent below the limit the steep side still comes to rest.",
            "edge": "the floor would like it. But there the steep side's factor is nearly -1: does the swing come to "
            "rest within a thousand epochs?",
            "beyond": "beyond the limit each step overshoots by more than the last. What becomes of the loss then?",
        },
        correct="near",
    ),
    "epochs-to-nineteen": Number(
        expected=TO_NINETEEN,
        praise="The loop counts its rows from 0, so there is one epoch more than the row's number says.",
        advice="Go through the rows and stop at the first whose theta[0] is above 19.",
        slips=[
            Slip(
                TO_NINETEEN - 1,
                "that is the row's number, and rows are counted from 0. How many epochs are over when it is printed?",
            ),
            Slip(
                200,
                "at 200 the slope is above 19, but the table shows three rows only. When does that begin?",
            ),
            Slip(
                100,
                "after 100 epochs the slope is still below 19. Take all the rows, not the three of the table.",
            ),
            Slip(SLOPES[TO_NINETEEN], "that is the slope; the epoch is wanted."),
        ],
        tolerance=1e-3,
    ),
    "start-on-the-floor": Number(
        expected=SLOPE_FROM_THE_FLOOR,
        praise="From a start on the floor there is no fast stretch at all.",
        advice="Run scratch.descend from [100, -300] for 200 epochs and look at theta in the last row.",
        tolerance=1e-3,
        slips=[
            Slip(
                INTERCEPT_FROM_THE_FLOOR,
                "that is the intercept. In the lists of this chapter the slope comes first.",
            ),
            Slip(
                path(FOUR, [-300, 100], 200)[-1][0],
                "the start is the wrong way round: scratch.descend takes the slope first, then the intercept.",
            ),
            Slip(SLOPES[200], "that is the slope from the old start. Hand over the new one."),
        ],
    ),
    "three-points-instead": Number(
        expected=INTERCEPT_OF_THREE,
        praise="From this start the three points bring it nearer to 5 than the four do.",
        advice="Hand the three pairs to scratch.descend, with [0, 0] and 1000 epochs, and take the last row.",
        tolerance=5e-4,
        slips=[
            Slip(path(FOUR, [0, 0], 1000)[-1][1], "that is where the four points take it. Hand over the three pairs."),
            Slip(SLOPE_OF_THREE, "that is the slope: the intercept is the second entry of theta."),
            Slip(
                path(THREE, START, 1000)[-1][1],
                "these are the three points, but from the random start. Begin at [0, 0].",
            ),
        ],
    ),
    "the-whole-loop": Function(
        solution=descend_on,
        cases=[
            ([(2, 45)], [0.0, 0.0], 0.01, 1),
            ([(2, 45), (4, 85)], [1.0, -1.0], 0.01, 2),
            (FOUR, [0.5, -0.5], 0.001, 5),
        ],
        praise="These few lines are the whole algorithm.",
        advice="An epoch is two lines: the mean of the points' gradients at theta, then a step with -learning_rate.",
        slips=[
            Slip(
                lambda points, theta, learning_rate, epochs: descend_on(points, theta, -learning_rate, epochs),
                "it climbs. The gradient points uphill: which sign does the step need?",
            ),
            Slip(
                lambda points, theta, learning_rate, epochs: descend_on(
                    points, theta, learning_rate * len(points), epochs
                ),
                "the steps are as many times too long as there are points: a sum of gradients where a mean is wanted.",
            ),
            Slip(
                lambda points, theta, learning_rate, epochs: gradient_step(
                    theta, mean_gradient(points, theta), -learning_rate * epochs
                ),
                "every epoch goes against the gradient of the start. It changes with theta: take it inside the loop.",
            ),
            Slip(
                point_by_point,
                "this steps after every point. Here an epoch takes all the gradients first, and then makes one step.",
            ),
            Slip(
                lambda points, theta, learning_rate, epochs: descend_on(FOUR, theta, learning_rate, epochs),
                "this always runs on the chapter's four points: take `points`.",
            ),
            Slip(
                lambda points, theta, learning_rate, epochs: descend_on(points, theta, RATE, epochs),
                "this always takes the chapter's rate: take `learning_rate`.",
            ),
            Slip(
                lambda points, theta, learning_rate, epochs: theta,
                "this returns the start. `gradient_step` makes a new list: give it the name theta.",
            ),
            Slip(
                lambda points, theta, learning_rate, epochs: descend_on(points, theta, learning_rate, 1),
                "this returns after its first epoch: is the `return` inside the loop?",
            ),
        ],
    ),
}
