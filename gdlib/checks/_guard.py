"""Call a learner's function, and look at what a learner hands in, so that the notebook goes on whatever they do."""

import contextlib
import copy
import inspect
import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import CoroutineType
from typing import Any

from gdlib.checks._copy import copied
from gdlib.checks._deadline import Late, within
from gdlib.checks._numbers import numpy_if_loaded
from gdlib.checks._reading import Reading, in_words, name_of, of_error, read, shown

SECONDS = 3.0  # that a call may take, a thousand times what the exercises need
GRACE = 1.0  # more seconds for an exception to take effect


@dataclass(frozen=True)
class Outcome:
    """What became of a call: what it gave, or a sentence about why there is nothing; and a remark if it printed."""

    value: Reading | None = None
    problem: str = ""
    remark: str = ""
    late: bool = False  # whether it had to be stopped


class _Printed(io.TextIOBase):
    """Takes what is printed, counts its lines, and remembers the first."""

    def __init__(self) -> None:
        self.first, self.lines, self._complete = "", 0, False

    def write(self, text: str) -> int:
        """Count, and forget."""
        if not self._complete:
            head, end, _ = text.partition("\n")
            self.first, self._complete = (self.first + head)[:60], bool(end)
        self.lines += text.count("\n")
        return len(text)

    @property
    def remark(self) -> str:
        """A sentence in brackets, if anything was printed."""
        if not self.lines and not self.first:
            return ""
        lines = max(self.lines, 1)
        return f" (It also printed {lines} line{'s' * (lines != 1)}, held back here; the first is {self.first!r}.)"


def written(arguments: Sequence[Any]) -> str:
    """Arguments of ours as they would be typed."""
    return ", ".join(map(_typed, arguments))


def _typed(argument: Any) -> str:
    if callable(argument):
        return str(argument.__name__)
    return repr(argument.tolist() if hasattr(argument, "tolist") else argument)


def look_at(answer: Any, seconds: float = SECONDS) -> Reading:
    """Read an answer, if that takes no longer."""
    try:
        return within(seconds, lambda: read(answer))
    except Late:
        slow = f"something that takes more than {seconds:g} seconds to read"
        return Reading(slow, else_it=f"is {slow}")


def called(function: Callable[..., Any]) -> str:
    """What a sentence calls a learner's function."""
    with contextlib.suppress(Late):
        return within(SECONDS, lambda: name_of(function, "your function"))
    return "your function"


def call(function: Callable[..., Any], arguments: Sequence[Any], seconds: float = SECONDS) -> Outcome:
    """What the function gives for copies of the arguments, or what kept it from giving anything."""
    return calls(function, [arguments], seconds)[0]


def calls(function: Callable[..., Any], cases: Sequence[Sequence[Any]], seconds: float = SECONDS) -> list[Outcome]:
    """The outcomes of one call after the other, up to the first that gives nothing."""
    outcomes: list[Outcome] = []
    with copied(lambda: (_outcome(function, arguments, seconds) for arguments in cases)) as receive:
        for arguments in cases:
            asked = f"{called(function)}({written(arguments)})"
            try:
                outcomes.append(receive(seconds + GRACE))
            except Late:
                outcomes.append(Outcome(problem=_stopped(asked, seconds), late=True))
            except EOFError:
                outcomes.append(Outcome(problem=f"{asked} ended the Python that ran it"))
            value = outcomes[-1].value
            if value is None or value.missing:
                break
    return outcomes


def _outcome(function: Callable[..., Any], arguments: Sequence[Any], seconds: float) -> Outcome:
    """What becomes of a call in this process."""
    asked, printed = f"{called(function)}({written(arguments)})", _Printed()
    given = [copy.deepcopy(each) for each in arguments]
    back = False

    def attempt() -> Outcome:
        nonlocal back
        try:
            value = function(*given)
        except (KeyboardInterrupt, Late):
            raise
        except RecursionError:
            return Outcome(problem=f"{asked} calls itself without end")
        except BaseException as error:  # SystemExit too
            misfit = isinstance(error, TypeError) and in_words(lambda f: _misfit(f, arguments), function, "", 300)
            return Outcome(problem=misfit or f"{asked} stopped with {of_error(error)}")
        back = True
        for place, (now, before) in enumerate(zip(given, arguments, strict=True), start=1):
            if not _same(now, before):
                became = shown(now.tolist() if hasattr(before, "tolist") else now)
                what = f"changed what it was given: argument {place} came out as {became}"
                return Outcome(problem=f"{asked} {what}. Work on a copy, or make new values")
        reading = read(value)
        if type(value) is CoroutineType:
            value.close()  # or Python warns that it was never awaited
        return Outcome(reading)

    begin = time.monotonic()
    streams = contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed)
    try:
        with streams[0], streams[1], _no_warnings():
            outcome = within(seconds, attempt)
    except Late:
        unread = f"{asked} gives something that takes more than {seconds:g} seconds to read"
        outcome = Outcome(problem=unread if back else _stopped(asked, seconds), late=True)
    took = time.monotonic() - begin
    if took > seconds + GRACE:  # no exception could stop it
        outcome = Outcome(problem=f"{asked} took {took:.1f} seconds, where {seconds:g} are enough", late=True)
    return replace(outcome, remark=printed.remark)


def _no_warnings() -> contextlib.AbstractContextManager[Any]:
    """NumPy says nothing of what is beyond a float."""
    np = numpy_if_loaded()
    return np.errstate(all="ignore") if np else contextlib.nullcontext()


def _stopped(asked: str, seconds: float) -> str:
    hint = "is there a loop that never ends, or does it wait for something?"
    return f"{asked} had not come back after {seconds:g} seconds and was stopped: {hint}"


def _misfit(function: Callable[..., Any], arguments: Sequence[Any]) -> str:
    """A sentence about a function that takes another number of arguments; none if it would take these."""
    signature, name = inspect.signature(function), called(function)
    try:
        signature.bind(*arguments)
    except TypeError:
        wanted = f"{len(arguments)} argument" + "s" * (len(arguments) != 1)
        return f"{name}{signature} cannot be called with {wanted}: {name} must take as many"
    return ""


def _same(one: Any, other: Any) -> bool:
    """Whether a copy is still what we gave, nan included; ``other`` is ours."""
    if type(one) is not type(other):
        return False
    np = numpy_if_loaded()
    if np and isinstance(other, np.ndarray):
        return one.shape == other.shape and one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
    if isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    return one is other or bool(one == other)
