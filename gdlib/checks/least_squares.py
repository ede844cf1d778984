"""The questions of "Least squares"."""

import numpy as np

from gdlib.checks._questions import Function, Number, Slip
from gdlib.regression import design_matrix, least_squares

X, Y = np.array([2.0, 4.0, 5.0]), np.array([45.0, 85.0, 105.0])
LIFTED = np.array([45.0, 91.0, 105.0])
LEFT_OVER = float(least_squares(design_matrix(X), LIFTED).residuals[0])
FOUR = np.array([2.0, 3.0, 4.0, 5.0])
CENTRED = least_squares(design_matrix(FOUR - FOUR.mean()), 20 * FOUR + 5).theta
CONDITION = float(np.linalg.cond(design_matrix(X - X.mean())))
FAR_OUT = float(np.log10(np.linalg.cond(design_matrix(X + 200_000))))


def fit_by_means(x: np.ndarray, y: np.ndarray) -> list[float]:
    """The best line as ``[intercept, slope]``."""
    slope = slope_from_means(x, y)
    return [y.mean() - slope * x.mean(), slope]


def slope_from_means(x: np.ndarray, y: np.ndarray) -> float:
    """The slope that fits best once both means are subtracted."""
    from_mean = x - x.mean()
    return from_mean @ (y - y.mean()) / (from_mean @ from_mean)


def fit_without_means(x: np.ndarray, y: np.ndarray) -> list[float]:
    """The same quotient of x and y as they are."""
    slope = x @ y / (x @ x)
    return [y.mean() - slope * x.mean(), slope]


QUESTIONS = {
    "a-column-twice": Number(
        expected=least_squares(np.column_stack([design_matrix(X), X]), Y).theta,
        praise="Many thetas predict the same here, and an even share is the shortest of them.",
        advice="The intercept stays, and the two slopes must add up to 20. Which pair has the smallest sum of squares?",
        slips=[
            Slip([5, 20, 0], "this predicts the same, but it is not the shortest: what is the sum of its squares?"),
            Slip([5, 0, 20], "this predicts the same, but it is not the shortest: what is the sum of its squares?"),
            Slip([5, 20, 20], "both copies are added up, so the line would have twice the slope that it needs."),
        ],
        tolerance=1e-3,
    ),
    "what-is-left-over": Number(
        expected=LEFT_OVER,
        praise="It is what `residuals` says, and no other line leaves less.",
        advice="Predict with X @ theta, subtract the lifted y, square, add up.",
        slips=[
            Slip(  # the same number: 162 / 7 over 3, and (9 + 27 + 18) / 7
                LEFT_OVER / 3,
                "that is the mean of the squares, the loss (here the sum of the sizes, too). `lstsq` adds up squares.",
            ),
            Slip(0.0, "the errors of the best line add up to 0, for they cancel. Square each of them first."),
            Slip(LEFT_OVER**0.5, "that is the root of the sum. Hand in the sum itself."),
            Slip(
                float(((20 * X + 5 - LIFTED) ** 2).sum()),
                "that is what the old line, 20x + 5, leaves. Fit the lifted points anew.",
            ),
        ],
        tolerance=6e-4,
    ),
    "without-the-mean": Number(
        expected=CENTRED,
        praise="The slope has stayed, and the intercept is now the mean of y.",
        advice="The points moved sideways by the same. Which of the two parameters notices, and what is at x = 0 now?",
        slips=[
            Slip(
                [5, 20], "that is the line before the move. It went along with the points: how high is it at x = 0 now?"
            ),
            Slip([0, 20], "that would need the mean of y subtracted as well; here only x has moved."),
            Slip(
                [CENTRED[0], 0],
                "a slope of 0 would predict the mean everywhere. The points still rise from left to right: as before?",
            ),
            Slip(
                [5 - 20 * FOUR.mean(), 20],
                "that line has moved to the right. Subtracting the mean moves the points to the left.",
            ),
        ],
        tolerance=1e-3,
    ),
    "digits-saved": Number(
        expected=np.log10(CONDITION),
        praise="From more than ten digits down to next to none.",
        advice="Build the design matrix of moved - moved.mean(), and take np.log10 of its condition number.",
        slips=[
            Slip(2 * np.log10(CONDITION), "that is what the normal equation risks. `lstsq` risks half of it."),
            Slip(CONDITION, "that is the condition number. The digits are its logarithm to base 10."),
            Slip(np.log(CONDITION), "that is the natural logarithm. For digits take the one to base 10, np.log10."),
            Slip(
                FAR_OUT,
                "those are the digits before the mean is subtracted. Subtract it, and only then form X.",
            ),
            Slip(
                FAR_OUT - np.log10(CONDITION),
                "that is how many digits are saved. How many are still at risk?",
            ),
        ],
        tolerance=6e-3,
    ),
    "fit-by-means": Function(
        solution=fit_by_means,
        cases=[(X, Y), (X, LIFTED), (X + 100, LIFTED)],
        praise="One quotient and two means; this is also why scikit-learn needs no column of ones.",
        advice="Slope: the sum of (x - mean) times (y - mean), over the sum of (x - mean) squared. Then the intercept.",
        slips=[
            Slip(
                lambda x, y: [y.mean(), slope_from_means(x, y)],
                "the slope is right. The mean of y is the line's height at the mean of x; the intercept is its height "
                "at x = 0.",
            ),
            Slip(
                lambda x, y: [0.0, slope_from_means(x, y)],
                "the slope is right. There is no intercept once the means are gone; these x and y still have theirs.",
            ),
            Slip(
                fit_without_means,
                "the line passes through the point of the means, but its slope comes from x and y as they are. "
                "Subtract both means first.",
            ),
            Slip(
                lambda x, y: [y[0] - (y[-1] - y[0]) / (x[-1] - x[0]) * x[0], (y[-1] - y[0]) / (x[-1] - x[0])],
                "this is rise over run from the first point to the last. The others have a say too.",
            ),
        ],
        tolerance=1e-8,
    ),
}
