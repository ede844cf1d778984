import signal
import subprocess
import sys
import textwrap
import tracemalloc
from functools import partial
from itertools import chain

import dask.array as da
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlib import descent
from gdlib.costs import GemanMcClureCost, LogisticCost, SquaredCost
from gdlib.descent import Status
from gdlib.large import blocks
from gdlib.large.blocks import ArrayBlocks, total
from gdlib.large.checkpoint import Checkpoint
from gdlib.large.dask_arrays import DaskBlocks
from gdlib.large.npy import NpyBlocks, write_npy
from gdlib.large.streaming import MiniBlocks, descend, loss_and_gradient
from gdlib.losses import GemanMcClure, LogisticLoss, MeanSquaredError
from gdlib.rates import Backtracking, Cosine, ExactLineSearch, InverseTime
from gdlib.rules import Adam, AdamW, HeavyBall, Nesterov, Plain

RNG = np.random.default_rng(8)
X = np.column_stack([np.ones(50), RNG.normal(size=(50, 2))])
Y = X @ [5, 20, -3] + RNG.normal(size=50)
LABELS = (X @ [0.2, 1, -1] + RNG.logistic(size=50) > 0).astype(float)
THETAS = RNG.normal(size=(4, 3))

# What each cost is to learn, and the same loss with its points in memory.
COSTS = {
    "squared": (SquaredCost(), Y, MeanSquaredError.from_data(X, Y)),
    "logistic": (LogisticCost(), LABELS, LogisticLoss(X, LABELS)),
    "Geman-McClure": (GemanMcClureCost(5.0), Y, GemanMcClure(X, Y, 5.0)),
}
RULES = {"plain": Plain(), "heavy ball": HeavyBall(0.8), "Nesterov": Nesterov(0.8), "Adam": Adam(), "AdamW": AdamW()}
BATCHES = {"all points": None, "mini-batches": MiniBlocks(size=4, seed=3, mixed=2)}

ON_ALL_COSTS = pytest.mark.parametrize(("cost", "y", "loss"), COSTS.values(), ids=COSTS)
WITH_AND_WITHOUT_BATCHES = pytest.mark.parametrize("batches", BATCHES.values(), ids=BATCHES)
DATA, LABELLED = ArrayBlocks(X, Y, rows=7), ArrayBlocks(X, LABELS, rows=7)
START = [0.5, -1.0, 2.0]


def assert_same_run(run, other):
    for name in ("trajectory", "losses", "gradient"):
        np.testing.assert_array_equal(getattr(run, name), getattr(other, name))
    assert (run.loss, run.steps, run.status) == (other.loss, other.steps, other.status)


# One pass


@ON_ALL_COSTS
def test_the_loss_and_its_gradient_are_those_of_the_points_in_memory(cost, y, loss):
    for theta in THETAS:
        value, gradient = loss_and_gradient(ArrayBlocks(X, y, rows=7), cost, theta)
        assert value == pytest.approx(loss.value(theta), rel=1e-12)
        np.testing.assert_allclose(gradient, loss.gradient(theta), rtol=1e-12)


def test_a_loss_beyond_the_range_of_a_float_is_refused():
    with pytest.raises(ValueError, match=r"^the loss or its gradient at theta .* leaves the range of a float$"):
        loss_and_gradient(DATA, SquaredCost(), [1e200, 0, 0])


@WITH_AND_WITHOUT_BATCHES
def test_what_makes_no_sense_is_named_with_its_block_and_row(batches):
    values, labels = np.ones((1_003, 1)), np.ones(1_003)
    for numbers, odd, rows, cost, says in (
        (labels, 2, 7, LogisticCost(), "in block 142: y must hold only 0 and 1, but row 6 holds 2.0"),
        (labels, np.nan, 2, GemanMcClureCost(2), "y must be finite, but row 0 of block 500 holds nan"),
        (
            values,
            np.inf,
            1,
            LogisticCost(),
            "X must be finite, but row 0 of block 1000 holds inf in column 0",
        ),  # at no cost
    ):
        numbers[1_000] = odd
        with pytest.raises(ValueError, match=f"^{says}$"):
            descend(ArrayBlocks(values, labels, rows=rows), cost, [1], 0.1, 2, batches=batches)
        numbers[1_000] = 1


# Mini-batches


def rows_of(batches):
    """The numbers of the points, which each point has for its y."""
    return [y.astype(int).tolist() for _, y in batches]


def numbered(n, rows):
    return ArrayBlocks(np.repeat(np.arange(float(n)), 2).reshape(n, 2), np.arange(n), rows=rows)


@settings(max_examples=40)
@given(n=st.integers(1, 40), rows=st.integers(1, 9), size=st.integers(1, 45), mixed=st.integers(1, 12))
def test_an_epoch_sees_every_row_once_in_batches_of_one_size_but_the_last(n, rows, size, mixed):
    data, batches = numbered(n, rows), MiniBlocks(size, mixed=mixed)
    taken = list(batches.epoch(data, np.random.default_rng(0)))
    assert len(taken) == batches.steps(n)
    sizes = [len(y) for _, y in taken]
    assert sizes[:-1] == [size] * (len(sizes) - 1)
    assert 1 <= sizes[-1] <= size
    assert sorted(chain.from_iterable(rows_of(taken))) == list(range(n))
    assert all((y[:, None] == X).all() for X, y in taken)


def test_a_batch_mixes_the_rows_of_as_many_blocks_as_are_asked_for_anew_each_epoch():
    generator = np.random.default_rng(1)

    def batches(mixed):
        return rows_of(MiniBlocks(10, mixed=mixed).epoch(numbered(1000, 10), generator))

    def spread(mixed):
        return [len({row // 10 for row in batch}) for batch in batches(mixed)]

    assert set(spread(1)) == {1}
    assert 1 < max(spread(3)) <= 3
    assert min(spread(100)) > 5
    one, other = ([row for batch in batches(1) for row in batch] for _ in range(2))
    for order in (one, other):
        assert order[:10] != sorted(order[:10])
        assert [row // 10 for row in order] != sorted(row // 10 for row in order)
    assert one != other


def test_mixed_blocks_are_in_memory_once(tmp_path):
    part = np.ones((10_000, 9))
    data = write_npy(tmp_path / "X.npy", tmp_path / "y.npy", ((part, part[:, 0]) for _ in range(32)))
    data = NpyBlocks(data.X, data.y, rows=5000)
    mixed = 16 * 5000 * 8 * (9 + 1)
    tracemalloc.start()
    try:
        taken = sum(len(y) for _, y in MiniBlocks(777, mixed=16).epoch(data, np.random.default_rng(0)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert taken == data.rows
    assert mixed < peak < 1.3 * mixed  # a block of the source and the order of the rows come on top


def test_blocks_of_any_lengths_are_mixed():
    class Uneven(ArrayBlocks):
        def __len__(self):
            return 5

        def stream(self, order):
            cuts = [0, 1, 1, 20, 23, 50]
            return ((X[cuts[place] : cuts[place + 1]], np.arange(*cuts[place : place + 2])) for place in order)

    for seed in range(5):
        taken = list(MiniBlocks(7, mixed=3).epoch(Uneven(X, Y), np.random.default_rng(seed)))
        rows = list(chain.from_iterable(rows_of(taken)))
        assert sorted(rows) == list(range(50))
        np.testing.assert_array_equal(np.concatenate([X for X, _ in taken]), X[rows])


def test_a_function_that_makes_blocks_of_different_widths_is_refused():
    data = DATA.map(lambda X, y: (X if y[0] == Y[0] else X[:, :1], y))
    with pytest.raises(ValueError, match=r"^all blocks must have 3 columns, but block [1-7] has 1$"):
        list(MiniBlocks(4).epoch(data, RNG))
    for batches in BATCHES.values():
        with pytest.raises(ValueError, match=r"block 1"):
            descend(data, SquaredCost(), START, 0.1, 2, batches=batches and MiniBlocks(4, mixed=1, seed=5))


def test_batches_are_arrays_of_their_own_even_of_a_source_with_one_buffer(tmp_path):
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "y.npy", np.arange(50))
    taken = list(MiniBlocks(6, mixed=3).epoch(NpyBlocks(tmp_path / "X.npy", tmp_path / "y.npy", rows=4), RNG))
    np.testing.assert_array_equal(np.concatenate([X for X, _ in taken]), X[[*chain.from_iterable(rows_of(taken))]])


# Descent


class Elsewhere:
    total = staticmethod(total)


@pytest.mark.parametrize(
    ("name", "rule"),
    [*(("logistic", rule) for rule in RULES.values()), ("squared", Plain()), ("Geman-McClure", Adam())],
    ids=repr,
)
def test_a_descent_over_blocks_is_the_descent_in_memory_step_by_step(name, rule):
    cost, y, loss = COSTS[name]
    rate = 0.05 if rule == Plain() else InverseTime(0.1, half_life=5)
    run = descend(ArrayBlocks(X, y, rows=7), cost, START, rate, 20, rule)
    known = descent.descend(loss, START, rate, 20, rule)
    np.testing.assert_allclose(run.trajectory, known.trajectory, rtol=1e-12, atol=1e-14)  # some pass by 0
    np.testing.assert_allclose([*run.losses, run.loss], known.losses, rtol=1e-12)
    np.testing.assert_allclose(run.gradient, loss.gradient(run.theta), rtol=1e-9, atol=1e-12)
    assert (run.epochs, run.steps, run.status) == (20, 20, Status.OUT_OF_EPOCHS)
    np.testing.assert_array_equal(run.theta, run.trajectory[-1])


@pytest.mark.parametrize(
    ("rule", "size", "mixed"),
    [(HeavyBall(0.8), 4, 2), (AdamW(), 1, 1), (Plain(), 50, 16), (Nesterov(0.8), 99, 1)],
    ids=repr,
)
def test_a_descent_by_mini_batches_is_a_loop_over_them(rule, size, mixed):
    batches, rate = MiniBlocks(size, seed=6, mixed=mixed), InverseTime(0.05, half_life=20)
    run = descend(LABELLED, LogisticCost(), START, rate, 3, rule, batches)
    generator, theta, steps = np.random.default_rng(6), np.array(START), 0
    memory, trajectory, losses = rule.begin(theta), [theta], []
    for _ in range(3):
        costs = 0.0
        for rows, labels in batches.epoch(LABELLED, generator):
            value, gradient = loss_and_gradient([(rows, labels)], LogisticCost(), theta)
            costs += value * len(labels)
            direction, memory = rule.step(gradient, memory, theta)
            theta, steps = theta - rate(steps) * direction, steps + 1
        trajectory.append(theta)
        losses.append(costs / 50)
    np.testing.assert_allclose(run.trajectory, trajectory, rtol=1e-12)
    np.testing.assert_allclose(run.losses, losses, rtol=1e-12)
    assert run.steps == steps == 3 * batches.steps(50)
    loss, gradient = loss_and_gradient(LABELLED, LogisticCost(), run.theta)
    assert run.loss == loss
    np.testing.assert_array_equal(run.gradient, gradient)


def test_the_same_seed_gives_the_same_bits_and_another_others():
    runs = [descend(DATA, SquaredCost(), START, 0.01, 4, batches=MiniBlocks(4, seed, mixed=3)) for seed in (1, 1, 2)]
    assert_same_run(*runs[:2])
    assert (runs[0].trajectory[1:] != runs[2].trajectory[1:]).all()


@WITH_AND_WITHOUT_BATCHES
@pytest.mark.parametrize("epochs", [0, 3])
def test_the_result_is_read_only_and_the_start_is_not_changed(batches, epochs):
    start = np.array(START)
    run = descend(DATA, SquaredCost(), start, 0.01, epochs, batches=batches)
    np.testing.assert_array_equal(start, START)
    np.testing.assert_array_equal(run.trajectory[0], START)
    assert (run.epochs, run.steps) == (epochs, epochs * (13 if batches else 1))
    loss, gradient = loss_and_gradient(DATA, SquaredCost(), run.theta)
    assert run.loss == loss
    np.testing.assert_array_equal(run.gradient, gradient)
    for array in (run.trajectory, run.losses, run.gradient):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 1


@WITH_AND_WITHOUT_BATCHES
@pytest.mark.parametrize(("rule", "rate"), [(Plain(), 1e3), (HeavyBall(0.8), 1e100), (Adam(), 1e300)], ids=repr)
def test_numbers_beyond_the_range_of_a_float_end_a_descent_at_the_last_finite_place(batches, rule, rate):
    run = descend(DATA, SquaredCost(), START, rate, 300, rule, batches)
    assert run.status is Status.DIVERGED
    assert run.epochs < 120
    assert len(run.trajectory) == run.epochs + 1
    assert run.steps == run.epochs * (13 if batches else 1)
    for numbers in (run.trajectory, run.losses, run.gradient, run.loss):
        assert np.isfinite(numbers).all()
    loss, gradient = loss_and_gradient(DATA, SquaredCost(), run.theta)
    assert run.loss == loss
    np.testing.assert_array_equal(run.gradient, gradient)


@WITH_AND_WITHOUT_BATCHES
def test_a_last_place_whose_loss_no_float_holds_is_given_up_and_the_minimum_is_convergence(batches):
    run = descend(DATA, SquaredCost(), START, 1e200 if batches is None else 1e12, 1, batches=batches)
    assert (run.status, run.epochs, run.steps) == (Status.DIVERGED, 0, 0)
    np.testing.assert_array_equal(run.trajectory, [START])
    run = descend(ArrayBlocks(X, X @ [1, 2, 4]), SquaredCost(), [1, 2, 4], 0.1, 3, batches=batches)
    assert (run.status, run.loss) == (Status.CONVERGED, 0)


@WITH_AND_WITHOUT_BATCHES
def test_a_start_whose_loss_no_float_holds_is_refused(batches, tmp_path):
    for epochs, kept in ((0, None), (3, Checkpoint(tmp_path / "run.npz"))):
        with pytest.raises(ValueError, match=r"^the loss or its gradient at start .*1\.e\+200.* leaves the range of a"):
            descend(DATA, SquaredCost(), [1e200, 0, 0], 0.1, epochs, batches=batches, checkpoint=kept)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"learning_rate": -0.1}, "learning_rate must be positive and finite, but it is -0.1"),
        ({"learning_rate": ExactLineSearch()}, "a line search would read all data many times a step: give a learning"),
        (
            {"learning_rate": Backtracking()},
            "a line search would read all data many times a step: give a learning rate",
        ),
        ({"epochs": 1.5}, "epochs must be a whole number, 0 or more, but it is 1.5"),
        ({"rule": Plain}, "rule must be an instance with begin and step, but it is "),
        ({"blocks": iter(DATA)}, "blocks must be Blocks of gdlib.large, to be read in every epoch, but they are a gen"),
        ({"blocks": [(X, Y)]}, "blocks must be Blocks of gdlib.large, to be read in every epoch, but they are a list"),
        ({"batches": 4}, "batches must be an instance with epoch and steps, but it is 4"),
        ({"batches": MiniBlocks(4), "on": Elsewhere()}, "mini-batches take one step after another: on a cluster every"),
        ({"checkpoint": "run.npz"}, "checkpoint must be an instance with load and save, but it is 'run.npz'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_arguments_that_make_no_sense_are_refused(changed, says):
    choices = {"blocks": DATA, "cost": SquaredCost(), "start": START, "learning_rate": 0.1, "epochs": 3}
    with pytest.raises(ValueError, match=f"^{says}"):
        descend(**choices | changed)


# Going on


@pytest.mark.parametrize(
    ("rule", "batches"), [*((rule, BATCHES["mini-batches"]) for rule in RULES.values()), (Adam(), None)], ids=repr
)
def test_a_descent_that_goes_on_ends_as_if_it_had_never_been_interrupted(batches, rule, tmp_path):
    def run(epochs, name=None):
        kept = Checkpoint(tmp_path / name) if name else None
        return descend(LABELLED, LogisticCost(), START, Cosine(0.05, steps=60), epochs, rule, batches, checkpoint=kept)

    at_once, begun = run(7), run(3, "run.npz")
    assert_same_run(begun, run(3))
    assert_same_run(run(7, "run.npz"), at_once)
    assert_same_run(run(7, "run.npz"), at_once)  # nothing is left to do
    assert_same_run(run(7, "other.npz"), at_once)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.npz", "run.npz"]
    with pytest.raises(ValueError, match=r"run\.npz has run 7 epochs, more than the 2 asked for$"):
        run(2, "run.npz")


@WITH_AND_WITHOUT_BATCHES
def test_a_descent_that_goes_on_takes_up_no_epoch_again(batches, tmp_path):
    class Counted(ArrayBlocks):
        passes = 0

        def stream(self, order):
            order = list(order)
            self.passes += len(order) / len(self)
            return super().stream(order)

    data = Counted(X, Y, rows=7)
    for epochs, passes in ((3, 1 + 3 + 1 - (batches is None)), (7, 1 + 4 + 1)):  # before, the epochs, and at the end
        data.passes = 0
        descend(data, SquaredCost(), START, 0.01, epochs, batches=batches, checkpoint=Checkpoint(tmp_path / "run.npz"))
        assert data.passes == pytest.approx(passes)


def test_a_killed_process_is_gone_on_from(tmp_path):
    batches = BATCHES["mini-batches"]
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "y.npy", LABELS)
    code = f"""
        import os, signal
        from gdlib.large.npy import NpyBlocks
        from gdlib.large.checkpoint import Checkpoint
        from gdlib.costs import LogisticCost
        from gdlib.rules import Adam
        from gdlib.large.streaming import MiniBlocks, descend

        class Deadly(NpyBlocks):
            left = 40  # of 8 blocks a pass: one pass before the first epoch, and the fifth is not finished
            def stream(self, order):
                for block in super().stream(order):
                    self.left -= 1
                    if not self.left:
                        os.kill(os.getpid(), signal.SIGKILL)
                    yield block

        data = Deadly({str(tmp_path / "X.npy")!r}, {str(tmp_path / "y.npy")!r}, rows=7)
        kept = Checkpoint({str(tmp_path / "run.npz")!r})
        descend(data, LogisticCost(), {START}, 0.02, 7, Adam(), {batches!r}, checkpoint=kept)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    kept = Checkpoint(tmp_path / "run.npz")
    with np.load(kept.path) as file:
        assert len(file["losses"]) == 3
    data = NpyBlocks(tmp_path / "X.npy", tmp_path / "y.npy", rows=7)
    went_on = descend(data, LogisticCost(), START, 0.02, 7, Adam(), batches, checkpoint=kept)
    assert_same_run(went_on, descend(data, LogisticCost(), START, 0.02, 7, Adam(), batches))


OTHER = [
    ("start", {"start": [0.5, -1.0, 2.5]}),
    ("learning rate", {"learning_rate": 0.03}),
    ("rule", {"rule": HeavyBall(0.9)}),
    ("cost", {"cost": GemanMcClureCost(3)}),
    ("mini-batches", {"batches": MiniBlocks(4, seed=1)}),
    ("mini-batches", {"batches": MiniBlocks(4, mixed=3)}),
    ("rows", {"blocks": ArrayBlocks(X[1:], Y[1:], rows=7)}),
    ("loss at the start", {"blocks": ArrayBlocks(X, Y + 1e-9, rows=7)}),
]


@pytest.mark.parametrize(("name", "other"), OTHER)
def test_a_descent_does_not_go_on_from_another_one(name, other, tmp_path):
    kept = Checkpoint(tmp_path / "run.npz")
    choices = {"blocks": DATA, "cost": SquaredCost(), "start": START, "learning_rate": 0.02, "rule": HeavyBall(0.8)}
    choices |= {"epochs": 3, "batches": MiniBlocks(4), "checkpoint": kept}
    descend(**choices)
    before = kept.path.read_bytes()
    with pytest.raises(ValueError, match=rf"run\.npz was made by another descent: its {name} is .*, but here it is "):
        descend(**choices | other)
    assert kept.path.read_bytes() == before


class Unread(ArrayBlocks):
    def stream(self, order):
        raise AssertionError("was read")


def test_a_schedule_that_a_checkpoint_could_not_tell_from_another_is_refused_before_anything_is_read(tmp_path):
    says = (
        r"^a checkpoint could not tell the learning rate <function .* at 0x.* from another one: make it a dataclass, "
    )
    with pytest.raises(ValueError, match=says):
        descend(Unread(X, Y), SquaredCost(), START, lambda k: 0.1, 3, checkpoint=Checkpoint(tmp_path / "run.npz"))


def test_equal_numbers_of_another_type_make_the_same_descent(tmp_path):
    kept = Checkpoint(tmp_path / "run.npz")
    run = partial(descend, LABELLED, LogisticCost(), START, checkpoint=kept)
    run(InverseTime(1, 10), 1, HeavyBall(0), MiniBlocks(10))
    choices = (
        InverseTime(np.float32(1), np.int64(10)),
        2,
        HeavyBall(np.float64(0)),
        MiniBlocks(np.int64(10), np.uint8(0)),
    )
    assert run(*choices).epochs == 2


def test_blocks_that_are_cut_elsewhere_are_other_data_and_so_are_those_of_the_same_loss(tmp_path):
    # Whole numbers, so that the sums at 0 are the same to the last bit.
    values, kept, chunks = np.round(3 * X), Checkpoint(tmp_path / "run.npz"), (16, 16, 10, 8)
    run = partial(descend, cost=LogisticCost(), start=[0, 0, 0], learning_rate=0.1, checkpoint=kept)
    run(ArrayBlocks(values, LABELS, rows=16), epochs=2)
    of_dask = DaskBlocks(da.from_array(values, chunks=(chunks, 3)), da.from_array(LABELS, chunks=(chunks,)))
    for other, says in (
        (ArrayBlocks(values, LABELS, rows=14), "rows a block is .*, but here it is "),
        (ArrayBlocks(values, LABELS, rows=50), "number of blocks is .*, but here it is "),
        (of_dask, r"rows a block is \[16\], but here it is \[16, 16, 10, 8\]$"),
        (ArrayBlocks(2 * values, LABELS, rows=16), "gradient at the start is .*, but here it is "),
    ):
        with pytest.raises(ValueError, match=f"its {says}"):
            run(other, epochs=4)
    assert run(ArrayBlocks(values, LABELS, rows=16), epochs=4).epochs == 4


class Remembering:
    """A rule that remembers one and the same."""

    def __init__(self, memory):
        self.memory = memory

    def __repr__(self):
        return "Remembering"

    def begin(self, theta):
        return self.memory

    def step(self, gradient, memory, theta):
        np.testing.assert_equal(memory, self.memory)
        assert type(memory) is type(self.memory)
        return gradient, memory


@pytest.mark.parametrize(
    "memory",
    [None, 3, True, 0.1, np.int64(3), np.float32(0.1), np.ones((2, 3), "i4"), (), (1, (np.ones(2), None))],
    ids=repr,
)
def test_a_memory_of_numbers_and_arrays_comes_back_as_it_was(memory, tmp_path):
    kept = Checkpoint(tmp_path / "run.npz")
    for epochs in (1, 2, 3):
        run = descend(DATA, SquaredCost(), START, 0.02, epochs, Remembering(memory), checkpoint=kept)
        assert run.epochs == epochs


@pytest.mark.parametrize("memory", ["warm", [1, 2], (1, {2}), np.array([None]), 1j], ids=repr)
def test_a_memory_that_a_checkpoint_cannot_keep_is_refused_before_anything_is_read(memory, tmp_path):
    rule, kept = Remembering(memory), Checkpoint(tmp_path / "run.npz")
    with pytest.raises(ValueError, match=r"^a checkpoint can keep a rule's memory of numbers, .*, but it holds "):
        descend(Unread(X, Y), SquaredCost(), START, 0.1, 3, rule, checkpoint=kept)


# Progress


@WITH_AND_WITHOUT_BATCHES
def test_a_descent_shows_how_far_it_is_only_if_it_is_long_and_wanted(batches, monkeypatch, capsys):
    descend(DATA, SquaredCost(), START, 0.02, 3, batches=batches)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(blocks, "PROGRESS_DELAY", 0)
    descend(DATA, SquaredCost(), START, 0.02, 3, batches=batches, progress=False)
    assert capsys.readouterr() == ("", "")
    descend(DATA, SquaredCost(), START, 0.02, 3, batches=batches)
    shown, noise = capsys.readouterr()
    assert shown == ""
    assert "0/3" in noise
    units = ["epochs", "batches", "blocks"] if batches else ["epochs", "blocks"]
    assert [unit for unit in units if unit not in noise] == []
    assert "0/13" in noise if batches else "0/8" in noise
