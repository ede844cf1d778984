import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import dask
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sources import SOURCES, assert_same, joined, mapped, streamed

from gdlib.costs import SquaredCost
from gdlib.large import blocks
from gdlib.large.blocks import ArrayBlocks, total
from gdlib.large.npy import NpyBlocks, write_npy
from gdlib.large.parquet import ParquetBlocks
from gdlib.large.streaming import MiniBlocks, descend, loss_and_gradient
from gdlib.losses import MeanSquaredError

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(30, 3)) + 0.5, RNG.normal(size=30) + 2
LOSS = MeanSquaredError.from_data(X, Y)
DATA = ArrayBlocks(X, Y, rows=4)

ON_ALL_SOURCES = pytest.mark.parametrize("name", SOURCES)


def assert_the_same_loss(loss, wanted=LOSS):
    assert loss.n == wanted.n
    for name in ("gram", "moment", "sum_of_squares"):
        np.testing.assert_allclose(getattr(loss, name), getattr(wanted, name), rtol=1e-12)


def counted(X, y):
    return len(X), X.sum(axis=0)


# Every source


@ON_ALL_SOURCES
def test_a_source_streams_the_numbers_that_it_holds_in_the_order_that_is_asked_for(name, tmp_path):
    data = SOURCES[name](tmp_path, X, Y)
    in_order = streamed(data)
    assert_same([joined(in_order)], [(X, Y)])
    assert {values.dtype for block in in_order for values in block} == {np.dtype(float)}
    assert (data.rows, data.dimension) == X.shape
    assert len(in_order) == len(data) == len(list(data))
    order = [*RNG.permutation(len(data)).tolist(), 0, len(data) - 1, 0]
    assert_same(streamed(data, order), [in_order[place] for place in order])
    assert streamed(data, []) == []
    sizes, lengths = data.sizes, [len(y) for _, y in in_order]
    if len(sizes) == 1 < len(lengths):  # all but the last are equally long
        assert lengths[-1] <= sizes[0]
        sizes = sizes * (len(lengths) - 1) + lengths[-1:]
    assert sizes == lengths


@ON_ALL_SOURCES
def test_pieces_hold_all_blocks_in_turn_and_know_their_places(name, tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCKS_PER_PIECE", 3)
    data = SOURCES[name](tmp_path, X, Y)
    pieces = dask.compute(*data.pieces(), scheduler="synchronous")
    assert [piece.first for piece in pieces] == np.cumsum([0, *map(len, pieces)])[:-1].tolist()
    assert max(map(len, pieces)) <= 3
    assert_same([block for piece in pieces for block in streamed(piece)], streamed(data))
    assert {piece.dimension for piece in pieces} == {3}
    last = pieces[-1]
    assert_same(streamed(last, range(len(last))[::-1]), streamed(last)[::-1])


@pytest.mark.parametrize("name", ["arrays", "npy", "dask, empty chunks", "a function of arrays"])
def test_a_function_sees_every_block_and_its_result_is_what_comes(name, tmp_path):
    data = SOURCES[name](tmp_path, X, Y)
    changed = data.map(lambda X, y: (np.column_stack([X[:, 0], X @ [1, 2, 3]]), -y))
    values, heights = joined(streamed(changed))
    np.testing.assert_allclose(values, np.column_stack([X[:, 0], X @ [1, 2, 3]]), rtol=1e-14)
    np.testing.assert_array_equal(heights, -Y)
    assert (changed.rows, changed.dimension, len(changed), changed.first) == (30, 2, len(data), 0)
    assert_same(streamed(changed, [0, 0])[1:], streamed(changed, [0]))


@settings(max_examples=25)
@given(cuts=st.lists(st.integers(0, 30), max_size=8))
def test_a_sum_does_not_depend_on_where_the_data_are_cut(cuts):
    ends = sorted([*cuts, 30])
    data = ((X[begin:end], Y[begin:end]) for begin, end in zip([0, *ends], ends, strict=False))
    assert_the_same_loss(MeanSquaredError.from_blocks(data))
    with pytest.raises(ValueError, match=r"^the blocks hold no rows: there is nothing to learn from$"):
        MeanSquaredError.from_blocks(data)  # a generator, which can be read once


def test_long_data_are_read_in_blocks_and_give_the_same_loss():
    rows = 2 * blocks.BLOCK_BYTES // (8 * 3) + 5
    many, heights = np.resize(X, (rows, 3)), np.resize(Y, rows)
    data = ArrayBlocks(many, heights)
    assert [len(y) for _, y in data] == [blocks.BLOCK_BYTES // 24] * 2 + [rows - 2 * (blocks.BLOCK_BYTES // 24)]
    whole = MeanSquaredError(rows, many.T @ many, heights @ many, heights @ heights)
    assert_the_same_loss(MeanSquaredError.from_blocks(data), whole)
    assert_the_same_loss(MeanSquaredError.from_data(many, heights), whole)


@pytest.mark.parametrize("mode", ["r+", "c"])
def test_what_was_written_into_a_memory_map_is_still_there_after_a_pass(mode, tmp_path):
    values = mapped(tmp_path, np.tile(X, (100, 1)), mode)
    values[::700] = 5
    wanted = np.array(values)
    for _ in ArrayBlocks(values, np.zeros(len(values)), rows=500):
        pass
    np.testing.assert_array_equal(values, wanted)


@pytest.mark.parametrize(("columns", "rows"), [(1, 93_750), (300, 312), (307, 307), (3000, 500), (2 * 10**6, 1)])
def test_a_block_of_many_columns_outweighs_the_table_of_their_products_as_far_as_memory_goes(columns, rows):
    data = ArrayBlocks(np.broadcast_to(1.0, (100_000, columns)), np.broadcast_to(1.0, 100_000))
    assert len(next(iter(data))[1]) == rows


# Memory


MEASURED = """
import numpy as np
from gdlib.costs import LogisticCost
from gdlib.large.blocks import ArrayBlocks, total
from gdlib.large.npy import NpyBlocks, write_npy
from gdlib.large.streaming import loss_and_gradient
from gdlib.losses import MeanSquaredError

def measured(work):
    open("/proc/self/clear_refs", "w").write("5")  # the peak is that from here on
    before = memory("VmRSS")
    work()
    print(memory("VmHWM") - before)

def memory(what):
    return int(next(line for line in open("/proc/self/status") if line.startswith(what)).split()[1]) * 1024

def mapped(mode):
    return [np.load(name, mmap_mode=mode) for name in ("X.npy", "y.npy")]

part = np.random.default_rng(3).normal(size=(50_000, 9))
data = write_npy("X.npy", "y.npy", ((part, part[:, 0] > 0) for _ in range(10)), progress=False)
ones = np.ones((4_500_000, 1), "?")
np.ones((300, 300)) @ np.ones((300, 300))  # the library of linear algebra has its buffers now
MeanSquaredError.from_blocks(ArrayBlocks(part[:9], part[:9, 0]))  # and what a pass imports is there
"""
PASSES_OVER_FILES = {
    "npy, from_blocks": "MeanSquaredError.from_blocks(data)",
    "npy, loss_and_gradient": "loss_and_gradient(data, LogisticCost(), np.ones(9))",
    "npy, mapped": "total(data.map(lambda X, y: (X + 1, y)), lambda X, y: (X.sum(),))",
    "map to read": "MeanSquaredError.from_blocks(ArrayBlocks(*mapped('r')))",
    "map to write": "MeanSquaredError.from_blocks(ArrayBlocks(*mapped('r+')))",
    "map of y": "total(ArrayBlocks(ones, mapped('r')[0].ravel()), lambda X, y: (y.sum(),))",
}


@pytest.mark.skipif(sys.platform != "linux", reason="what a process has in memory is read from /proc")
def test_a_pass_over_files_takes_the_memory_of_some_blocks(tmp_path):
    program = MEASURED + "".join(f"measured(lambda: {work})\n" for work in PASSES_OVER_FILES.values())
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert (tmp_path / "X.npy").stat().st_size >= 36e6
    taken = dict(zip(PASSES_OVER_FILES, map(int, ran.stdout.split()), strict=True))
    assert {name: peak for name, peak in taken.items() if peak >= 8e6} == {}


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


@pytest.mark.parametrize("odd", [np.nan, -np.inf])
def test_a_number_that_is_not_finite_is_named_with_its_block_and_row(odd):
    for passed in (MeanSquaredError.from_blocks, lambda data: loss_and_gradient(data, SquaredCost(), [2.0])):
        data = ((np.ones((2, 1)), np.array([0.0, odd if index == 1_000 else 1.0])) for index in range(1_002))
        with pytest.raises(ValueError, match=rf"^y must be finite, but row 1 of block 1000 holds {odd}$"):
            passed(data)
    with pytest.raises(ValueError, match=rf"^X must be finite, but row 0 of block 1 holds {odd} in column 2$"):
        total([(X, Y), (np.array([[1, 2, odd]]), np.ones(1))], lambda X, y: (X.sum(),))


def test_sums_beyond_the_range_of_a_float_come_as_they_are_but_no_loss_is_made_of_them():
    data = [(np.full((2, 1), 1e200), np.ones(2))] * 2
    assert total(data, lambda X, y: (len(X), (X * X).sum())) == (4, np.inf)
    with pytest.raises(ValueError, match=r"^the squares of X or y leave the range of a float: divide them by"):
        MeanSquaredError.from_blocks(data)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (iter([]), "the blocks hold no rows: there is nothing to learn from"),
        ([(np.ones((0, 1)), np.ones(0))] * 3, "the blocks hold no rows: there is nothing to learn from"),
        ([(X[:2, :1], Y[:2]), (X, Y)], "all blocks must be equally wide, but block 1 has 3 columns after 1"),
        ([(X, Y[1:])], "block 0 has 30 rows of X, but 29 of y"),
        ([(np.ones((2, 0)), np.ones(2))], "X of block 0 has no columns"),
        ([(Y, Y)], "X of block 0 must have the shape (rows, d), but it has (30,)"),
        ([(X, X)], "y of block 0 must have the shape (rows,), but it has (30, 3)"),
        ([(X, Y), X], "block 1 must be a pair of X and y, but it is a ndarray"),
        ([(X * 1j, Y)], "X of block 0 must hold real numbers, but its type is complex128"),
        ([(X[:1], ["a"])], "y of block 0 must hold real numbers, but its type is <U1"),
        ([([[1.0, None]], [1.0])], "X of block 0 must be a list or table of numbers, but it holds None at [0, 1]"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_blocks_that_are_no_pairs_of_one_width_are_refused(data, says):
    with pytest.raises(ValueError, match=f"^{re.escape(says)}$"):
        total(data, counted)


def test_a_function_that_makes_blocks_of_different_widths_is_refused(tmp_path):
    data = SOURCES["npy"](tmp_path, X, Y).map(lambda X, y: (X[:, :1] if y[0] == Y[0] else X, y))
    for passed in (lambda data: total(data, counted), lambda data: write_npy(tmp_path / "Z", tmp_path / "y", data)):
        with pytest.raises(ValueError, match=r"^all blocks must be equally wide, but block 1 has 3 columns after 1$"):
            passed(data)


def test_an_empty_block_counts_in_the_places_but_not_in_the_sum():
    def refusing(X, y):
        raise ValueError("no")

    data = [(np.ones((0, 1)), np.ones(0)), (np.ones((2, 1)), np.ones(2)), (np.full((1, 1), np.nan), np.ones(1))]
    with pytest.raises(ValueError, match=r"^X must be finite, but row 0 of block 2 holds nan in column 0$"):
        total(data, counted)
    assert total(data[:2] * 2, counted)[0] == 4
    with pytest.raises(ValueError, match=r"^in block 1: no$"):
        total(data, refusing)


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


# What the sources refuse


@pytest.mark.parametrize(
    ("values", "heights", "says"),
    [
        (X, Y[:-1], "X and y must have one row a point each, but have 30 and 29"),
        (X[:, 0], Y, r"X must have 2 dimensions and an entry, but its shape is \(30,\)"),
        (X[:0], Y[:0], r"X must have 2 dimensions and an entry, but its shape is \(0, 3\)"),
        (X, X, r"y must have 1 dimensions and an entry, but its shape is \(30, 3\)"),
        (X * 1j, Y, "X must hold real numbers, but its type is complex128"),
        (X.astype(str).astype(object), Y, "X must be a list or table of numbers, but it holds '.*' at "),
        (np.ma.masked_array(X, mask=X > 1), Y, "X must not be masked: fill what is hidden, or leave out its "),
        (X, np.ma.masked_array(Y, mask=Y > 1), "y must not be masked: fill what is hidden, or leave out its "),
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


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda path: total(DATA, 3), "work must be a function of X and y, but it is 3"),
        (
            lambda path: total(DATA, lambda X, y: [1, 2]),
            "work must return a tuple of numbers or arrays, but it returned",
        ),
        (
            lambda path: total(3, counted),
            "blocks must be Blocks of gdlib.large or pairs of X and y, but they are a int",
        ),
        (lambda path: MeanSquaredError.from_blocks(DATA, on=3), "on must be an instance with total, but it is 3"),
        (
            lambda path: MeanSquaredError.from_blocks(DATA, on=ArrayBlocks),
            "on must be an instance with total, but it is ",
        ),
        (lambda path: DATA.map(3), "function must be one of X and y, but it is 3"),
        (
            lambda path: list(DATA.map(lambda X, y: (X[1:], y[1:]))),
            "a block of 4 rows must keep them, but the function",
        ),
        (
            lambda path: streamed(DATA.map(lambda X, y: None), [1]),
            "block 1 must be a pair of X and y, but it is a None",
        ),
        (lambda path: NpyBlocks(X, path / "y"), "X must be a path, but it is a "),
        (lambda path: NpyBlocks(path / "X.npy", None), "y must be a path, but it is a "),
        (lambda path: write_npy(path / "X", 3, DATA), "y must be a path, but it is a "),
        (lambda path: ArrayBlocks(X, Y, rows=True), "rows must be a whole number, 1 or more, but it is True"),
        (lambda path: NpyBlocks(path / "X.npy", path / "y.npy", rows=0), "rows must be a whole number, 1 or more, but"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_arguments_that_make_no_sense_are_refused(call, says, tmp_path):
    SOURCES["npy"](tmp_path, X, Y)
    with pytest.raises(ValueError, match=f"^{says}"):
        call(tmp_path)
    for gone in (lambda path: NpyBlocks(path, path), lambda path: ParquetBlocks(path, y="y")):
        with pytest.raises(FileNotFoundError, match="gone"):
            gone(tmp_path / "gone")


# Progress


def test_a_pass_shows_how_far_it_is_only_if_it_is_long_and_wanted(tmp_path, monkeypatch, capsys):
    data = ArrayBlocks(X, Y, rows=1)
    for work, seen in (
        (lambda progress: total(data, counted, progress), "0/30"),
        (lambda progress: total(iter(data), counted, progress), "0 blocks"),  # the end is not known
        (lambda progress: write_npy(tmp_path / "X.npy", tmp_path / "y.npy", data, progress), "0/30"),
    ):
        monkeypatch.setattr(blocks, "PROGRESS_DELAY", 3600)
        work(True)
        monkeypatch.setattr(blocks, "PROGRESS_DELAY", 0)
        work(False)
        assert capsys.readouterr() == ("", "")
        work(True)
        shown, noise = capsys.readouterr()
        assert shown == ""
        assert seen in noise
        assert noise.rpartition("\r")[2].strip() == ""  # and leaves nothing
