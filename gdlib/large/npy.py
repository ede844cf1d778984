"""Blocks of ``.npy`` files."""

import os
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from gdlib import _validate
from gdlib._files import written_whole
from gdlib.large.blocks import Block, EvenBlocks, Width, as_block, give_back, numeric, progress_bar, rows_per_block

__all__ = ["NpyBlocks", "write_npy"]


class NpyBlocks(EvenBlocks):
    """Blocks of two ``.npy`` files, as ``np.save`` writes them, by way of memory maps.

    On a cluster each worker reads its own part: the files must be where it finds them by the same name.

    Parameters
    ----------
    X, y : path
        Of an array of shape (n, d), stored by rows, and one of shape (n,), of any real type.
    rows : int, optional
        Rows a block; by default, as for `gdlib.large.blocks.ArrayBlocks`.

    Raises
    ------
    ValueError
        If a file is no such array, or was cut short.
    FileNotFoundError

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> np.save(folder / "X.npy", [[1, 2], [1, 4], [1, 5]])
    >>> np.save(folder / "y.npy", [45, 85, 105])
    >>> data = NpyBlocks(folder / "X.npy", folder / "y.npy", rows=2)
    >>> [y.tolist() for X, y in data]
    [[45.0, 85.0], [105.0]]
    """

    dimension: int
    rows: int

    def __init__(self, X: str | os.PathLike[str], y: str | os.PathLike[str], rows: int | None = None) -> None:
        self.X, self.y = _validate.path(X, "X"), _validate.path(y, "y")
        mapped = _mapped(self.X, 2), _mapped(self.y, 1)
        self.rows, self.dimension = mapped[0].shape
        if len(mapped[1]) != self.rows:
            raise ValueError(f"{X} holds {self.rows} rows, but {y} holds {len(mapped[1])}")
        self.size = rows_per_block(self.dimension) if rows is None else _validate.count(rows, "rows")

    def stream(self, order: Iterable[int]) -> Iterator[Block]:
        """See `gdlib.large.blocks.Blocks.stream`; a block is copied into a buffer that the next one overwrites."""
        X, y = _mapped(self.X, 2), _mapped(self.y, 1)
        size = min(self.size, self.rows)
        buffers = np.empty((size, self.dimension)), np.empty(size)
        for place in order:
            begin, end = place * size, min((place + 1) * size, self.rows)
            for path, values, buffer in zip((self.X, self.y), (X, y), buffers, strict=True):
                if path.stat().st_size < values.offset + end * values.strides[0]:  # reading there kills the process
                    raise ValueError(f"{path} has become shorter while it was read: it ends before row {end}")
                buffer[: end - begin] = values[begin:end]
                give_back(values)
            yield buffers[0][: end - begin], buffers[1][: end - begin]


def _mapped(path: Path, ndim: int) -> np.memmap:
    """A file as a memory map of so many dimensions, stored by rows, or a ValueError."""
    try:
        values = np.lib.format.open_memmap(path, mode="r")
    except (ValueError, TypeError, OverflowError, tokenize.TokenError) as error:
        raise ValueError(f"{path} is no .npy file of numbers, or was cut short: {error}") from None
    numeric(values.dtype, str(path))
    if values.ndim != ndim or not values.size:
        raise ValueError(f"{path} must hold {ndim} dimensions and an entry, but its shape is {values.shape}")
    if not values.flags.c_contiguous:
        raise ValueError(f"{path} is stored by columns, so no block of rows stands together: store it by rows")
    return values


def write_npy(
    X: str | os.PathLike[str], y: str | os.PathLike[str], blocks: Iterable[Block], progress: bool = True
) -> NpyBlocks:
    """Write blocks to two ``.npy`` files, however many there are, and return them for reading.

    The files get their names once they are complete and on the disk. If anything goes wrong before, such as a full
    disk, nothing is left behind, and files of these names stay what they were. The names are given one after the other:
    if the system refuses the second, the message says that the first file is new already.

    Parameters
    ----------
    X, y : path
    blocks : Blocks or iterable of (X, y)
    progress : bool
        Whether writing for more than a second shows how far it is.

    Raises
    ------
    ValueError
        If there are no rows, the blocks are no pairs of arrays of one width, or both paths lead to one file.
    OSError
        If the files cannot be written; the message says which and why. What the blocks raise while they are read comes
        as it is.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> made = write_npy(folder / "X.npy", folder / "y.npy", ((np.full((2, 3), i), np.arange(2)) for i in range(4)))
    >>> made.rows, made.dimension
    (8, 3)
    """
    paths = _validate.path(X, "X"), _validate.path(y, "y")
    if paths[0].resolve() == paths[1].resolve():
        raise ValueError(f"X and y must be two files, but both are {paths[0]}")
    of_the_source: list[OSError] = []
    second_is_new = False
    try:
        with written_whole(paths[0]) as first:
            with written_whole(paths[1]) as second:
                _write((first, second), blocks, progress, of_the_source)
            second_is_new = True
    except OSError as error:
        if error in of_the_source:
            raise
        left = f"but {paths[1]} is new already" if second_is_new else "and nothing is left of them"
        raise OSError(
            error.errno, f"{paths[0]} and {paths[1]} could not be written, {left}: {error.strerror or error}"
        ) from error
    return NpyBlocks(*paths)


def _write(
    files: tuple[BinaryIO, BinaryIO], blocks: Iterable[Block], progress: bool, of_the_source: list[OSError]
) -> None:
    """Write the blocks, and see to it that both files are on the disk before either takes its name."""
    rows, width = 0, None
    for index, block in enumerate(_noting(of_the_source, progress_bar(blocks, progress, "blocks"))):
        pair = as_block(block, index)
        found = Width(pair[0].shape[1], index)
        if width is None:
            _write_headers(files, 0, found.columns)
        width = width + found if width else found
        rows += len(pair[0])
        for file, values in zip(files, pair, strict=True):
            file.write(np.ascontiguousarray(values).data)
    if width is None or not rows:
        raise ValueError("the blocks hold no rows: there is nothing to write")
    _write_headers(files, rows, width.columns)
    for file in files:
        file.flush()
        os.fsync(file.fileno())


def _noting(errors: list[OSError], blocks: Iterable[Block]) -> Iterator[Block]:
    """The same blocks; an error of the system while they are read is noted."""
    try:
        yield from blocks
    except OSError as error:
        errors.append(error)
        raise


def _write_headers(files: Sequence[BinaryIO], rows: int, width: int) -> None:
    """Write the headers of floats; they are equally long however many rows there are."""
    for file, shape in zip(files, ((rows, width), (rows,)), strict=True):
        file.seek(0)
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": shape})
