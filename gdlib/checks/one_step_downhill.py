"""The questions of "One step downhill"."""

from collections.abc import Callable, Sequence
from itertools import permutations
from statistics import fmean

from gdlib.checks._questions import Choice, Function, Number, Slip
from gdlib.datasets import four_inputs
from gdlib.scratch import linear_gradient
from gdlib.vectors import vector_mean

INPUTS = four_inputs()


def mean_gradient(theta: Sequence[float]) -> list[float]:
    """The gradient of the loss of a line, ``(slope, intercept)``, on the four inputs."""
    return vector_mean([linear_gradient(x, y, theta) for x, y in INPUTS])


def best_single_step(start: Sequence[float]) -> float:
    """The rate at which the loss after one step, a parabola over the rate, is lowest."""
    slope, intercept = mean_gradient(start)
    moved = [slope * x + intercept for x, _ in INPUTS]  # what a rate of 1 would take from each prediction
    return (slope**2 + intercept**2) / (2 * fmean(each**2 for each in moved))


def curve_error(x: float, y: float, theta: Sequence[float]) -> float:
    """What the curve misses at a point."""
    slope, intercept, bend = theta
    return slope * x + intercept + bend * x**2 - y


def curve_gradient(x: float, y: float, theta: Sequence[float]) -> list[float]:
    """The gradient of its square."""
    return [2 * curve_error(x, y, theta) * factor for factor in (x, 1, x**2)]


def unpacked(order: Sequence[int], returned: Sequence[int] = (0, 1, 2)) -> Callable[..., list[float]]:
    """The slip: slope, intercept and bend are the entries of theta in this order, and come back in the other."""

    def gradient(x: float, y: float, theta: Sequence[float]) -> list[float]:
        entries = curve_gradient(x, y, [theta[order.index(each)] for each in range(3)])
        return [entries[each] for each in returned]

    return gradient


BEST_RATE = best_single_step([0, 0])

QUESTIONS = {
    "a-line-far-above": Number(
        expected=mean_gradient([30, 50]),
        praise="All errors are positive, so both entries are, and a step lowers both parameters.",
        advice="Each point gives [2 * error * x, 2 * error]; take the mean of the four.",
        slips=[
            Slip(
                linear_gradient(*INPUTS[0], [30, 50]), "that is the first point's gradient. Take the mean of all four."
            ),
            Slip(mean_gradient([50, 30]), "that is for slope 50 and intercept 30. The slope comes first here."),
            Slip([1, 1], "the signs are right. Now the sizes: what does `vector_mean` make of the points' gradients?"),
        ],
        tolerance=5e-4,
    ),
    "at-the-best-line": Number(
        expected=mean_gradient([20, 5]),
        praise="The ground is level there: whatever the learning rate, descent stays.",
        advice="Compute the errors of the line 20x + 5 at the four points first.",
        slips=[
            Slip(0, "the gradient has an entry for each of the two parameters: hand in a list of two."),
            Slip([20, 5], "that is where you stand. The gradient says how steep it is there."),
            Slip([5, 20], "those are the parameters. The gradient says how steep it is where they are."),
            Slip(mean_gradient([5, 20]), "that is for slope 5 and intercept 20. The slope comes first here."),
        ],
        tolerance=1e-3,
    ),
    "the-best-single-step": Number(
        expected=BEST_RATE,
        praise="Half-way to the rate at which the step begins to do harm: the loss after one step is a parabola.",
        advice="Look for the lowest point of the curve; the hint says how its two ends help to find it.",
        slips=[
            Slip(
                2 * BEST_RATE,
                "there the step lands across the valley, as high as it began. The lowest point comes before.",
            ),
            Slip(0.001, "that is the article's rate. It is a cautious one: does a longer step not help more?"),
            Slip(0.01, "that helps, and the curve falls on after it. Where does it turn?"),
            Slip(0.1, "with that one the chapter's step did harm. The picture shows where it should have stopped."),
        ],
        tolerance=0.06,
    ),
    "without-the-2": Choice(
        replies={
            "uphill": "that takes the other sign. What does a half do to a sign?",
            "elsewhere": "for that the two entries would have to change by different factors. Do they?",
            "shorter": "Both entries are halved: the direction is the same, and twice the rate makes up for it.",
        },
        correct="shorter",
    ),
    "the-gradient-of-a-curve": Function(
        solution=curve_gradient,
        cases=[(2, 45, [1, 2, 3]), (3, 65, [0, 0, 0]), (-1.5, 4, [2, -1, 0.5])],
        praise="What multiplies a parameter in the prediction stands beside 2e in the gradient.",
        advice="First the error, with all three parameters in it; then 2 * error times what each is multiplied by.",
        slips=[
            Slip(
                lambda x, y, theta: [2 * (theta[0] * x + theta[1] - y) * factor for factor in (x, 1, x**2)],
                "the entries have the right form, but the error lacks the bend: the prediction has changed too.",
            ),
            Slip(
                lambda x, y, theta: [2 * curve_error(x, y, theta) * factor for factor in (x, 1, 2 * x)],
                "the third entry has the derivative of x² by x. It is the bend that is nudged, and x stays.",
            ),
            Slip(
                lambda x, y, theta: [2 * curve_error(x, y, theta) * factor for factor in (x, 1, x)],
                "the third entry is that of the slope. By how much does nudging the bend move the prediction?",
            ),
            Slip(
                lambda x, y, theta: [2 * curve_error(x, y, theta) * factor for factor in (1, x, x**2)],
                "the first two entries have changed places: the slope comes first, then the intercept.",
            ),
            Slip(
                lambda x, y, theta: [2 * curve_error(x, y, theta) * factor for factor in (x, 1, theta[2])],
                "the third entry needs what the bend is multiplied by, x².",
            ),
            *(
                Slip(each, "theta is taken apart in another order here: it comes as (slope, intercept, bend).")
                for order in list(permutations(range(3)))[1:]
                for each in (unpacked(order), unpacked(order, returned=order))
            ),
        ],
    ),
}
