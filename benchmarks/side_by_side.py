"""Time several ways of doing one thing in turn, so that whatever slows the machine slows all of them alike."""

import json
import os
import platform
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from gdlib._files import written_whole

AGREE = 1e-9  # the largest relative difference between two ways of one thing
PACKAGES = ("numpy", "torch", "scikit-learn", "dask", "pyarrow")


def medians(ways: dict[str, Callable[[Any], Any]], arguments: Iterable[Any]) -> dict[str, float]:
    """Median seconds of every way; each is called once with each argument, one way after the other."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for argument in arguments:
        for name, way in ways.items():
            begin = perf_counter()
            way(argument)
            seconds[name].append(perf_counter() - begin)
    return {name: median(taken) for name, taken in seconds.items()}


def require_agreement(name: str, result: Any, expected: Any) -> float:
    """The largest difference of two arrays, relative to the largest number; the program ends if it is too large."""
    expected = np.asarray(expected)
    difference = float(np.abs(np.asarray(result) - expected).max() / np.abs(expected).max())
    if not difference <= AGREE:
        sys.exit(f"{name} differs from what it is compared with by {difference}: {AGREE} is allowed")
    return difference


def machine() -> str:
    """What the numbers depend on, in short."""
    return f"Python {platform.python_version()}, numpy {np.__version__}, {os.cpu_count()} processors"


def store(run: dict[str, Any], script: str) -> None:
    """Write a run where `gdlib.datasets.measured` reads it, with its date and all that its numbers depend on."""
    path = Path(script).parent.parent / "gdlib" / "data" / f"{Path(script).stem}.json"
    dated = {"date": datetime.now(UTC).date().isoformat(), "machine": _machine_in_full()}
    with written_whole(path) as file:
        file.write(f"{json.dumps(dated | run, indent=1)}\n".encode())
    print(f"stored in {path}")


def _machine_in_full() -> dict[str, Any]:
    return {
        "processors": os.cpu_count(),
        "model": _model(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "python": platform.python_version(),
        **{package: _version(package) for package in PACKAGES},
    }


def _model() -> str:
    """The processor's name; only Linux tells it in this file."""
    known = Path("/proc/cpuinfo")
    lines = known.read_text().splitlines() if known.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
