"""Rows 4 to 7 of the table: passes over files that need not fit into memory, here, on workers, and by other ways."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import dask.array
import memory_use
import numpy as np
import pyarrow
import pyarrow.parquet
from big_files import TRUTH, gigabytes, read_through
from peers import installed, scikit_learn_pass, torch_loss_and_gradient
from rows import AT_MOST, Row, Skipped, at_most, timed
from side_by_side import AGREE, require_agreement

from gdlib.costs import SquaredCost
from gdlib.large.blocks import ArrayBlocks, Blocks
from gdlib.large.cluster import Cluster
from gdlib.large.dask_arrays import DaskBlocks
from gdlib.large.npy import NpyBlocks
from gdlib.large.parquet import ParquetBlocks
from gdlib.large.streaming import loss_and_gradient
from gdlib.losses import MeanSquaredError

PASS_BOUNDS = {"gradient": None, "XᵀX": 4.0}  # times the reading
MEMORY_BOUND = 32  # MB
CLUSTER_BOUND = 1.5  # times the pass of one process
WORKERS = 2
PART = 10  # scikit-learn sees one of so many blocks
THETA = TRUTH / 2


def gradient(blocks: Blocks, on: Cluster | None = None) -> tuple[float, np.ndarray]:
    """One pass for the loss and its gradient."""
    return loss_and_gradient(blocks, SquaredCost(), THETA, on, progress=False)


def gram(blocks: Blocks, on: Cluster | None = None) -> MeanSquaredError:
    """One pass for the four numbers of the mean squared error."""
    return MeanSquaredError.from_blocks(blocks, on, progress=False)


PASSES = {"gradient": gradient, "XᵀX": gram}


def passes(blocks: NpyBlocks, repeats: int) -> Iterator[Row | Skipped]:
    """4. A pass against plain reading; the files are in the system's cache."""
    reading, buffer, few = "reading", bytearray(2**21), -(-len(blocks) // PART)
    ways = {reading: lambda: read_through(blocks, buffer)}
    ways |= {name: lambda one=one: one(blocks) for name, one in PASSES.items()}
    peer = "scikit-learn"
    if installed(peer):
        ways[peer] = lambda: scikit_learn_pass(islice(blocks, few))
    seconds = timed(ways, repeats)

    for name, bound in PASS_BOUNDS.items():
        what = f"{name} pass over {gigabytes(blocks):.2g} GB against reading it"
        yield at_most(what, seconds, name, reading, bound, repeats)
    what = f"SGDRegressor.partial_fit over 1/{PART} of it, scaled by rows"
    if peer in ways:
        seconds[peer] *= blocks.rows / min(few * blocks.size, blocks.rows)
        yield at_most(what, seconds, peer, reading, None, repeats)
    else:
        yield Skipped(what, peer)


def memory(files: list[NpyBlocks]) -> tuple[list[Row | Skipped], list[dict[str, Any]]]:
    """5. Megabytes above the interpreter with NumPy and gdlib loaded, each pass in a new process; and their traces."""
    rows, traces = [], []
    for name in PASSES:
        for blocks in files:
            what = f"memory of the {name} pass over {gigabytes(blocks):.2g} GB"
            if not memory_use.known():
                rows.append(Skipped(what, "/proc, which only Linux has"))
                continue
            took = memory_use.in_new_process(memory_use.__file__, name, str(blocks.X), str(blocks.y))
            rows.append(Row(what, took["megabytes"], AT_MOST, MEMORY_BOUND, "MB", {name: took["seconds"]}))
            seconds, megabytes = zip(*took["trace"], strict=True) if took["trace"] else ((), ())
            size = gigabytes(blocks)
            traces.append({"pass": name, "gigabytes": size, "seconds": seconds, "megabytes": megabytes})
    return rows, traces


def started() -> tuple[Cluster, float]:
    """A cluster on this machine, whose start is not counted, and its seconds."""
    begin = perf_counter()
    cluster = Cluster(workers=WORKERS)
    return cluster, perf_counter() - begin


def on_cluster(blocks: NpyBlocks, cluster: Cluster, repeats: int) -> Iterator[Row]:
    """6. The same passes on workers against this process; a pass before lets the workers import what they need."""
    for name, one in PASSES.items():
        there, here = f"{WORKERS} workers", "one process"
        one(blocks, cluster)
        ways = {here: lambda one=one: one(blocks), there: lambda one=one: one(blocks, cluster)}
        what = f"{name} pass over {gigabytes(blocks):.2g} GB on a local Dask cluster"
        yield at_most(what, timed(ways, repeats), there, here, CLUSTER_BOUND, repeats)


def agreement(blocks: NpyBlocks, cluster: Cluster, folder: Path) -> Row:
    """7. The loss, its gradient and XᵀX by every way, against arrays in memory."""
    X, y = np.load(blocks.X), np.load(blocks.y)
    names = [f"x{j}" for j in range(X.shape[1])]
    parquet = folder / "agreement.parquet"
    table = pyarrow.table(dict(zip(names, X.T, strict=True)) | {"y": y})
    pyarrow.parquet.write_table(table, parquet, row_group_size=50_000)
    arrays = ArrayBlocks(X, y)
    ways = {
        "npy": (blocks, None),
        "Parquet": (ParquetBlocks(parquet, y="y"), None),
        "Dask array": (
            DaskBlocks(*(dask.array.from_array(part, chunks=(50_000, -1)[: part.ndim]) for part in (X, y))),
            None,
        ),
        "npy on the cluster": (blocks, cluster),
    }
    of_gram = gram(arrays)
    found = {name: gradient(source, on) for name, (source, on) in ways.items()}
    found["XᵀX"] = of_gram.value(THETA), of_gram.gradient(THETA)
    if installed("torch"):
        found["torch"] = torch_loss_and_gradient(X, y, THETA)
    loss, slope = gradient(arrays)
    worst = max(
        *(require_agreement(f"the loss by {name}", other, loss) for name, (other, _) in found.items()),
        *(require_agreement(f"the gradient by {name}", other, slope) for name, (_, other) in found.items()),
        *(require_agreement(f"XᵀX by {name}", gram(*way).gram, of_gram.gram) for name, way in ways.items()),
    )
    parquet.unlink()
    what = f"agreement with arrays: {', '.join(found)}"
    return Row(what, worst, AT_MOST, AGREE, "relative difference")
