"""Rows 1 to 3 of the table, where the data are in memory, and the series of how the times grow with them (8)."""

from collections.abc import Iterator

import numpy as np
from big_files import DIMENSION
from peers import by_scikit_learn, by_torch, installed
from rows import Row, Skipped, faster, timed
from side_by_side import require_agreement
from trajectory import ARTICLE, INPUTS, LEARNING_RATE, START, by_article, by_descent, by_spectrum

from gdlib.descent import descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix

EPOCHS = 100
PLAIN = "plain NumPy loop"
READ_ONCE = "from_data and descend"
RATE = 0.1  # columns of normal numbers: every curvature is near 2
GROWING = {"n": np.logspace(3, 6, 7).astype(int).tolist(), "d": [1, 3, 10, 30, 100, 300, 1000]}
ROWS_OF_GROWING_D = 10_000  # 80 MB at the widest


def histories(epochs: int, bound: float, repeats: int) -> Row:
    """1. All epochs at once against the article's loop, from the points to the history in both."""
    ours, ways = "spectrum.trajectory", {ARTICLE: by_article, "spectrum.trajectory": by_spectrum}
    require_agreement(ours, by_spectrum(epochs), by_article(epochs))
    seconds = timed({name: lambda way=way: way(epochs) for name, way in ways.items()}, repeats)
    return faster(f"{epochs} epochs with full history, four points", seconds, ours, ARTICLE, bound, repeats)


def steps(epochs: int, bound: float, repeats: int) -> Iterator[Row | Skipped]:
    """2. The loop of gdlib against those of two libraries."""
    x, y = map(np.array, zip(*INPUTS, strict=True))
    X, ours, ways = design_matrix(x), "descent.descend", {"descent.descend": by_descent}
    if installed("torch"):
        ways["torch"] = by_torch(X, y, np.array(START[::-1]), LEARNING_RATE)
        require_agreement("torch.optim.SGD", ways["torch"](epochs)[:, ::-1], by_descent(epochs))
    if installed("scikit-learn"):
        ways["scikit-learn"] = by_scikit_learn(X, y, LEARNING_RATE)
    seconds = timed({name: lambda way=way: way(epochs) for name, way in ways.items()}, repeats)
    for peer, what, its_bound in (
        ("torch", f"{epochs} epochs, four points: torch.optim.SGD in float64", bound),
        ("scikit-learn", f"{epochs} epochs, four points: SGDRegressor.partial_fit", None),
    ):
        known = peer in ways
        yield faster(what, seconds, ours, peer, its_bound, repeats) if known else Skipped(what, peer)


def made(n: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Data of which every parameter is 1, up to noise."""
    generator = np.random.default_rng(0)
    X = generator.standard_normal((n, d))
    return X, X.sum(axis=1) + generator.standard_normal(n)


def by_plain_numpy(X: np.ndarray, y: np.ndarray, epochs: int) -> np.ndarray:
    """The loop that everybody writes."""
    theta = np.zeros(X.shape[1])
    for _ in range(epochs):
        theta -= RATE * 2 / len(X) * (X.T @ (X @ theta - y))  # without the brackets, all of X would be scaled
    return theta


def full_batch(n: int, d: int, bound: float, repeats: int) -> Row:
    """3. The data read once, and cheap epochs from there on, against reading them twice in each."""
    X, y = made(n, d)
    ways = {
        PLAIN: lambda: by_plain_numpy(X, y, EPOCHS),
        READ_ONCE: lambda: descend(MeanSquaredError.from_data(X, y), np.zeros(d), RATE, EPOCHS).theta,
    }
    require_agreement(READ_ONCE, ways[READ_ONCE](), ways[PLAIN]())
    what = f"{EPOCHS} full-batch epochs from raw arrays, {n:.0e} × {d}".replace("e+0", "e")
    return faster(what, timed(ways, repeats), READ_ONCE, PLAIN, bound, repeats)


def growth(repeats: int) -> list[dict]:
    """8. Seconds against n and against d: the data read once for XᵀX, one plain epoch, and one reading of X."""
    series = []
    for name, sizes in GROWING.items():
        found: dict[str, list[float]] = {}
        for size in sizes:
            X, y = made(size, DIMENSION) if name == "n" else made(ROWS_OF_GROWING_D, size)
            ways = {
                "from_data": lambda X=X, y=y: MeanSquaredError.from_data(X, y),
                "one epoch of a plain NumPy loop": lambda X=X, y=y: by_plain_numpy(X, y, 1),
                "reading X once (X.sum())": X.sum,
            }
            for way, seconds in timed(ways, repeats).items():
                found.setdefault(way, []).append(seconds)
        fixed = {"d": DIMENSION} if name == "n" else {"n": ROWS_OF_GROWING_D}
        series.append({"against": name, "sizes": sizes, "fixed": fixed, "seconds": found, "repeats": repeats})
    return series
