"""The questions of "Three points and a line"."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean

from gdlib.checks._questions import Choice, Function, Number, Slip

X, Y, MOVED = [2.0, 4.0, 5.0], [45.0, 85.0, 105.0], [45.0, 85.0, 120.0]
STILL_MOVED = "y still has its last point at 120. Run `x, y = three_points()` again."


def errors(slope: float, intercept: float, heights: Sequence[float] = Y) -> list[float]:
    """What the line misses at each of the three points."""
    return [slope * x + intercept - y for x, y in zip(X, heights, strict=True)]


def squares(errors: Sequence[float]) -> list[float]:
    """Each of them squared."""
    return [error**2 for error in errors]


QUESTIONS = {
    "moved-point": Number(
        expected=fmean(squares(errors(20, 5, MOVED))),
        praise="One miss of 15, squared and shared by three points.",
        advice="Write down the three errors first: two of them are 0.",
        slips=[
            Slip(225.0, "that is the sum of the squares. The loss is their mean: divide by the number of points."),
            Slip(5.0, "that is the mean of the sizes of the errors. Square each of them before you take the mean."),
            Slip(-5.0, "that is the mean of the errors as they are. Square each of them before you take the mean."),
            Slip(15.0, "that is the error at the moved point. Square it, and take the mean over all three."),
            Slip(
                fmean(squares(errors(25, -10, MOVED))),
                "that is the line with slope 25: the chapter's loop left its last line in `slope` and `intercept`. "
                "Take 20 and 5.",
            ),
            Slip(
                0.0,
                "0 was the loss before the move, and is what `mean_squared_error` still says, since it takes its "
                "heights from `y`. What does the line miss at 120?",
            ),
        ],
    ),
    "losses-along-the-intercept": Choice(
        replies={
            "line": "a straight line would fall for ever, or rise for ever. What happens on both sides of intercept 5?",
            "v": "a V is what the distance from 5 itself makes. What does squaring do to it?",
            "parabola": "Every error is intercept - 5, so the loss is the square of that distance.",
        },
        correct="parabola",
    ),
    "the-other-end": Choice(
        replies={
            "up": "if both ends went up, the line would leave all the points that stay. What would they make of that?",
            "down": "The points that stay hold the line, so it turns: where its right end rises, its left end falls.",
            "stays": "a line that turned about x = 0 would rise at every point, and only the last of them has moved. "
            "Where would the others let it turn?",
        },
        correct="down",
    ),
    "mean-absolute-error": Function(
        solution=lambda slope, intercept: fmean(map(abs, errors(slope, intercept))),
        cases=[(10, 40), (15, 20), (20, 5), (25, -10)],
        praise="Slope 20 and intercept 5 win by this measure too: it also is 0 only where nothing is missed.",
        advice="The errors are slope * x + intercept - y: take the size of each with abs, and then the mean.",
        slips=[
            Slip(
                lambda slope, intercept: fmean(squares(errors(slope, intercept))),
                "this is still the mean squared error: the square has to go.",
            ),
            Slip(
                lambda slope, intercept: fmean(errors(slope, intercept)),
                "the errors cancel one another here. Take the size of each before the mean.",
            ),
            Slip(
                lambda slope, intercept: abs(fmean(errors(slope, intercept))),
                "first the mean and then its size lets errors cancel. The size of each comes first.",
            ),
            Slip(
                lambda slope, intercept: sqrt(fmean(squares(errors(slope, intercept)))),
                "this is the root of the mean of the squares, which weighs large misses more. Squares are not needed.",
            ),
            Slip(lambda slope, intercept: fmean(map(abs, errors(slope, intercept, MOVED))), STILL_MOVED),
        ],
    ),
    "best-intercept": Number(
        expected=-fmean(errors(15, 0)),
        praise="The errors cancel there, so raising or lowering the line no longer helps.",
        advice="Try 15 * x + intercept against y: does the line lie above the points or below them on average?",
        slips=[
            Slip(20.0, "that is the intercept to beat. Try its neighbours on both sides: is one of them better?"),
            Slip(5.0, "that is the best intercept of slope 20. A flatter line needs to stand higher at x = 0."),
            Slip(
                25.0,
                "this line meets the middle point, but it lies too high at the first by more than it lies too low at "
                "the last.",
            ),
            Slip(
                fmean(squares(errors(15, -fmean(errors(15, 0))))),
                "that is the smallest loss. Which intercept leaves it?",
            ),
            Slip(-fmean(errors(15, 0, MOVED)), STILL_MOVED),
        ],
        tolerance=5e-4,
    ),
}
