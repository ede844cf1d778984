"""The same numbers in every kind of source, in blocks of a few rows."""

import dask.array as da
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gdlib.large.blocks import ArrayBlocks
from gdlib.large.dask_arrays import DaskBlocks
from gdlib.large.npy import NpyBlocks
from gdlib.large.parquet import ParquetBlocks

ROWS = 4


def streamed(data, order=None):
    """The blocks, and copies of them."""
    order = range(len(data)) if order is None else order
    return [(X.copy(), y.copy()) for X, y in data.stream(order)]


def joined(pairs):
    return tuple(np.concatenate(parts) for parts in zip(*pairs, strict=True))


def assert_same(pairs, others):
    assert len(pairs) == len(others)
    for one, other in zip(pairs, others, strict=True):
        for values, wanted in zip(one, other, strict=True):
            np.testing.assert_array_equal(values, wanted)


def mapped(folder, values, mode, offset=0):
    """A memory map of a file that holds ``values`` after ``offset`` bytes of something else."""
    path = folder / f"{mode}{offset}{values.ndim}.bin"
    path.write_bytes(b"\1" * offset + values.tobytes())
    return np.memmap(path, dtype=values.dtype, mode=mode, offset=offset, shape=values.shape)


def memmaps(mode, offset=0):
    return lambda folder, X, y: ArrayBlocks(*(mapped(folder, values, mode, offset) for values in (X, y)), rows=ROWS)


def slices_of_memmaps(folder, X, y):
    # Longer than a page before, between and behind what is wanted.
    many = np.full((len(X) + 1000, 2 * X.shape[1]), 7.0)
    many[500:-500, ::2] = X
    ys = np.repeat(y, 300)
    return ArrayBlocks(mapped(folder, many, "r+")[500:-500, ::2], mapped(folder, ys, "r")[::300], rows=ROWS)


def npy(folder, X, y):
    np.save(folder / "X.npy", X)
    np.save(folder / "y.npy", y)
    return NpyBlocks(folder / "X.npy", folder / "y.npy", rows=ROWS)


def parquet(files):
    def made(folder, X, y):
        paths = [folder / f"{place}.parquet" for place in range(files)]
        for path, part, heights in zip(paths, np.array_split(X, files), np.array_split(y, files), strict=True):
            columns = {f"x{j}": column for j, column in enumerate(part.T)}
            pq.write_table(pa.table({"y": heights, **columns}), path, row_group_size=ROWS)
        return ParquetBlocks(paths if files > 1 else paths[0], y="y")

    return made


def dask_array(X, y, rows, columns=-1, rows_of_y=None):
    rows, rows_of_y = ((each, -1)[each is None] for each in (rows, rows_of_y))
    return DaskBlocks(da.from_array(X, chunks=(rows, columns)), da.from_array(y, chunks=rows_of_y))


def dask_with_empty_chunks(folder, X, y):
    parts = [X[:0], X[:5], X[5:5], X[5:], X[:0]]
    heights = [y[:0], y[:5], y[5:5], y[5:], y[:0]]
    return DaskBlocks(
        da.concatenate([da.from_array(part) for part in parts]),
        da.concatenate([da.from_array(part) for part in heights]),
    )


def dask_of_unknown_sizes(X, y):
    """Arrays whose chunks have sizes that are not known before they are computed."""
    twice, heights = da.from_array(np.repeat(X, 2, axis=0), chunks=(21, 2)), da.from_array(np.repeat(y, 2), chunks=25)
    odd = da.from_array(np.tile([True, False], len(X)), chunks=35)
    return twice[odd], heights[odd]


SOURCES = {
    "arrays": lambda folder, X, y: ArrayBlocks(X, y, rows=ROWS),
    "arrays by columns": lambda folder, X, y: ArrayBlocks(np.asfortranarray(X), y, rows=ROWS),
    "lists": lambda folder, X, y: ArrayBlocks(X.tolist(), y.tolist(), rows=ROWS),
    "memory maps": memmaps("r"),
    "memory maps to write": memmaps("r+"),
    "memory maps to change a copy of": memmaps("c"),
    "memory maps with an offset": memmaps("r", offset=5000),
    "slices of memory maps": slices_of_memmaps,
    "memory maps backwards": lambda folder, X, y: ArrayBlocks(
        mapped(folder, X[::-1].copy(), "r")[::-1], mapped(folder, y[::-1].copy(), "r+")[::-1], rows=ROWS
    ),
    "npy": npy,
    "parquet": parquet(1),
    "parquet, several files": parquet(3),
    "dask, odd chunks": lambda folder, X, y: dask_array(X, y, (5, 1, 11, len(X) - 17), rows_of_y=(9, len(y) - 9)),
    "dask, columns in chunks": lambda folder, X, y: dask_array(X, y, 6, columns=2, rows_of_y=5),
    "dask, empty chunks": dask_with_empty_chunks,
    "dask, sizes computed": lambda folder, X, y: DaskBlocks(
        *(values.compute_chunk_sizes() for values in dask_of_unknown_sizes(X, y))
    ),
    "a function of arrays": lambda folder, X, y: ArrayBlocks(2 * X, y - 1, rows=ROWS).map(half),
    "a function of dask arrays": lambda folder, X, y: dask_array(2 * X, y - 1, 6).map(half),
}


def half(X, y):
    """What makes (2 X, y - 1) into (X, y)."""
    return X / 2, y + 1
