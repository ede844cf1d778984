"""Blocks of ``.npy`` files: reading, and writing."""

import errno
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from sources import SOURCES, joined, streamed

from gdlib.large.blocks import ArrayBlocks
from gdlib.large.npy import NpyBlocks, write_npy
from gdlib.losses import MeanSquaredError

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(30, 3)) + 0.5, RNG.normal(size=30) + 2


@pytest.mark.parametrize("dtype", ["<f8", ">f4", "f2", "i1", ">i8", "u4", "?"])
def test_npy_files_and_arrays_of_every_real_type_are_read_as_floats(dtype, tmp_path):
    values, heights = (np.round(4 * each).clip(0).astype(dtype) for each in (X, Y))
    for name, numbers in (("X.npy", values), ("y.npy", heights)):
        with (tmp_path / name).open("wb") as file:
            np.lib.format.write_array(file, numbers, version=(2, 0) if dtype == "<f8" else None)
    for data in (NpyBlocks(tmp_path / "X.npy", tmp_path / "y.npy", rows=7), ArrayBlocks(values, heights, rows=7)):
        read = joined(streamed(data, [4, 1, 0, 2, 3]))
        order = np.r_[28:30, 7:14, 0:7, 14:28]
        for got, wanted in zip(read, (values, heights), strict=True):
            assert got.dtype == np.float64
            np.testing.assert_array_equal(got, wanted[order].astype(float))


def of_shape(text):
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': " + text
    return b"\x93NUMPY\x01\0\x76\0" + header.ljust(117).encode() + b"\n" + bytes(48)


NO_FILE = r"X.npy is no .npy file of numbers, or was cut short: "


@pytest.mark.parametrize(
    ("values", "heights", "says"),
    [
        (X, Y[:-1], "X.npy holds 30 rows, but .*y.npy holds 29$"),
        (np.asfortranarray(X), Y, "X.npy is stored by columns, so no block of rows stands together: store it by rows$"),
        (X * 1j, Y, "X.npy must hold real numbers, but its type is complex128$"),
        (X.astype(object), Y, f"{NO_FILE}.* Python objects in dtype"),
        (Y, Y, r"X.npy must hold 2 dimensions and an entry, but its shape is \(30,\)$"),
        (X, X, r"y.npy must hold 1 dimensions and an entry, but its shape is \(30, 3\)$"),
        (X[:0], Y[:0], r"X.npy must hold 2 dimensions and an entry, but its shape is \(0, 3\)$"),
        *((bytes, Y, NO_FILE) for bytes in (b"", b"1,2\n3,4\n", b"\x93NUMPY\x01\0\x76\0{'descr", b"\x93NUMPY\x09\0{}")),
        *((of_shape(text), Y, NO_FILE) for text in ("(3, 2", "(3, 2.0), }", '"""', "(-3, 2), }", f"({10**20}, 2), }}")),
        (of_shape("(3, 3), }"), Y, f"{NO_FILE}mmap length is greater"),
    ],
)
def test_npy_files_that_are_no_data_are_refused(values, heights, says, tmp_path):
    np.save(tmp_path / "y.npy", heights)
    if isinstance(values, bytes):
        (tmp_path / "X.npy").write_bytes(values)
    else:
        np.save(tmp_path / "X.npy", values)
    with pytest.raises(ValueError, match=says):
        NpyBlocks(tmp_path / "X.npy", tmp_path / "y.npy")


def test_a_file_that_becomes_shorter_while_it_is_read_is_noticed(tmp_path):
    data = SOURCES["npy"](tmp_path, X, Y)
    stream = iter(data)
    next(stream)
    os.truncate(tmp_path / "X.npy", (tmp_path / "X.npy").stat().st_size - 1)
    with pytest.raises(ValueError, match=r"X.npy has become shorter while it was read: it ends before row 30$"):
        list(stream)
    with pytest.raises(ValueError, match=f"{NO_FILE}mmap length is greater"):
        MeanSquaredError.from_blocks(data)


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


def test_what_is_written_is_what_was_given_as_floats_and_numpy_reads_it(older):
    whole = np.array([[1, 2, 3]], ">i2"), np.array([True])
    pairs = [(X[:1], Y[:1]), (X[1:1], Y[1:1]), (np.asfortranarray(X[1:]), Y[1:]), whole]
    data = written(older, iter(pairs))
    assert (data.rows, data.dimension) == (31, 3)
    assert sorted(path.name for path in older.iterdir()) == ["X.npy", "y.npy"]
    written(older, data.map(lambda X, y: (X + 1, y)))  # from the files themselves
    for name, wanted in (("X.npy", np.r_[X, whole[0]] + 1), ("y.npy", np.r_[Y, whole[1]])):
        np.testing.assert_array_equal(np.load(older / name), wanted)
        assert np.load(older / name).dtype == float


def failing(error):
    yield X, Y
    raise error


@pytest.mark.parametrize(
    "error",
    [KeyboardInterrupt(), ValueError("boom"), OSError("corrupt page"), OSError(errno.EIO, "bad disk")],
    ids=repr,
)
def test_an_error_of_the_blocks_comes_as_it_is_and_leaves_nothing(older, error):
    with pytest.raises(type(error)) as caught:
        written(older, failing(error))
    assert caught.value is error
    assert_untouched(older)


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([(X[:0], Y[:0])], "^the blocks hold no rows: there is nothing to write$"),
        ([(X, Y), (X[:, :2], Y)], "^all blocks must be equally wide, but block 1 has 2 columns after 3$"),
        ([(X, Y), 3], "^block 1 must be a pair of X and y, but it is a int$"),
    ],
)
def test_what_is_no_data_is_not_written(older, pairs, says):
    with pytest.raises(ValueError, match=says):
        written(older, pairs)
    assert_untouched(older)


def test_one_file_cannot_be_both_by_whatever_way_it_is_reached(older):
    with pytest.raises(ValueError, match=r"^X and y must be two files, but both are .*X.npy$"):
        write_npy(older / "X.npy", older / ".." / older.name / "X.npy", [(X, Y)])
    assert_untouched(older)


@pytest.mark.parametrize("name", ["X.npy", "y.npy"])
def test_a_folder_in_place_of_a_file_is_noticed_before_anything_is_read(tmp_path, name):
    (tmp_path / name).mkdir()
    says = r"could not be written, and nothing is left of them: this is no file that could be replaced$"
    with pytest.raises(OSError, match=says):
        written(tmp_path, failing(AssertionError("read")))
    assert [path.name for path in tmp_path.iterdir()] == [name]


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
