import tracemalloc
from dataclasses import FrozenInstanceError
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from gdlib import losses
from gdlib.batches import MiniBatches
from gdlib.descent import INITIAL_CAPACITY, Status, descend
from gdlib.losses import GemanMcClure, LogisticLoss, Loss, MeanSquaredError
from gdlib.rates import Backtracking, ExactLineSearch
from gdlib.regression import design_matrix
from gdlib.rules import Adam, HeavyBall, Nesterov
from gdlib.spectrum import trajectory
from gdlib.stopping import SmallGain, SmallGradient, SmallStep

x, Y = [2, 3, 4, 5], [45, 65, 85, 105]
X = design_matrix(x)
LOSS = MeanSquaredError.from_data(X, Y)
LIMIT = 2 / np.linalg.eigvals(2 * X.T @ X / 4).max()
RNG = np.random.default_rng(0)


def plain(X, y, start, learning_rate, epochs):
    """The parameters, the losses and the gradients of descent, from the data and without gdlib."""
    thetas, gradients = [np.array(start, dtype=float)], []
    for _ in range(epochs):
        gradients.append(2 * X.T @ (X @ thetas[-1] - y) / len(y))
        thetas.append(thetas[-1] - learning_rate * gradients[-1])
    losses = np.array([np.mean((X @ theta - y) ** 2) for theta in thetas])
    return np.array(thetas), losses, np.array(gradients).reshape(epochs, X.shape[1])


def exact_losses(start, learning_rate, epochs):
    """The losses of descent on the article's data, in fractions."""
    theta, rate, losses = [Fraction(entry) for entry in start], Fraction(learning_rate), []
    for _ in range(epochs + 1):
        errors = [theta[0] + theta[1] * a - b for a, b in zip(x, Y, strict=True)]
        losses.append(sum(error**2 for error in errors) / 4)
        theta[0] -= rate * sum(errors) / 2
        theta[1] -= rate * sum(error * a for error, a in zip(errors, x, strict=True)) / 2
    return losses


def first_rise(losses):
    return next(k for k, (before, after) in enumerate(pairwise(losses), start=1) if after > before)


# Every epoch


@pytest.mark.parametrize(
    ("X", "y", "learning_rate"),
    [
        (X, np.array([40.0, 69.0, 80.0, 110.0]), 0.01),
        (X, np.array([40.0, 69.0, 80.0, 110.0]), 0.068),
        (X, np.array([40.0, 69.0, 80.0, 110.0]), 0.1),
        (design_matrix([2001, 2002, 2003, 2004]), np.array([40.0, 69.0, 80.0, 110.0]), 1e-7),
        (RNG.normal(size=(30, 4)), RNG.normal(size=30), 0.3),
        (design_matrix([3]), np.array([8.0]), 0.05),
    ],
    ids=["noisy", "oscillating", "diverging", "years", "four columns", "one point"],
)
def test_every_epoch_agrees_with_a_plain_loop_over_the_data(X, y, learning_rate):
    start = np.arange(1.0, X.shape[1] + 1)
    run = descend(LOSS if X is LOSS else MeanSquaredError.from_data(X, y), start, learning_rate, epochs=100)
    thetas, losses, gradients = plain(X, y, start, learning_rate, epochs=100)
    np.testing.assert_allclose(run.trajectory, thetas, rtol=1e-12)
    # Years make a small loss the difference of terms as large as at the start.
    np.testing.assert_allclose(run.losses, losses, rtol=1e-11, atol=1e-13 * losses[0])
    np.testing.assert_allclose(run.gradients, gradients, rtol=0, atol=1e-12 * np.abs(gradients).max())


@pytest.mark.parametrize("epochs", [0, 1, 7])
def test_a_run_holds_its_start_and_every_epoch(epochs):
    start = np.array([1.0, 2.0])
    run = descend(LOSS, start, 0.01, epochs)
    assert run.trajectory.shape == (epochs + 1, 2)
    assert (run.losses.shape, run.gradients.shape) == ((epochs + 1,), (epochs, 2))
    assert (run.epochs, run.learning_rate) == (epochs, 0.01)
    assert run.trajectory[0].tolist() == start.tolist() == [1, 2]
    assert run.theta.tolist() == run.trajectory[-1].tolist()


@pytest.mark.parametrize("learning_rate", [0.01, 1.0], ids=["whole", "cut"])
def test_a_run_is_frozen_and_its_arrays_are_read_only(learning_rate):
    run = descend(LOSS, [0, 0], learning_rate, 1000)
    for array in (run.trajectory, run.losses, run.gradients, run.theta):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(FrozenInstanceError):
        run.status = Status.CONVERGED


# How a run ends


def test_a_run_that_is_not_yet_there_is_out_of_epochs():
    run = descend(LOSS, [0, 0], 0.068, 1500)
    assert (run.status, run.diverged_at) == (Status.OUT_OF_EPOCHS, None)
    assert 1e-10 < np.abs(2 * X.T @ (X @ run.theta - Y) / 4).max() < 1e-5
    said = f"Out of epochs: after 1500 the loss is {run.losses[-1]:.3g}, and the gradient there is not yet 0."
    assert run.message == said


def test_a_run_that_is_there_is_converged():
    run = descend(LOSS, [0, 0], 0.068, 10_000)
    assert (run.status, run.diverged_at) == (Status.CONVERGED, None)
    np.testing.assert_allclose(run.theta, [5, 20], rtol=1e-13)
    assert run.message == "Converged: after 10000 epochs the gradient is 0, as far as a float can tell."


@pytest.mark.parametrize("learning_rate", [0.07, 1.0, 1e100, 1e300, 1e308])
@pytest.mark.parametrize("start", [(0, 0), (5, 20.5)], ids=str)
def test_past_the_limit_a_run_diverges_and_all_its_numbers_are_finite(learning_rate, start):
    run = descend(LOSS, start, learning_rate, 1000)
    assert run.status is Status.DIVERGED
    for array in (run.trajectory, run.losses, run.gradients):
        assert np.isfinite(array).all()
    assert len(run.trajectory) == len(run.losses) == len(run.gradients) + 1
    assert run.diverged_at == first_rise(exact_losses(start, learning_rate, epochs=20))
    said = {
        True: f"at learning rate {learning_rate:g} the loss rose in epoch {run.diverged_at},",
        False: f"at learning rate {learning_rate:g} the numbers leave the range of a float in step {run.diverged_at}.",
    }
    assert said[run.diverged_at < len(run.losses)] in run.message


@pytest.mark.parametrize("learning_rate", [0.25, 1e100])
def test_a_diverging_run_is_cut_only_where_the_loss_leaves_the_range_of_a_float(learning_rate):
    run = descend(LOSS, [0, 0], learning_rate, 2000)
    losses = exact_losses([0, 0], learning_rate, run.epochs + 1)
    largest = Fraction(np.finfo(float).max)
    # On the way to the loss stands Δᵀ H Δ, twice as large.
    assert losses[-2] <= largest < 2 * losses[-1]


@pytest.mark.parametrize("start", [(0, 0), (-300, 4), (5 + 1e-9, 20)], ids=str)
def test_below_the_limit_no_run_ever_diverges_and_above_it_does_where_the_exact_loss_first_rises(start):
    for below in (1e-1, 1e-6, 1e-12):
        run = descend(LOSS, start, LIMIT * (1 - below), 500)
        assert (run.status, run.diverged_at) in [(Status.OUT_OF_EPOCHS, None), (Status.CONVERGED, None)], below
        assert run.losses[-1] <= run.losses[0]
    for above in (1e-1, 1e-3, 1e-6):
        run = descend(LOSS, [0, 0], LIMIT * (1 + above), 1000)
        assert run.status is Status.DIVERGED, above
        assert run.diverged_at == first_rise(exact_losses([0, 0], LIMIT * (1 + above), run.diverged_at))


def test_one_direction_of_four_past_its_limit_is_divergence():
    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(30, 4)), rng.normal(size=30)
    limit = 2 / np.linalg.eigvals(2 * X.T @ X / 30).max()
    for share in (1.01, 20):
        run = descend(MeanSquaredError.from_data(X, y), np.ones(4), share * limit, 1000)
        _, losses, _ = plain(X, y, np.ones(4), share * limit, run.diverged_at)
        assert run.status is Status.DIVERGED
        assert run.diverged_at == first_rise(losses)


def test_a_start_at_the_minimum_is_no_divergence_at_any_rate():
    for learning_rate in (0.1, 1e100, 1e300):
        run = descend(LOSS, [5, 20], learning_rate, 100)
        assert (run.status, run.diverged_at) == (Status.CONVERGED, None)
        assert (run.trajectory == [5, 20]).all()
    assert descend(LOSS, [5, 20], 0.01, 0).status is Status.CONVERGED
    assert descend(LOSS, [0, 0], 0.01, 0).status is Status.OUT_OF_EPOCHS


@pytest.mark.parametrize("steep", [1e-1, 1e-6])
@pytest.mark.parametrize("learning_rate", [0.075, 0.1])
def test_a_loss_that_falls_before_it_rises_diverges_at_its_turning_point(steep, learning_rate):
    _, vectors = np.linalg.eigh(X.T @ X)
    start = np.array([5, 20]) + vectors @ [100, steep]
    run = descend(LOSS, start, learning_rate, 100)
    turn = run.diverged_at
    assert run.status is Status.DIVERGED
    assert turn > 2
    assert turn == first_rise(exact_losses(start, learning_rate, epochs=turn + 1))
    assert (np.diff(run.losses[:turn]) < 0).all()
    assert (np.diff(run.losses[turn - 1 :]) > 0).all()
    assert descend(LOSS, start, learning_rate, turn - 1).status is Status.OUT_OF_EPOCHS
    assert descend(LOSS, start, learning_rate, turn).status is Status.DIVERGED


# With momentum, schedules and other losses


@pytest.mark.parametrize("rule", [HeavyBall(0.5), HeavyBall(0.9), Nesterov(0.5), Nesterov(0.9)], ids=str)
def test_with_momentum_the_rules_own_limit_decides(rule):
    limit = rule.limit * LIMIT / 2
    assert descend(LOSS, [0, 0], 0.999 * limit, 1500, rule).status is not Status.DIVERGED
    run = descend(LOSS, [0, 0], 1.01 * limit, 1500, rule)
    assert run.status is Status.DIVERGED
    assert (run.losses[run.diverged_at :] > run.losses[0]).all()
    assert run.diverged_at == 1 or run.losses[run.diverged_at - 1] <= run.losses[0] * (1 + 1e-9)
    assert "the loss is above that of the start from step" in run.message


@pytest.mark.parametrize("rule", [Adam(), HeavyBall(0.9)], ids=str)
@pytest.mark.parametrize("batches", [None, MiniBatches(X, Y, 1, seed=0)], ids=["all", "single points"])
def test_every_diverging_run_is_cut_before_its_numbers_end(rule, batches):
    rate = 1e308 if isinstance(rule, Adam) else 5.0
    run = descend(LOSS, [0, 0], rate, 150, rule, batches)
    assert run.status is Status.DIVERGED
    for array in (run.trajectory, run.losses, run.gradients, run.learning_rates):
        assert np.isfinite(array).all()
    assert len(run.trajectory) == len(run.gradients) + 1 == len(run.learning_rates) + 1


def test_momentum_on_its_way_down_may_raise_the_loss_and_is_not_divergence():
    run = descend(LOSS, [0, 0], 0.1, 500, HeavyBall(0.9))
    assert (np.diff(run.losses) > 0).any()
    assert run.status is not Status.DIVERGED


def test_classes_that_are_separated_have_their_minimum_at_infinity_and_others_one():
    loss = LogisticLoss(design_matrix([1, 2, 3, 4]), [0, 0, 1, 1])
    run, longer = (descend(loss, [0, 0], 0.5, epochs) for epochs in (1000, 3000))
    assert run.status is Status.MINIMUM_AT_INFINITY
    assert "every point is on its right side" in run.message
    assert np.linalg.norm(run.theta) < np.linalg.norm(longer.theta)
    stopped = descend(loss, [0, 0], 0.5, 3000, stop=SmallGradient(0.05))
    assert (stopped.stopped_by, stopped.status) == (SmallGradient(0.05), Status.MINIMUM_AT_INFINITY)
    overlapping = LogisticLoss(design_matrix([1, 2, 3, 4]), [0, 1, 0, 1])
    assert descend(overlapping, [0, 0], 1.0, 8000).status is Status.CONVERGED


def test_a_loss_of_ones_own_needs_only_its_values_and_gradients():
    class Bowl(Loss):
        dimension = 3

        def values(self, thetas):
            return (thetas**4).sum(axis=-1)

        def gradients(self, thetas):
            return 4 * thetas**3

    run = descend(Bowl(), [1, -1, 0.5], 0.05, 1000)
    assert run.losses[-1] < 1e-4
    assert run.status is Status.OUT_OF_EPOCHS
    assert descend(Bowl(), [0, 0, 0], 0.05, 10).status is Status.CONVERGED


def test_the_steps_to_a_tolerance_are_counted():
    run = descend(LOSS, [0, 0], 0.06, 3000)
    for tolerance in (1.0, 0.01, 1e-6):
        outside = [k for k, theta in enumerate(run.trajectory) if max(abs(theta - [5, 20])) > tolerance]
        assert run.steps_to([5, 20], tolerance) == outside[-1] + 1
        assert descend(LOSS, [0, 0], 0.06, outside[-1]).steps_to([5, 20], tolerance) == np.inf
        assert run.steps_to(run.theta, 1e9) == 0


# Memory is what is run


def traced(call):
    """What a call returns, and the most bytes that NumPy's arrays took on the way."""
    tracemalloc.start()
    try:
        return call(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("settings", "epochs"),
    [
        ({"stop": SmallGradient(1e-6)}, 10**9),  # fewer epochs than a system counts to
        ({"stop": [SmallStep(1e-9), SmallGain(1e-12)]}, 10**30),
        ({"learning_rate": Backtracking(first=0.5), "start": LOSS.minimum + LOSS.eigenbasis[1][:, 1]}, 10**30),
        ({"stop": SmallStep(1e-3), "batches": MiniBatches(X, Y, 2, seed=0), "learning_rate": 0.02}, 10**30),
    ],
    ids=["a stopping rule", "several", "a line search", "mini-batches"],
)
def test_a_descent_that_ends_early_takes_the_memory_of_what_it_has_run(settings, epochs):
    made = {"start": [0, 0], "learning_rate": 0.06} | settings
    run, peak = traced(lambda: descend(LOSS, epochs=epochs, **made))
    assert run.status in (Status.STOPPED, Status.CANNOT_DESCEND, Status.CONVERGED)
    assert len(run.gradients) < 20_000
    assert peak < 3_000_000
    held = descend(LOSS, epochs=len(run.gradients), **made)
    for name in ("trajectory", "losses", "gradients", "learning_rates"):
        np.testing.assert_array_equal(getattr(run, name), getattr(held, name))


@pytest.mark.parametrize(
    "settings",
    [{"stop": SmallGradient(1e-6)}, {"learning_rate": 5.0, "rule": HeavyBall(0.9)}],
    ids=["stopped", "diverged"],
)
def test_a_run_that_ended_early_keeps_no_more_than_its_steps(settings):
    run = descend(LOSS, **{"start": [0, 0], "learning_rate": 0.06, "epochs": 5000} | settings)
    assert len(run.gradients) < 2000
    for name in ("trajectory", "losses", "gradients", "learning_rates"):
        kept = getattr(run, name)
        assert kept.base is None
        assert not kept.flags.writeable


@pytest.mark.parametrize(
    "steps", [INITIAL_CAPACITY - 1, INITIAL_CAPACITY, INITIAL_CAPACITY + 1, 2 * INITIAL_CAPACITY + 3]
)
def test_room_grows_without_a_gap(steps):
    never = SmallGradient(1e-300)
    grown, whole = (descend(LOSS, [0, 0], 1e-4, steps, stop=stop) for stop in (never, ()))
    for name in ("trajectory", "losses", "gradients", "learning_rates"):
        np.testing.assert_array_equal(getattr(grown, name), getattr(whole, name))


@pytest.mark.parametrize("epochs", [10**15, 10**300])
def test_more_epochs_than_memory_holds_are_refused_before_the_first(epochs):
    for call in (lambda: descend(LOSS, [0, 0], 0.01, epochs), lambda: trajectory(LOSS, [0, 0], 0.01, epochs)):
        with pytest.raises(ValueError, match=r"^epochs must be fewer: there is no memory for numbers of the shape \("):
            call()


@pytest.mark.parametrize("kind", [GemanMcClure, LogisticLoss])
def test_a_loss_at_many_places_takes_the_memory_of_some(kind, monkeypatch):
    points, labels = RNG.normal(size=(500, 2)), RNG.integers(0, 2, size=500)
    loss = kind(points, labels, *([1] if kind is GemanMcClure else []))
    thetas = RNG.normal(size=(3001, 2))
    whole = loss.values(thetas)
    monkeypatch.setattr(losses, "PREDICTIONS", 20_000)
    parts, peak = traced(lambda: loss.values(thetas))
    np.testing.assert_allclose(parts, whole, rtol=1e-14)
    assert peak < 8 * len(points) * len(thetas) / 4


# What is refused


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"rule": HeavyBall}, "^rule must be "),
        ({"rule": "adam"}, "^rule must be "),
        ({"stop": None}, "^stop must be "),
        ({"stop": [SmallGradient]}, "^stop must be "),
        ({"batches": 3}, "^batches must be "),
        ({"learning_rate": ExactLineSearch}, "^learning_rate must be "),
        ({"start": [1e200, 0]}, r"the loss at theta \[1.e\+200 0.e\+000\] leaves the range of a float"),
    ],
    ids=repr,
)
def test_what_is_no_rule_no_search_no_stop_and_no_start_is_refused_by_name(wrong, says):
    with pytest.raises(ValueError, match=says):
        descend(LOSS, **{"start": [0, 0], "learning_rate": 0.01, "epochs": 5} | wrong)
