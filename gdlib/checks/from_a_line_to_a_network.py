"""The questions of "From a line to a network"."""

import math

import numpy as np

from gdlib.checks._questions import Choice, Function, Number, Slip
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix

X = np.arange(-2, 2.5, 0.5)
Y = np.array([-1.5, -1, -0.5, 0, 0.5, 1, 1.5, 0, -1.5])
OF_A_LINE = MeanSquaredError.from_data(design_matrix(X), Y)
BEST_LINE = OF_A_LINE.value(OF_A_LINE.minimum)

# With all heights, slopes and shifts at 0, the loss bends with a unit's height and slope together, by this much.
LOWEST_CURVATURE = -2 * np.mean(X * (Y - Y.mean()))
FACTOR = 1 - 0.1 * LOWEST_CURVATURE


QUESTIONS = {
    "every-start-of-the-line": Choice(
        replies={
            "one": "A line's loss is a single valley, whatever the points. The network's is not.",
            "two": "the points want two slopes, but a line has one. Where does the path end from each corner?",
            "many": "that is how it is with a network. With a line, give the descent enough epochs.",
        },
        correct="one",
    ),
    "three-ways": Number(
        expected=16.0,
        praise="What arrives by several ways is added up: here there are three.",
        advice="With w the end moves x + 1 times as fast, w with x twice x; and one way does not lead through w.",
        slips=[
            Slip(4.0, "that is a single way of three. Which others lead from x to the end?"),
            Slip(8.0, "that is not all: there are three ways from x to the end, and their slopes differ."),
            Slip(12.0, "that is the sum over both ways through w, or over two others. One of three is missing."),
            Slip(3.0, "that is how fast the end moves with w. Go on to x, and do not forget the way past w."),
            Slip(10.0, "w is x times x, and moves with both of them: twice x times as fast."),
        ],
    ),
    "a-function-of-your-own": Function(
        solution=lambda u: math.sin(u) + u * math.cos(u),
        cases=[(2.0,), (0.5,), (-1.0,), (4.0,)],
        praise="The machine needed one line about the sine. The rule for products it knew.",
        advice="sine(u) returns Value(math.sin(u.number), [(u, math.cos(u.number))]); slope_at asks gradient.",
        slips=[
            Slip(math.cos, "that is the derivative of the sine alone. The function is u times it."),
            Slip(lambda u: u * math.cos(u), "a way is missing: u stands before the sine as well as in it."),
            Slip(
                lambda u: math.sin(u) + u * math.sin(u),
                "the sine was noted as its own slope. Its derivative is the cosine.",
            ),
            Slip(lambda u: math.sin(u) - u * math.cos(u), "the derivative of the sine is the cosine, without a minus."),
            Slip(math.sin, "the way through the sine is missing: does sine(u) note that it came from u?"),
            Slip(lambda u: u * math.sin(u), "that is the function itself. How fast does it move with u?"),
        ],
    ),
    "a-layer-without-a-bend": Number(
        expected=BEST_LINE,
        praise="A sum of lines is a line: ten parameters can say no more than two.",
        advice="Write the network without its tanh, train it, and take the mean of the squared errors at the end.",
        tolerance=1e-3,
        slips=[
            Slip(0.1774, "that is the network with its tanh, after 200 epochs. Leave out the bend.", 1e-2),
            Slip(0.0131, "that is the network with its tanh, after 1000 epochs. Leave out the bend.", 1e-2),
            Slip(1.0, "that is the best level line. Units without a bend can still lean.", 1e-2),
            Slip(BEST_LINE * 9, "that is the sum over the nine points. The loss is their mean."),
        ],
    ),
    "how-long-the-saddle-holds": Number(
        expected=math.ceil(math.log(1000) / math.log(FACTOR)),
        praise="The time grows like the logarithm of how near one begins.",
        advice="How often must 1 - rate · curvature be multiplied by itself to be a thousand?",
        tolerance=1e-4,
        slips=[
            Slip(
                math.log(1000) / math.log(FACTOR),
                "the calculation is right. Epochs are whole: after which one is it a thousandth away?",
            ),
            Slip(
                math.ceil(math.log(1000) / math.log(1 - LOWEST_CURVATURE)),
                "the rate is missing: the factor of an epoch is 1 - rate · curvature.",
            ),
            Slip(
                math.ceil(math.log(1000) / -math.log(1 + 0.1 * LOWEST_CURVATURE)),
                "so long it takes to come a thousand times nearer, at a minimum. A negative curvature makes the factor "
                "larger than 1.",
            ),
            Slip(
                math.ceil(math.log(1e6) / math.log(FACTOR)),
                "that is until it is 1 away. From a millionth to a thousandth the distance grows by a thousand.",
            ),
            Slip(
                math.ceil(1000 / FACTOR),
                "a thousand is not reached by adding: each epoch multiplies. Take logarithms.",
            ),
        ],
    ),
}
