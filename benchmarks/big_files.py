"""Files of any size whose true parameters are known: what the scripts on data larger than memory read.

A row of X holds `DIMENSION` normal numbers. Its y is X @ `TRUTH` and noise that is distributed logistically, so that
the same parameters are the true ones of two models: of y by least squares, and of whether y is above 0 by the logistic.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from gdlib.large.blocks import Block
from gdlib.large.npy import NpyBlocks, write_npy

DIMENSION = 10
TRUTH = np.linspace(-1, 1, DIMENSION)
ROWS_AT_ONCE = 100_000


@contextmanager
def folder_for_files(arguments: list[str]) -> Iterator[Path]:
    """The folder that a script was given, or one that is removed in the end."""
    if len(arguments) > 1:
        folder = Path(arguments[1])
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    else:
        with TemporaryDirectory() as made:
            yield Path(made)


def files_of(folder: Path, rows: int) -> NpyBlocks:
    """Two files of so many rows; what is there and complete is used again."""
    X, y = folder / f"X-{rows}.npy", folder / f"y-{rows}.npy"
    try:
        found = NpyBlocks(X, y)
        if (found.rows, found.dimension) == (rows, DIMENSION):
            return found
    except (FileNotFoundError, ValueError):
        pass
    return write_npy(X, y, _made(rows))


def _made(rows: int) -> Iterator[Block]:
    generator = np.random.default_rng(0)
    for begin in range(0, rows, ROWS_AT_ONCE):
        X = generator.standard_normal((min(ROWS_AT_ONCE, rows - begin), DIMENSION))
        yield X, X @ TRUTH + generator.logistic(size=len(X))


def gigabytes(blocks: NpyBlocks) -> float:
    """The size of X."""
    return 8 * blocks.rows * blocks.dimension / 1e9


def read_through(blocks: NpyBlocks, buffer: bytearray) -> None:
    """The plainest fast reading of both files: from end to end, into one buffer over and over."""
    for path in (blocks.X, blocks.y):
        with path.open("rb", buffering=0) as file:
            while file.readinto(buffer):
                pass
