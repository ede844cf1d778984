r"""Data as a stream of blocks of rows, so that they need not fit into memory.

A source of blocks reads them from a memory map, from ``.npy`` or Parquet files, or from a Dask array, one after the
other or in any order; `total` adds up what each block contributes. Everything that goes over all the data is such a
sum: `gdlib.losses.MeanSquaredError.from_blocks` and each pass of `gdlib.streaming`. On several processes or machines,
`gdlib.cluster` takes the same sum.

A block is a pair of arrays, X of shape (rows, d) and y of shape (rows,). It may be a view into a buffer that the next
block overwrites: copy what is to be kept.
"""

import copy
import errno
import json
import math
import mmap
import operator
import os
import re
import tokenize
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, overload

import numpy as np
from tqdm import tqdm

from gdlib import _validate

if TYPE_CHECKING:
    import dask.array
    import pyarrow

__all__ = ["ArrayBlocks", "Block", "Blocks", "DaskBlocks", "NpyBlocks", "ParquetBlocks", "total", "write_npy"]

Block = tuple[np.ndarray, np.ndarray]
Sums = tuple[Any, ...]
_Step = TypeVar("_Step")

# What a block of X takes in memory. It stays in a processor's cache while it is worked on, and the work that each block
# brings with it is small beside that of its rows.
BLOCK_BYTES = 750_000
WIDE_BYTES = 12_000_000
# So many blocks are a piece of work for a process of its own; a sum by pieces is the same however many there are.
PIECE = 64
QUIET = 1.0  # s; a pass that is over by then shows no progress


class Blocks(ABC):
    """Data in blocks that can be read in any order, as often as one likes."""

    if TYPE_CHECKING:  # a subclass may have these as attributes or as properties; nobody sets them from outside

        @property
        @abstractmethod
        def dimension(self) -> int:
            """How many columns X has, d."""

        @property
        @abstractmethod
        def rows(self) -> int:
            """How many points there are, n."""

        @property
        def first(self) -> int:
            """What the first block is called in messages."""
            return 0

    else:
        first = 0

    @property
    def sizes(self) -> list[int]:
        """Rows of the blocks, as far as they are known unread; one number where all but the last are equally long."""
        return []

    @abstractmethod
    def __len__(self) -> int:
        """How many blocks there are."""

    @abstractmethod
    def stream(self, order: Iterable[int]) -> Iterator[Block]:
        """Read blocks by their places, from 0 on, in this order: pairs of float arrays, all of the same width."""

    def __iter__(self) -> Iterator[Block]:
        return self.stream(range(len(self)))

    def map(self, function: Callable[[np.ndarray, np.ndarray], Block]) -> "Blocks":
        """The same data, each block as ``function(X, y)`` returns it; its rows must stay as many, and all equally wide.

        On a cluster the function goes along to the workers.

        Examples
        --------
        >>> from gdlib.regression import design_matrix
        >>> data = ArrayBlocks([[2.0], [4.0], [5.0]], [45.0, 85.0, 105.0])
        >>> next(iter(data.map(lambda X, y: (design_matrix(X), y))))[0]
        array([[1., 2.],
               [1., 4.],
               [1., 5.]])
        """
        if not callable(function):
            raise ValueError(f"function must be one of X and y, but it is {function!r}")
        return _Mapped(self, function)

    def pieces(self) -> list[Any]:
        """The blocks in pieces that can be worked on elsewhere, each itself `Blocks`, or a Dask ``Delayed`` of them."""
        return [_Part(self, begin, min(begin + PIECE, len(self))) for begin in range(0, len(self), PIECE)]


def total(blocks: Iterable[Block], work: Callable[..., Sums], progress: bool = True) -> Sums:
    """Add up ``work(X, y)`` over all blocks, in their order.

    Parameters
    ----------
    blocks : Blocks or iterable of (X, y)
        From an iterable it is taken once. Blocks without rows are passed over.
    work : callable
        Of X and y of a block as float arrays; returns a tuple of numbers or arrays, which are added one by one. It sees
        a NaN or an infinity in the data before they are refused, and must let it through to one of them.
    progress : bool
        Whether a pass that takes more than a second shows how far it is.

    Returns
    -------
    tuple

    Raises
    ------
    ValueError
        If there are no rows, a block is no such pair, blocks differ in width, or a number is not finite: the message
        names the block and the row, both counted from 0. If ``work`` returns no tuple. Sums of finite numbers that
        leave the range of a float are returned as they are.

    Examples
    --------
    >>> data = [(np.ones((2, 3)), np.array([1.0, 2.0])), (np.ones((1, 3)), np.array([4.0]))]
    >>> total(data, lambda X, y: (len(X), y.sum()))
    (3, np.float64(7.0))
    """
    require_sum(blocks, work)
    return require_rows(sums_of(blocks, work, progress))


@dataclass(frozen=True)
class Width:
    """How many columns some blocks have, and the first of them; only equally wide ones add up."""

    columns: int
    block: int

    def __add__(self, other: "Width") -> "Width":
        if self.columns != other.columns:
            raise ValueError(
                f"all blocks must be equally wide, but block {other.block} has {other.columns} columns "
                f"after {self.columns}"
            )
        return self


def require_sum(blocks: Any, work: Any) -> None:
    """A ValueError unless these are blocks and what is to be added up of them."""
    if not isinstance(blocks, Iterable):
        raise ValueError(f"blocks must be gdlib.blocks or pairs of X and y, but they are a {type(blocks).__name__}")
    if not callable(work):
        raise ValueError(f"work must be a function of X and y, but it is {work!r}")


def require_rows(sums: Sums | None) -> Sums:
    """The sums without their width, if there was anything to add up."""
    if sums is None:
        raise ValueError("the blocks hold no rows: there is nothing to learn from")
    return sums[1:]


def sums_of(blocks: Iterable[Block], work: Callable[..., Sums], progress: bool) -> Sums | None:
    """The `Width` of the blocks and the sums of `total`; None where there are no rows."""
    first = getattr(blocks, "first", 0)
    count = len(blocks) if isinstance(blocks, Blocks | Sequence) else None
    width, sums = None, None
    known = isinstance(blocks, Blocks)  # of pairs of float arrays, equally wide
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for index, block in enumerate(bar(blocks, progress, "blocks", count), first):
            X, y = unmasked(block, index) if known else as_block(block, index)
            if not len(X):
                continue
            found = Width(X.shape[1], index)
            width = width + found if width else found
            try:
                part = work(X, y)
            except ValueError as error:
                raise ValueError(f"in block {index}: {error}") from None
            if not isinstance(part, tuple):
                raise ValueError(f"work must return a tuple of numbers or arrays, but it returned {part!r}")
            if not all(map(_surely_finite, part)):
                require_finite(X, y, index)
            # The first part may be a view of a buffer that the next block overwrites.
            sums = add(sums, part) if sums else tuple(map(copy.copy, part))
    return sums and (width, *sums)


@overload
def add(one: Sums, other: Sums) -> Sums: ...


@overload
def add(one: Sums | None, other: Sums | None) -> Sums | None: ...


def add(one: Sums | None, other: Sums | None) -> Sums | None:
    """The sum of two tuples, entry by entry; None is the sum of nothing."""
    if one is None or other is None:
        return other if one is None else one
    return tuple(map(operator.add, one, other))


def bar(steps: Iterable[_Step], progress: bool, unit: str, count: int | None = None) -> Iterable[_Step]:
    """The same steps, with a bar that shows how far they are unless they are soon over."""
    return tqdm(steps, total=count, unit=f" {unit}", delay=QUIET, leave=False) if progress else steps


def _surely_finite(values: float | np.ndarray) -> bool:
    """No for all that is not finite, and for what is very large; a block pays for this, so it is the fastest way."""
    return math.isfinite(np.vdot(values, values) if isinstance(values, np.ndarray) else values)


def as_block(block: Any, index: int) -> Block:
    """A pair of float arrays that fit together, or a ValueError."""
    if not (isinstance(block, tuple | list) and len(block) == 2):
        raise ValueError(f"block {index} must be a pair of X and y, but it is a {type(block).__name__}")
    X, y = (_validate.reals(part, f"{name} of block {index}") for name, part in zip("Xy", block, strict=True))
    for name, values, ndim in (("X", X, 2), ("y", y, 1)):
        if values.ndim != ndim:
            shape = "(rows, d)" if ndim == 2 else "(rows,)"
            raise ValueError(f"{name} of block {index} must have the shape {shape}, but it has {values.shape}")
    if len(X) != len(y):
        raise ValueError(f"block {index} has {len(X)} rows of X, but {len(y)} of y")
    if not X.shape[1]:
        raise ValueError(f"X of block {index} has no columns")
    return floats(X, y)


def unmasked(block: Block, index: int) -> Block:
    """The same pair of arrays, or a ValueError where one hides a number; for blocks that a class of one's own reads."""
    return as_block(block, index) if any(isinstance(part, np.ma.MaskedArray) for part in block) else block


def floats(X: np.ndarray, y: np.ndarray) -> Block:
    """The same numbers as floats; what holds floats is not copied."""
    return _validate.as_floats(X), _validate.as_floats(y)


def require_finite(X: np.ndarray, y: np.ndarray, index: int) -> None:
    """Name the first number of a block that is not finite."""
    for name, values in (("X", X), ("y", y)):
        odd = np.argwhere(~np.isfinite(values))
        if len(odd):
            row, *column = odd[0]
            place = f" in column {column[0]}" if column else ""
            raise ValueError(
                f"{name} must be finite, but row {row} of block {index} holds {values[tuple(odd[0])]}{place}"
            )


def numeric(dtype: np.dtype, name: str) -> None:
    """Refuse what holds no real numbers."""
    if dtype.kind not in "iufb":
        raise ValueError(f"{name} must hold real numbers, but its type is {dtype}")


def _rows_of(dimension: int) -> int:
    """As many as fill a block; of a wide X so many that they outweigh the table of d x d that each block brings."""
    return max(1, BLOCK_BYTES // (8 * dimension), min(dimension, WIDE_BYTES // (8 * dimension)))


@dataclass(frozen=True, eq=False)
class _Part(Blocks):
    """The blocks from one place to another."""

    blocks: Blocks
    begin: int
    end: int

    @property
    def dimension(self) -> int:
        return self.blocks.dimension

    @property
    def rows(self) -> int:
        return sum(len(y) for _, y in self)

    @property
    def first(self) -> int:
        return self.blocks.first + self.begin

    def __len__(self) -> int:
        return self.end - self.begin

    def stream(self, order: Iterable[int]) -> Iterator[Block]:
        return self.blocks.stream(self.begin + place for place in order)


@dataclass(frozen=True, eq=False)
class _Mapped(Blocks):
    """Blocks that a function has changed."""

    blocks: Blocks
    function: Callable[[np.ndarray, np.ndarray], Block]

    @cached_property
    def dimension(self) -> int:
        return next(self.stream([0]))[0].shape[1]

    @property
    def rows(self) -> int:
        return self.blocks.rows

    @property
    def first(self) -> int:
        return self.blocks.first

    @property
    def sizes(self) -> list[int]:
        return self.blocks.sizes

    def pieces(self) -> list[Any]:
        pieces = self.blocks.pieces()
        if all(isinstance(piece, Blocks) for piece in pieces):
            return [_Mapped(piece, self.function) for piece in pieces]
        import dask

        return [dask.delayed(_Mapped)(piece, self.function) for piece in pieces]

    def __len__(self) -> int:
        return len(self.blocks)

    def stream(self, order: Iterable[int]) -> Iterator[Block]:
        order = list(order)
        for place, (X, y) in zip(order, self.blocks.stream(order), strict=True):
            changed = as_block(self.function(X, y), self.first + place)
            if len(changed[0]) != len(X):
                raise ValueError(
                    f"a block of {len(X)} rows must keep them, but the function returned {len(changed[0])}"
                )
            yield changed


class ArrayBlocks(Blocks):
    """Blocks of arrays in memory, or of NumPy memory maps.

    What has been read of a memory map is given back to the system at once, so that a pass over it takes no more memory
    than a block. On a cluster its rows go to the workers by way of the scheduler, anew in every pass; a worker reads
    `NpyBlocks` itself.

    Parameters
    ----------
    X : array_like, shape (n, d)
    y : array_like, shape (n,)
    rows : int, optional
        Rows a block; by default, as many as make it 0.75 MB. With more than 306 columns, as many as there are columns,
        up to 12 MB.

    Raises
    ------
    ValueError
        If the arguments are no such arrays.

    Examples
    --------
    >>> data = ArrayBlocks([[1, 2], [1, 4], [1, 5]], [45, 85, 105], rows=2)
    >>> [X.shape for X, y in data]
    [(2, 2), (1, 2)]
    """

    dimension: int
    rows: int
    first: int = 0

    def __init__(self, X: Any, y: Any, rows: int | None = None) -> None:
        plain = (_validate.reals(values, name) for name, values in (("X", X), ("y", y)))
        # A memory map stays one, to be given back.
        self.X, self.y = (
            values if isinstance(values, np.memmap) else numbers for values, numbers in zip((X, y), plain, strict=True)
        )
        for name, values, ndim in (("X", self.X, 2), ("y", self.y, 1)):
            if values.ndim != ndim or not values.size:
                raise ValueError(f"{name} must have {ndim} dimensions and an entry, but its shape is {values.shape}")
        if len(self.X) != len(self.y):
            raise ValueError(f"X and y must have one row a point each, but have {len(self.X)} and {len(self.y)}")
        self.rows, self.dimension = self.X.shape
        self.size = _rows_of(self.dimension) if rows is None else _validate.count(rows, "rows")

    @property
    def sizes(self) -> list[int]:
        """See `Blocks.sizes`."""
        return [min(self.size, self.rows)]

    def __len__(self) -> int:
        return -(-self.rows // self.size)

    def stream(self, order: Iterable[int]) -> Iterator[Block]:
        """See `Blocks.stream`."""
        for place in order:
            rows = slice(place * self.size, (place + 1) * self.size)
            X, y = self.X[rows], self.y[rows]
            yield floats(X, y)
            _give_back(X)
            _give_back(y)

    def pieces(self) -> list["ArrayBlocks"]:
        """See `Blocks.pieces`; each takes its own rows along, and no others."""
        many, made = PIECE * self.size, []
        for place, begin in enumerate(range(0, self.rows, many)):
            rows = slice(begin, begin + many)
            piece = ArrayBlocks(np.asarray(self.X[rows]), np.asarray(self.y[rows]), self.size)
            piece.first = place * PIECE
            made.append(piece)
        return made


def _give_back(values: np.ndarray) -> None:
    """Let go of a memory map's pages; they stay in the system's cache, and what was written in the file."""
    if not isinstance(values, np.memmap) or values.mode == "c" or not hasattr(mmap, "MADV_DONTNEED"):
        return
    base: Any = values
    while not isinstance(base, mmap.mmap):
        base = base.base
        if base is None:
            return
    base.madvise(mmap.MADV_DONTNEED)  # all of it: the system may have mapped more than was asked for


@dataclass(frozen=True)
class _Npy:
    """A ``.npy`` file: what its header says, and where its numbers begin."""

    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype
    begin: int

    @property
    def row_bytes(self) -> int:
        return self.dtype.itemsize * int(np.prod(self.shape[1:]))

    @classmethod
    def of(cls, path: str | os.PathLike[str], name: str, ndim: int) -> "_Npy":
        """Read the header, and refuse a file that is not what it says."""
        path = _validate.path(path, name)
        with path.open("rb") as file:
            try:
                version = np.lib.format.read_magic(file)
                read = {
                    (1, 0): np.lib.format.read_array_header_1_0,
                    (2, 0): np.lib.format.read_array_header_2_0,
                }[version]
                shape, columns_first, dtype = read(file)
            except (ValueError, KeyError, tokenize.TokenError) as error:
                raise ValueError(f"{path} is no .npy file that can be read: {error}") from None
            begin = file.tell()
        numeric(dtype, str(path))
        if len(shape) != ndim or min(shape) < 1:
            raise ValueError(f"{path} must hold {ndim} dimensions and an entry, but its shape is {shape}")
        if columns_first and ndim == 2:
            raise ValueError(f"{path} is stored by columns, so no block of rows stands together: store it by rows")
        found = cls(path, shape, dtype, begin)
        wanted, size = begin + shape[0] * found.row_bytes, path.stat().st_size
        if size < wanted:
            raise ValueError(f"{path} is shorter than its header says: {size} bytes instead of {wanted}")
        return found


class _Reader:
    """A ``.npy`` file that is open, and a buffer of so many rows."""

    def __init__(self, stored: _Npy, rows: int) -> None:
        self.stored = stored
        self.next: int | None = None
        self.file = stored.path.open("rb", buffering=0)
        self.floats = np.empty((rows, *stored.shape[1:]))
        self.raw = self.floats if stored.dtype == float else np.empty_like(self.floats, dtype=stored.dtype)

    def __enter__(self) -> "_Reader":
        return self

    def __exit__(self, *error: object) -> None:
        self.file.close()

    def read(self, first: int, many: int) -> np.ndarray:
        """Rows from ``first`` on as floats."""
        if first != self.next:
            self.file.seek(self.stored.begin + first * self.stored.row_bytes)
        raw = self.raw[:many]
        got = self.file.readinto(raw.data)
        while got < raw.nbytes:  # a signal came in between, or the file's end
            more = self.file.readinto(raw.data.cast("B")[got:])
            if not more:
                raise ValueError(
                    f"{self.stored.path} has become shorter while it was read: it ends before row {first + many}"
                )
            got += more
        self.next = first + many
        if self.raw is not self.floats:
            np.copyto(self.floats[:many], raw)
        return self.floats[:many]


class NpyBlocks(Blocks):
    """Blocks of two ``.npy`` files, as ``np.save`` writes them, read into one buffer over and over.

    This is faster than a memory map, and on a cluster each worker reads its own part: the files must be where it finds
    them by the same name.

    Parameters
    ----------
    X, y : path
        Of an array of shape (n, d), stored by rows, and one of shape (n,), of any real type.
    rows : int, optional
        Rows a block; by default, as many as make it 0.75 MB. With more than 306 columns, as many as there are columns,
        up to 12 MB.

    Raises
    ------
    ValueError
        If a file is no such array, or is shorter than its header says.
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
        self.X, self.y = _Npy.of(X, "X", 2), _Npy.of(y, "y", 1)
        self.rows, self.dimension = self.X.shape
        if self.y.shape[0] != self.rows:
            raise ValueError(f"{X} holds {self.rows} rows, but {y} holds {self.y.shape[0]}")
        self.size = _rows_of(self.dimension) if rows is None else _validate.count(rows, "rows")

    @property
    def sizes(self) -> list[int]:
        """See `Blocks.sizes`."""
        return [min(self.size, self.rows)]

    def __len__(self) -> int:
        return -(-self.rows // self.size)

    def stream(self, order: Iterable[int]) -> Iterator[Block]:
        """See `Blocks.stream`."""
        with ExitStack() as stack:
            rows = min(self.size, self.rows)
            X, y = (stack.enter_context(_Reader(stored, rows)) for stored in (self.X, self.y))
            for place in order:
                first = place * self.size
                many = min(rows, self.rows - first)
                yield X.read(first, many), y.read(first, many)


class ParquetBlocks(Blocks):
    """Blocks of Parquet files: each row group is one, so write them with groups that fit into memory.

    Parameters
    ----------
    files : path or list of paths
        With the same columns. A folder stands for the files ``*.parquet`` in it, in the order of their numbers.
    y : str
        The column that the model is to say.
    X : str or list of str, optional
        The columns that it says it from; by default, all others. An index of pandas, which it and Dask write as a
        column too, is none of them unless it is named.

    Raises
    ------
    ValueError
        If there are no rows; if a file lacks a column, has two of one name or one that holds no numbers, or is no
        Parquet file; if a folder holds no such files, or some in folders of their own; or if ``y`` is among ``X``.
    FileNotFoundError

    Notes
    -----
    Decimals are rounded to floats; truth values are 0 and 1; of categories that are numbers, these count.

    References
    ----------
    pandas, "Developer: Storing pandas DataFrame objects in Apache Parquet format", on the index.

    Examples
    --------
    >>> import tempfile, pyarrow, pyarrow.parquet
    >>> file = Path(tempfile.mkdtemp()) / "line.parquet"
    >>> table = pyarrow.table({"one": [1, 1, 1], "x": [2, 4, 5], "y": [45, 85, 105]})
    >>> pyarrow.parquet.write_table(table, file, row_group_size=2)
    >>> [X.tolist() for X, y in ParquetBlocks(file, y="y")]
    [[[1.0, 2.0], [1.0, 4.0]], [[1.0, 5.0]]]
    """

    dimension: int
    rows: int

    def __init__(self, files: Any, y: str, X: str | Sequence[str] | None = None) -> None:
        import pyarrow
        import pyarrow.parquet

        if not isinstance(y, str):
            raise ValueError(f"y must be the name of a column, but it is {y!r}")
        if isinstance(X, str):
            X = [X]
        elif not (X is None or isinstance(X, Iterable)):
            raise ValueError(f"X must be names of columns, but it is {X!r}")
        self._groups: list[tuple[Path, int]] = []
        self._sizes: list[int] = []
        self.rows = 0
        for path in _parquet_files(files):
            try:
                metadata = pyarrow.parquet.read_metadata(path)
            except pyarrow.ArrowInvalid as error:
                raise ValueError(f"{path} is no Parquet file that can be read: {error}") from None
            schema = metadata.schema.to_arrow_schema()
            if X is None:
                index = _index_of_pandas(schema)
                X = [name for name in schema.names if name != y and name not in index]
            X = list(X)
            for name in (*X, y):
                if name not in schema.names:
                    raise ValueError(f"{path} has no column {name!r}, only {', '.join(map(repr, schema.names))}")
                if schema.names.count(name) > 1:
                    raise ValueError(f"{path} has more than one column {name!r}: give each a name of its own")
                kind = schema.field(name).type
                if not _is_real(kind.value_type if pyarrow.types.is_dictionary(kind) else kind):
                    raise ValueError(f"column {name!r} of {path} must hold real numbers, but its type is {kind}")
            rows = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
            self._groups += [(path, group) for group, many in enumerate(rows) if many]
            self._sizes += filter(None, rows)
            self.rows += metadata.num_rows
        if not self.rows:
            raise ValueError("the Parquet files hold no rows: there is nothing to learn from")
        if not X:
            raise ValueError(f"there must be a column beside {y!r}, which is what the model is to say")
        if y in X:
            raise ValueError(f"X must be columns beside {y!r}, which is what the model is to say, but it is among them")
        self.columns, self.y, self.dimension = X, y, len(X)

    @property
    def sizes(self) -> list[int]:
        """See `Blocks.sizes`."""
        return self._sizes

    def __len__(self) -> int:
        return len(self._groups)

    def stream(self, order: Iterable[int]) -> Iterator[Block]:
        """See `Blocks.stream`; a missing value is read as NaN."""
        from pyarrow.parquet import ParquetFile

        path: Path | None = None
        file: Any = None
        for place in order:
            wanted, group = self._groups[place]
            if wanted != path:
                path, file = wanted, ParquetFile(wanted)
            table = file.read_row_group(group, columns=[*self.columns, self.y], use_threads=False)
            X = np.empty((len(table), self.dimension))
            for j, name in enumerate(self.columns):
                X[:, j] = _floats(table[name])
            yield X, _floats(table[self.y])


def _parquet_files(files: Any) -> list[Path]:
    """The files that are meant by a path or several."""
    if isinstance(files, str | os.PathLike):
        files = [files]
    elif not isinstance(files, Iterable):
        raise ValueError(f"files must be a path or a list of paths, but it is a {type(files).__name__}")
    found: list[Path] = []
    for path in (_validate.path(each, "each of files") for each in files):
        if not path.is_dir():
            found.append(path)
            continue
        inside = [file for file in path.rglob("*.parquet") if file.is_file() and not file.name.startswith((".", "_"))]
        if not inside:
            raise ValueError(f"{path} is a folder without a file *.parquet")
        deeper = [file for file in inside if file.parent != path]
        if deeper:  # whose folders may hold a column in their names
            raise ValueError(f"{path} has files in folders of their own, {deeper[0]} for one: give a list of files")
        found += sorted(inside, key=lambda file: [(len(run), run) for run in re.split(r"(\d+)", file.name)])
    return found


def _index_of_pandas(schema: "pyarrow.Schema") -> set[str]:
    """The columns that are no columns of the table that was written, but its index."""
    try:
        known = json.loads((schema.metadata or {})[b"pandas"])["index_columns"]
        return {name for name in known if isinstance(name, str)}  # a range is no column
    except (KeyError, TypeError, ValueError):  # nothing is said about it: these names are given to nothing else
        return {name for name in schema.names if re.fullmatch(r"__index_level_\d+__|__null_dask_index__", name)}


def _is_real(kind: "pyarrow.DataType") -> bool:
    from pyarrow.types import is_boolean, is_decimal, is_floating, is_integer

    return any(is_this(kind) for is_this in (is_integer, is_floating, is_boolean, is_decimal))


def _floats(column: "pyarrow.ChunkedArray") -> np.ndarray:
    from pyarrow.types import is_dictionary

    if is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast("float64", safe=False).to_numpy()


class DaskBlocks(Blocks):
    """Blocks of Dask arrays: their chunks of rows.

    Here the chunks are computed one after another in this process; `gdlib.cluster` computes and adds them up where the
    workers are.

    Parameters
    ----------
    X : dask.array.Array, shape (n, d)
    y : dask.array.Array, shape (n,)

    Raises
    ------
    ValueError
        If the arguments are no such arrays, or their chunks have no known size. Once they are computed, if a chunk has
        another shape than its array says, has masked entries or is sparse.

    Examples
    --------
    >>> import dask.array as da
    >>> data = DaskBlocks(da.ones((5, 2), chunks=(2, 1)), da.arange(5, chunks=5))
    >>> [y.tolist() for X, y in data]
    [[0.0, 1.0], [2.0, 3.0], [4.0]]
    """

    dimension: int
    rows: int

    def __init__(self, X: "dask.array.Array", y: "dask.array.Array") -> None:
        from dask.array import map_blocks

        for name, values, ndim in (("X", X, 2), ("y", y, 1)):
            if hasattr(values, "to_dask_array"):
                raise ValueError(
                    f"{name} must be a Dask array, but it is a Dask {type(values).__name__}: "
                    "call its to_dask_array(lengths=True) first"
                )
            if getattr(values, "ndim", None) != ndim or not hasattr(values, "to_delayed"):
                raise ValueError(
                    f"{name} must be a Dask array of {ndim} dimensions, but it is a {type(values).__name__} "
                    f"of shape {np.shape(values)}"
                )
            numeric(values.dtype, name)
            if np.isnan(values.shape).any():
                raise ValueError(f"the chunks of {name} have no known size: call its compute_chunk_sizes() first")
        if len(X) != len(y):
            raise ValueError(f"X and y must have one row a point each, but have {len(X)} and {len(y)}")
        if 0 in X.shape:
            raise ValueError(f"X must have an entry, but its shape is {X.shape}")
        X, y = (
            map_blocks(_as_said, values, name_of=name, dtype=float, meta=np.empty((0,) * values.ndim))
            for name, values in (("X", X), ("y", y))
        )
        self.X = X.rechunk({1: -1})
        self.y = y.rechunk((self.X.chunks[0],))
        self.rows, self.dimension = X.shape

    @property
    def sizes(self) -> list[int]:
        """See `Blocks.sizes`."""
        return list(self.X.chunks[0])

    def __len__(self) -> int:
        return self.X.numblocks[0]

    def stream(self, order: Iterable[int]) -> Iterator[Block]:
        """See `Blocks.stream`."""
        import dask

        for place in order:
            yield dask.compute(self.X.blocks[place, 0], self.y.blocks[place], scheduler="synchronous")

    def pieces(self) -> list[Any]:
        """See `Blocks.pieces`: one a chunk, which is computed where the piece is worked on."""
        import dask

        chunks = zip(self.X.to_delayed()[:, 0], self.y.to_delayed(), strict=True)
        return [dask.delayed(_Chunk)(X, y, place) for place, (X, y) in enumerate(chunks)]


def _as_said(chunk: Any, name_of: str, block_info: Any = None) -> np.ndarray:
    """A chunk as floats, if it is what its array says: its neighbours are cut by that."""
    place, said = block_info[0]["chunk-location"], block_info[None]["chunk-shape"]
    name = f"chunk {', '.join(map(str, place))} of {name_of}"
    numbers = _validate.reals(chunk, name)
    if numbers.shape != said:
        raise ValueError(f"{name} must have the shape {said}, as its array says, but it has {numbers.shape}")
    return _validate.as_floats(numbers)


@dataclass(frozen=True, eq=False)
class _Chunk(Blocks):
    """A chunk of Dask arrays as one block."""

    X: np.ndarray
    y: np.ndarray
    first: int = 0

    @property
    def rows(self) -> int:
        return len(self.X)

    @property
    def dimension(self) -> int:
        return self.X.shape[1]

    def __len__(self) -> int:
        return 1

    def stream(self, order: Iterable[int]) -> Iterator[Block]:
        return ((self.X, self.y) for _ in order)


def write_npy(
    X: str | os.PathLike[str], y: str | os.PathLike[str], blocks: Iterable[Block], progress: bool = True
) -> NpyBlocks:
    """Write blocks to two ``.npy`` files, however many there are, and return them for reading.

    The files get their names once they are complete and on the disk. If anything goes wrong before, a full disk for
    one, nothing is left behind, and files of these names stay what they were. The names are given one after the other:
    should the system refuse the second, the message says that the first file is new already.

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
    unfinished = [path.with_name(f".{path.name}.{os.getpid()}") for path in paths]
    of_the_source: list[OSError] = []
    new: list[Path] = []
    try:
        for path in paths:
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, f"{path} is a folder")
        with ExitStack() as stack:
            files = [stack.enter_context(path.open("wb")) for path in unfinished]
            rows, width = 0, None
            for index, block in enumerate(_noting(of_the_source, bar(blocks, progress, "blocks"))):
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
        for path, complete in zip(unfinished, paths, strict=True):
            path.replace(complete)
            new.append(complete)
    except OSError as error:
        if error in of_the_source:
            raise
        left = f"but {new[0]} is new already" if new else "and nothing is left of them"
        raise OSError(
            error.errno, f"{paths[0]} and {paths[1]} could not be written, {left}: {error.strerror or error}"
        ) from error
    finally:
        for path in unfinished:
            path.unlink(missing_ok=True)
    return NpyBlocks(*paths)


def _noting(errors: list[OSError], blocks: Iterable[Block]) -> Iterator[Block]:
    """The same blocks; what the system fails with while they are read is put down."""
    try:
        yield from blocks
    except OSError as error:
        errors.append(error)
        raise


def _write_headers(files: Sequence[BinaryIO], rows: int, width: int) -> None:
    """Write the headers of floats; they take equally many bytes however many rows there are."""
    for file, shape in zip(files, ((rows, width), (rows,)), strict=True):
        file.seek(0)
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": shape})
