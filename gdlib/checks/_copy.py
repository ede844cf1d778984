"""Run a learner's code in a copy of this process: what it does stays there, and whatever it does can be ended.

Only Linux makes copies that work: on macOS, libraries of the system do not outlive a fork, and Windows and browsers
have none. There, and where there is no room for another process, the code runs in this one.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from gdlib.checks._deadline import Late

T = TypeVar("T")


@contextlib.contextmanager
def copied(work: Callable[[], Iterator[T]]) -> Iterator[Callable[[float], T]]:
    """Do the work in a copy; what it yields is received one by one, and in the end the copy is killed.

    ``receive(seconds)`` raises `Late` if nothing comes in that time, `EOFError` if the copy ended by itself, and
    `KeyboardInterrupt` if it was interrupted. Without a copy it waits as long as the work takes.
    """
    started = _start(work)
    if started is None:
        here = work()
        yield lambda seconds: next(here)
        return
    copy, ours = started

    def receive(seconds: float) -> T:
        if not ours.poll(seconds):
            raise Late
        try:
            got = ours.recv()
        except OSError:  # it ended while it was sending
            raise EOFError from None
        if got is None:
            raise KeyboardInterrupt
        return got

    try:
        yield receive
    finally:
        copy.kill()
        if copy.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(copy.pid, signal.SIGKILL)  # the processes that it started
        copy.join()
        ours.close()


def _start(work: Callable[[], Iterator[Any]]) -> tuple[BaseProcess, Connection] | None:
    """A copy that has begun, if there can be one, and what it sends through."""
    if sys.platform != "linux" or multiprocessing.parent_process():  # and no copy of a copy
        return None
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    copy = fork.Process(target=_send, args=(work, theirs))
    with warnings.catch_warnings():
        # Of locks that other threads may hold at that moment: a copy that waits for one is killed.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            copy.start()
        except OSError:
            return None
    theirs.close()
    return copy, ours


def _send(work: Callable[[], Iterator[Any]], theirs: Connection) -> None:
    """Send from the copy what the work yields; None for an interrupt, which is the reader's."""
    os.setpgid(0, 0)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):  # discard what is printed without Python's streams
        os.dup2(nowhere, stream)
    try:
        for each in work():
            theirs.send(each)
    except KeyboardInterrupt:
        theirs.send(None)
