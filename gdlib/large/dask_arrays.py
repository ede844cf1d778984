"""Blocks of Dask arrays."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gdlib import _validate
from gdlib.large.blocks import Block, Blocks, numeric

if TYPE_CHECKING:
    import dask.array

__all__ = ["DaskBlocks"]


class DaskBlocks(Blocks):
    """Blocks of Dask arrays: their chunks of rows.

    Here the chunks are computed one after another in this process; `gdlib.large.cluster` computes and adds them up
    where the workers are.

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
        """See `gdlib.large.blocks.Blocks.sizes`."""
        return list(self.X.chunks[0])

    def __len__(self) -> int:
        return self.X.numblocks[0]

    def stream(self, order: Iterable[int]) -> Iterator[Block]:
        """See `gdlib.large.blocks.Blocks.stream`."""
        import dask

        for place in order:
            yield dask.compute(self.X.blocks[place, 0], self.y.blocks[place], scheduler="synchronous")

    def pieces(self) -> list[Any]:
        """See `gdlib.large.blocks.Blocks.pieces`: one a chunk, which is computed where the piece is worked on."""
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
