"""The questions of "The normal equation"."""

import numpy as np

from gdlib.checks._questions import Choice, Function, Number, Slip

X, Y = np.array([2.0, 4.0, 5.0]), np.array([45.0, 85.0, 105.0])
LIFTED = np.array([45.0, 91.0, 105.0])
POWERS = np.vander(X, 3, increasing=True)  # the columns 1, x and x²


def best_line(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The normal equation, solved."""
    columns = np.column_stack([np.ones(len(x)), x])
    return np.linalg.solve(columns.T @ columns, columns.T @ y)


def through_the_ends(x: np.ndarray, y: np.ndarray) -> list[float]:
    """Rise over run from the first point to the last."""
    slope = (y[-1] - y[0]) / (x[-1] - x[0])
    return [y[0] - slope * x[0], slope]


def moment(x: np.ndarray, y: np.ndarray) -> list[float]:
    """The two sums that the inverse is still to be multiplied by."""
    return [y.sum(), x @ y]


QUESTIONS = {
    "two-sums": Number(
        expected=moment(X, LIFTED),
        praise="The ones add up y, and x adds up x times y.",
        advice="The first entry is the ones times y, added up; the second is x times y, added up.",
        slips=[
            Slip(
                [LIFTED.sum(), X.sum() * LIFTED.sum()],
                "the second is a sum of products, not a product of sums: multiply at each point first, then add up.",
            ),
            Slip(
                [X.sum(), X @ X],
                "these are the sums of x and of x², from XᵀX. Here each row of Xᵀ meets y.",
            ),
            Slip([X @ LIFTED, X @ LIFTED], "the first row of Xᵀ holds ones, not x. What do ones make of y?"),
            Slip(moment(X, Y), "those are the sums of the points as they were. The middle one has been lifted to 91."),
        ],
    ),
    "two-points-only": Number(
        expected=0.0,
        praise="Two parameters are enough to pass through any two points with different x.",
        advice="Ask what the line predicts at x = 2 and at x = 4, and how far that is from 45 and 85.",
        slips=[
            Slip(
                float(((np.column_stack([np.ones(3), X]) @ best_line(X, LIFTED) - LIFTED) ** 2).mean()),
                "that is the loss of the best line for the three lifted points. Leave one of them out, and lift none.",
            ),
            Slip(
                float(((20 * X + 5 - LIFTED) ** 2).mean()),
                "`loss` belongs to the three lifted points. Measure on the two.",
            ),
            Slip(
                float((Y[:2] ** 2).mean()),
                "that is the loss of a line that predicts 0 everywhere. Fit first, and then measure what is left.",
            ),
        ],
        tolerance=1e-3,
    ),
    "a-point-in-the-middle": Choice(
        replies={
            "rises": "a steeper line would be higher on the right and lower on the left. Which side is the point on?",
            "falls": "a flatter line would be higher on the left and lower on the right. Which side is the point on?",
            "stays": "In the middle it has no lever: it lifts the line as a whole, by a fifth of its own rise.",
        },
        correct="stays",
    ),
    "the-whole-way": Function(
        solution=best_line,
        cases=[(X, Y), (X, LIFTED), (np.array([-1.0, 0.0, 2.0, 3.0]), np.array([4.0, 1.0, 1.0, -6.0]))],
        praise="A column of ones, two products and an inverse: that is all there is to it.",
        advice="Build X from len(x) ones and x, then θ = (XᵀX)⁻¹ Xᵀy. Do the ones come first, is each product an `@`, "
        "and are X, x and y the function's own?",
        slips=[
            Slip(moment, "this is Xᵀy. The inverse of XᵀX has still to be multiplied with it."),
            Slip(
                through_the_ends,
                "this line goes through the first and the last point and takes no notice of the others.",
            ),
            Slip(
                lambda x, y: [0.0, x @ y / (x @ x)],
                "this is the best of the lines through 0, and the intercept is to be found too. Are the ones there?",
            ),
        ],
        tolerance=1e-8,
    ),
    "curve-through-three": Number(
        expected=np.linalg.solve(POWERS, LIFTED),
        praise="Three parameters, three points: nothing is left over.",
        advice="Three columns, 1, x and x², and the lifted points: does the curve pass through (4, 91)?",
        slips=[
            Slip([5.0, 20.0, 0.0], "this is for the points before the middle one was lifted, and they need no bend."),
            Slip(
                [*best_line(X, LIFTED), 0.0],
                "this is the best line, without any bend. What does the third column make possible?",
            ),
            Slip(
                np.linalg.solve(POWERS[:, [1, 2, 0]], LIFTED),
                "these belong to the columns x, x² and 1. Put the ones first, as in the rest of the chapter.",
            ),
            Slip([0.0, 0.0, 0.0], "those are the residuals; hand in the parameters."),
        ],
        tolerance=1e-4,
    ),
}
