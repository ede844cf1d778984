"""Models fitted to a file several times as large as the memory that the process may have.

    python benchmarks/larger_than_memory.py [FOLDER]

X takes 6.4 GB, and a process may allocate 1 GB (``RLIMIT_DATA``, which Linux keeps to: what is read from a file
through the system's cache does not count). Each way has such a process of its own, which imports what it needs first:

- np.load of the file, which fails;
- least squares by `MeanSquaredError.from_blocks`: one pass, then the normal equation;
- mini-batches of 1000 by `streaming.descend`, one epoch at a rate that shrinks, and a pass for the loss at the end;
- scikit-learn's `SGDRegressor.partial_fit`, block by block, one epoch at its own rate;
- logistic regression of whether y is above 0 by `streaming.descend`: two full-batch epochs, so far from its minimum,
  and a pass for the loss at the end.

Printed are seconds, the peak of resident memory above the start, and how far the parameters are from those that made
the data (the largest difference of one); the run is stored in ``gdlib/data``. FOLDER holds the file;
without one it is in a temporary folder that is removed in the end.
"""

import json
import resource
import sys
from collections.abc import Callable

import memory_use
import numpy as np
from big_files import TRUTH, files_of, folder_for_files, gigabytes, read_through
from peers import installed, scikit_learn_pass
from side_by_side import machine, store

from gdlib.costs import LogisticCost, SquaredCost
from gdlib.large.blocks import Block
from gdlib.large.npy import NpyBlocks
from gdlib.large.streaming import MiniBlocks, descend
from gdlib.losses import MeanSquaredError
from gdlib.rates import InverseTime

ROWS = 80_000_000
LIMIT = 1_000_000_000  # bytes
START = np.zeros(len(TRUTH))


def load(blocks: NpyBlocks) -> None:
    """All of X at once."""
    np.load(blocks.X)
    sys.exit("np.load did not fail: on this machine the limit does not hold")


def least_squares(blocks: NpyBlocks) -> np.ndarray:
    """The four numbers, and their minimum."""
    return MeanSquaredError.from_blocks(blocks, progress=False).minimum


def mini_batches(blocks: NpyBlocks) -> np.ndarray:
    """One epoch; halving the rate in a thousand steps lets the noise of the batches die away."""
    rate, batches = InverseTime(first=0.1, half_life=1000), MiniBlocks(size=1000)
    return descend(blocks, SquaredCost(), START, rate, epochs=1, batches=batches, progress=False).theta


def logistic(blocks: NpyBlocks) -> np.ndarray:
    """Two epochs at half the rate's limit: no curvature is above a quarter of the columns' variance, which is 1."""
    return descend(blocks.map(_above), LogisticCost(), START, 4.0, epochs=2, progress=False).theta


def _above(X: np.ndarray, y: np.ndarray) -> Block:
    return X, y > 0


WAYS: dict[str, Callable[[NpyBlocks], np.ndarray | None]] = {
    "np.load": load,
    "MeanSquaredError.from_blocks": least_squares,
    "mini-batches of 1000, one epoch": mini_batches,
    "scikit-learn partial_fit, one epoch": scikit_learn_pass,
    "logistic, two full-batch epochs": logistic,
}


def alone(way: str, X: str, y: str) -> None:
    """Go one way in this process, with its memory limited, and print what came of it."""
    if way.startswith("scikit-learn"):
        import sklearn.linear_model  # noqa: F401  (before memory is measured)
    resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT))

    def work() -> tuple[np.ndarray | None, str | None]:
        try:
            return WAYS[way](NpyBlocks(X, y)), None
        except MemoryError as error:
            return None, f"MemoryError: {error}"

    (theta, failed), took = memory_use.watched(work)
    distance = None if theta is None else float(np.abs(theta - TRUTH).max())
    print(json.dumps(took | {"way": way, "failed": failed, "distance": distance}))


def main() -> None:
    """Go every way, and print and store the table."""
    if not memory_use.known():
        sys.exit("memory is limited and measured as Linux does it, and this is another system")
    print(machine())
    with folder_for_files(sys.argv) as folder:
        blocks = files_of(folder, ROWS)
        read_through(blocks, bytearray(2**20))  # into the system's cache, so that none of the ways pays for it
        print(f"X of {gigabytes(blocks):.2g} GB, {LIMIT / 1e9:g} GB to allocate: seconds, MB, distance from the truth")
        taken = []
        for way in WAYS:
            if way.startswith("scikit-learn") and not installed("scikit-learn"):
                print(f"  {way:<38}skipped: no scikit-learn")
                continue
            found = memory_use.in_new_process(__file__, "--alone", way, str(blocks.X), str(blocks.y))
            taken.append(found)
            reached = found["failed"] or f"{found['distance']:.5f}"
            print(f"  {way:<38}{found['seconds']:>8.2f}{found['megabytes']:>8.1f}  {reached}", flush=True)
    file = {"rows": blocks.rows, "columns": blocks.dimension, "gigabytes": gigabytes(blocks)}
    store({"file": file, "limit_bytes": LIMIT, "ways": taken}, __file__)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--alone"]:
        alone(*sys.argv[2:])
    else:
        main()
