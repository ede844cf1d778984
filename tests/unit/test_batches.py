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


def test_an_epoch_sees_every_point_once():
    batches = MiniBatches(X, Y, 3, seed=0)
    losses = list(batches.epoch(batches.generator()))
    assert len(losses) == batches.steps_per_epoch == 4
    together = sum(losses[1:], losses[0])
    assert together.n == 11
    np.testing.assert_allclose(together.gram, LOSS.gram, rtol=1e-12)
    np.testing.assert_allclose(together.moment, LOSS.moment, rtol=1e-12)


@pytest.mark.parametrize("size", [1, 4, 11])
def test_every_step_goes_against_the_gradient_of_its_batch(size):
    run = descend(LOSS, [3, 1], 0.004, 7, batches=MiniBatches(X, Y, size, seed=9))
    generator, theta, way = np.random.default_rng(9), np.array([3.0, 1.0]), [np.array([3.0, 1.0])]
    for _ in range(7):
        order = generator.permutation(11)
        for rows in np.split(order, range(size, 11, size)):
            theta = theta - 0.004 * 2 * X[rows].T @ (X[rows] @ theta - Y[rows]) / len(rows)
            way.append(theta)
    np.testing.assert_allclose(run.trajectory, way, rtol=1e-11)
    assert (run.epochs, run.steps_per_epoch) == (7, math.ceil(11 / size))
    np.testing.assert_allclose(run.losses, [np.mean((X @ theta - Y) ** 2) for theta in way], rtol=1e-11)


def test_a_seed_gives_the_same_run_again_and_a_generator_is_drawn_on():
    generator = np.random.default_rng(1)
    batches = [MiniBatches(X, Y, 2, seed) for seed in (1, 2)] + [MiniBatches(X, Y, 2, generator)] * 2
    first, other, drawn, drawn_on = (descend(LOSS, [0, 0], 0.01, 5, batches=each).theta for each in batches)
    np.testing.assert_array_equal(first, drawn)
    np.testing.assert_array_equal(first, descend(LOSS, [0, 0], 0.01, 5, batches=batches[0]).theta)
    assert (first != other).any()
    assert (drawn != drawn_on).any()


def test_where_every_point_lies_on_the_line_single_points_lead_to_it():
    loss = MeanSquaredError.from_data(X, 20 * x + 5)
    run = descend(loss, [0, 0], 0.03, 130, batches=MiniBatches(X, 20 * x + 5, 1, seed=0))
    np.testing.assert_allclose(run.theta, [5, 20], rtol=1e-9)


def test_other_losses_are_cut_as_well():
    labels = (x > 2).astype(float)
    labels[:2] = 1 - labels[:2]
    run = descend(LogisticLoss(X, labels), [0, 0], 0.1, 50, batches=MiniBatches(X, labels, 4, 0, of=LogisticLoss))
    assert run.losses[-1] < run.losses[0]


def test_a_batch_of_more_points_than_there_are_is_refused():
    with pytest.raises(ValueError, match=r"^size must be at most the number of points, 11, but it is 12"):
        MiniBatches(X, Y, 12, seed=0)


def test_a_batch_that_a_search_finds_fitted_is_passed_by():
    run = descend(LOSS, [0, 0], ExactLineSearch(), 50, batches=MiniBatches(X, Y, 1, seed=0))
    assert run.epochs == 50
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
