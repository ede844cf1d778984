r"""Data as a stream of blocks of rows, so that they need not fit into memory.

`ArrayBlocks` are arrays in memory or memory maps; the modules beside this one read files and Dask arrays. `total`
adds up what each block contributes, and everything that goes over all the data is such a sum:
`gdlib.losses.MeanSquaredError.from_blocks`, and each pass of `gdlib.large.streaming`. `gdlib.large.cluster` takes the
same sum on several processes or machines.

A block is a pair of arrays, X of shape (rows, d) and y of shape (rows,). It may be read-only, or a view into a buffer
that the next block overwrites: copy what is to be kept or changed.
"""

import copy
import math
import mmap
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from gdlib import _validate

__all__ = ["ArrayBlocks", "Block", "Blocks", "total"]

Block = tuple[np.ndarray, np.ndarray]
Sums = tuple[Any, ...]
_Step = TypeVar("_Step")

# The size of a block of X. It fits into a processor's cache, and its overhead is small beside the work on its rows.
BLOCK_BYTES = 750_000
WIDE_BYTES = 12_000_000
# Blocks that one task of a cluster adds up; fixed, so that the sum does not depend on the number of workers.
BLOCKS_PER_PIECE = 64
PROGRESS_DELAY = 1.0  # s; a pass that is over by then shows no progress


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
        begins = range(0, len(self), BLOCKS_PER_PIECE)
        return [_Range(self, begin, min(begin + BLOCKS_PER_PIECE, len(self))) for begin in begins]


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
        raise ValueError(
            f"blocks must be Blocks of gdlib.large or pairs of X and y, but they are a {type(blocks).__name__}"
        )
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
    known = isinstance(blocks, Blocks)  # Blocks promise pairs of float arrays of one width
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for index, block in enumerate(progress_bar(blocks, progress, "blocks", count), first):
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


def add(one: Sums, other: Sums) -> Sums:
    """The sum of two tuples, entry by entry."""
    return tuple(map(operator.add, one, other))


def progress_bar(steps: Iterable[_Step], progress: bool, unit: str, count: int | None = None) -> Iterable[_Step]:
    """The same steps, with a bar that shows how far they are unless they are soon over."""
    if not progress:
        return steps
    from tqdm import tqdm  # which nothing else here needs

    return tqdm(steps, total=count, unit=f" {unit}", delay=PROGRESS_DELAY, leave=False)


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


def rows_per_block(dimension: int) -> int:
    """As many as fill a block; of a wide X so many that they outweigh the table of d x d that each block brings."""
    return max(1, BLOCK_BYTES // (8 * dimension), min(dimension, WIDE_BYTES // (8 * dimension)))


@dataclass(frozen=True, eq=False)
class _Range(Blocks):
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


class EvenBlocks(Blocks):
    """Blocks of ``size`` rows each; the last may have fewer."""

    size: int

    @property
    def sizes(self) -> list[int]:
        """See `Blocks.sizes`."""
        return [min(self.size, self.rows)]

    def __len__(self) -> int:
        return -(-self.rows // self.size)


class ArrayBlocks(EvenBlocks):
    """Blocks of arrays in memory, or of NumPy memory maps.

    What has been read of a memory map is given back to the system at once, so that a pass over it takes no more memory
    than a block. On a cluster its rows go to the workers by way of the scheduler, anew in every pass; the files of
    `gdlib.large.npy.NpyBlocks` are read by the workers themselves.

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
        # A memory map stays one, so that its pages can be given back.
        self.X, self.y = (
            values if isinstance(values, np.memmap) else numbers for values, numbers in zip((X, y), plain, strict=True)
        )
        for name, values, ndim in (("X", self.X, 2), ("y", self.y, 1)):
            if values.ndim != ndim or not values.size:
                raise ValueError(f"{name} must have {ndim} dimensions and an entry, but its shape is {values.shape}")
        if len(self.X) != len(self.y):
            raise ValueError(f"X and y must have one row a point each, but have {len(self.X)} and {len(self.y)}")
        self.rows, self.dimension = self.X.shape
        self.size = rows_per_block(self.dimension) if rows is None else _validate.count(rows, "rows")

    def stream(self, order: Iterable[int]) -> Iterator[Block]:
        """See `Blocks.stream`."""
        for place in order:
            rows = slice(place * self.size, (place + 1) * self.size)
            X, y = self.X[rows], self.y[rows]
            yield floats(X, y)
            give_back(X)
            give_back(y)

    def pieces(self) -> list["ArrayBlocks"]:
        """See `Blocks.pieces`; each takes its own rows along, and no others."""
        many, made = BLOCKS_PER_PIECE * self.size, []
        for place, begin in enumerate(range(0, self.rows, many)):
            rows = slice(begin, begin + many)
            piece = ArrayBlocks(np.asarray(self.X[rows]), np.asarray(self.y[rows]), self.size)
            piece.first = place * BLOCKS_PER_PIECE
            made.append(piece)
        return made


def give_back(values: np.ndarray) -> None:
    """Let go of a memory map's pages; they stay in the system's cache, and what was written in the file."""
    if not isinstance(values, np.memmap) or values.mode == "c" or not hasattr(mmap, "MADV_DONTNEED"):
        return
    base: Any = values
    while not isinstance(base, mmap.mmap):
        base = base.base
        if base is None:
            return
    base.madvise(mmap.MADV_DONTNEED)  # all of it, since the system may have mapped more than was asked for
