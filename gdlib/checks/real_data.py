"""The questions of "Real data"."""

import numpy as np

from gdlib.checks._questions import Choice, Function, Number, Slip
from gdlib.datasets import penguins
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.spectrum import max_learning_rate

BIRDS = penguins()
TABLE = np.column_stack([BIRDS[name] for name in ("flipper_length_mm", "bill_length_mm", "bill_depth_mm")])
KNOWN = np.isfinite(TABLE).all(axis=1) & np.isfinite(BIRDS["body_mass_g"])
UNKNOWN_SEX = int((BIRDS["sex"][KNOWN] == "").sum())
TRAINING = np.random.default_rng(0).permutation(KNOWN.sum())[KNOWN.sum() // 5 :]


def over_the_limit(columns: np.ndarray) -> float:
    """scikit-learn's first rate in units of the limit on the birds in training."""
    mass = BIRDS["body_mass_g"][KNOWN][TRAINING]
    return 0.01 / max_learning_rate(MeanSquaredError.from_data(design_matrix(columns), mass))


SEEN = TABLE[KNOWN][TRAINING]
OVER, STANDARDISED = over_the_limit(SEEN), over_the_limit((SEEN - SEEN.mean(axis=0)) / SEEN.std(axis=0))

QUESTIONS = {
    "sex-unknown": Number(
        expected=UNKNOWN_SEX,
        praise="A new column may cost rows: its own missing values have to be looked at, too.",
        advice='Count the empty words, "", in data["sex"][known].',
        slips=[
            Slip((BIRDS["sex"] == "").sum(), "that is in the whole table. Some of these rows are left out already."),
            Slip((BIRDS["sex"][KNOWN] != "").sum(), "that is how many rows remain. How many have no sex?"),
            Slip(0, "none of them is nan, for this is a column of words. How is a missing word written?"),
        ],
        tolerance=1e-3,
    ),
    "one-penguin-far-down": Choice(
        replies={
            "hardly": "The masses move the minimum a little, and the shape of the valley not at all.",
            "more": "the penguin is odd now, and the loss is larger. But do the curvatures ask for the masses?",
            "fewer": "the minimum moves, and by how much, compared with its distance from [0, 0]?",
        },
        correct="hardly",
    ),
    "ten-idle-columns": Choice(
        replies={
            "training": "It learns the noise of the birds that it sees, and pays for that on the others.",
            "held out": "what could random numbers say about a bird that the fit has not seen?",
            "both": "one of them falls for certain. Can random numbers help with birds that the fit has not seen?",
            "neither": "the fit may give a column any weight. Would it choose one that makes its own error larger?",
        },
        correct="training",
    ),
    "unseen-rows": Function(
        solution=lambda column, rows: (column - column[rows].mean()) / column[rows].std(),
        cases=[
            (np.array([180.0, 190.0, 200.0, 230.0]), np.array([0, 1, 2])),
            (np.array([39.1, 46.0, 50.2, 36.7, 41.0]), np.array([4, 0, 3])),
        ],
        praise="The held-out rows are measured with a ruler that they had no part in making.",
        advice="Two numbers come from column[rows]; the whole column is transformed by them.",
        slips=[
            Slip(
                lambda column, rows: (column - column.mean()) / column.std(),
                "all rows have a say in the mean and the deviation here. Only the given rows may.",
            ),
            Slip(
                lambda column, rows: (column - column[rows].mean()) / column.std(),
                "the mean is right; the deviation still looks at all rows.",
            ),
            Slip(
                lambda column, rows: column - column[rows].mean(),
                "the mean is right. Its unit is still that of the column: divide by the deviation.",
            ),
            Slip(
                lambda column, rows: column - column[rows].mean() / column[rows].std(),
                "this divides the mean alone: a quotient comes before a difference. Put the difference in brackets.",
            ),
            Slip(
                lambda column, rows: (column - column[rows].mean()) / column[rows].var(),
                "this divides by the variance, the square of the deviation: take its root, `std()`.",
            ),
            Slip(
                lambda column, rows: (column - column[rows].mean()) / column[rows].std(ddof=1),
                "this deviation divides by one less than the number of rows. `gdlib` divides by their number.",
            ),
        ],
    ),
    "sgd-on-raw-columns": Number(
        expected=OVER,
        praise="No number of epochs cures a rate like that; a standardised table does.",
        advice="Divide 0.01 by max_learning_rate of the loss on the three raw columns of the birds in training.",
        slips=[
            Slip(1 / OVER, "the quotient is upside down: the rate is the larger of the two."),
            Slip(over_the_limit(SEEN[:, 0]), "that is for the flippers alone. Take the loss on all three columns."),
            Slip(OVER / 2, "so it is for a gradient without our factor of 2, as scikit-learn's. Take ours."),
            Slip(
                STANDARDISED, "that is for standardised columns, and there the rate is a fine one. Take the raw ones."
            ),
        ],
        tolerance=2e-3,
    ),
}
