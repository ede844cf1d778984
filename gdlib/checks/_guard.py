"""Call a learner's function so that whatever it does, the notebook goes on."""

import _thread
import contextlib
import copy
import inspect
import io
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SECONDS = 3.0  # that a call may take; what exercises ask for takes a thousandth of it


@dataclass(frozen=True)
class Outcome:
    """What became of a call: its value, or a sentence about why there is none; and a remark if it printed."""

    value: Any = None
    problem: str | None = None
    remark: str = ""


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


def written(arguments: Sequence[Any]) -> str:
    """Arguments as they would be typed."""
    return ", ".join(repr(each.tolist()) if isinstance(each, np.ndarray) else repr(each) for each in arguments)


def call(function: Callable[..., Any], arguments: Sequence[Any], seconds: float = SECONDS) -> Outcome:
    """The function's value for copies of the arguments, or what kept it from giving one."""
    name = getattr(function, "__name__", "your function")
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        wanted = f"{len(arguments)} argument" + "s" * (len(arguments) != 1)
        return Outcome(
            problem=f"{name}{inspect.signature(function)} cannot be called with {wanted}: {name} must take as many"
        )
    except ValueError:
        pass  # a function of C that does not tell its parameters
    given = [copy.deepcopy(each) for each in arguments]
    asked, printed = f"{name}({written(arguments)})", _Printed()
    value, problem = None, None
    try:
        with contextlib.redirect_stdout(printed), _deadline(seconds), np.errstate(all="ignore"):
            value = function(*given)
    except _Late:
        problem = (
            f"{asked} had not come back after {seconds:g} seconds and was stopped: is there a loop that never ends?"
        )
    except KeyboardInterrupt:
        raise  # the reader's own
    except RecursionError:
        problem = f"{asked} calls itself without end"
    except BaseException as error:  # SystemExit too
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        problem = f"{asked} stopped with {what}"
    if problem is None and not all(map(_same, given, arguments)):
        place = next(i for i, pair in enumerate(zip(given, arguments, strict=True)) if not _same(*pair))
        problem = (
            f"{asked} changed what it was given: argument {place + 1} came out as {written([given[place]])}. "
            "Work on a copy, or make new values"
        )
    remark = ""
    if printed.lines or printed.first:
        lines = max(printed.lines, 1)
        remark = f" (It also printed {lines} line{'s' * (lines != 1)}, held back here; the first is {printed.first!r}.)"
    return Outcome(value, problem, remark)


class _Late(BaseException):
    """The time is over. No `except Exception` of a learner catches it."""


@contextlib.contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Stop what runs inside after so many seconds; in the main thread alone, where notebooks run their cells."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    late, over = threading.Event(), threading.Lock()
    done = False

    def stop() -> None:
        with over:
            if not done:
                late.set()
                _thread.interrupt_main()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN  # as under nohup, where no interrupt would come
    if ignored:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    timer.start()
    try:
        try:
            yield
        finally:
            with over:
                done = True
            timer.cancel()
            if late.is_set():  # it may be on its way still
                for _ in range(1000):
                    pass
    except KeyboardInterrupt:
        if late.is_set():
            raise _Late from None
        raise
    finally:
        if ignored:
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def _same(one: Any, other: Any) -> bool:
    """Whether two arguments are equal, nan included."""
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.shape == other.shape and np.array_equal(one, other, equal_nan=True)
    if isinstance(one, (list, tuple)):
        return type(one) is type(other) and len(one) == len(other) and all(map(_same, one, other))
    return callable(one) or bool(one == other)
