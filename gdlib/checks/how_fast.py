"""The questions of "How fast"."""

from gdlib.checks._questions import Choice, Function, Number, Slip


def worth_it(d: int, epochs: int) -> float:
    """Multiplications of the loop over those of the table, a row."""
    return 2 * d * epochs / (d * d)


QUESTIONS = {
    "floor-of-an-epoch": Number(
        expected=8.0,
        praise="Whatever the loop does with them, it has to fetch them all, once an epoch.",
        advice="How many numbers has the table, how many bytes has a number, and how many bytes come in a second?",
        slips=[
            Slip(1.0, "these are numbers, not bytes: each takes 8."),
            Slip(8e10, "these are the bytes. How long do they take, at 10 GB in a second?"),
            Slip(80.0, "these are the gigabytes. How long do they take, at 10 GB in a second?"),
            Slip(16.0, "so it is where an epoch reads the table twice. This loop reads it once."),
            Slip(0.8, "a hundred columns, not ten."),
            Slip(800.0, "that is the time of a hundred epochs."),
            Slip(0.008, "the units: gigabytes are 10⁹ bytes."),
        ],
        tolerance=0.02,
    ),
    "slope-of-the-table": Choice(
        replies={
            "1": "so it is in the beginning, where reading takes the time. What does XᵀX cost for a row of d numbers?",
            "2": "A row adds d times d products to XᵀX, and from some width on these take the time.",
            "3": "to solve with the table takes d³, but once, and not for every row.",
        },
        correct="2",
    ),
    "loop-over-table": Function(
        solution=worth_it,
        cases=[(10, 100), (100, 100), (1000, 100), (1000, 5000)],
        praise="Below 1 the table costs more than it saves: with more columns than twice the epochs.",
        advice="Count products a row: d for the error, d for the gradient, in every epoch; d times d for the table.",
        slips=[
            Slip(lambda d, epochs: epochs / d, "an epoch goes over the row twice: for its error, and for its share."),
            Slip(
                lambda d, epochs: 4 * epochs / (d + 1),
                "half of the table would do, since it is symmetric. Here all its d times d entries count.",
            ),
            Slip(lambda d, epochs: d * d / (2 * d * epochs), "upside down: the loop's products over the table's."),
            Slip(lambda d, epochs: 2 * d * epochs, "that is the loop's count. Divide it by the table's, d times d."),
        ],
    ),
    "one-point-more": Choice(
        replies={
            "the loop": "It goes over all points in every epoch; the closed form has forgotten them by then.",
            "the closed form": "it reads the points once. What does the loop do with them in each of its epochs?",
            "both alike": "each looks at the points, but not equally often: how often does the loop, in 1000 epochs?",
        },
        correct="the loop",
    ),
}
