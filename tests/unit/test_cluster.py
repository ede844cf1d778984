import asyncio
import os
import re
import signal
import time
from contextlib import nullcontext, suppress
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
from gdlib.large.streaming import MiniBlocks, loss_and_gradient
from gdlib.losses import MeanSquaredError
from gdlib.rules import Adam

RNG = np.random.default_rng(4)
X, Y = RNG.normal(size=(30, 3)) + 0.5, RNG.normal(size=30) + 2
# So many pieces that their sums are added in a tree of three floors.
LONG_X, LONG_Y = RNG.normal(size=(5001, 3)), RNG.normal(size=5001)
LONG = ArrayBlocks(LONG_X, LONG_Y, rows=1)
START = [0.5, -1.0, 2.0]


@pytest.fixture(scope="module")
def cluster():
    with Cluster(workers=2) as cluster:
        yield cluster


def assert_same_loss(loss, other, rtol):
    assert loss.n == other.n
    for name in ("gram", "moment", "sum_of_squares"):
        np.testing.assert_allclose(getattr(loss, name), getattr(other, name), rtol=rtol)


def in_order(X, y):
    """Sums that would show the least change of the order in which they are added."""
    return len(X), np.exp(X).sum(axis=0), float(np.sin(y).sum())


# The same sums


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_gives_the_sums_that_it_gives_here(cluster, name, tmp_path):
    data = SOURCES[name](tmp_path, X, Y)
    assert_same_loss(MeanSquaredError.from_blocks(data, on=cluster), MeanSquaredError.from_blocks(data), rtol=1e-12)


@pytest.mark.parametrize("dtype", ["u1", "?", "i8", "f4"])
def test_dask_arrays_of_every_type_are_added_as_floats(cluster, dtype):
    values, heights = (np.round(100 * each).clip(0, 255).astype(dtype) for each in (X, Y))
    data = DaskBlocks(da.from_array(values, chunks=(7, 3)), da.from_array(heights, chunks=7))
    wanted = MeanSquaredError.from_data(values.astype(float), heights.astype(float))
    assert_same_loss(MeanSquaredError.from_blocks(data, on=cluster), wanted, rtol=1e-12)
    doubled = data.map(lambda X, y: (X + X, y + y))
    wanted = MeanSquaredError.from_data(2 * values.astype(float), 2 * heights.astype(float))
    assert_same_loss(MeanSquaredError.from_blocks(doubled, on=cluster), wanted, rtol=1e-12)


@pytest.mark.parametrize("rows", [1, 5, 5001])
def test_many_pieces_and_one_give_the_sums_that_they_give_here(cluster, rows):
    data = ArrayBlocks(LONG_X, LONG_Y, rows=rows)
    for there, here in zip(cluster.total(data, in_order), total(data, in_order), strict=True):
        np.testing.assert_allclose(there, here, rtol=1e-12, atol=1e-10)
    loss, gradient = loss_and_gradient(data, SquaredCost(), START, on=cluster)
    known, known_gradient = loss_and_gradient(data, SquaredCost(), START)
    assert loss == pytest.approx(known, rel=1e-12)
    np.testing.assert_allclose(gradient, known_gradient, rtol=1e-12)


def test_the_work_is_done_elsewhere_and_on_both_workers(cluster):
    def of_processes(X, y):
        time.sleep(0.001)
        return np.array([os.getpid() == pid for pid in pids]), os.getpid() == here

    pids, here = list(cluster.client.run(os.getpid).values()), os.getpid()
    by_worker, by_this_process = cluster.total(ArrayBlocks(LONG_X[:800], LONG_Y[:800], rows=1), of_processes)
    assert by_this_process == 0
    assert len(by_worker) == 2
    assert all(by_worker)


def test_the_same_sum_has_the_same_bits(cluster):
    one, other = (cluster.total(LONG, in_order) for _ in range(2))
    for first, second in zip(one, other, strict=True):
        np.testing.assert_array_equal(first, second)


def once_deadly(flag, X, y):
    """`in_order`, but the worker that comes to a certain row kills itself, the first time."""
    time.sleep(0.0005)
    if X[0, 0] == LONG_X[2500, 0] and not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return in_order(X, y)


def test_a_worker_that_is_killed_changes_no_bit(cluster, tmp_path):
    whole = cluster.total(LONG, in_order)
    pids = set(cluster.client.run(os.getpid).values())
    survived = cluster.total(LONG, partial(once_deadly, tmp_path / "flag"))
    assert (tmp_path / "flag").exists()
    for first, second in zip(whole, survived, strict=True):
        np.testing.assert_array_equal(first, second)
    cluster.client.wait_for_workers(2, timeout=20)
    assert len(pids - set(cluster.client.run(os.getpid).values())) == 1


def stopping(flag, pid, X, y):
    """`in_order`, but where it comes to a certain row, the worker of that process is stopped, the first time."""
    time.sleep(0.0005)
    if X[0, 0] == LONG_X[1000, 0] and not flag.exists():
        flag.touch()
        os.kill(pid, signal.SIGSTOP)
    return in_order(X, y)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system does not stop processes")
@pytest.mark.filterwarnings("ignore")  # what Dask says of a worker that it ends
def test_a_worker_that_is_stopped_is_replaced_and_changes_no_bit(tmp_path):
    with Cluster(workers=2, silence=5) as own:
        whole = own.total(LONG, in_order)
        pids = list(own.client.run(os.getpid).values())
        survived = own.total(LONG, partial(stopping, tmp_path / "flag", pids[0]))
        assert (tmp_path / "flag").exists()
        for first, second in zip(whole, survived, strict=True):
            np.testing.assert_array_equal(first, second)
        with pytest.raises(ProcessLookupError):
            os.kill(pids[0], 0)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system does not stop processes")
def test_a_worker_of_a_given_client_that_is_stopped_ends_the_sum_in_words(cluster, tmp_path):
    names = {pid: name for name, pid in cluster.client.run(os.getpid).items()}
    stopped = min(names)
    guest = Cluster(cluster.client, silence=5)
    try:
        with pytest.raises(TimeoutError) as said:
            guest.total(LONG, partial(stopping, tmp_path / "flag", stopped))
        assert re.match(
            r"^the worker tcp://\S+ has not been heard of for 5 s: end it, or give it more", str(said.value)
        )
        assert none_left(cluster.client)
    finally:
        with suppress(ProcessLookupError):
            os.kill(stopped, signal.SIGCONT)
    cluster.client.wait_for_workers(2, timeout=60)
    for first, second in zip(guest.total(LONG, in_order), cluster.total(LONG, in_order), strict=True):
        np.testing.assert_array_equal(first, second)


def test_sums_beyond_the_range_of_a_float_come_as_they_are(cluster):
    data = ArrayBlocks(np.full((200, 1), 1e307), np.ones(200), rows=1)
    assert cluster.total(data, lambda X, y: (float(X.sum()),)) == (np.inf,)


# Descent


@pytest.mark.parametrize("cost", [SquaredCost(), LogisticCost()], ids=repr)
def test_a_descent_there_is_the_descent_here(cluster, cost):
    data = ArrayBlocks(LONG_X, LONG_Y > 0, rows=40)
    there, here = (streaming.descend(data, cost, START, 0.05, 8, Adam(), on=on) for on in (cluster, None))
    np.testing.assert_allclose(there.trajectory, here.trajectory, rtol=1e-12)
    np.testing.assert_allclose(there.losses, here.losses, rtol=1e-12)
    np.testing.assert_allclose(there.gradient, here.gradient, rtol=1e-12)
    assert (there.steps, there.status) == (here.steps, here.status)


def test_a_descent_there_goes_on_from_a_checkpoint(cluster, tmp_path):
    data, kept = ArrayBlocks(LONG_X, LONG_Y, rows=40), Checkpoint(tmp_path / "run.npz")
    run = partial(streaming.descend, data, SquaredCost(), START, 0.05, on=cluster)
    run(2, checkpoint=kept)
    went_on, at_once = run(4, checkpoint=kept), run(4)
    np.testing.assert_array_equal(went_on.trajectory, at_once.trajectory)
    assert went_on.loss == at_once.loss


def test_mini_batches_are_refused(cluster):
    with pytest.raises(
        ValueError, match=r"^mini-batches take one step after another: on a cluster every step must see"
    ):
        streaming.descend(LONG, SquaredCost(), START, 0.1, 2, batches=MiniBlocks(4), on=cluster)


# Bad input


PASSES = {
    "from_blocks": lambda data, cluster: MeanSquaredError.from_blocks(data, on=cluster),
    "loss_and_gradient": lambda data, cluster: loss_and_gradient(data, SquaredCost(), START, on=cluster),
    "descend": lambda data, cluster: streaming.descend(data, SquaredCost(), START, 0.1, 2, on=cluster),
}
ON_ALL_PASSES = pytest.mark.parametrize("passed", PASSES.values(), ids=PASSES)


@ON_ALL_PASSES
def test_a_number_that_is_not_finite_is_named_with_its_block_and_row(cluster, passed):
    values, heights = np.ones((20_003, 3)), np.ones(20_003)
    values[20_001, 2] = np.nan
    with pytest.raises(ValueError, match=r"^X must be finite, but row 1 of block 10000 holds nan in column 2$"):
        passed(ArrayBlocks(values, heights, rows=2), cluster)
    values[20_001, 2], heights[333] = 1, -np.inf
    with pytest.raises(ValueError, match=r"^y must be finite, but row 3 of block 33 holds -inf$"):
        passed(ArrayBlocks(values, heights, rows=10), cluster)


@pytest.mark.parametrize("name", ["npy", "dask, odd chunks", "parquet, several files", "a function of dask arrays"])
def test_the_block_that_is_named_is_that_of_the_source(cluster, name, tmp_path):
    values = X.copy()
    values[29, 1] = np.inf
    data = SOURCES[name](tmp_path, values, Y)
    row = len(list(data)[-1][1]) - 1
    says = rf"^X must be finite, but row {row} of block {len(data) - 1} holds inf in column 1$"
    with pytest.raises(ValueError, match=says):
        MeanSquaredError.from_blocks(data, on=cluster)


@pytest.mark.parametrize("last", [10, 64, 1024])  # of the blocks of one column: within a piece, and between two
def test_a_function_that_makes_blocks_of_different_widths_is_refused(cluster, last):
    data = ArrayBlocks(np.arange(3 * 2000.0).reshape(2000, 3), np.arange(2000.0), rows=1)
    data = data.map(lambda X, y: (X[:, :1] if y[0] < last else X, y))
    with pytest.raises(ValueError, match=rf"^all blocks must be equally wide, but block {last} has 3 columns after 1$"):
        MeanSquaredError.from_blocks(data, on=cluster)


def test_a_label_that_makes_no_sense_and_a_theta_of_another_width_are_named_as_here(cluster):
    labels = np.ones(5001)
    labels[4444] = 2
    with pytest.raises(ValueError, match=r"^in block 1481: y must hold only 0 and 1, but row 1 holds 2\.0$"):
        loss_and_gradient(ArrayBlocks(LONG_X, labels, rows=3), LogisticCost(), START, on=cluster)
    with pytest.raises(
        ValueError, match=r"^in block \d+: theta must hold 3 numbers, one a column of X, but it holds 2$"
    ):
        loss_and_gradient(LONG, LogisticCost(), [1, 2], on=cluster)


def test_a_file_that_has_become_shorter_is_named(cluster, tmp_path):
    data = SOURCES["npy"](tmp_path, X, Y)
    os.truncate(tmp_path / "y.npy", (tmp_path / "y.npy").stat().st_size - 8)
    with pytest.raises(ValueError, match=r"y\.npy is no .npy file of numbers, or was cut short"):
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
    """Whether no task is left on the scheduler, soon after all are called off."""
    deadline = time.monotonic() + 5  # what is left would take both workers 20
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


def interrupt():
    raise KeyboardInterrupt


@pytest.mark.parametrize("kind", ["arrays", "dask"])
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_sum_that_fails_or_is_interrupted_is_called_off(cluster, monkeypatch, error, kind):
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
    assert cluster.total(ArrayBlocks(LONG_X, LONG_Y), lambda X, y: (len(X),)) == (5001,)


def test_a_client_that_is_closed_midway_is_named(cluster, monkeypatch):
    with Client(cluster.client.scheduler.address) as client:
        monkeypatch.setattr("gdlib.large.cluster.progress_bar", seen_one(client.close))
        with pytest.raises(ValueError, match=r"^the client is closed: connect one that is open$"):
            Cluster(client).total(LONG, in_order)


# Opening and closing


def test_a_client_that_was_given_stays_open_and_a_closed_one_is_refused(cluster):
    with Client(cluster.client.scheduler.address) as client:
        with Cluster(client) as guest:
            assert_same_loss(
                MeanSquaredError.from_blocks(LONG, on=guest), MeanSquaredError.from_blocks(LONG), rtol=1e-12
            )
        guest.close()
        assert client.status == "running"
        assert client.submit(sum, [1, 2]).result() == 3
    for refused in (lambda: Cluster(client), lambda: guest.total(LONG, in_order)):
        with pytest.raises(ValueError, match=r"^the client is closed: connect one that is open$"):
            refused()


@pytest.mark.parametrize("error", [None, KeyError("boom")], ids=repr)
def test_what_a_cluster_has_started_itself_is_closed_in_the_end(error, cluster):
    with pytest.raises(KeyError, match="boom") if error else nullcontext(), Cluster(workers=1) as own:
        pids = list(own.client.run(os.getpid).values())
        if error:
            raise error
    assert cluster.client.status == "running"
    assert own.client.status == "closed"
    assert len(pids) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)
    with pytest.raises(ValueError, match=r"^the client is closed: connect one that is open$"):
        own.total(LONG, in_order)
    own.close()


@pytest.mark.parametrize("client", ["tcp://127.0.0.1:8786", 3, Client], ids=repr)
def test_what_is_no_client_is_refused(client):
    with pytest.raises(ValueError, match=r"^client must be a distributed\.Client, but it is "):
        Cluster(client)


@pytest.mark.parametrize("workers", [0, -1, 1.5, "2", True, None], ids=repr)
def test_a_number_of_workers_that_is_none_is_refused(workers):
    with pytest.raises(ValueError, match=rf"^workers must be a whole number, 1 or more, but it is {workers!r}$"):
        Cluster(workers=workers)


def counted(X, y):
    return (len(X),)


def test_an_asynchronous_client_is_refused_where_it_would_wait_for_itself(cluster):
    says = r"^the client is asynchronous, and a sum would wait for it in its own event loop: connect one without "

    async def awaited():
        async with Client(cluster.client.scheduler.address, asynchronous=True) as client:
            with pytest.raises(ValueError, match=says):
                Cluster(client)
            # From another thread it can be waited for.
            assert await asyncio.to_thread(lambda: Cluster(client).total(LONG, counted)) == (5001,)
            guest = await asyncio.to_thread(Cluster, client)
            with pytest.raises(ValueError, match=says):
                guest.total(LONG, counted)

    async def not_yet_awaited():
        client = Client(cluster.client.scheduler.address, asynchronous=True)
        with pytest.raises(ValueError, match=says):
            Cluster(client)
        await client
        await client.close()

    async def within():
        return cluster.total(LONG, counted)

    asyncio.run(awaited())
    asyncio.run(not_yet_awaited())
    loop = cluster.client.loop.asyncio_loop
    with pytest.raises(ValueError, match=says):
        asyncio.run_coroutine_threadsafe(within(), loop).result(timeout=60)


def test_an_event_loop_of_ones_own_is_no_hindrance(cluster):
    async def within():
        return cluster.total(LONG, counted)

    assert asyncio.run(within()) == (5001,)


# Progress


def test_a_sum_shows_how_far_it_is_only_if_it_is_long_and_wanted(cluster, monkeypatch, capsys):
    monkeypatch.setattr(blocks, "PROGRESS_DELAY", 3600)  # no sum is that long, however busy the machine
    cluster.total(LONG, in_order)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(blocks, "PROGRESS_DELAY", 0)
    cluster.total(LONG, in_order, progress=False)
    assert capsys.readouterr() == ("", "")
    cluster.total(LONG, in_order)
    shown, noise = capsys.readouterr()
    assert shown == ""
    assert "0/79 pieces" in noise or "0/79 [" in noise
