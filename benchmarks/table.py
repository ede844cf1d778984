"""What gdlib takes against other ways of the same work, with the bound of each: the book's table.

    python benchmarks/table.py [FOLDER] [--quick]

FOLDER holds the big files, 9 GB; what is there and complete is used again. Without one they are in a temporary folder
that is removed in the end. The ways of a row run in turn and the medians are compared, so that the ratios hold even
where the machine is shared; the results must agree, or the program ends with an error. A bound that is missed is
printed as missed and changes nothing else. The run is stored in ``gdlib/data``, but for a ``--quick`` one, which is
for trying: small files and few repeats.

1. All epochs of the article's descent, from the points to the history, against the article's loop.
2. As many epochs by `descent.descend`, against `torch.optim.SGD` and `SGDRegressor.partial_fit`.
3. Full-batch epochs from raw arrays, reading them included, against a plain NumPy loop.
4. Passes over a file in the system's cache, against reading it (and y) into one buffer. The first reading brings it
   there; it needs as much free memory, though the passes do not.
5. The peak of resident memory of such a pass in a new process, above what it had before; Linux alone tells.
6. The same passes on a Dask cluster of two workers on this machine, whose start is not counted.
7. The largest relative difference of all ways.
8. How the times grow with rows and columns: series, stored for a plot.
"""

import sys
from collections.abc import Iterable
from typing import NamedTuple

from big_files import files_of, folder_for_files
from in_memory import full_batch, growth, histories, steps
from out_of_core import agreement, memory, on_cluster, passes, started
from rows import Row, Skipped
from side_by_side import machine, store


class Sizes(NamedTuple):
    """How much is measured."""

    histories: list[tuple[int, float, int]]  # epochs, bound, repeats
    full_batches: list[tuple[int, int, float, int]]  # n, d, bound, repeats
    files: list[int]  # rows, the largest last
    agreement: int
    repeats: int
    repeats_of_growth: int


FULL = Sizes(
    histories=[(1000, 40, 51), (100_000, 100, 7)],
    full_batches=[(1_000_000, 10, 60, 5), (1_000_000, 100, 30, 3), (100_000, 100, 30, 5)],
    files=[20_000_000, 80_000_000],
    agreement=1_000_000,
    repeats=7,
    repeats_of_growth=21,
)
QUICK = Sizes(
    histories=[(1000, 40, 5), (10_000, 100, 1)],
    full_batches=[(100_000, 10, 60, 1), (20_000, 100, 30, 1)],
    files=[250_000, 1_000_000],
    agreement=100_000,
    repeats=3,
    repeats_of_growth=1,
)


def main(arguments: list[str]) -> None:
    """Measure, print and store everything."""
    quick = "--quick" in arguments
    sizes, rows = QUICK if quick else FULL, []

    def show(more: Iterable[Row | Skipped]) -> None:
        for row in more:
            print(row, flush=True)
            rows.append(row)

    print(machine())
    for setting in sizes.histories:
        show([histories(*setting)])
    show(steps(1000, 40, sizes.histories[0][-1]))
    for setting in sizes.full_batches:
        show([full_batch(*setting)])
    with folder_for_files([each for each in arguments if each != "--quick"]) as folder:
        files = [files_of(folder, count) for count in sizes.files]
        show(passes(files[-1], sizes.repeats))
        of_memory, traces = memory(files)
        show(of_memory)
        cluster, seconds = started()
        with cluster:
            print(f"  the cluster started in {seconds:.1f} s")
            show(on_cluster(files[-1], cluster, sizes.repeats))
            show([agreement(files_of(folder, sizes.agreement), cluster, folder)])
    series = growth(sizes.repeats_of_growth)
    for each in series:
        print(f"  seconds against {each['against']} = {each['sizes']}, {each['fixed']}")
        for way, taken in each["seconds"].items():
            print(f"    {way:<34}" + "".join(f"{second:>10.2e}" for second in taken))
    if not quick:
        run = {"rows": [row.stored() for row in rows], "traces": traces, "growth": series}
        store(run | {"cluster_start_seconds": seconds}, __file__)


if __name__ == "__main__":
    main(sys.argv)
