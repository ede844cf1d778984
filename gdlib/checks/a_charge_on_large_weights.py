"""The questions of "A charge on large weights"."""

import numpy as np

from gdlib.checks._questions import Choice, Function, Number, Slip
from gdlib.datasets import penguins
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.scaling import standardize

FIVE = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5, 6]), [12, 17, 10, 20, 16])
FLATTEST, STEEPEST = FIVE.eigenbasis[0]
SHARE = 1 - (1 - 0.02 * FLATTEST) ** 100


def epochs_to_half(rate: float, curvature: float) -> int:
    """The first epoch at which no more than half of a distance is left."""
    return int(np.ceil(np.log(0.5) / np.log(1 - rate * curvature)))


def charged_gradient(X: np.ndarray, y: np.ndarray, theta: np.ndarray, alpha: float) -> np.ndarray:
    """That of the mean squared error, plus the charge's from the second entry on."""
    gradient = plain_gradient(X, y, theta)
    gradient[1:] += alpha * theta[1:]
    return gradient


def plain_gradient(X: np.ndarray, y: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """That of the mean squared error."""
    return 2 / len(y) * X.T @ (X @ theta - y)


def gradient_without_weights() -> np.ndarray:
    """What the thirty penguins of the chapter pull at thirteen weights of 0."""
    data = penguins()
    table = np.column_stack([data[f"{name}_mm"] for name in ("flipper_length", "bill_length", "bill_depth")])
    mass = data["body_mass_g"]
    known = np.isfinite(table).all(axis=1) & np.isfinite(mass)
    table, mass = table[known], mass[known]
    rng = np.random.default_rng(0)
    idle = rng.standard_normal((len(mass), 10))
    train = rng.permutation(len(mass))[:30]
    Z, _ = standardize(np.column_stack([table, idle])[train])
    level = np.r_[mass[train].mean(), np.zeros(13)]
    return MeanSquaredError.from_data(design_matrix(Z), mass[train]).gradient(level)[1:]


PULLS = np.abs(gradient_without_weights())

QUESTIONS = {
    "a-gradient-that-pays": Function(
        solution=charged_gradient,
        cases=[
            (np.array([[1.0, 2.0], [1.0, 4.0], [1.0, 5.0]]), np.array([45.0, 85.0, 105.0]), np.array([1.0, 3.0]), 0.5),
            (np.array([[1.0, 2.0, 4.0], [1.0, -1.0, 1.0]]), np.array([3.0, 5.0]), np.array([2.0, -3.0, 0.25]), 8.0),
            (np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([1.0, 3.0]), np.array([1.0, 2.0]), 2.0),
        ],
        praise="In the last of our tests the points are hit exactly, and the charge alone is what pulls.",
        advice="Take 2 / n * X.T @ (X @ theta - y), and add alpha times each weight from the second entry on.",
        slips=[
            Slip(
                lambda X, y, theta, alpha: plain_gradient(X, y, theta) + alpha * theta,
                "here the intercept pays, too. It is free: leave the first entry as it is.",
            ),
            Slip(
                lambda X, y, theta, alpha: charged_gradient(X, y, theta, 2 * alpha),
                "the charge has a half in front, and it cancels the 2 of the square.",
            ),
            Slip(
                lambda X, y, theta, alpha: charged_gradient(X, y, theta, alpha / 2),
                "the half is there, but a square's derivative has a 2, and together they make 1.",
            ),
            Slip(
                lambda X, y, theta, alpha: plain_gradient(X, y, theta) + alpha / 2 * np.r_[0, theta[1:]] ** 2,
                "this adds the charge itself. A gradient wants its derivative.",
            ),
            Slip(
                lambda X, y, theta, alpha: plain_gradient(X, y, theta) / 2 + alpha * np.r_[0, theta[1:]],
                "the charge is right. The squares have a derivative with a 2: begin with 2 / n, not with 1 / n.",
            ),
            Slip(
                lambda X, y, theta, alpha: -plain_gradient(X, y, theta) + alpha * np.r_[0, theta[1:]],
                "the charge is right. The error is predicted minus actual, X @ theta - y, not the other way round.",
            ),
            Slip(
                lambda X, y, theta, alpha: plain_gradient(X, y, theta),
                "this is the gradient without a charge. What does alpha / 2 * w**2 add to it?",
            ),
            Slip(
                lambda X, y, theta, alpha: plain_gradient(X, y, theta) + alpha * np.r_[0, np.sign(theta[1:])],
                "this charges for the sizes of the weights. A square pulls the harder, the larger the weight is.",
            ),
            Slip(
                lambda X, y, theta, alpha: charged_gradient(X, y, theta, -alpha),
                "the charge makes weights grow here: its gradient has the sign of the weight, for a step goes against "
                "it.",
            ),
        ],
    ),
    "half-of-the-flat-way": Number(
        expected=epochs_to_half(0.02, FLATTEST),
        praise="Twice as many leave a quarter: every half of what is left takes as long as the one before.",
        advice="Solve (1 - 0.02 * flattest)**k = 0.5 for k, by logarithms, and round up.",
        slips=[
            Slip(
                epochs_to_half(0.02, FLATTEST) - 1,
                "by then a little more than half is left. Round up.",
                tolerance=0.001,
            ),
            Slip(
                round(0.5 / (0.02 * FLATTEST)),
                "this would be so if all steps were as long as the first. They shrink with the distance.",
                tolerance=0.01,
            ),
            Slip(
                epochs_to_half(0.02, STEEPEST),
                "that is the steep direction, which is through at once. The flat one has the small curvature.",
            ),
            Slip(
                epochs_to_half(0.01, FLATTEST),
                "this is at half the rate. It is 0.02 in the figure.",
                tolerance=0.01,
            ),
            Slip(
                round(np.log(0.1) / np.log(1 - 0.02 * FLATTEST)),
                "then a tenth is left. When is it a half?",
                tolerance=0.01,
            ),
        ],
        tolerance=0.008,
    ),
    "the-charge-that-matches": Number(
        expected=FLATTEST * (1 - SHARE) / SHARE,
        praise="Along another direction another charge would match: the two roads are near, but not the same.",
        advice="Compute the share s that 100 epochs cover, and solve flattest / (flattest + alpha) = s for alpha.",
        slips=[
            Slip(1 / (0.02 * 100), "this is the rule of thumb. Which alpha gives *exactly* the share of the descent?"),
            Slip(
                FLATTEST * SHARE / (1 - SHARE),
                "with this alpha ridge covers what the descent has *left*. Which of the two shares do you want?",
            ),
            Slip(SHARE, "this is the share. With which alpha is flattest / (flattest + alpha) equal to it?"),
            Slip(
                STEEPEST * (1 - SHARE) / SHARE,
                "the share is that of the flat direction, so its curvature belongs with it.",
            ),
        ],
        tolerance=2e-3,
    ),
    "where-all-are-zero": Number(
        expected=PULLS.max(),
        praise="As long as the strongest pull does not beat the charge, no weight gets off the ground.",
        advice="Take the gradient at weights of 0 and the mean mass; its largest entry, in size, is the answer.",
        slips=[
            Slip(PULLS.max() / 2, "this is scikit-learn's alpha, which is half of ours."),
            Slip(PULLS.min(), "from here on the weakest of the columns has nothing to say. The strongest is to be 0."),
            Slip(PULLS.mean(), "on the average the pulls are so large. One that is larger still wins over the charge."),
            Slip(PULLS.sum(), "each weight pays for itself alone: the pulls do not add up against one charge."),
        ],
        tolerance=2e-3,
    ),
    "every-column-counts": Choice(
        replies={
            "ridge": "Where every column has its say, to drop one is a mistake, and a lasso does so.",
            "lasso": "it won where most columns were idle. Is any of them idle here?",
            "neither": "the two charges guess differently about the weights. Which guess is right for 1 and -1?",
        },
        correct="ridge",
    ),
}
