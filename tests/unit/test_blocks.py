import errno
import os
import re
import signal
import subprocess
import sys
import textwrap
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path

import dask
import dask.array as da
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from sources import SOURCES, dask_of_unknown_sizes, mapped

from gdlib.costs import SquaredCost
from gdlib.large import blocks
from gdlib.large.blocks import ArrayBlocks, total
from gdlib.large.dask_arrays import DaskBlocks
from gdlib.large.npy import NpyBlocks, write_npy
from gdlib.large.parquet import ParquetBlocks
from gdlib.large.streaming import MiniBlocks, descend, loss_and_gradient
from gdlib.losses import MeanSquaredError

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(30, 3)) + 0.5, RNG.normal(size=30) + 2
LOSS = MeanSquaredError.from_data(X, Y)

ON_ALL_SOURCES = pytest.mark.parametrize("name", SOURCES)


def streamed(data, order=None):
    """The blocks, and copies of them."""
    order = range(len(data)) if order is None else order
    return [(X.copy(), y.copy()) for X, y in data.stream(order)]


def joined(pairs):
    return tuple(np.concatenate(parts) for parts in zip(*pairs, strict=True))


def counted(X, y):
    return len(X), X.sum(axis=0)


def assert_same(pairs, others):
    assert len(pairs) == len(others)
    for one, other in zip(pairs, others, strict=True):
        for values, wanted in zip(one, other, strict=True):
            np.testing.assert_array_equal(values, wanted)


def assert_the_same_loss(loss, wanted=LOSS):
    assert loss.n == wanted.n
    for name in ("gram", "moment", "sum_of_squares"):
        np.testing.assert_allclose(getattr(loss, name), getattr(wanted, name), rtol=1e-12)


# Every source


@ON_ALL_SOURCES
def test_a_source_streams_the_numbers_that_it_holds(name, tmp_path):
    data = SOURCES[name](tmp_path, X, Y)
    for values, wanted in zip(joined(streamed(data)), (X, Y), strict=True):
        np.testing.assert_array_equal(values, wanted)
        assert values.dtype == float
    assert (data.rows, data.dimension) == X.shape
    assert len(streamed(data)) == len(data) == len(list(data))


@ON_ALL_SOURCES
def test_blocks_come_in_the_order_that_is_asked_for(name, tmp_path):
    data = SOURCES[name](tmp_path, X, Y)
    in_order = streamed(data)
    order = [*RNG.permutation(len(data)).tolist(), 0, len(data) - 1, 0]
    assert_same(streamed(data, order), [in_order[place] for place in order])
    assert streamed(data, []) == []


@ON_ALL_SOURCES
def test_pieces_hold_all_blocks_in_turn_and_know_their_places(name, tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "PIECE", 3)
    data = SOURCES[name](tmp_path, X, Y)
    pieces = dask.compute(*data.pieces(), scheduler="synchronous")
    assert [piece.first for piece in pieces] == np.cumsum([0, *map(len, pieces)])[:-1].tolist()
    assert max(map(len, pieces)) <= 3
    assert_same([block for piece in pieces for block in streamed(piece)], streamed(data))
    assert {piece.dimension for piece in pieces} == {3}
    last = pieces[-1]
    assert_same(streamed(last, range(len(last))[::-1]), streamed(last)[::-1])


@ON_ALL_SOURCES
def test_a_function_sees_every_block_and_its_result_is_what_comes(name, tmp_path):
    data = SOURCES[name](tmp_path, X, Y)
    changed = data.map(lambda X, y: (np.column_stack([X[:, 0], X @ [1, 2, 3]]), -y))
    values, heights = joined(streamed(changed))
    np.testing.assert_allclose(values, np.column_stack([X[:, 0], X @ [1, 2, 3]]), rtol=1e-14)
    np.testing.assert_array_equal(heights, -Y)
    assert (changed.rows, changed.dimension, len(changed), changed.first) == (30, 2, len(data), 0)
    assert_same(streamed(changed, [0, 0])[1:], streamed(changed, [0]))


@ON_ALL_SOURCES
def test_the_loss_from_blocks_is_the_loss_from_data(name, tmp_path):
    assert_the_same_loss(MeanSquaredError.from_blocks(SOURCES[name](tmp_path, X, Y)))


@ON_ALL_SOURCES
def test_the_loss_and_its_gradient_at_a_place_are_those_of_the_data(name, tmp_path):
    theta = [1, -2, 0.5]
    loss, gradient = loss_and_gradient(SOURCES[name](tmp_path, X, Y), SquaredCost(), theta)
    assert loss == pytest.approx(LOSS.value(theta), rel=1e-12)
    np.testing.assert_allclose(gradient, LOSS.gradient(theta), rtol=1e-12)


def test_a_generator_is_read_once_and_its_blocks_may_differ_in_length():
    cut = (pair for begin, end in ((0, 1), (1, 1), (1, 20), (20, 30)) for pair in [(X[begin:end], Y[begin:end])])
    assert_the_same_loss(MeanSquaredError.from_blocks(cut))
    with pytest.raises(ValueError, match=r"^the blocks hold no rows: there is nothing to learn from$"):
        MeanSquaredError.from_blocks(cut)


@given(cuts=st.lists(st.integers(0, 30), max_size=8))
def test_a_sum_does_not_depend_on_where_the_data_are_cut(cuts):
    ends = sorted({*cuts, 30})
    data = [(X[begin:end], Y[begin:end]) for begin, end in zip([0, *ends], ends, strict=False)]
    assert_the_same_loss(MeanSquaredError.from_blocks(data))


def test_long_data_are_read_in_blocks_and_give_the_same_loss():
    rows = 2 * blocks.BLOCK_BYTES // (8 * 3) + 5
    many, heights = np.resize(X, (rows, 3)), np.resize(Y, rows)
    data = ArrayBlocks(many, heights)
    assert [len(y) for _, y in data] == [blocks.BLOCK_BYTES // 24] * 2 + [rows - 2 * (blocks.BLOCK_BYTES // 24)]
    whole = MeanSquaredError(rows, many.T @ many, heights @ many, heights @ heights)
    assert_the_same_loss(MeanSquaredError.from_blocks(data), whole)
    assert_the_same_loss(MeanSquaredError.from_data(many, heights), whole)


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", ">f4", "f2", "i1", "<i8", ">i8", "u4", "?"])
def test_npy_files_and_arrays_of_every_real_type_are_read_as_floats(dtype, tmp_path):
    values, heights = (np.round(4 * each).clip(0).astype(dtype) for each in (X, Y))
    np.save(tmp_path / "X.npy", values)
    np.save(tmp_path / "y.npy", heights)
    for data in (NpyBlocks(tmp_path / "X.npy", tmp_path / "y.npy", rows=7), ArrayBlocks(values, heights, rows=7)):
        read = joined(streamed(data, [4, 1, 0, 2, 3]))
        order = np.r_[28:30, 7:14, 0:7, 14:28]
        for got, wanted in zip(read, (values, heights), strict=True):
            assert got.dtype == np.float64
            np.testing.assert_array_equal(got, wanted[order].astype(float))


def test_npy_files_of_the_second_version_are_read(tmp_path):
    for name, values in (("X", X), ("y", Y)):
        with (tmp_path / name).open("wb") as file:
            np.lib.format.write_array(file, values, version=(2, 0))
    assert_same([joined(streamed(NpyBlocks(tmp_path / "X", tmp_path / "y", rows=7)))], [(X, Y)])


def test_parquet_columns_come_in_the_order_asked_for_whatever_their_order_in_each_file(tmp_path):
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    pq.write_table(pa.table({"p": [1, 2, 3], "y": [True, False, True], "q": [7.0, 8.0, 9.0]}), paths[0])
    pq.write_table(pa.table({"extra": ["a"], "q": [10], "y": [0], "p": [4]}), paths[1])
    data = ParquetBlocks(list(map(str, paths)), y="y", X=["q", "p"])
    assert [(X.tolist(), y.tolist()) for X, y in data] == [
        ([[7, 1], [8, 2], [9, 3]], [1, 0, 1]),
        ([[10, 4]], [0]),
    ]


@pytest.mark.parametrize("kind", [pa.int64(), pa.uint8(), pa.bool_(), pa.float32(), pa.float64()], ids=str)
def test_a_value_that_a_parquet_file_lacks_is_read_as_nan_and_named(kind, tmp_path):
    some = pa.array([1, 0, 1, None, 1]).cast(kind)
    pq.write_table(pa.table({"one": [1.0] * 5, "x": some, "y": range(5)}), tmp_path / "x.parquet", row_group_size=2)
    data = ParquetBlocks(tmp_path / "x.parquet", y="y")
    np.testing.assert_array_equal(joined(streamed(data))[0][:, 1], [1, 0, 1, np.nan, 1])
    with pytest.raises(ValueError, match=r"^X must be finite, but row 1 of block 1 holds nan in column 1$"):
        MeanSquaredError.from_blocks(data)


def test_what_was_written_into_a_memory_map_is_still_there_after_a_pass(tmp_path):
    for mode in ("r+", "c"):
        values = mapped(tmp_path, np.tile(X, (100, 1)), mode)
        values[::700] = 5
        wanted = np.array(values)
        for _ in ArrayBlocks(values, np.zeros(len(values)), rows=500):
            pass
        np.testing.assert_array_equal(values, wanted)
    del values
    on_disk = np.fromfile(tmp_path / "r+02.bin").reshape(-1, 3)
    np.testing.assert_array_equal(on_disk[::700], 5)


@ON_ALL_SOURCES
def test_the_sizes_of_the_blocks_are_known_unread(name, tmp_path):
    data = SOURCES[name](tmp_path, X, Y)
    sizes, lengths = data.sizes, [len(y) for _, y in data]
    if len(sizes) == 1 < len(lengths):
        assert lengths[-1] <= sizes[0]
        sizes = sizes * (len(lengths) - 1) + lengths[-1:]
    assert sizes == lengths


@pytest.mark.parametrize("dtype", ["u1", "?", "i8", "f4"])
def test_pieces_of_dask_arrays_are_of_floats_too(dtype):
    values, heights = (np.round(100 * each).clip(0, 255).astype(dtype) for each in (X, Y))
    data = DaskBlocks(da.from_array(values, chunks=(7, 2)), da.from_array(heights))
    for piece in dask.compute(*data.pieces(), scheduler="synchronous"):
        assert [values.dtype for block in piece for values in block] == [float, float]
    assert_same([joined(streamed(data))], [(values.astype(float), heights.astype(float))])


@pytest.mark.parametrize(
    ("columns", "rows"), [(1, 93_750), (300, 312), (307, 307), (1000, 1000), (3000, 500), (2 * 10**6, 1)]
)
def test_a_block_of_many_columns_outweighs_the_table_of_their_products_as_far_as_memory_goes(columns, rows):
    data = ArrayBlocks(np.broadcast_to(1.0, (100_000, columns)), np.broadcast_to(1.0, 100_000))
    assert len(next(iter(data))[1]) == rows


# Memory


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    """Two files of 40 MB together."""
    folder = tmp_path_factory.mktemp("big")
    part = RNG.normal(size=(50_000, 9))
    return write_npy(folder / "X.npy", folder / "y.npy", ((part, part[:, 0] > 0) for _ in range(10)), progress=False)


@pytest.mark.skipif(sys.platform != "linux", reason="what a process has in memory is read from /proc")
@pytest.mark.parametrize(
    ("data", "passed"),
    [
        ("NpyBlocks(X, y)", "MeanSquaredError.from_blocks(data)"),
        ("NpyBlocks(X, y)", "loss_and_gradient(data, LogisticCost(), np.ones(9))"),
        ("NpyBlocks(X, y).map(lambda X, y: (X + 1, y))", "loss_and_gradient(data, SquaredCost(), np.ones(9))"),
        ("ArrayBlocks(*(np.load(path, mmap_mode='r') for path in (X, y)))", "MeanSquaredError.from_blocks(data)"),
        ("ArrayBlocks(*(np.load(path, mmap_mode='r+') for path in (X, y)))", "MeanSquaredError.from_blocks(data)"),
        ("ArrayBlocks(np.ones((4_500_000, 1), '?'), np.load(X, mmap_mode='r').ravel())", "total(data, len_and_sums)"),
    ],
    ids=["npy, from_blocks", "npy, loss_and_gradient", "npy, mapped", "map to read", "map to write", "map of y"],
)
def test_a_pass_over_files_takes_the_memory_of_some_blocks(big, data, passed):
    code = f"""
        import numpy as np
        from pathlib import Path
        from gdlib.costs import LogisticCost, SquaredCost
        from gdlib.large.blocks import ArrayBlocks, total
        from gdlib.large.npy import NpyBlocks
        from gdlib.large.streaming import loss_and_gradient
        from gdlib.losses import MeanSquaredError
        def memory(what):
            return int(next(line for line in open("/proc/self/status") if line.startswith(what)).split()[1]) * 1024
        def len_and_sums(X, y):
            return len(X), X.sum(), y.sum()
        X, y = {str(big.X)!r}, {str(big.y)!r}
        data = {data}
        np.ones((300, 300)) @ np.ones((300, 300))  # the library of linear algebra has its buffers now
        Path("/proc/self/clear_refs").write_text("5")  # the peak is that from here on
        before = memory("VmRSS")
        {passed}
        print(memory("VmHWM") - before)
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True, timeout=60
    )
    assert big.X.stat().st_size >= 36e6
    assert int(result.stdout) < 8e6


def test_a_sum_of_rows_does_not_change_with_the_buffer_that_they_stand_in(tmp_path):
    data = SOURCES["npy"](tmp_path, X, Y)
    wanted = X[::4].sum(axis=0)
    for _ in range(2):
        (found,) = total(data, lambda X, y: (X[0],))
        np.testing.assert_allclose(found, wanted, rtol=1e-14)
    values = X.copy()
    (first,) = total(ArrayBlocks(values, Y), lambda X, y: (X[0],))
    first += 1
    np.testing.assert_array_equal(values, X)


# What `total` refuses


def generated(count, odd, place):
    """Tiny blocks, of which one has ``odd`` for its y."""
    return ((np.ones((2, 1)), np.array([0.0, odd if index == place else 1.0])) for index in range(count))


PASSES = {
    "from_blocks": MeanSquaredError.from_blocks,
    "loss_and_gradient": lambda data: loss_and_gradient(data, SquaredCost(), [2.0]),
}
ON_BOTH_PASSES = pytest.mark.parametrize("passed", PASSES.values(), ids=PASSES)


@ON_BOTH_PASSES
@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_named_with_its_block_and_row(passed, odd):
    with pytest.raises(ValueError, match=rf"^y must be finite, but row 1 of block 10000 holds {odd}$"):
        passed(generated(10_002, odd, 10_000))
    with pytest.raises(ValueError, match=rf"^X must be finite, but row 0 of block 1 holds {odd} in column 2$"):
        total([(np.ones((2, 3)), np.ones(2)), (np.array([[1, 2, odd]]), np.ones(1))], lambda X, y: (X.sum(),))


@ON_BOTH_PASSES
@pytest.mark.parametrize(
    ("data", "says"),
    [
        ([], "the blocks hold no rows: there is nothing to learn from"),
        (iter([]), "the blocks hold no rows: there is nothing to learn from"),
        ([(np.ones((0, 1)), np.ones(0))] * 3, "the blocks hold no rows: there is nothing to learn from"),
        (
            [(np.ones((2, 1)), np.ones(2)), (np.ones((2, 3)), np.ones(2))],
            "all blocks must be equally wide, but block 1 has 3 columns after 1",
        ),
        ([(np.ones((2, 1)), np.ones(3))], "block 0 has 2 rows of X, but 3 of y"),
        ([(np.ones((2, 0)), np.ones(2))], "X of block 0 has no columns"),
        ([(np.ones(2), np.ones(2))], r"X of block 0 must have the shape (rows, d), but it has (2,)"),
        ([(np.ones((2, 1)), np.ones((2, 1)))], r"y of block 0 must have the shape (rows,), but it has (2, 1)"),
        ([(np.ones((2, 1)), np.ones(2)), np.ones((3, 1))], "block 1 must be a pair of X and y, but it is a ndarray"),
        ([7], "block 0 must be a pair of X and y, but it is a int"),
        ([(np.ones((2, 1)) * 1j, np.ones(2))], "X of block 0 must hold real numbers, but its type is complex128"),
        ([(np.ones((1, 1)), np.array(["a"]))], "y of block 0 must hold real numbers, but its type is <U1"),
        (
            [(np.array([[1.0, None]]), np.ones(1))],
            "X of block 0 must be a list or table of numbers, but it holds None at [0, 1]",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_blocks_that_are_no_pairs_of_one_width_are_refused(passed, data, says):
    with pytest.raises(ValueError, match=f"^{re.escape(says)}$"):
        passed(data)


@pytest.mark.parametrize("odd", [3, np.ones(3), [1, 2], None], ids=repr)
def test_work_that_returns_no_tuple_is_refused(odd):
    for rows in (1, 50):
        with pytest.raises(ValueError, match=r"^work must return a tuple of numbers or arrays, but it returned "):
            total(ArrayBlocks(X, Y, rows=rows), lambda X, y: odd)


def widening(X, y):
    """Blocks of a column, but of 3 from the second block on."""
    return (X[:, :1] if y[0] == Y[0] else X), y


@pytest.mark.parametrize("name", ["arrays", "npy", "memory maps", "parquet", "dask, odd chunks"])
def test_a_function_that_makes_blocks_of_different_widths_is_refused(name, tmp_path):
    data = SOURCES[name](tmp_path, X, Y).map(widening)
    for passed in (MeanSquaredError.from_blocks, lambda data: total(data, counted), partial(written, tmp_path)):
        with pytest.raises(ValueError, match=r"^all blocks must be equally wide, but block 1 has 3 columns after 1$"):
            passed(data)


def test_an_error_of_the_work_names_the_block():
    def work(X, y):
        raise ValueError("no")

    with pytest.raises(ValueError, match=r"^in block 1: no$"):
        total([(np.ones((0, 1)), np.ones(0)), (np.ones((1, 1)), np.ones(1))], work)


def test_an_empty_block_between_others_counts_in_the_places_but_not_in_the_sum():
    data = [(np.ones((2, 1)), np.ones(2)), (np.ones((0, 1)), np.ones(0)), (np.full((1, 1), np.nan), np.ones(1))]
    with pytest.raises(ValueError, match=r"^X must be finite, but row 0 of block 2 holds nan in column 0$"):
        total(data, counted)
    assert total(data[:2] * 2, counted)[0] == 4


def test_sums_beyond_the_range_of_a_float_come_as_they_are_but_no_loss_is_made_of_them():
    data = [(np.full((2, 1), 1e200), np.ones(2))] * 2
    assert total(data, lambda X, y: (len(X), (X * X).sum())) == (4, np.inf)
    with pytest.raises(ValueError, match=r"^the squares of X or y leave the range of a float: divide them by"):
        MeanSquaredError.from_blocks(data)


class OwnBlocks(blocks.Blocks):
    """Blocks that someone else reads."""

    rows, dimension = 30, 3

    def __init__(self, *pairs):
        self.pairs = pairs

    def __len__(self):
        return len(self.pairs)

    def stream(self, order):
        return (self.pairs[place] for place in order)


@pytest.mark.parametrize("batches", [None, MiniBlocks(4)], ids=["sum", "mini-batches"])
def test_a_number_that_blocks_of_ones_own_hide_is_refused(batches):
    hidden = np.ma.masked_array(X[20:], mask=np.arange(30).reshape(10, 3) == 7)
    data = OwnBlocks((X[:20], Y[:20]), (hidden, Y[20:]))
    says = r"^X of block 1 must not be masked: .*; the first is at \[2, 1\]$"
    with pytest.raises(ValueError, match=says):
        descend(data, SquaredCost(), [0, 0, 0], 0.01, 1, batches=batches)
    whole = OwnBlocks((np.ma.masked_array(X[:20]), Y[:20]), (X[20:], np.ma.masked_array(Y[20:])))
    assert_the_same_loss(MeanSquaredError.from_blocks(whole))


def test_a_function_that_changes_the_number_of_rows_is_refused():
    data = ArrayBlocks(X, Y, rows=4)
    with pytest.raises(ValueError, match=r"^a block of 4 rows must keep them, but the function returned 3$"):
        list(data.map(lambda X, y: (X[1:], y[1:])))
    with pytest.raises(ValueError, match=r"^block 1 must be a pair of X and y, but it is a NoneType$"):
        streamed(data.map(lambda X, y: None), [1])


# What the sources refuse


@pytest.mark.parametrize(
    ("values", "heights", "says"),
    [
        (X, Y[:-1], "X and y must have one row a point each, but have 30 and 29"),
        (X[:, 0], Y, r"X must have 2 dimensions and an entry, but its shape is \(30,\)"),
        (X[:0], Y[:0], r"X must have 2 dimensions and an entry, but its shape is \(0, 3\)"),
        (X, X, r"y must have 1 dimensions and an entry, but its shape is \(30, 3\)"),
        (X * 1j, Y, "X must hold real numbers, but its type is complex128"),
        (X, Y.astype(str), "y must hold real numbers, but its type is <U"),
        (X.astype(str).astype(object), Y, "X must be a list or table of numbers, but it holds '.*' at "),
    ],
)
def test_arrays_that_are_no_data_are_refused(values, heights, says):
    with pytest.raises(ValueError, match=f"^{says}"):
        ArrayBlocks(values, heights)


@pytest.mark.parametrize("kind", [Fraction, Decimal, float])
def test_arrays_of_objects_that_are_numbers_are_taken(kind):
    values, heights = (np.vectorize(kind, otypes=[object])(each) for each in (X, Y))
    for data in (ArrayBlocks(values, heights, rows=7), ArrayBlocks(values.tolist(), heights.tolist(), rows=7)):
        assert_same([joined(streamed(data))], [(X, Y)])
    assert_the_same_loss(MeanSquaredError.from_blocks([(values, heights)]))


@pytest.mark.parametrize("odd", [3, None, "work"], ids=repr)
def test_what_is_no_sum_is_refused(odd):
    with pytest.raises(ValueError, match=r"^work must be a function of X and y, but it is "):
        total(ArrayBlocks(X, Y), odd)
    if odd != "work":
        with pytest.raises(
            ValueError, match=r"^blocks must be Blocks of gdlib.large or pairs of X and y, but they are a "
        ):
            total(odd, counted)


@pytest.mark.parametrize("odd", [X, 3, None], ids=lambda odd: type(odd).__name__)
def test_what_is_no_path_is_refused_by_name(odd, tmp_path):
    for made in (NpyBlocks, lambda *paths: write_npy(*paths, [(X, Y)])):
        with pytest.raises(ValueError, match=r"^X must be a path, but it is a "):
            made(odd, tmp_path / "y.npy")
        with pytest.raises(ValueError, match=r"^X must be a path|^y must be a path, but it is a "):
            made(odd if made is NpyBlocks else tmp_path / "X.npy", odd)


def test_masked_arrays_are_refused_since_what_they_hide_would_count():
    hidden, heights = np.ma.masked_array(X, mask=X > 1), np.ma.masked_array(Y, mask=Y > 1)
    for name, pair in (("X", (hidden, Y)), ("y", (X, heights))):
        with pytest.raises(ValueError, match=rf"^{name} must not be masked: fill what is hidden, or leave out its "):
            ArrayBlocks(*pair)
        with pytest.raises(ValueError, match=rf"^{name} of block 0 must not be masked: "):
            MeanSquaredError.from_blocks([pair])


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_a_matrix_is_taken_as_an_array():
    data = ArrayBlocks(np.matrix(X), Y, rows=4)
    assert {type(values) for block in data for values in block} == {np.ndarray}
    assert_the_same_loss(MeanSquaredError.from_blocks(data))


def test_what_cannot_add_up_is_refused():
    for on in (3, "here", MeanSquaredError):
        with pytest.raises(ValueError, match=r"^on must be an instance with total, but it is "):
            MeanSquaredError.from_blocks(ArrayBlocks(X, Y), on=on)


@pytest.mark.parametrize("rows", [0, -1, 1.5, "3", True], ids=repr)
def test_blocks_of_no_number_of_rows_are_refused(rows, tmp_path):
    SOURCES["npy"](tmp_path, X, Y)
    for made in (
        lambda: ArrayBlocks(X, Y, rows=rows),
        lambda: NpyBlocks(tmp_path / "X.npy", tmp_path / "y.npy", rows=rows),
    ):
        with pytest.raises(ValueError, match=r"^rows must be a whole number, 1 or more, but it is "):
            made()


@pytest.mark.parametrize(
    ("values", "heights", "says"),
    [
        (X, Y[:-1], "X.npy holds 30 rows, but .*y.npy holds 29$"),
        (np.asfortranarray(X), Y, "X.npy is stored by columns, so no block of rows stands together: store it by rows$"),
        (X * 1j, Y, "X.npy must hold real numbers, but its type is complex128$"),
        (X, Y.astype(str), "y.npy must hold real numbers, but its type is <U"),
        (X.astype(object), Y, "X.npy is no .npy file of numbers, .*: .* Python objects in dtype"),
        (Y, Y, r"X.npy must hold 2 dimensions and an entry, but its shape is \(30,\)$"),
        (X, X, r"y.npy must hold 1 dimensions and an entry, but its shape is \(30, 3\)$"),
        (X[:0], Y[:0], r"X.npy must hold 2 dimensions and an entry, but its shape is \(0, 3\)$"),
    ],
)
def test_npy_files_that_are_no_data_are_refused(values, heights, says, tmp_path):
    np.save(tmp_path / "X.npy", values)
    np.save(tmp_path / "y.npy", heights)
    with pytest.raises(ValueError, match=says):
        NpyBlocks(tmp_path / "X.npy", tmp_path / "y.npy")


def with_header(shape):
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': " + shape
    return b"\x93NUMPY\x01\0\x76\0" + header.ljust(117).encode() + b"\n" + bytes(48)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"1,2\n3,4\n",
        b"\x93NUMPY\x01\0\x76\0{'descr",
        b"\x93NUMPY\x09\0\x76\0{}",
        *map(with_header, ["(3, 2", "(3, 2.0), }", '"""', "(-3, 2), }", "(True, 2), }", f"({10**20}, 2), }}"]),
    ],
)
def test_a_file_that_is_no_npy_file_is_refused(content, tmp_path):
    SOURCES["npy"](tmp_path, X, Y)
    (tmp_path / "X.npy").write_bytes(content)
    with pytest.raises(ValueError, match=r"X.npy is no .npy file of numbers, or was cut short: "):
        NpyBlocks(tmp_path / "X.npy", tmp_path / "y.npy")


@pytest.mark.parametrize("lost", [1, 8, 300, 720])
def test_a_file_that_is_shorter_than_its_header_says_is_refused(lost, tmp_path):
    SOURCES["npy"](tmp_path, X, Y)
    path = tmp_path / "X.npy"
    os.truncate(path, path.stat().st_size - lost)
    with pytest.raises(ValueError, match=r"X.npy is no .npy file of numbers, or was cut short: mmap length is greater"):
        NpyBlocks(path, tmp_path / "y.npy")


def test_a_file_that_becomes_shorter_while_it_is_read_is_noticed(tmp_path):
    data = SOURCES["npy"](tmp_path, X, Y)
    stream = iter(data)
    next(stream)
    os.truncate(tmp_path / "X.npy", (tmp_path / "X.npy").stat().st_size - 1)
    with pytest.raises(ValueError, match=r"X.npy has become shorter while it was read: it ends before row 30$"):
        list(stream)
    with pytest.raises(ValueError, match=r"X.npy is no .npy file of numbers, or was cut short: mmap length is greater"):
        MeanSquaredError.from_blocks(data)


@pytest.mark.parametrize(
    "made", [lambda path: NpyBlocks(path, path), lambda path: ParquetBlocks(path, y="y")], ids=["npy", "parquet"]
)
def test_a_file_that_is_not_there_is_missed_by_its_name(made, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone"):
        made(tmp_path / "gone")


@pytest.mark.parametrize(
    ("columns", "asked", "says"),
    [
        ({"x": [1.0], "z": [2.0]}, {}, "x.parquet has no column 'y', only 'x', 'z'$"),
        ({"x": [1.0], "y": [2.0]}, {"X": ["x", "w"]}, "x.parquet has no column 'w', only 'x', 'y'$"),
        ({"x": ["a"], "y": [2.0]}, {}, "column 'x' of .*x.parquet must hold real numbers, but its type is string$"),
        ({"x": [[1.0]], "y": [2.0]}, {}, "column 'x' of .*x.parquet must hold real numbers, but its type is list"),
        ({"x": [1.0], "y": [2.0]}, {"X": ["x", "y"]}, "X must be columns beside 'y', .*, but it is among them$"),
        ({"y": [2.0]}, {}, "there must be a column beside 'y', which is what the model is to say$"),
        ({"x": pa.array([], "f8"), "y": pa.array([], "f8")}, {}, "^the Parquet files hold no rows: there is nothing"),
    ],
)
def test_parquet_files_that_are_no_data_are_refused(columns, asked, says, tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table(columns), path)
    with pytest.raises(ValueError, match=says):
        ParquetBlocks(path, y="y", **asked)


@pytest.mark.parametrize("twice", ["x", "y"])
def test_a_parquet_file_with_two_columns_of_one_name_is_refused(twice, tmp_path):
    table = pa.Table.from_arrays([pa.array([1.0])] * 3, ["x", "y", twice])
    pq.write_table(table, tmp_path / "x.parquet")
    with pytest.raises(ValueError, match=rf"x.parquet has more than one column '{twice}': give each a name"):
        ParquetBlocks(tmp_path / "x.parquet", y="y")


def test_no_parquet_files_at_all_are_refused():
    with pytest.raises(ValueError, match=r"^the Parquet files hold no rows: there is nothing to learn from$"):
        ParquetBlocks([], y="y")


def test_a_second_parquet_file_that_lacks_a_column_is_named(tmp_path):
    pq.write_table(pa.table({"x": [1.0], "y": [2.0]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"z": [1.0], "y": [2.0]}), tmp_path / "b.parquet")
    with pytest.raises(ValueError, match=r"b.parquet has no column 'x', only 'z', 'y'$"):
        ParquetBlocks([tmp_path / "a.parquet", tmp_path / "b.parquet"], y="y")


@pytest.mark.parametrize("left", [0, 3, 100, -1])
def test_a_parquet_file_that_is_torn_is_refused(left, tmp_path):
    pq.write_table(pa.table({"x": [1.0], "y": [2.0]}), tmp_path / "x.parquet")
    (tmp_path / "x.parquet").write_bytes((tmp_path / "x.parquet").read_bytes()[:left])
    with pytest.raises(ValueError, match=r"x.parquet is no Parquet file that can be read: "):
        ParquetBlocks(tmp_path / "x.parquet", y="y")


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
    "longer": (lambda chunk: np.repeat(chunk, 2, 0), r"chunk [01], 0 of X must have the shape \(8, 2\), .* \(16, 2\)$"),
    "narrower": (lambda chunk: chunk[:, :1], r"chunk [01], 0 of X must have the shape \(8, 2\), .* \(8, 1\)$"),
    "flat": (lambda chunk: chunk[:, 0], r"chunk [01], 0 of X must have the shape \(8, 2\), .*, but it has \(8,\)$"),
    "words": (lambda chunk: chunk.astype(str), r"chunk [01], 0 of X must hold real numbers, but its type is <U32$"),
}


@pytest.mark.parametrize("rows", [8, 3])  # of y: other chunks than X's are cut anew, by what the array says
@pytest.mark.parametrize(("change", "says"), SAID.values(), ids=SAID)
def test_dask_chunks_that_are_not_what_their_array_says_are_refused(change, says, rows):
    values = da.from_array(np.arange(32.0).reshape(16, 2), chunks=(8, 2)).map_blocks(change, dtype=float, meta=X)
    data = DaskBlocks(values, da.from_array(np.arange(16.0), chunks=rows))
    for passed in (MeanSquaredError.from_blocks, streamed, lambda data: dask.compute(*data.pieces())):
        with pytest.raises(ValueError, match=says):
            passed(data)
    data = DaskBlocks(da.ones((16, 1), chunks=4), da.ones(16, chunks=8).map_blocks(lambda chunk: chunk[:-1]))
    with pytest.raises(ValueError, match=r"^chunk 0 of y must have the shape \(8,\), .*, but it has \(7,\)$"):
        streamed(data)


def test_dask_chunks_whose_mask_hides_nothing_are_taken():
    values = da.from_array(X, chunks=(8, 2)).map_blocks(np.ma.masked_array)
    assert_same([joined(streamed(DaskBlocks(values, da.from_array(Y))))], [(X, Y)])


def test_dask_chunks_of_unknown_size_are_refused_with_what_helps():
    values, heights = dask_of_unknown_sizes(X, Y)
    with pytest.raises(
        ValueError, match=r"^the chunks of X have no known size: call its compute_chunk_sizes\(\) first"
    ):
        DaskBlocks(values, heights)
    with pytest.raises(
        ValueError, match=r"^the chunks of y have no known size: call its compute_chunk_sizes\(\) first"
    ):
        DaskBlocks(values.compute_chunk_sizes(), heights)


# Writing


def written(folder, pairs):
    return write_npy(folder / "X.npy", folder / "y.npy", pairs)


@pytest.fixture
def older(tmp_path):
    """Files of these names that were there before."""
    for name in ("X.npy", "y.npy"):
        (tmp_path / name).write_bytes(b"older")
    return tmp_path


def assert_untouched(folder):
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"X.npy": b"older", "y.npy": b"older"}


def test_what_is_written_is_what_was_given_and_numpy_reads_it(older):
    pairs = [(X[:1], Y[:1]), (X[1:1], Y[1:1]), (np.asfortranarray(X[1:]), Y[1:])]
    data = written(older, iter(pairs))
    assert (data.rows, data.dimension) == (30, 3)
    np.testing.assert_array_equal(np.load(older / "X.npy"), X)
    np.testing.assert_array_equal(np.load(older / "y.npy"), Y)
    assert sorted(path.name for path in older.iterdir()) == ["X.npy", "y.npy"]


def test_files_may_be_written_from_themselves(tmp_path):
    data = SOURCES["npy"](tmp_path, X, Y)
    written(tmp_path, data.map(lambda X, y: (X + 1, y)))
    np.testing.assert_array_equal(np.load(tmp_path / "X.npy"), X + 1)


def test_whole_numbers_and_bools_are_written_as_floats(tmp_path):
    data = written(tmp_path, [(np.array([[1, 2]], ">i2"), np.array([True]))])
    assert [np.load(tmp_path / name).dtype for name in ("X.npy", "y.npy")] == [float, float]
    assert_same(streamed(data), [(np.array([[1.0, 2.0]]), np.array([1.0]))])


def failing(error):
    yield X, Y
    raise error


@pytest.mark.parametrize("error", [RuntimeError("boom"), KeyboardInterrupt(), ValueError("boom")], ids=repr)
def test_blocks_that_end_in_an_error_leave_nothing(older, error):
    with pytest.raises(type(error)):
        written(older, failing(error))
    assert_untouched(older)


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([], "^the blocks hold no rows: there is nothing to write$"),
        ([(X[:0], Y[:0])], "^the blocks hold no rows: there is nothing to write$"),
        ([(X, Y), (X[:, :2], Y)], "^all blocks must be equally wide, but block 1 has 2 columns after 3$"),
        ([(X, Y), 3], "^block 1 must be a pair of X and y, but it is a int$"),
        ([(X, Y[1:])], "^block 0 has 30 rows of X, but 29 of y$"),
        ([(X * 1j, Y)], "^X of block 0 must hold real numbers, but its type is complex128$"),
    ],
)
def test_what_is_no_data_is_not_written(older, pairs, says):
    with pytest.raises(ValueError, match=says):
        written(older, pairs)
    assert_untouched(older)


def test_one_file_cannot_be_both_by_whatever_way_it_is_reached(older):
    (older / "sub").mkdir()
    with pytest.raises(ValueError, match=r"^X and y must be two files, but both are .*X.npy$"):
        write_npy(older / "X.npy", older / "sub" / ".." / "X.npy", [(X, Y)])
    (older / "sub").rmdir()
    assert_untouched(older)


def test_one_file_cannot_be_both(tmp_path):
    with pytest.raises(ValueError, match=r"^X and y must be two files, but both are .*same.npy$"):
        write_npy(tmp_path / "same.npy", tmp_path / "same.npy", [(X, Y)])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "error",
    [OSError("corrupt page"), OSError(errno.EIO, "bad disk"), FileNotFoundError(errno.ENOENT, "gone", "part-7")],
    ids=repr,
)
def test_an_error_of_the_blocks_comes_as_it_is(older, error):
    with pytest.raises(type(error)) as caught:
        written(older, failing(error))
    assert caught.value is error
    assert_untouched(older)


@pytest.mark.parametrize("name", ["X.npy", "y.npy"])
def test_a_folder_in_place_of_a_file_is_noticed_before_anything_is_read(older, name):
    (older / name).unlink()
    (older / name).mkdir()
    says = r"could not be written, and nothing is left of them: this is no file that could be replaced$"
    with pytest.raises(OSError, match=says):
        written(older, failing(AssertionError("read")))
    (older / name).rmdir()
    (older / name).write_bytes(b"older")
    assert_untouched(older)


def test_a_second_name_that_the_system_refuses_is_said_to_come_after_the_first(older, monkeypatch):
    replaced = Path.replace

    def refusing(path, target):
        if target.name == "X.npy":
            raise PermissionError(errno.EPERM, "not permitted")
        return replaced(path, target)

    monkeypatch.setattr(Path, "replace", refusing)
    with pytest.raises(PermissionError, match=r"could not be written, but .*y.npy is new already: not permitted$"):
        written(older, [(X, Y)])
    np.testing.assert_array_equal(np.load(older / "y.npy"), Y)
    assert (older / "X.npy").read_bytes() == b"older"
    assert len(list(older.iterdir())) == 2


def test_files_are_on_the_disk_before_they_take_their_names(older, monkeypatch):
    done = []
    for owner, name in ((os, "fsync"), (Path, "replace")):
        real = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *args, name=name, real=real: (done.append(name), real(*args)))
    written(older, [(X, Y)])
    assert done[:2] == ["fsync", "fsync"]
    assert done.count("replace") == 2


def test_a_folder_that_is_not_there_is_an_error_with_its_name(tmp_path):
    with pytest.raises(OSError, match=r"gone/X.npy and .*gone/y.npy could not be written, .*: No such file"):
        written(tmp_path / "gone", [(X, Y)])


@pytest.fixture
def full_disk():
    """No file may grow beyond 20 kB: for a process, a disk that fills."""
    resource = pytest.importorskip("resource", reason="this system has no limits of a process's own")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


@pytest.mark.parametrize("rows", [200, 20_000])  # what fills is a file's buffer, or the file
def test_a_disk_that_fills_leaves_nothing_and_says_so(older, full_disk, rows):
    pairs = ((np.ones((rows, 3)), np.ones(rows)) for _ in range(10))
    says = r"X.npy and .*y.npy could not be written, and nothing is left of them: File too large$"
    with pytest.raises(OSError, match=says) as caught:
        written(older, pairs)
    assert caught.value.errno == errno.EFBIG
    assert_untouched(older)


# Progress


@pytest.fixture(params=["sum", "write"])
def long_pass(request, tmp_path):
    data = ArrayBlocks(X, Y, rows=1)
    if request.param == "sum":
        return lambda progress: total(data, counted, progress)
    return lambda progress: write_npy(tmp_path / "X.npy", tmp_path / "y.npy", data, progress)


def test_a_pass_shows_how_far_it_is_only_if_it_is_long_and_wanted(long_pass, monkeypatch, capsys):
    long_pass(True)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(blocks, "QUIET", 0)
    long_pass(False)
    assert capsys.readouterr() == ("", "")
    long_pass(True)
    shown, noise = capsys.readouterr()
    assert shown == ""
    assert "blocks" in noise
    assert noise.rpartition("\r")[2].strip() == ""  # and leaves nothing


def test_the_end_is_shown_where_it_is_known(monkeypatch, capsys):
    monkeypatch.setattr(blocks, "QUIET", 0)
    total(ArrayBlocks(X, Y, rows=1), counted)
    assert "0/30" in capsys.readouterr().err
    total(iter(ArrayBlocks(X, Y, rows=1)), counted)
    noise = capsys.readouterr().err
    assert "0 blocks" in noise
    assert "/30" not in noise
