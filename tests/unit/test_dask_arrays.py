"""Blocks of Dask arrays."""

import dask
import dask.array as da
import numpy as np
import pytest
import scipy.sparse
from sources import assert_same, dask_of_unknown_sizes, joined, streamed

from gdlib.large.dask_arrays import DaskBlocks
from gdlib.losses import MeanSquaredError

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(30, 3)) + 0.5, RNG.normal(size=30) + 2


@pytest.mark.parametrize("dtype", ["u1", "?", "i8", "f4"])
def test_dask_arrays_of_every_type_are_read_as_floats(dtype):
    values, heights = (np.round(100 * each).clip(0, 255).astype(dtype) for each in (X, Y))
    data = DaskBlocks(da.from_array(values, chunks=(7, 2)), da.from_array(heights))
    doubled = data.map(lambda X, y: (X + X, y + y))  # which no longer fits into a byte
    for pieces, factor in ((data.pieces(), 1), (doubled.pieces(), 2)):
        blocks = [block for piece in dask.compute(*pieces, scheduler="synchronous") for block in streamed(piece)]
        assert {values.dtype for block in blocks for values in block} == {np.dtype(float)}
        assert_same([joined(blocks)], [(factor * values.astype(float), factor * heights.astype(float))])
    assert_same([joined(streamed(data))], [(values.astype(float), heights.astype(float))])


@pytest.mark.parametrize(
    ("values", "heights", "says"),
    [
        (X, da.ones(30), "X must be a Dask array of 2 dimensions, but it is "),
        (da.ones((30, 2)), Y, "y must be a Dask array of 1 dimensions, but it is "),
        (da.ones(30), da.ones(30), "X must be a Dask array of 2 dimensions, but it is "),
        (da.ones((30, 2)), da.ones(29), "X and y must have one row a point each, but have 30 and 29"),
        (da.ones((30, 2), dtype=complex), da.ones(30), "X must hold real numbers, but its type is complex128"),
        (da.ones((0, 2)), da.ones(0), r"X must have an entry, but its shape is \(0, 2\)"),
        (da.ones((3, 0)), da.ones(3), r"X must have an entry, but its shape is \(3, 0\)"),
    ],
)
def test_dask_arrays_that_are_no_data_are_refused(values, heights, says):
    with pytest.raises(ValueError, match=f"^{says}"):
        DaskBlocks(values, heights)


def hiding(chunk):
    return np.ma.masked_less(chunk, chunk.flat[-1] + 1) if 17.0 in chunk else np.ma.masked_array(chunk)


def sparse(chunk):
    return scipy.sparse.csr_matrix(chunk) if 17.0 in chunk else chunk


SAID = {
    "masked": (hiding, r"chunk 1, 0 of X must not be masked: .*; the first is at \[0, 0\]$"),
    "sparse": (sparse, r"chunk 1, 0 of X must be .*, but it is a sparse csr_matrix: call its todense\(\) first$"),
    "shorter": (lambda chunk: chunk[:-1], r"chunk [01], 0 of X must have the shape \(8, 2\), .*, but it has \(7, 2\)$"),
    "narrower": (lambda chunk: chunk[:, :1], r"chunk [01], 0 of X must have the shape \(8, 2\), .* \(8, 1\)$"),
    "words": (lambda chunk: chunk.astype(str), r"chunk [01], 0 of X must hold real numbers, but its type is <U32$"),
}


@pytest.mark.parametrize("rows", [8, 3])  # of y: other chunks than X's are cut anew, by what the array says
@pytest.mark.parametrize(("change", "says"), SAID.values(), ids=SAID)
def test_dask_chunks_that_are_not_what_their_array_says_are_refused(change, says, rows):
    values = da.from_array(np.arange(32.0).reshape(16, 2), chunks=(8, 2)).map_blocks(change, dtype=float, meta=X)
    data = DaskBlocks(values, da.from_array(np.arange(16.0), chunks=rows))
    for passed in (streamed, lambda data: dask.compute(*data.pieces())):
        with pytest.raises(ValueError, match=says):
            passed(data)


def test_a_dask_array_of_heights_says_its_shape_too_and_a_mask_that_hides_nothing_is_taken():
    data = DaskBlocks(da.ones((16, 1), chunks=4), da.ones(16, chunks=8).map_blocks(lambda chunk: chunk[:-1]))
    with pytest.raises(ValueError, match=r"^chunk 0 of y must have the shape \(8,\), .*, but it has \(7,\)$"):
        streamed(data)
    values = da.from_array(X, chunks=(8, 2)).map_blocks(np.ma.masked_array)
    assert_same([joined(streamed(DaskBlocks(values, da.from_array(Y))))], [(X, Y)])


def test_dask_chunks_of_unknown_size_are_refused_with_what_helps():
    values, heights = dask_of_unknown_sizes(X, Y)
    for name in "Xy":
        says = rf"^the chunks of {name} have no known size: call its compute_chunk_sizes\(\) first"
        with pytest.raises(ValueError, match=says):
            DaskBlocks(values, heights)
        values.compute_chunk_sizes()  # of X, in place


def test_a_table_of_dask_has_to_become_an_array_first():
    import dask.dataframe as dd
    import pandas as pd

    table = pd.DataFrame({"size": [1.0, 3.0, 4.0], "rooms": [1, 2, 5], "price": [4.0, 6.0, 9.0]})
    of_dask = dd.from_pandas(table, npartitions=2)
    columns, prices = of_dask[["size", "rooms"]], of_dask["price"]
    arrays = [part.to_dask_array(lengths=True) for part in (columns, prices)]
    for name, kind, pair in (("X", "DataFrame", (columns, prices)), ("y", "Series", (arrays[0], prices))):
        says = rf"^{name} must be a Dask array, but it is a Dask {kind}: call its to_dask_array\(lengths=True\) first$"
        with pytest.raises(ValueError, match=says):
            DaskBlocks(*pair)
    with pytest.raises(ValueError, match=r"^X must be a Dask array of 2 dimensions, .* a DataFrame of shape \(3, 2\)$"):
        DaskBlocks(table[["size", "rooms"]], arrays[1])
    values = table[["size", "rooms"]].to_numpy()
    np.testing.assert_allclose(MeanSquaredError.from_blocks(DaskBlocks(*arrays)).gram, values.T @ values, rtol=1e-14)
