"""What a reader handed in, as plain data. Nothing but what stands here asks an object of theirs for anything.

An object may do anything when it is looked at: raise, wait, be endless, contain itself. So it is known by its type, and
read to a bounded depth and width; `_guard` sees to the time.
"""

import re
import reprlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from types import CoroutineType
from typing import Any

from gdlib.checks._deadline import Late
from gdlib.checks._numbers import Numbers, numbers, numpy_if_loaded

MOST = 100_000  # numbers that are read, a thousand times what the exercises need
DEEPEST = 32  # lists within lists
REAL = "biuf"  # the kinds of NumPy's types that are truth values, integers and floats

# What NumPy says of shapes that do not go together, and what whoever has just met arrays can use.
_PAIRS = r"@ pairs a row on its left, here of \g<left>, with a column on its right, here of \g<right>: is a .T missing?"
SHAPES = [
    (re.compile(r"^matmul: .*\(size (?P<right>\d+) is different from (?P<left>\d+)\)"), _PAIRS),
    (re.compile(r"^shapes .* not aligned: (?P<left>\d+) \(.*\) != (?P<right>\d+) \(.*\)"), _PAIRS),
    (
        re.compile(r"^operands could not be broadcast together with shapes (\(.*?\)) (\(.*?\)) *"),
        r"arrays of shapes \1 and \2 cannot be paired entry by entry",
    ),
]

_quoting = reprlib.Repr()
_quoting.maxlevel = 3
_quoting.maxlist = _quoting.maxtuple = _quoting.maxstring = _quoting.maxlong = _quoting.maxother = 60


@dataclass(frozen=True)
class Reading:
    """An answer as plain data, which runs no code of the reader's."""

    shown: str  # as it would be typed, shortened
    missing: bool = False  # whether nothing was filled in
    text: str | None = None  # what it says, if it is a text
    shape: tuple[int, ...] | None = None  # if it is made of real numbers
    numbers: Numbers | None = None  # as floats, inf for what is beyond them; None if there are more than `MOST`
    else_it: str = ""  # if it is not made of real numbers: what it does instead, as "is a dict"


def read(answer: Any) -> Reading:
    """Read an answer."""
    said = shown(answer)
    if is_missing(answer):
        return Reading(said, missing=True)
    if issubclass(type(answer), str):
        return Reading(said, text=str.strip(answer), else_it=f"is the text {said}")
    try:
        shape, found = _numbers(answer)
    except (KeyboardInterrupt, Late):
        raise
    except _NotRealError as error:
        return Reading(said, else_it=str(error) or f"is {said}")
    except BaseException as error:
        return Reading(said, else_it=f"is {said}, which as numbers gives {of_error(error)}")
    return Reading(said, shape=shape, numbers=found)


def is_missing(answer: Any) -> bool:
    """Whether nothing was filled in."""
    return answer is None or answer is Ellipsis


def shown(value: Any) -> str:
    """A value as it would be typed, shortened, also if it cannot be written."""
    return in_words(_quoting.repr, value, f"an object of type {name_of(type(value), 'its own')}")


def name_of(named: Any, otherwise: str) -> str:
    """The name of a function or class, if it has one."""
    return in_words(lambda each: each.__name__, named, otherwise)


def of_error(error: BaseException) -> str:
    """What an error says, after its name."""
    name, text = name_of(type(error), "an error"), in_words(str, error, "", letters=300)
    for numpys, ours in SHAPES:
        text = numpys.sub(ours, text)
    return f"{name}: {text}" if text else name


def in_words(write: Callable[[Any], Any], value: Any, otherwise: str, letters: int = 60) -> str:
    """What is written of a value, which may be more than can be read, or an error."""
    try:
        text = str.__getitem__(write(value), slice(letters + 1))  # str's own method, since a subclass may do anything
    except (KeyboardInterrupt, Late):
        raise
    except BaseException:
        return otherwise
    text = text if len(text) <= letters else f"{text[: letters - 3]}..."
    return text.encode("utf-8", "backslashreplace").decode()  # half a surrogate cannot be sent to a notebook


class _NotRealError(Exception):
    """The answer is not made of real numbers."""


def _numbers(answer: Any) -> tuple[tuple[int, ...], Numbers | None]:
    """The shape of an answer, and its floats unless they are too many."""
    np = numpy_if_loaded()
    if np and issubclass(type(answer), np.ma.MaskedArray) and np.ma.is_masked(answer):
        raise _NotRealError("has masked entries")
    if np and _has(answer, "__array__") and not issubclass(type(answer), np.generic):
        array = np.asarray(answer)
        if array.dtype.kind in REAL:
            with np.errstate(all="ignore"):  # what is beyond a float is inf
                return array.shape, numbers(array.astype(float)) if array.size <= MOST else None
    nested = _plain(answer, DEEPEST, [MOST])
    try:
        found = numbers(nested)
    except ValueError:
        raise _NotRealError(f"is {shown(answer)}, whose parts differ in length") from None
    return found.shape, found


def _plain(answer: Any, depth: int, room: list[int]) -> Any:
    """A number as a float, whatever holds numbers as a list. `room` counts what may still come."""
    room[0] -= 1
    if not depth:
        raise _NotRealError(f"has lists within lists, more than {DEEPEST} deep")
    if room[0] < 0:
        raise _NotRealError(f"holds more than {MOST:,} numbers")
    kind = type(answer)
    if issubclass(kind, (Mapping, set, frozenset, CoroutineType)) or _has(answer, "__next__"):
        raise _NotRealError(f"is a {name_of(kind, 'collection')}")
    if issubclass(kind, (str, bytes, bytearray)):
        raise _NotRealError
    np = numpy_if_loaded()
    if np and issubclass(kind, np.generic):
        if answer.dtype.kind not in REAL:
            raise _NotRealError
    elif np and _has(answer, "__array__"):
        array = np.asarray(answer)
        if array.dtype.kind not in REAL + "O":
            raise _NotRealError
        if array.size > room[0]:
            raise _NotRealError(f"holds more than {MOST:,} numbers")
        answer = array.tolist()
        return [_plain(each, depth - 1, room) for each in answer] if array.ndim else _plain(answer, depth - 1, room)
    elif _has(answer, "__len__") and _has(answer, "__getitem__"):
        return [_plain(each, depth - 1, room) for each in islice(answer, room[0] + 1)]
    if not _has(answer, "__float__") and not _has(answer, "__index__"):
        raise _NotRealError
    try:
        return float(answer)
    except OverflowError:
        return float("inf")


def _has(answer: Any, method: str) -> bool:
    """Whether the type has a method. The object itself is not asked: it may answer yes to everything."""
    return hasattr(type(answer), method)
