"""Stop what runs too long in this process, by an exception out of a signal's handler.

It reaches loops and, where the system has interval timers, waits too. It does not reach C that asks for no signals,
such as the sum of an endless iterator, before that returns. A browser's Python has neither timers nor threads, and no
signal reaches another thread than the main one: there the time is looked at before each line.
"""

import _thread
import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 0.1  # seconds after the first exception, in which code may clean up
AGAIN = 2e-4  # seconds between those that follow, so that one soon comes outside of a `try` that catches it
if sys.platform == "win32":
    SIGNAL = signal.SIGBREAK
else:
    SIGNAL = signal.SIGALRM


class Late(BaseException):
    """The time is over. No `except Exception` catches it."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """What the work returns; `Late` if it had to be stopped.

    Code that catches everything may swallow `Late` and return nevertheless, and outside of the main thread go on.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if sys.platform == "emscripten" or not in_main:
        unwatch = _watch(seconds) if in_main else _trace(seconds)
        try:
            return _inside(work)
        finally:
            unwatch()
    handler = signal.signal(SIGNAL, _ring)
    end = _alarm(seconds)
    try:
        return _inside(work)
    finally:
        end()
        signal.signal(SIGNAL, signal.SIG_DFL if handler is None else handler)


def _inside(work: Callable[[], T]) -> T:
    """The frame by which a handler sees that the work goes on."""
    return work()


def _alarm(seconds: float) -> Callable[[], object]:
    """Send the signal after so many seconds and again and again from then on, until what is returned is called."""
    if hasattr(signal, "setitimer"):
        before = signal.setitimer(signal.ITIMER_REAL, seconds, PATIENCE)
        return partial(signal.setitimer, signal.ITIMER_REAL, *before)
    over = threading.Event()

    def ring() -> None:
        pause = seconds
        while not over.wait(pause):
            _thread.interrupt_main(SIGNAL)
            pause = PATIENCE if pause == seconds else AGAIN

    with contextlib.suppress(RuntimeError):  # no more threads
        threading.Thread(target=ring, daemon=True).start()
    return over.set


def _watch(seconds: float) -> Callable[[], None]:
    """Once the time is over, raise `Late` before each line, jump or call, until what is returned is called."""
    monitoring: Any = vars(sys)["monitoring"]  # Python 3.12 has it, and none older is built for browsers
    tool, events = monitoring.PROFILER_ID, monitoring.events
    watched = (events.LINE, events.JUMP, events.PY_START, events.PY_RESUME)
    over, pause = time.monotonic() + seconds, PATIENCE

    def look(*_: object) -> None:
        nonlocal over, pause
        now = time.monotonic()
        if now > over:
            over, pause = now + pause, AGAIN
            _ring(SIGNAL, sys._getframe())

    def unwatch() -> None:
        monitoring.set_events(tool, 0)
        monitoring.free_tool_id(tool)

    monitoring.use_tool_id(tool, __name__)
    for event in watched:
        monitoring.register_callback(tool, event, look)
    monitoring.set_events(tool, sum(watched))
    return unwatch


def _trace(seconds: float) -> Callable[[], object]:
    """Raise `Late` at the first line in this thread after so many seconds, until what is returned is called."""
    before, over = sys.gettrace(), time.monotonic() + seconds

    def look(frame: FrameType, event: str, argument: Any) -> Any:
        if time.monotonic() > over:
            raise Late
        return look

    sys.settrace(look)
    return partial(sys.settrace, before)


def _ring(_: int, frame: FrameType | None) -> None:
    """Raise `Late`, if the work goes on."""
    while frame is not None:
        if frame.f_code is _inside.__code__:
            if hasattr(signal, "setitimer") and signal.getitimer(signal.ITIMER_REAL)[1] > 2 * AGAIN:
                signal.setitimer(signal.ITIMER_REAL, PATIENCE, AGAIN)
            raise Late
        frame = frame.f_back
