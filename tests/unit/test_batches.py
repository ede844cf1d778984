import math

import numpy as np
import pytest

from gdlib.batches import MiniBatches
from gdlib.descent import Status, descend
from gdlib.losses import LogisticLoss, MeanSquaredError
from gdlib.rates import ExactLineSearch
from gdlib.regression import design_matrix

RNG = np.random.default_rng(5)
x = RNG.uniform(0, 4, size=11)
X, Y = design_matrix(x), 20 * x + 5 + RNG.normal(size=11)
LOSS = MeanSquaredError.from_data(X, Y)


@pytest.mark.parametrize("size", [1, 3, 11])
def test_an_epoch_sees_every_point_once(size):
    batches = MiniBatches(X, Y, size, seed=0)
    losses = list(batches.epoch(batches.generator()))
    assert len(losses) == batches.steps_per_epoch == math.ceil(11 / size)
    together = sum(losses[1:], losses[0])
    assert together.n == 11
    np.testing.assert_allclose(together.gram, LOSS.gram, rtol=1e-12)
    np.testing.assert_allclose(together.moment, LOSS.moment, rtol=1e-12)


def test_a_batch_of_all_points_is_plain_descent():
    run = descend(LOSS, [0, 0], 0.01, 100, batches=MiniBatches(X, Y, 11, seed=0))
    np.testing.assert_allclose(run.trajectory, descend(LOSS, [0, 0], 0.01, 100).trajectory, rtol=1e-12)
    assert run.steps_per_epoch == 1


@pytest.mark.parametrize("size", [1, 4])
def test_every_step_goes_against_the_gradient_of_its_batch(size):
    run = descend(LOSS, [3, 1], 0.004, 7, batches=MiniBatches(X, Y, size, seed=9))
    generator, theta, way = np.random.default_rng(9), np.array([3.0, 1.0]), [np.array([3.0, 1.0])]
    for _ in range(7):
        order = generator.permutation(11)
        for rows in np.split(order, range(size, 11, size)):
            theta = theta - 0.004 * 2 * X[rows].T @ (X[rows] @ theta - Y[rows]) / len(rows)
            way.append(theta)
    np.testing.assert_allclose(run.trajectory, way, rtol=1e-11)
    assert run.epochs == 7
    np.testing.assert_allclose(run.losses, [np.mean((X @ theta - Y) ** 2) for theta in way], rtol=1e-11)


def test_the_gradients_of_single_points_average_to_the_whole_one():
    batches = MiniBatches(X, Y, 1, seed=0)
    each = [loss.gradient([3, 1]) for loss in batches.epoch(batches.generator())]
    np.testing.assert_allclose(np.mean(each, axis=0), LOSS.gradient([3, 1]), rtol=1e-12)


def test_the_same_seed_gives_the_same_run_and_another_another():
    runs = [descend(LOSS, [0, 0], 0.01, 5, batches=MiniBatches(X, Y, 2, seed=s)).theta for s in (1, 1, 2)]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert (runs[0] != runs[2]).any()


def test_a_generator_is_drawn_on_from_run_to_run():
    batches = MiniBatches(X, Y, 2, seed=np.random.default_rng(1))
    first, second = (descend(LOSS, [0, 0], 0.01, 5, batches=batches).theta for _ in range(2))
    assert (first != second).any()
    by_seed = descend(LOSS, [0, 0], 0.01, 5, batches=MiniBatches(X, Y, 2, seed=1)).theta
    np.testing.assert_array_equal(first, by_seed)


def test_where_every_point_lies_on_the_line_single_points_lead_to_it():
    loss = MeanSquaredError.from_data(X, 20 * x + 5)
    run = descend(loss, [0, 0], 0.03, 200, batches=MiniBatches(X, 20 * x + 5, 1, seed=0))
    np.testing.assert_allclose(run.theta, [5, 20], rtol=1e-9)


def test_other_losses_are_cut_as_well():
    labels = (x > 2).astype(float)
    labels[:2] = 1 - labels[:2]
    run = descend(LogisticLoss(X, labels), [0, 0], 0.1, 50, batches=MiniBatches(X, labels, 4, 0, of=LogisticLoss))
    assert run.losses[-1] < run.losses[0]


@pytest.mark.parametrize("size", [0, -1, 1.5, "3", None], ids=repr)
def test_a_size_that_is_no_count_is_refused(size):
    with pytest.raises(ValueError, match=r"^size must be a whole number, 1 or more, but it is "):
        MiniBatches(X, Y, size, seed=0)


def test_a_size_beyond_the_data_is_refused_with_both():
    with pytest.raises(ValueError, match=r"^size must be at most the number of points, 11, but it is 12"):
        MiniBatches(X, Y, 12, seed=0)


@pytest.mark.parametrize("seed", [-1, 0.5, "a", None], ids=repr)
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(ValueError, match=r"^seed must be a whole number, 0 or more, but it is "):
        MiniBatches(X, Y, 2, seed=seed)


def test_bad_data_are_refused():
    with pytest.raises(ValueError, match="X has 11 rows and y has 10"):
        MiniBatches(X, Y[:10], 2, seed=0)


def test_a_batch_that_a_search_finds_fitted_is_passed_by():
    run = descend(LOSS, [0, 0], ExactLineSearch(), 200, batches=MiniBatches(X, Y, 1, seed=0))
    assert run.epochs == 200
    assert (run.learning_rates == 0).any() or run.status is not Status.CANNOT_DESCEND


def test_batches_of_another_loss_or_of_other_columns_are_refused():
    labels = (x > 2).astype(float)
    with pytest.raises(ValueError, match="a LogisticLoss of 2 parameters, but they are a MeanSquaredError of 2"):
        descend(LogisticLoss(X, labels), [0, 0], 0.1, 5, batches=MiniBatches(X, labels, 4, 0))
    with pytest.raises(ValueError, match="a MeanSquaredError of 2 parameters, but they are a MeanSquaredError of 1"):
        descend(LOSS, [0, 0], 0.1, 5, batches=MiniBatches(X[:, :1], Y, 4, 0))


def test_batches_keep_copies_of_their_data():
    rows, heights = X.copy(), Y.copy()
    batches = MiniBatches(rows, heights, 2, 0)
    rows[:] = heights[:] = 0
    np.testing.assert_array_equal(batches.X, X)
    np.testing.assert_array_equal(batches.y, Y)
