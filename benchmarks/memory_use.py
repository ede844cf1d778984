"""How much memory a piece of work takes above what its process had before, told by Linux alone (``/proc``).

Run as a script, this is that process: `python benchmarks/memory_use.py PASS X Y` goes once over two files and prints
what it took as JSON. It loads nothing but NumPy and gdlib.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import Any

import numpy as np

from gdlib.costs import SquaredCost
from gdlib.large.npy import NpyBlocks
from gdlib.large.streaming import loss_and_gradient
from gdlib.losses import MeanSquaredError

PASSES: dict[str, Callable[[NpyBlocks], Any]] = {
    "gradient": lambda blocks: loss_and_gradient(blocks, SquaredCost(), np.ones(blocks.dimension), progress=False),
    "XᵀX": lambda blocks: MeanSquaredError.from_blocks(blocks, progress=False),
}
STATUS = Path("/proc/self/status")
POINTS = 50  # of a trace
PAUSE = 0.005  # s between two looks


def known() -> bool:
    """Whether this system tells."""
    return STATUS.exists()


def watched(work: Callable[[], Any]) -> tuple[Any, dict[str, Any]]:
    """What the work returns; its seconds, its peak in MB above the start, and a trace of both."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew from here
    base, begin, ended = _megabytes("VmRSS"), perf_counter(), Event()
    trace: list[tuple[float, float]] = []

    def look() -> None:
        while not ended.wait(PAUSE):
            trace.append((round(perf_counter() - begin, 4), round(_megabytes("VmRSS") - base, 2)))

    thread = Thread(target=look)
    thread.start()
    try:
        result = work()
    finally:
        seconds = perf_counter() - begin
        ended.set()
        thread.join()
    thinned = trace[:: -(-len(trace) // POINTS) or 1]
    return result, {"seconds": seconds, "megabytes": _megabytes("VmHWM") - base, "trace": thinned}


def _megabytes(entry: str) -> float:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(entry))
    return int(line.split()[1]) * 1024 / 1e6


def in_new_process(script: str, *arguments: str) -> dict[str, Any]:
    """What a script prints as JSON that is run in a process of its own."""
    run = subprocess.run([sys.executable, script, *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(run.stdout)


if __name__ == "__main__":
    name, X, y = sys.argv[1:]
    print(json.dumps(watched(lambda: PASSES[name](NpyBlocks(X, y)))[1]))
