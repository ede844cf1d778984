"""Time several ways of doing one thing in turn, so that whatever slows the machine slows all of them alike."""

import os
import platform
from collections.abc import Callable, Iterable
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np


def medians(ways: dict[str, Callable[[Any], Any]], arguments: Iterable[Any]) -> dict[str, float]:
    """Median seconds of every way; each is called once with each argument, one way after the other."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for argument in arguments:
        for name, way in ways.items():
            begin = perf_counter()
            way(argument)
            seconds[name].append(perf_counter() - begin)
    return {name: median(taken) for name, taken in seconds.items()}


def print_table(title: str, seconds: dict[str, float], against: str) -> None:
    """One line a way: its median, and its ratio to the way that all are compared with."""
    print(title)
    for name, taken in seconds.items():
        print(f"  {name:<38}{1000 * taken:>10.3f} ms{taken / seconds[against]:>10.4f}")


def machine() -> str:
    """What the numbers depend on."""
    return f"Python {platform.python_version()}, numpy {np.__version__}, {os.cpu_count()} processors"
