"""The questions of "More data than memory"."""

import math

from gdlib.checks._questions import Choice, Number, Slip

TRUTH, NOISE = [20.0, -3.0, 0.5], 1.0  # the slopes of the chapter's data, on columns of variance 1; the mean of y is 5
VARIANCE = sum(slope**2 for slope in TRUTH) + NOISE**2

QUESTIONS = {
    "deviation-in-one-pass": Number(
        expected=math.sqrt(VARIANCE),
        praise="Three sums, one pass: how many, their sum, the sum of their squares.",
        advice="The variance is the mean of the squares less the square of the mean; the deviation is its root.",
        slips=[
            Slip(VARIANCE, "this is the variance. The deviation, in the units of y, is its root."),
            Slip(
                math.sqrt(VARIANCE + 25), "the root of the mean square counts the mean too: take its square off first."
            ),
            Slip(5.0, "this is the mean. What the squares add to it is what you are looking for."),
        ],
        tolerance=5e-3,
    ),
    "size-of-a-block": Choice(
        replies={
            "theta": "the sums are over the same rows, however they are cut: only last digits may round otherwise.",
            "memory": "A pass holds one block, so it holds what a block takes.",
            "both": "one of them does. Is a sum over rows another one when the rows come in other portions?",
            "neither": "what does the loop keep of a block, and what does it hold while it works on one?",
        },
        correct="memory",
    ),
    "copies-of-the-points": Choice(
        replies={
            "more": "more work an epoch, yes. But is the gradient, a mean over the points, another one?",
            "as many": "Loss and gradient are means over the points, and copies change no mean.",
            "fewer": "that would be so if the loss were a sum: its gradient would be longer, and so would every step.",
        },
        correct="as many",
    ),
    "bytes-of-an-epoch": Number(
        expected=501,
        praise="For many columns that is about half their number: d² against 2d an epoch.",
        advice="Write down what one machine sends for the table, and what goes to and from it in an epoch.",
        slips=[
            Slip(500, "very near: beside the d² numbers of the table, d + 2 more travel. Try epoch 500 in numbers."),
            Slip(500.501, "the quotient is right. Epochs are whole: which is the first beyond it?"),
            Slip(1001, "in an epoch theta goes to the machine, and the gradient comes back: that is 2d numbers."),
            Slip(1002, "in an epoch theta goes to the machine, and the gradient comes back: that is 2d numbers."),
            Slip(251, "do not halve twice: a table of d² numbers goes one way, once."),
        ],
        tolerance=1e-9,
    ),
    "a-nan-in-the-file": Choice(
        replies={
            "error": "it would be a friend that said so. The loop above only adds: look at what nan + 1 is.",
            "nan": "nan plus anything is nan, so one entry is enough to spoil every sum that it touches, in silence.",
            "nearly right": "one row in 400,000 has little weight, but nan is not little: what is nan + 1?",
        },
        correct="nan",
    ),
}
