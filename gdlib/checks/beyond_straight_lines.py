"""The questions of "Beyond straight lines"."""

import numpy as np

from gdlib.checks._questions import Choice, Number, Slip
from gdlib.datasets import two_lines
from gdlib.descent import descend
from gdlib.losses import LogisticLoss, MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.scaling import standardize

RISING, FALLING = np.array([6.3, 19.6]), np.array([96.8, -8.9])  # as the chapter prints them


def epochs_of_the_standardised() -> float:
    """Of the chapter's forty students; the minimum is found by Newton's steps, which are few."""
    rng = np.random.default_rng(0)
    hours = rng.uniform(0, 10, size=40).round(1)
    passed = (rng.uniform(size=40) < 1 / (1 + np.exp(5 - hours))).astype(float)
    loss = LogisticLoss(design_matrix(standardize(hours[:, None])[0]), passed)
    minimum = np.zeros(2)
    for _ in range(12):
        minimum = minimum - np.linalg.solve(loss.hessian_at(minimum), loss.gradient(minimum))
    return descend(loss, [0, 0], 1 / loss.max_curvature, epochs=100).steps_to(minimum, 0.01)


def least_squares_of_two_lines() -> np.ndarray:
    """What a loss that forgives nothing finds."""
    x, y = two_lines()
    return MeanSquaredError.from_data(design_matrix(x), y).minimum


STANDARDISED, LEAST_SQUARES = epochs_of_the_standardised(), least_squares_of_two_lines()

QUESTIONS = {
    "one-of-eight-fails": Choice(
        replies={
            "converged": "Where the classes overlap, a slope can be too steep, so one of them is the best.",
            "minimum_at_infinity": "that is how it ends if some number of hours parts the two groups. Does one, now?",
            "diverged": "the rate is below what the largest curvature allows, and the labels have no say in that.",
            "out_of_epochs": "look at how far theta moves between epoch 100 and the last. Is it still on its way?",
        },
        correct="converged",
    ),
    "start-in-a-corner": Choice(
        replies={
            "level": "Far from all points all costs are nearly alike. A small gradient does not say that all is over.",
            "half": "the gradient has to say which way is down. How large is it where nearly every residual is large?",
            "lowest": "from the figure's own start it is quick. How large is the gradient where residuals are large?",
        },
        correct="level",
    ),
    "standardised-hours": Number(
        expected=STANDARDISED,
        praise="Hours counted from their mean leave no lever, and the valley is nearly round.",
        advice="Standardise, make a new LogisticLoss, take its max_curvature for the rate, and count with steps_to.",
        slips=[
            Slip(5891, "those are the epochs of the hours as they are. Standardise them, and count again."),
            Slip(5891 - STANDARDISED, "that is how many are saved. How many does it still take?"),
            Slip(30_000, "that is how many it ran. From which one on was it within 0.01 of the end?"),
        ],
        tolerance=1e-3,
    ),
    "nothing-is-far": Number(
        expected=LEAST_SQUARES,
        praise="What forgives nothing has one valley, and fits neither of the groups.",
        advice="Make a GemanMcClure with scale=1000, and let descend run for some thousand epochs from two starts.",
        slips=[
            Slip(
                RISING,
                "that is the rising line, which the scale of 16 finds. Is `scale` 1000 in the loss that you used?",
            ),
            Slip(FALLING, "that is the falling line, which the scale of 16 finds. Is `scale` 1000 in your loss?"),
            Slip(LEAST_SQUARES[::-1], "the intercept comes first, then the slope."),
        ],
        tolerance=2e-3,
    ),
    "where-the-border-runs": Number(
        expected=58.7155,  # halved with 20,000 epochs a time, in the chapter: too long for an import
        praise="It lies beyond the middle between the two minima, and no formula would have said so.",
        advice="Keep one start that ends at the rising line and one that does not, and halve what lies between them.",
        slips=[
            Slip(50.0, "that is the first middle. Where does the descent from there end, and which half is left?"),
            Slip(
                (RISING[0] + FALLING[0]) / 2,
                "that is the middle between the minima, and the border need not run there. Let the descent decide.",
            ),
            Slip(55.508, "near the border 2000 epochs do not get there yet, as in the map. Give each start 20,000."),
            Slip(40.0, "that start lies well on the side of the rising line."),
            Slip(60.0, "that start lies on the side of the falling line; the border is a little to its left."),
        ],
        tolerance=2e-3,
    ),
}
