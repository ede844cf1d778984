"""One move of a slider: an existing figure moved, against a new one for every move."""

from io import BytesIO

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from side_by_side import machine, medians, print_table

from gdlib import plots
from gdlib.datasets import four_inputs
from gdlib.descent import descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.widgets.figure import DescentFigure

X, Y = np.transpose(four_inputs()).astype(float)
START = [0.0, 0.0]
LOSS = MeanSquaredError.from_data(design_matrix(X), Y)
EPOCHS = 1000
BOUND = 0.45  # of a new figure; a slow machine may miss it, so it is printed and not demanded
MOVED, REBUILT, PLAIN = "DescentFigure.draw on the same figure", "new DescentFigure, then draw", "new matplotlib figure"

EXISTING = DescentFigure(X, Y, START, EPOCHS)


def moved(learning_rate: float) -> bytes:
    return EXISTING.draw(learning_rate, EPOCHS)


def rebuilt(learning_rate: float) -> bytes:
    return DescentFigure(X, Y, START, EPOCHS).draw(learning_rate, EPOCHS)


def plain(learning_rate: float) -> bytes:
    """What a notebook does without DescentFigure: the same three panels, drawn and saved afresh."""
    run = descend(LOSS, START, learning_rate, EPOCHS)
    figure = Figure(figsize=(7.5, 6.4), dpi=100, layout="constrained")
    panels = figure.subplot_mosaic([["data", "surface"], ["losses", "losses"]])
    figure.suptitle(run.message, fontsize=10)
    plots.data_and_line(panels["data"], X, Y, run.theta)
    plots.contours(panels["surface"], LOSS, run.trajectory)
    plots.loss_over_epochs(panels["losses"], run.losses)
    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


if __name__ == "__main__":
    ways = {MOVED: moved, REBUILT: rebuilt, PLAIN: plain}
    rates = np.geomspace(1e-4, 0.06, 31)  # another one each time, as a slider gives them
    seconds = medians(ways, rates)
    title = f"one slider move, {EPOCHS} epochs; median of {len(rates)} interleaved runs, ratio to a new figure"
    print_table(title, seconds, against=PLAIN)
    print(f"  moved / rebuilt {seconds[MOVED] / seconds[REBUILT]:.3f}")
    print(f"  moved / plain   {seconds[MOVED] / seconds[PLAIN]:.3f}   (to compare with: {BOUND})")
    print(f"{machine()}, matplotlib {matplotlib.__version__}")
