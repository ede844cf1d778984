r"""The same sums on several processes or machines, by Dask.

Each worker adds up a piece of the blocks where it is; the sums, a few numbers each, are then added in a tree, so that
what moves between machines does not grow with the data. (The rows of `gdlib.large.blocks.ArrayBlocks` are in the
caller's memory: they move, through the scheduler, in every pass.) If a worker dies, Dask computes its pieces again.
Pieces and tree depend on the data alone: neither the number of workers nor their deaths change a digit of the result.

A worker that is stopped but not dead says nothing, and would be waited for; `Cluster` says for how long.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import reduce
from threading import TIMEOUT_MAX, Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any

from gdlib import _validate
from gdlib.large.blocks import Block, Blocks, Sums, add, progress_bar, require_rows, require_sum, sums_of

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["Cluster"]

SUMS_PER_TASK = 8  # sums that are added in one task


class Cluster:
    """Workers that add up, of the caller's Dask client or of a cluster on this machine.

    Used in a ``with`` statement, or closed at the end. A client that was given stays open.

    Parameters
    ----------
    client : distributed.Client, optional
        By default, a ``LocalCluster`` of ``workers`` processes is started, and closed in the end.
    workers : int
        How many of them.
    silence : float
        Seconds after which a worker that has not been heard of is given up, though no less than ten of its heartbeats,
        which are 5 s with a few workers. One that was started here is replaced, and the sum goes on; where the client
        was given, the sum ends in a ``TimeoutError`` that names the worker.

    Raises
    ------
    ValueError
        If the client is closed, asynchronous, or no client, or a number makes no sense.

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

    def __init__(self, client: "Client | None" = None, workers: int = 2, silence: float = 60.0) -> None:
        from distributed import Client, LocalCluster

        self.silence = _validate.positive(silence, "silence")
        if self.silence > TIMEOUT_MAX:
            raise ValueError(f"silence must be at most {TIMEOUT_MAX:g} seconds, but it is {self.silence:g}")
        self._own = None
        if client is None:
            count = _validate.count(workers, "workers")
            # Without an address, distributed's web server takes port 8787 of all networks, and warns if it is in use.
            self._own = LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False, "worker_ttl": self.silence},
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
        """Add up ``work(X, y)`` over all blocks: `gdlib.large.blocks.total`, on the workers.

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
            As `gdlib.large.blocks.total`; and if the blocks are an iterable that can be read only here, or the client
            is closed or becomes so on the way, or is asked from within its own event loop.
        TimeoutError
            If a worker of a client that was given has a part in the sum and has not been heard of for ``silence``.

        Notes
        -----
        A sum that fails, or is interrupted, is called off; a worker still ends the piece that it is at.
        """
        require_sum(blocks, work)
        if not isinstance(blocks, Blocks):
            raise ValueError(
                f"workers can read only Blocks of gdlib.large, but the blocks are a {type(blocks).__name__}: "
                "an iterable can be read in its own process alone"
            )
        self._require_open()
        futures: list[Future[Any]] = []
        with self._none_silent(futures):
            return self._sum(blocks, work, progress, futures)

    def _sum(self, blocks: Blocks, work: Callable[..., Sums], progress: bool, futures: "list[Future[Any]]") -> Sums:
        """The sum; what is asked of the workers is put down in ``futures``, and called off if anything goes wrong."""
        from distributed import as_completed

        try:
            pieces = self.client.compute(blocks.pieces())  # starts Dask's own and leaves the others as they are
            futures += [piece for piece in pieces if not isinstance(piece, Blocks)]
            sums = [self.client.submit(_sum_of_piece, piece, work, pure=False) for piece in pieces]
            futures += sums
            leaves = progress_bar(as_completed(sums, raise_errors=False), progress, "pieces", len(sums))
            while len(sums) > 1:
                groups = [sums[begin : begin + SUMS_PER_TASK] for begin in range(0, len(sums), SUMS_PER_TASK)]
                sums = [self.client.submit(_sum_of_sums, group, pure=False) for group in groups]
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

    @contextmanager
    def _none_silent(self, futures: "list[Future[Any]]") -> Iterator[None]:
        """Call the futures off, and say so, if a worker that has a part in them is not heard of."""
        silent: list[str] = []
        over = Event()

        def listen() -> None:
            while not over.wait(self.silence / 4):
                silent.extend(self._silent({future.key for future in futures}))
                if silent and not over.is_set():
                    self.client.cancel(futures)
                    break

        if self._own is None:  # else the scheduler itself replaces such a worker
            Thread(target=listen, daemon=True).start()
        try:
            yield
        except BaseException:
            if silent:
                raise TimeoutError(
                    f"the worker {silent[0]} has not been heard of for {self.silence:g} s: end it, "
                    "or give it more time with Cluster(client, silence=…)"
                ) from None
            raise
        finally:
            over.set()

    def _silent(self, keys: set[Any]) -> list[str]:
        """The addresses of the workers that hold or work on one of these, and are not heard of."""
        silence = self.silence

        def look(dask_scheduler: Any) -> list[str]:  # runs on the scheduler, where gdlib may be missing
            from time import time

            from distributed.scheduler import heartbeat_interval

            limit = max(silence, 10 * heartbeat_interval(len(dask_scheduler.workers)))
            return [
                worker.address
                for worker in dask_scheduler.workers.values()
                if time() - worker.last_seen > limit
                and any(task.key in keys for task in (*worker.processing, *worker.has_what))
            ]

        return self.client.run_on_scheduler(look)

    def _require_open(self) -> None:
        if self.client.asynchronous:
            raise ValueError(
                "the client is asynchronous, and a sum would wait for it in its own event loop: "
                "connect one without asynchronous=True"
            )
        if self.client.status != "running":
            raise ValueError(f"the client is {self.client.status}: connect one that is open")


def _sum_of_piece(blocks: Blocks, work: Callable[..., Sums]) -> Sums | None:
    return sums_of(blocks, work, progress=False)


def _sum_of_sums(sums: list[Sums | None]) -> Sums | None:
    found = [each for each in sums if each is not None]
    return reduce(add, found) if found else None
