import asyncio
import os
import re
import signal
import time
from contextlib import suppress
from functools import partial

import dask.array as da
import numpy as np
import pytest
from distributed import Client
from sources import SOURCES

from gdlib.costs import LogisticCost, SquaredCost
from gdlib.large import blocks, streaming
from gdlib.large.blocks import ArrayBlocks, Blocks, total
from gdlib.large.checkpoint import Checkpoint
from gdlib.large.cluster import Cluster
from gdlib.large.dask_arrays import DaskBlocks
from gdlib.large.streaming import loss_and_gradient
from gdlib.losses import MeanSquaredError
from gdlib.rules import Adam

RNG = np.random.default_rng(4)
X, Y = RNG.normal(size=(30, 3)) + 0.5, RNG.normal(size=30) + 2
# So many pieces that their sums are added in a tree of three floors.
LONG_X, LONG_Y = RNG.normal(size=(5001, 3)), RNG.normal(size=5001)
LONG = ArrayBlocks(LONG_X, LONG_Y, rows=1)
START = [0.5, -1.0, 2.0]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster():
    with Cluster(workers=2) as cluster:
        yield cluster


def in_order(X, y):
    """Sums that would show the least change of the order in which they are added."""
    return len(X), np.exp(X).sum(axis=0), float(np.sin(y).sum())


def counted(X, y):
    return (len(X),)


def assert_same_bits(sums, others):
    for one, other in zip(sums, others, strict=True):
        np.testing.assert_array_equal(one, other)


def assert_near(sums, others):
    for one, other in zip(sums, others, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-10)


# The same sums


KINDS = ["slices of memory maps", "npy", "parquet, several files", "dask, empty chunks", "a function of dask arrays"]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_source_gives_the_sums_that_it_gives_here_and_names_its_blocks(cluster, name, tmp_path):
    data = SOURCES[name](tmp_path, X, Y)
    assert_near(cluster.total(data, in_order), total(data, in_order))
    values = X.copy()
    values[29, 1] = np.inf
    data = SOURCES[name](tmp_path, values, Y)
    with pytest.raises(ValueError, match=r"^X must be finite, but row \d+ of block \d+ holds inf in column 1$") as here:
        MeanSquaredError.from_blocks(data)
    with pytest.raises(ValueError, match=f"^{re.escape(str(here.value))}$"):
        MeanSquaredError.from_blocks(data, on=cluster)


@pytest.mark.parametrize("rows", [1, 5001])
def test_many_pieces_and_one_give_the_sums_that_they_give_here(cluster, rows):
    data = ArrayBlocks(LONG_X, LONG_Y, rows=rows)
    assert_near(cluster.total(data, in_order), total(data, in_order))
    assert_near(*(loss_and_gradient(data, SquaredCost(), START, on=on) for on in (cluster, None)))


def test_the_work_is_done_elsewhere_and_on_both_workers(cluster):
    def of_processes(X, y):
        time.sleep(0.001)
        return np.array([os.getpid() == pid for pid in pids]), os.getpid() == here

    pids, here = list(cluster.client.run(os.getpid).values()), os.getpid()
    by_worker, by_this_process = cluster.total(ArrayBlocks(LONG_X[:800], LONG_Y[:800], rows=1), of_processes)
    assert by_this_process == 0
    assert len(by_worker) == 2
    assert all(by_worker)


def stopping(flag, pid, X, y):
    """`in_order`, but where it comes to a certain row, the worker of that process is stopped, the first time."""
    time.sleep(0.0005)
    if X[0, 0] == LONG_X[1000, 0] and not flag.exists():
        flag.touch()
        os.kill(pid, signal.SIGSTOP)
    return in_order(X, y)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system does not stop processes")
@pytest.mark.filterwarnings("ignore")  # what Dask says of a worker that it ends
def test_a_worker_that_is_stopped_is_replaced_and_all_are_gone_in_the_end(tmp_path, cluster):
    with Cluster(workers=1, silence=5) as own:  # so that nothing goes on before another takes its place
        (stopped,) = own.client.run(os.getpid).values()
        survived = own.total(LONG, partial(stopping, tmp_path / "flag", stopped))
        assert (tmp_path / "flag").exists()
        assert_same_bits(survived, cluster.total(LONG, in_order))
        pids = {stopped, *own.client.run(os.getpid).values()}
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    with pytest.raises(ValueError, match=r"^the client is closed: connect one that is open$"):
        own.total(LONG, in_order)
    own.close()
    assert cluster.client.status == "running"


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system does not stop processes")
def test_a_worker_of_a_given_client_that_is_stopped_ends_the_sum_in_words(cluster, tmp_path):
    stopped = min(cluster.client.run(os.getpid).values())
    guest = Cluster(cluster.client, silence=5)
    try:
        with pytest.raises(
            TimeoutError, match=r"^the worker tcp://\S+ has not been heard of for 5 s: end it, or give it"
        ):
            guest.total(LONG, partial(stopping, tmp_path / "flag", stopped))
        assert none_left(cluster.client)
    finally:
        with suppress(ProcessLookupError):
            os.kill(stopped, signal.SIGCONT)
    cluster.client.wait_for_workers(2, timeout=60)
    assert_same_bits(guest.total(LONG, in_order), cluster.total(LONG, in_order))


# Descent


def test_a_descent_there_is_the_descent_here_and_goes_on_from_a_checkpoint(cluster, tmp_path):
    run = partial(streaming.descend, ArrayBlocks(LONG_X, LONG_Y > 0, rows=40), LogisticCost(), START, 0.05)
    there, here = (run(4, Adam(), on=on) for on in (cluster, None))
    assert_near((there.trajectory, there.losses, there.gradient), (here.trajectory, here.losses, here.gradient))
    assert (there.steps, there.status) == (here.steps, here.status)
    for epochs in (2, 4):
        went_on = run(epochs, Adam(), on=cluster, checkpoint=Checkpoint(tmp_path / "run.npz"))
    assert_same_bits((went_on.trajectory, went_on.loss), (there.trajectory, there.loss))


# Bad input


def test_what_makes_no_sense_is_named_with_its_block_and_row(cluster):
    run = partial(streaming.descend, cost=LogisticCost(), start=START, learning_rate=0.1, epochs=2, on=cluster)
    values, labels = LONG_X.copy(), np.ones(5001)
    values[4444, 2] = np.nan
    with pytest.raises(ValueError, match=r"^X must be finite, but row 1 of block 1481 holds nan in column 2$"):
        run(ArrayBlocks(values, labels, rows=3))
    labels[4444] = 2
    with pytest.raises(ValueError, match=r"^in block 1481: y must hold only 0 and 1, but row 1 holds 2\.0$"):
        run(ArrayBlocks(LONG_X, labels, rows=3))


@pytest.mark.parametrize("last", [10, 64, 1024])  # of the blocks of one column: within a piece, and between two
def test_a_function_that_makes_blocks_of_different_widths_is_refused(cluster, last):
    data = ArrayBlocks(np.arange(3 * 2000.0).reshape(2000, 3), np.arange(2000.0), rows=1)
    data = data.map(lambda X, y: (X[:, :1] if y[0] < last else X, y))
    with pytest.raises(ValueError, match=rf"^all blocks must be equally wide, but block {last} has 3 columns after 1$"):
        MeanSquaredError.from_blocks(data, on=cluster)


def test_an_iterable_is_refused_since_it_can_be_read_only_here(cluster):
    for data in (iter(LONG), [(X, Y)]):
        says = rf"^workers can read only Blocks of gdlib.large, but the blocks are a {type(data).__name__}: an iterable"
        with pytest.raises(ValueError, match=says):
            MeanSquaredError.from_blocks(data, on=cluster)


def test_blocks_without_rows_are_refused(cluster):
    class Nothing(Blocks):
        rows, dimension = 0, 3

        def __len__(self):
            return 100

        def stream(self, order):
            return ((X[:0], Y[:0]) for _ in order)

    with pytest.raises(ValueError, match=r"^the blocks hold no rows: there is nothing to learn from$"):
        MeanSquaredError.from_blocks(Nothing(), on=cluster)


# Ending early


def slow(X, y):
    time.sleep(0.2)
    if X[0, 0] in LONG_X[:200:8, 0]:  # here and there, since the workers begin anywhere
        raise ValueError("boom")
    return (len(X),)


def none_left(client):
    """Whether no task is left on the scheduler some time after all are called off."""
    deadline = time.monotonic() + 10  # what is left would take both workers 20
    while tasks := client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)):
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return tasks == 0


def seen_one(then):
    """In place of a bar: what happens once the first piece is done."""

    def steps(leaves, *_):
        first = next(leaves)
        then()
        yield first
        yield from leaves

    return steps


@pytest.mark.parametrize(("kind", "error"), [("arrays", ValueError), ("dask", KeyboardInterrupt)])
def test_a_sum_that_fails_or_is_interrupted_is_called_off(cluster, monkeypatch, error, kind):
    def interrupt():
        raise KeyboardInterrupt

    data = ArrayBlocks(LONG_X[:200], LONG_Y[:200], rows=1)
    if kind == "dask":
        data = DaskBlocks(da.from_array(LONG_X[:200], chunks=(1, 3)), da.from_array(LONG_Y[:200], chunks=1))
    monkeypatch.setattr(blocks, "BLOCKS_PER_PIECE", 1)  # so that much is left to do
    if error is KeyboardInterrupt:
        monkeypatch.setattr("gdlib.large.cluster.progress_bar", seen_one(interrupt))
    with pytest.raises(error) as caught:  # which keeps all futures alive
        cluster.total(data, slow)
    monkeypatch.undo()
    assert none_left(cluster.client)
    assert caught.type is error
    assert cluster.total(ArrayBlocks(LONG_X, LONG_Y), counted) == (5001,)


def test_a_client_that_is_closed_midway_is_named(cluster, monkeypatch):
    with Client(cluster.client.scheduler.address) as client:
        monkeypatch.setattr("gdlib.large.cluster.progress_bar", seen_one(client.close))
        with pytest.raises(ValueError, match=r"^the client is closed: connect one that is open$"):
            Cluster(client).total(LONG, in_order)


# Opening and closing


def test_a_client_that_was_given_stays_open_and_a_closed_one_is_refused(cluster):
    with Client(cluster.client.scheduler.address) as client:
        with Cluster(client) as guest:
            assert_same_bits(guest.total(LONG, in_order), cluster.total(LONG, in_order))
        guest.close()
        assert client.submit(sum, [1, 2]).result() == 3
    for refused in (lambda: Cluster(client), lambda: guest.total(LONG, in_order)):
        with pytest.raises(ValueError, match=r"^the client is closed: connect one that is open$"):
            refused()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"client": "tcp://127.0.0.1:8786"}, r"client must be a distributed\.Client, but it is "),
        ({"client": Client}, r"client must be a distributed\.Client, but it is "),
        ({"workers": 0}, "workers must be a whole number, 1 or more, but it is 0"),
        ({"silence": 0}, "silence must be positive and finite, but it is 0.0"),
        ({"silence": 1e300}, "silence must be at most .* seconds, but it is 1e\\+300"),
    ],
)
def test_what_makes_no_cluster_is_refused(given, says):
    with pytest.raises(ValueError, match=f"^{says}"):
        Cluster(**given)


def test_an_asynchronous_client_is_refused_where_it_would_wait_for_itself(cluster):
    says = r"^the client is asynchronous, and a sum would wait for it in its own event loop: connect one without "

    async def awaited():
        client = Client(cluster.client.scheduler.address, asynchronous=True)
        with pytest.raises(ValueError, match=says):
            Cluster(client)
        async with client:
            guest = await asyncio.to_thread(Cluster, client)  # from another thread it can be waited for
            assert await asyncio.to_thread(guest.total, LONG, counted) == (5001,)
            with pytest.raises(ValueError, match=says):
                guest.total(LONG, counted)

    async def within():
        return cluster.total(LONG, counted)

    asyncio.run(awaited())
    assert asyncio.run(within()) == (5001,)  # an event loop of one's own is no hindrance
    with pytest.raises(ValueError, match=says):
        asyncio.run_coroutine_threadsafe(within(), cluster.client.loop.asyncio_loop).result(timeout=60)


# Progress


def test_a_sum_shows_how_far_it_is_only_if_it_is_wanted(cluster, monkeypatch, capsys):
    monkeypatch.setattr(blocks, "PROGRESS_DELAY", 0)
    cluster.total(LONG, in_order, progress=False)
    assert capsys.readouterr() == ("", "")
    cluster.total(LONG, in_order)
    shown, noise = capsys.readouterr()
    assert shown == ""
    assert "0/79 pieces" in noise or "0/79 [" in noise
