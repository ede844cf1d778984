"""What readers type into the exercises that need no NumPy, the right answer first, and what is said to each."""

THREE = "three-points-and-a-line"
STEP = "one-step-downhill"
LOOP = "the-loop"
SCRATCH = "from-scratch"
FAST = "how-fast"
MEMORY = "more-data-than-memory"

POINTS = "points = [(2, 45), (4, 85), (5, 105)]\n"
OF_THREE = (
    POINTS + "def measure(slope, intercept):\n    errors = [slope * x + intercept - y for x, y in points]\n    return "
)

LOSS = """
first = vector_mean([linear_gradient(x, y, [0, 0]) for x, y in inputs])
def loss_after(rate):
    slope, intercept = gradient_step([0, 0], first, -rate)
    return sum((slope * x + intercept - y)**2 for x, y in inputs) / 4
best = min((k / 10_000 for k in range(1001)), key=loss_after)
"""

CURVE = """
def curve_gradient(x, y, theta):
    slope, intercept, bend = theta
    error = slope * x + intercept + bend * x**2 - y
    return [2 * error * x, 2 * error, 2 * error * x**2]
"""

DESCENT = """
def descend_on(points, theta, learning_rate, epochs):
    for _ in range(epochs):
        gradient = vector_mean([linear_gradient(x, y, theta) for x, y in points])
        theta = gradient_step(theta, gradient, -learning_rate)
    return theta
"""

LAST = "*_, (_, _, theta) = scratch.descend({}, {}, 0.001, epochs={})\n"

LIFTED = """
from gdlib.datasets import four_inputs
inputs = four_inputs()
inputs[{}] = {}
*_, (_, _, (slope, intercept)) = scratch.descend(inputs, [0, 0], 0.05, epochs={})
"""


def handed(label, answer, before=""):
    """The lines of an answer, and the call that hands it in."""
    return f'{before.lstrip()}check("{label}", {answer})'


def choices(label, *words):
    """One of some words each."""
    return [(handed(label, repr(word)), said) for word, said in words]


NONE_OF_THEM = "Choose one of"

# By the chapter and the label.
ANSWERS = {
    (THREE, "moved-point"): [
        (handed("moved-point", "(0 + 0 + 15**2) / 3"), "Right. One miss of 15"),
        (handed("moved-point", "15**2"), "Not yet: that is the sum of the squares."),
        (handed("moved-point", "(0 + 0 + 15) / 3"), "Not yet: that is the mean of the sizes of the errors."),
        (handed("moved-point", "15"), "Not yet: that is the error at the moved point."),
    ],
    (THREE, "losses-along-the-intercept"): choices(
        "losses-along-the-intercept",
        ("parabola", "Right. Every error is intercept - 5"),
        ("line", "Not quite: a straight line would fall for ever"),
        ("v", "Not quite: a V is what the distance from 5 itself makes."),
        ("circle", NONE_OF_THEM),
    ),
    (THREE, "the-other-end"): choices(
        "the-other-end",
        ("down", "Right. The points that stay hold the line"),
        ("up", "Not quite: if both ends went up"),
        ("stays", "Not quite: a line that turned about x = 0"),
        ("both", NONE_OF_THEM),
    ),
    (THREE, "mean-absolute-error"): [
        (
            handed("mean-absolute-error", "measure", OF_THREE + "sum(map(abs, errors)) / len(errors)\n"),
            "Right. Slope 20 and intercept 5 win",
        ),
        (
            handed("mean-absolute-error", "measure", OF_THREE + "sum(e**2 for e in errors) / len(errors)\n"),
            "Not yet: this is still the mean squared error",
        ),
        (
            handed("mean-absolute-error", "measure", OF_THREE + "sum(errors) / len(errors)\n"),
            "Not yet: the errors cancel one another here.",
        ),
        (
            handed("mean-absolute-error", "measure", OF_THREE + "abs(sum(errors) / len(errors))\n"),
            "Not yet: first the mean and then its size",
        ),
    ],
    (THREE, "best-intercept"): [
        (
            handed("best-intercept", "sum(y - 15 * x for x, y in points) / 3", POINTS),
            "Right. The errors cancel there",
        ),
        (handed("best-intercept", "20"), "Not yet: that is the intercept to beat."),
        (handed("best-intercept", "5"), "Not yet: that is the best intercept of slope 20."),
        (handed("best-intercept", "25"), "Not yet: this line meets the middle point"),
    ],
    (STEP, "a-line-far-above"): [
        (
            handed("a-line-far-above", "vector_mean([linear_gradient(x, y, [30, 50]) for x, y in inputs])"),
            "Right. All errors are positive",
        ),
        (
            handed("a-line-far-above", "linear_gradient(*inputs[0], [30, 50])"),
            "Not yet: that is the first point's gradient.",
        ),
        (
            handed("a-line-far-above", "vector_mean([linear_gradient(x, y, [50, 30]) for x, y in inputs])"),
            "Not yet: that is for slope 50 and intercept 30.",
        ),
        (handed("a-line-far-above", "[1, 1]"), "Not yet: the signs are right."),
    ],
    (STEP, "at-the-best-line"): [
        (
            handed("at-the-best-line", "vector_mean([linear_gradient(x, y, [20, 5]) for x, y in inputs])"),
            "Right. The ground is level there",
        ),
        (handed("at-the-best-line", "0"), "Not yet: the gradient has an entry for each of the two parameters"),
        (handed("at-the-best-line", "[20, 5]"), "Not yet: that is where you stand."),
        (
            handed("at-the-best-line", "vector_mean([linear_gradient(x, y, [5, 20]) for x, y in inputs])"),
            "Not yet: that is for slope 5 and intercept 20.",
        ),
    ],
    (STEP, "the-best-single-step"): [
        (handed("the-best-single-step", "best", LOSS), "Right. Half-way to the rate"),
        (handed("the-best-single-step", "2 * best", LOSS), "Not yet: there the step lands across the valley"),
        (handed("the-best-single-step", "0.001"), "Not yet: that is the article's rate."),
        (handed("the-best-single-step", "0.1"), "Not yet: with that one the chapter's step did harm."),
    ],
    (STEP, "without-the-2"): choices(
        "without-the-2",
        ("shorter", "Right. Both entries are halved"),
        ("uphill", "Not quite: that takes the other sign"),
        ("elsewhere", "Not quite: for that"),
        ("sideways", NONE_OF_THEM),
    ),
    (STEP, "the-gradient-of-a-curve"): [
        (handed("the-gradient-of-a-curve", "curve_gradient", CURVE), "Right. What multiplies a parameter"),
        (
            handed("the-gradient-of-a-curve", "curve_gradient", CURVE.replace(" + bend * x**2 - y", " - y")),
            "Not yet: the entries have the right form, but the error lacks the bend",
        ),
        (
            handed("the-gradient-of-a-curve", "curve_gradient", CURVE.replace("error * x**2]", "error * 2 * x]")),
            "Not yet: the third entry has the derivative",
        ),
        (
            handed("the-gradient-of-a-curve", "curve_gradient", CURVE.replace("x, 2 * error,", "1, 2 * error * x,")),
            "Not yet: the first two entries have changed places",
        ),
        (
            handed("the-gradient-of-a-curve", "curve_gradient", CURVE.replace("error = ", "while True: error = ")),
            "had not come back after 3 seconds and was stopped",
        ),
    ],
    (LOOP, "rate-for-a-thousand-epochs"): choices(
        "rate-for-a-thousand-epochs",
        ("near", "Right. The floor wants long steps"),
        ("small", "Not quite: a small rate is safe"),
        ("half", "Not quite: a good rate"),
        ("edge", "Not quite: the floor would like it."),
    ),
    (LOOP, "epochs-to-nineteen"): [
        (
            handed("epochs-to-nineteen", "[t[0] > 19 for _, _, t in rows].index(True) + 1"),
            "Right. The loop counts its rows from 0",
        ),
        (
            handed("epochs-to-nineteen", "[t[0] > 19 for _, _, t in rows].index(True)"),
            "Not yet: that is the row's number",
        ),
        (handed("epochs-to-nineteen", "200"), "Not yet: at 200 the slope is above 19"),
        (handed("epochs-to-nineteen", "100"), "Not yet: after 100 epochs"),
    ],
    (LOOP, "start-on-the-floor"): [
        (
            handed("start-on-the-floor", "theta[0]", LAST.format("inputs", "[100, -300]", 200)),
            "Right. From a start on the floor",
        ),
        (
            handed("start-on-the-floor", "theta[1]", LAST.format("inputs", "[100, -300]", 200)),
            "Not yet: that is the intercept.",
        ),
        (
            handed("start-on-the-floor", "theta[0]", LAST.format("inputs", "[-300, 100]", 200)),
            "Not yet: the start is the wrong way round",
        ),
        (handed("start-on-the-floor", "rows[199][2][0]"), "Not yet: that is the slope from the old start."),
    ],
    (LOOP, "three-points-instead"): [
        (
            handed("three-points-instead", "theta[1]", POINTS + LAST.format("points", "[0, 0]", 1000)),
            "Right. From this start the three points",
        ),
        (
            handed("three-points-instead", "theta[1]", LAST.format("inputs", "[0, 0]", 1000)),
            "Not yet: that is where the four points take it.",
        ),
        (
            handed("three-points-instead", "theta[0]", POINTS + LAST.format("points", "[0, 0]", 1000)),
            "Not yet: that is the slope",
        ),
        (
            handed("three-points-instead", "theta[1]", POINTS + LAST.format("points", "start", 1000)),
            "Not yet: these are the three points, but from the random start.",
        ),
    ],
    (LOOP, "the-whole-loop"): [
        (handed("the-whole-loop", "descend_on", DESCENT), "Right. These few lines are the whole algorithm."),
        (
            handed("the-whole-loop", "descend_on", DESCENT.replace("-learning_rate", "learning_rate")),
            "Not yet: it climbs.",
        ),
        (
            handed("the-whole-loop", "descend_on", DESCENT.replace("    return", "        return")),
            "Not yet: this returns after its first epoch",
        ),
        (
            handed("the-whole-loop", "descend_on", DESCENT.replace("in points]", "in inputs]")),
            "Not yet: this always runs on the chapter's four points",
        ),
        (
            handed(
                "the-whole-loop",
                "descend_on",
                "def descend_on(points, theta, learning_rate, epochs):\n"
                "    while True:\n        try:\n            pass\n        except BaseException:\n            pass\n",
            ),
            "had not come back after 3 seconds and was stopped",
        ),
    ],
    (SCRATCH, "a-circle-of-calls"): choices(
        "a-circle-of-calls",
        ("refuses", "Right. In a circle nobody stands on the left"),
        ("draws", "Not quite: every arrow of the picture"),
        ("skips", "Not quite: a picture of calls that leaves one out"),
        ("waits", NONE_OF_THEM),
    ),
    (SCRATCH, "loss-with-a-lifted-point"): choices(
        "loss-with-a-lifted-point",
        ("level", "Right. The best line misses these points a little"),
        ("fall", "Not quite: a loss of 0 is a line through all four points."),
        ("rise", "Not quite: at a rate that converges"),
        ("swing", NONE_OF_THEM),
    ),
    (SCRATCH, "line-with-a-lifted-point"): [
        (
            handed("line-with-a-lifted-point", "[intercept, slope]", LIFTED.format(2, "(4, 91)", 5000)),
            "Right. Descent and least squares agree",
        ),
        (
            handed("line-with-a-lifted-point", "[slope, intercept]", LIFTED.format(2, "(4, 91)", 5000)),
            "Not yet: the order is reversed",
        ),
        (
            handed("line-with-a-lifted-point", "[intercept, slope]", LIFTED.format(3, "(5, 91)", 5000)),
            "Not yet: the last point was moved here.",
        ),
        (
            handed("line-with-a-lifted-point", "[intercept, slope]", LIFTED.format(2, "(4, 85)", 5000)),
            "Not yet: that is the line of the points as they were.",
        ),
    ],
    (FAST, "floor-of-an-epoch"): [
        (handed("floor-of-an-epoch", "100_000_000 * 100 * 8 / 10e9"), "Right. Whatever the loop does with them"),
        (handed("floor-of-an-epoch", "100_000_000 * 100 / 10e9"), "Not yet: these are numbers, not bytes"),
        (handed("floor-of-an-epoch", "100_000_000 * 10 * 8 / 10e9"), "Not yet: a hundred columns, not ten."),
        (handed("floor-of-an-epoch", "100 * 8"), "Not yet: that is the time of a hundred epochs."),
    ],
    (FAST, "slope-of-the-table"): choices(
        "slope-of-the-table",
        ("2", "Right. A row adds d times d products"),
        ("1", "Not quite: so it is in the beginning"),
        ("3", "Not quite: to solve with the table takes"),
        ("4", NONE_OF_THEM),
    ),
    (FAST, "loop-over-table"): [
        (
            handed("loop-over-table", "cost", "def cost(d, epochs): return 2 * d * epochs / d**2\n"),
            "Right. Below 1 the table costs more",
        ),
        (
            handed("loop-over-table", "cost", "def cost(d, epochs): return d * epochs / d**2\n"),
            "Not yet: an epoch goes over the row twice",
        ),
        (
            handed("loop-over-table", "cost", "def cost(d, epochs): return d**2 / (2 * d * epochs)\n"),
            "Not yet: upside down",
        ),
        (
            handed("loop-over-table", "cost", "def cost(d, epochs): return 2 * d * epochs\n"),
            "Not yet: that is the loop's count.",
        ),
    ],
    (FAST, "one-point-more"): choices(
        "one-point-more",
        ("the loop", "Right. It goes over all points in every epoch"),
        ("the closed form", "Not quite: it reads the points once."),
        ("both alike", "Not quite: each looks at the points"),
        ("nobody", NONE_OF_THEM),
    ),
    (MEMORY, "size-of-a-block"): choices(
        "size-of-a-block",
        ("memory", "Right. A pass holds one block"),
        ("theta", "Not quite: the sums are over the same rows"),
        ("both", "Not quite: one of them does."),
        ("neither", "Not quite: what does the loop keep of a block"),
    ),
    (MEMORY, "copies-of-the-points"): choices(
        "copies-of-the-points",
        ("as many", "Right. Loss and gradient are means"),
        ("more", "Not quite: more work an epoch, yes."),
        ("fewer", "Not quite: that would be so if the loss were a sum"),
        ("none", NONE_OF_THEM),
    ),
    (MEMORY, "bytes-of-an-epoch"): [
        (
            handed("bytes-of-an-epoch", "next(e for e in range(1, 2000) if 2 * 1000 * e > 1000**2 + 1000 + 2)"),
            "Right. For many columns that is about half their number",
        ),
        (handed("bytes-of-an-epoch", "500"), "Not yet: very near"),
        (handed("bytes-of-an-epoch", "1001"), "Not yet: in an epoch theta goes to the machine"),
        (handed("bytes-of-an-epoch", "251"), "Not yet: do not halve twice"),
    ],
    (MEMORY, "a-nan-in-the-file"): choices(
        "a-nan-in-the-file",
        ("nan", "Right. nan plus anything is nan"),
        ("error", "Not quite: it would be a friend that said so."),
        ("nearly right", "Not quite: one row in 400,000 has little weight"),
        ("zero", NONE_OF_THEM),
    ),
}
