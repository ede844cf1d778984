r"""The same sums on several processes or machines, by Dask.

Each worker adds up a piece of the blocks where it is; the sums, a few numbers each, are then added in a tree, so that
what moves between machines does not grow with the data. (The rows of `gdlib.blocks.ArrayBlocks` are in the caller's
memory: they move, through the scheduler, in every pass.) Dask computes a piece again whose worker has died. Pieces and
tree depend on the data alone: neither the number of workers nor their deaths change a digit of the result.
"""

from collections.abc import Callable, Iterable
from functools import reduce
from types import TracebackType
from typing import TYPE_CHECKING

from gdlib import _validate
from gdlib.blocks import Block, Blocks, Sums, add, bar, require_rows, sums_of

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["Cluster"]

BRANCHES = 8  # sums that are added in one task


class Cluster:
    """Workers that add up, of the caller's Dask client or of a cluster on this machine.

    Used in a ``with`` statement, or closed at the end. A client that was given stays open.

    Parameters
    ----------
    client : distributed.Client, optional
        By default, a ``LocalCluster`` of ``workers`` processes is started, and closed in the end.
    workers : int
        How many of them.

    Raises
    ------
    ValueError
        If the client is closed, or no client, or the number of workers makes no sense.

    Notes
    -----
    Processes on this machine are started anew, so a script that makes a Cluster must do so below
    ``if __name__ == "__main__":``. A notebook need not.

    References
    ----------
    https://distributed.dask.org, on resilience.

    Examples
    --------
    >>> from gdlib.losses import MeanSquaredError
    >>> with Cluster(workers=2) as cluster:  # doctest: +SKIP
    ...     loss = MeanSquaredError.from_blocks(NpyBlocks("X.npy", "y.npy"), on=cluster)
    """

    def __init__(self, client: "Client | None" = None, workers: int = 2) -> None:
        from distributed import Client, LocalCluster

        self._own = None
        if client is None:
            count = _validate.count(workers, "workers")
            # Without an address, distributed's web server takes port 8787 of all networks, and warns if it is in use.
            self._own = LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
            )
            client = Client(self._own)
        elif not isinstance(client, Client):
            raise ValueError(f"client must be a distributed.Client, but it is {client!r}")
        self.client = client
        self._require_open()

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End what was started here."""
        if self._own is not None:
            self.client.close()
            self._own.close()

    def total(self, blocks: Iterable[Block], work: Callable[..., Sums], progress: bool = True) -> Sums:
        """Add up ``work(X, y)`` over all blocks: `gdlib.blocks.total`, on the workers.

        Parameters
        ----------
        blocks : Blocks
        work : callable
            It is sent to the workers.
        progress : bool
            Whether a sum that takes more than a second shows how many pieces are done.

        Raises
        ------
        ValueError
            As `gdlib.blocks.total`; and if the blocks are an iterable that can be read only here, or the client is
            closed or becomes so on the way.

        Notes
        -----
        A sum that fails, or is interrupted, is called off; a worker still ends the piece that it is at.
        """
        from distributed import as_completed

        if not isinstance(blocks, Blocks):
            raise ValueError(
                f"workers can read only gdlib.blocks, but the blocks are a {type(blocks).__name__}: "
                "an iterable can be read in its own process alone"
            )
        self._require_open()
        futures = []
        try:
            pieces = self.client.compute(blocks.pieces())  # which sends Dask's own on their way and leaves others
            futures += [piece for piece in pieces if not isinstance(piece, Blocks)]
            sums = [self.client.submit(_piece, piece, work, pure=False) for piece in pieces]
            futures += sums
            leaves = bar(as_completed(sums, raise_errors=False), progress, "pieces", len(sums))
            while len(sums) > 1:
                groups = [sums[begin : begin + BRANCHES] for begin in range(0, len(sums), BRANCHES)]
                sums = [self.client.submit(_branch, group, pure=False) for group in groups]
                futures += sums
            for future in leaves:
                if future.status != "finished":
                    break
            return require_rows(sums[0].result())
        except BaseException as error:
            if isinstance(error, Exception):
                self._require_open()
            if self.client.status == "running":
                self.client.cancel(futures)
            raise

    def _require_open(self) -> None:
        if self.client.status != "running":
            raise ValueError(f"the client is {self.client.status}: connect one that is open")


def _piece(blocks: Blocks, work: Callable[..., Sums]) -> Sums | None:
    return sums_of(blocks, work, progress=False)


def _branch(sums: list[Sums | None]) -> Sums | None:
    return reduce(add, sums)
