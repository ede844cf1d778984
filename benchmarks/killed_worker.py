"""A worker is killed in the middle of a pass: what happens, how long it takes, and that no bit of the result changes.

    python benchmarks/killed_worker.py [FOLDER]

Two workers of a Dask cluster on this machine go over a file of 1 GB twice, for the loss and its gradient. Each block
is made to take some milliseconds more, so that a piece of the work lasts about a second. In the second pass one worker
is sent SIGKILL once half of the pieces are done. What the scheduler sees is printed with its time: the sums that the
worker held, and the piece that it was working on, are computed again. The program ends with an error if the result
differs in a bit from that of the pass that nobody disturbed; else the run is stored in ``gdlib/data``.

FOLDER holds the file; without one it is in a temporary folder that is removed in the end. SIGKILL is Unix's.
"""

import logging
import os
import signal
import sys
import time
from collections import Counter
from time import perf_counter
from typing import Any

import numpy as np
from big_files import TRUTH, files_of, folder_for_files, gigabytes
from distributed import Client, LocalCluster
from distributed.diagnostics.plugin import SchedulerPlugin
from side_by_side import machine, store

from gdlib.costs import SquaredCost
from gdlib.large.blocks import Block, Blocks
from gdlib.large.cluster import Cluster
from gdlib.large.streaming import loss_and_gradient

ROWS = 12_500_000
SLOWER = 0.015  # s a block
PATIENCE = 60  # s for the new worker


class Log(SchedulerPlugin):
    """Sees what the scheduler sees of a pass, and kills a worker in its middle."""

    def __init__(self, pieces: int, victim: tuple[str, int] | None) -> None:
        self.begin, self.pieces, self.victim = perf_counter(), pieces, victim
        self.done: Counter[str] = Counter()
        self.killed = self.gone = self.new = None
        self.done_at_kill = 0

    def now(self) -> float:
        """Seconds since the pass began."""
        return perf_counter() - self.begin

    def transition(self, key: str, start: str, finish: str, *args: Any, **kwargs: Any) -> None:
        """A task changes its state; a piece that is in memory is done."""
        if not str(key).startswith("_piece") or (start, finish) != ("processing", "memory"):
            return
        self.done[key] += 1
        if self.victim and self.killed is None and len(self.done) * 2 >= self.pieces:
            os.kill(self.victim[1], signal.SIGKILL)
            self.killed, self.done_at_kill = self.now(), len(self.done)

    def remove_worker(self, scheduler: Any, worker: str, **kwargs: Any) -> None:
        """A worker is gone."""
        self.gone = self.gone or self.now()

    def add_worker(self, scheduler: Any, worker: str) -> None:
        """A worker is there; what was there before the pass is told of too, but not here."""
        self.new = self.new or self.now()


def slowly(X: np.ndarray, y: np.ndarray) -> Block:
    """The block, some milliseconds later."""
    time.sleep(SLOWER)
    return X, y


def watched_pass(
    blocks: Blocks, cluster: Cluster, local: LocalCluster, victim: tuple[str, int] | None
) -> tuple[tuple[float, np.ndarray], float, Log]:
    """What a pass returns, its seconds, and what was seen of it."""
    log = Log(len(blocks.pieces()), victim)
    local.scheduler.add_plugin(log, name="log")
    result = loss_and_gradient(blocks, SquaredCost(), TRUTH / 2, cluster, progress=False)
    seconds = log.now()
    while victim and log.new is None and log.now() < PATIENCE:
        time.sleep(0.1)
    local.scheduler.remove_plugin(name="log")
    return result, seconds, log


def main() -> None:
    """Go over the file twice, and print what the second pass was through."""
    print(machine())
    with (
        folder_for_files(sys.argv) as folder,
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL) as local,
        Client(local) as client,
    ):
        file = files_of(folder, ROWS)
        blocks, cluster = file.map(slowly), Cluster(client)
        victim = next(iter(client.run(os.getpid).items()))
        expected, undisturbed, _ = watched_pass(blocks, cluster, local, None)
        result, disturbed, log = watched_pass(blocks, cluster, local, victim)
    if log.killed is None:
        sys.exit("no worker was killed: the pass was over too soon")
    if result[0] != expected[0] or not np.array_equal(result[1], expected[1]):
        sys.exit(f"the results differ: {result} instead of {expected}")
    print(f"a pass over {gigabytes(file):.2g} GB in {log.pieces} pieces on two workers, seconds:")
    print(f"{undisturbed:>8.2f}  an undisturbed pass")
    again = sum(log.done.values()) - len(log.done)
    happened = {
        f"a worker is killed: {log.done_at_kill} of {log.pieces} pieces are done": log.killed,
        "the scheduler knows that it is gone": log.gone,
        "a new worker is there": log.new,
        f"the pass is over: {again} finished pieces were computed again, beside the one under way": disturbed,
    }
    events = sorted(happened.items(), key=lambda each: each[1] or np.inf)
    for what, when in events:
        print(f"{'never' if when is None else f'{when:.2f}':>8}  {what}")
    print("loss and gradient are those of the undisturbed pass, bit for bit")
    file = {"rows": file.rows, "gigabytes": gigabytes(file), "pieces": log.pieces}
    store({"file": file, "undisturbed_seconds": undisturbed, "events": events}, __file__)


if __name__ == "__main__":
    main()
