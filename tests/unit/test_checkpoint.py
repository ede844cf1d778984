import json
import pickle
import re
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from gdlib.large.checkpoint import Checkpoint, described

MADE_BY = {"rule": "Adam()", "rows": 3, "start": [0.1, 1e-300], "loss": 1 / 3}
STATE = {"steps": 3, "memory": [4, "memory 2", None]}
ARRAYS = {"trajectory": np.arange(6.0).reshape(3, 2) / 7, "losses": np.array([1.0, np.pi]), "memory 2": np.ones(0)}


@pytest.fixture
def kept(tmp_path):
    checkpoint = Checkpoint(tmp_path / "run.npz")
    checkpoint.save(MADE_BY, STATE, ARRAYS)
    return checkpoint


def assert_whole(kept):
    state, arrays = kept.load(MADE_BY)
    assert state == STATE
    assert list(arrays) == list(ARRAYS)
    for name, values in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], values)
        assert arrays[name].dtype == values.dtype


def test_what_was_saved_is_loaded_bit_for_bit_and_nothing_else_is_left(kept):
    assert Checkpoint(kept.path.with_name("other.npz")).load(MADE_BY) is None  # before the first save
    assert_whole(kept)
    Checkpoint(str(kept.path)).save(MADE_BY, STATE | {"steps": 4}, {})
    assert kept.load(MADE_BY) == (STATE | {"steps": 4}, {})
    assert [path.name for path in kept.path.parent.iterdir()] == ["run.npz"]


@pytest.mark.parametrize("path", ["gone/run.npz", "file/run.npz"])
def test_a_folder_that_is_not_there_is_missed_at_once(path, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(FileNotFoundError, match=rf"there is no such folder for a checkpoint: '.*{path}'$"):
        Checkpoint(tmp_path / path)


@pytest.mark.parametrize(
    ("name", "other"),
    [("rule", "Plain()"), ("start", [0.1, 2e-300]), ("loss", np.nextafter(1 / 3, 1)), ("colour", "red")],
)
def test_what_differs_is_named_with_both_values(kept, name, other):
    says = f"was made by another descent: its {name} is {MADE_BY.get(name)}, but here it is {other}"
    with pytest.raises(ValueError, match=rf"run\.npz {re.escape(says)}$"):
        kept.load(MADE_BY | {name: other})


def test_a_file_that_ends_anywhere_or_has_a_wrong_bit_is_refused_unless_it_says_the_same(kept):
    whole, refused = kept.path.read_bytes(), 0
    for length in {*range(0, len(whole), 17), *range(10), *range(len(whole) - 30, len(whole))}:
        kept.path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"run\.npz is (no checkpoint of a descent|torn \(.+\)): delete it"):
            kept.load(MADE_BY)
    places = range(0, len(whole), 7)
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        kept.path.write_bytes(damaged)
        with suppress(ValueError):
            assert_whole(kept)  # times, versions and other things do not matter
            continue
        refused += 1
    assert refused > 2 / 3 * len(places)


def test_a_header_that_hides_rows_is_refused(tmp_path):
    checkpoint = Checkpoint(tmp_path / "run.npz")
    checkpoint.save({}, {}, {"trajectory": np.zeros((3000, 5))})
    whole = checkpoint.path.read_bytes()
    checkpoint.path.write_bytes(whole.replace(b"(3000, 5)", b"(1000, 5)"))
    with pytest.raises(
        ValueError, match=r"run\.npz is torn \(bad CRC-32 of trajectory\.npy\): delete it to begin anew$"
    ):
        checkpoint.load({})


def saved(function, *args, **kwargs):
    return lambda path: function(path, *args, **kwargs)


def npz(**texts):
    return lambda path: np.savez(path, **{name: np.array(text) for name, text in texts.items()})


@pytest.mark.parametrize(
    "made",
    [
        saved(Path.write_text, "epoch,loss\n1,2.5\n"),
        saved(Path.write_bytes, pickle.dumps({"theta": [1, 2]})),
        saved(Path.mkdir),
        lambda path: path.write_bytes(np.lib.format.magic(1, 0)),
        saved(np.savez, theta=np.ones(3)),
        npz(made_by="{}", state="{}"),
    ],
    ids=["text", "pickle", "folder", "npy", "npz", "npz with our names"],
)
def test_what_is_no_checkpoint_is_refused_in_a_sentence(made, tmp_path):
    made(tmp_path / "run.npz")
    with pytest.raises(ValueError, match=r"run\.npz is no checkpoint of a descent( \(.+\))?: delete it to begin anew$"):
        Checkpoint(tmp_path / "run.npz").load(MADE_BY)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        *((text, r"is torn \(.+\)") for text in ("", "x", "[]")),
        (json.dumps({"format": "gdlib descent 0"}), "was written by another version of gdlib"),
    ],
)
def test_texts_that_are_none_of_ours_are_refused(text, says, tmp_path):
    npz(made_by=text, state="{}")(tmp_path / "run.npz")
    with pytest.raises(ValueError, match=rf"run\.npz {says}: delete it to begin anew$"):
        Checkpoint(tmp_path / "run.npz").load(MADE_BY)


def test_a_pickle_within_is_not_run(tmp_path):
    class Bomb:
        def __reduce__(self):
            return Path.touch, (tmp_path / "ran",)

    np.savez(tmp_path / "run.npz", made_by=np.array([Bomb()]), state=np.array("{}"), allow_pickle=True)
    with pytest.raises(ValueError, match=r"run\.npz is torn \(Object arrays cannot be loaded"):
        Checkpoint(tmp_path / "run.npz").load(MADE_BY)
    assert not (tmp_path / "ran").exists()


def test_a_save_that_is_interrupted_leaves_the_last_file_whole(kept, monkeypatch):
    def failing(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", failing)
    with pytest.raises(KeyboardInterrupt):
        kept.save(MADE_BY, STATE | {"steps": 4}, ARRAYS)
    monkeypatch.undo()
    with pytest.raises(TypeError, match="not JSON serializable"):
        kept.save(MADE_BY, {"steps": object()}, ARRAYS)
    assert_whole(kept)
    assert [path.name for path in kept.path.parent.iterdir()] == ["run.npz"]


# What a checkpoint tells apart


@dataclass
class Holding:
    value: object


class Named:
    """No dataclass, but it says what it is made of."""

    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return f"Named({self.value})"


@pytest.mark.parametrize(
    ("value", "equal"),
    [
        (0.1, np.float64(0.1)),
        (1, 1.0),
        (10, np.int64(10)),
        (0.5, Fraction(1, 2)),
        (np.ones(9), np.ones(9, ">f4")),
        (np.ones((2, 3)), np.asfortranarray(np.ones((2, 3)))),
        ((1, "a"), (np.uint8(1), "a")),
        (Holding((0.1, None)), Holding((np.float64(0.1), None))),
        (Named(1), Named(1)),
    ],
    ids=repr,
)
def test_equal_values_are_described_alike(value, equal):
    assert described(value, "rule") == described(equal, "rule")


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (0.1, np.float32(0.1)),
        (2**70 + 1, 2**70),
        (float("inf"), float("nan")),
        (np.ones(6), np.ones((2, 3))),
        (np.zeros(5000), np.r_[np.zeros(2500), 1e-300, np.zeros(2499)]),
        ("1", 1),
        (Holding(1), Holding(2)),
        (Named(1), Named(2)),
        (Holding(1), 1),
    ],
    ids=repr,
)
def test_different_values_are_described_differently(value, other):
    assert described(value, "rule") != described(other, "rule")


@pytest.mark.parametrize("value", [lambda k: 0.1, Holding(object()), [{"w": np.ones(5000)}]], ids=type)
def test_what_does_not_say_what_it_is_made_of_is_refused(value):
    with pytest.raises(ValueError, match=r"^a checkpoint could not tell the rule .* from another one: make it a"):
        described(value, "rule")
