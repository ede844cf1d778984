import numpy as np
import pytest

from gdlib.descent import descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.rules import AdaGrad, Adam, AdamW, HeavyBall, Nesterov, Plain, RMSProp

LOSS = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
GRADIENT = np.array([3.0, -0.5])


def directions(rule, gradients):
    memory, found = rule.begin(np.zeros(len(gradients[0]))), []
    for gradient in gradients:
        direction, memory = rule.step(np.asarray(gradient, dtype=float), memory, np.zeros(len(gradient)))
        found.append(direction)
    return np.array(found)


@pytest.mark.parametrize("rule", [HeavyBall(0), Nesterov(0)], ids=str)
def test_without_momentum_it_is_plain_descent(rule):
    plain = descend(LOSS, [0, 0], 0.01, 100)
    np.testing.assert_array_equal(descend(LOSS, [0, 0], 0.01, 100, rule).trajectory, plain.trajectory)


def test_a_heavy_ball_weighs_old_gradients_by_powers_of_its_momentum():
    found = directions(HeavyBall(0.5), [[1.0], [0.0], [0.0], [0.0]])
    assert found.ravel().tolist() == [1, 0.5, 0.25, 0.125]


def test_nesterov_is_the_heavy_ball_with_the_gradient_taken_ahead():
    """In the words of 1983: the gradient at θ - rate * momentum * velocity, for a shifted θ."""
    rate, momentum = 0.02, 0.8
    place, velocity = np.zeros(2), np.zeros(2)
    ahead = [place]
    for _ in range(50):
        velocity = momentum * velocity + LOSS.gradient(ahead[-1])
        place = place - rate * velocity
        ahead.append(place - rate * momentum * velocity)
    run = descend(LOSS, [0, 0], rate, 50, Nesterov(momentum))
    np.testing.assert_allclose(run.trajectory, ahead, rtol=1e-12)


def test_adams_averages_are_those_of_the_whole_history():
    gradients, k = np.random.default_rng(2).normal(size=(30, 2)), 30
    weights = [0.1 * 0.9 ** (k - 1 - i) for i in range(k)], [0.001 * 0.999 ** (k - 1 - i) for i in range(k)]
    mean = weights[0] @ gradients / (1 - 0.9**k)
    square = weights[1] @ gradients**2 / (1 - 0.999**k)
    np.testing.assert_allclose(directions(Adam(), gradients)[-1], mean / (np.sqrt(square) + 1e-8), rtol=1e-12)


def test_adagrads_direction_is_over_the_root_of_the_sum_of_all_squares():
    gradients = np.random.default_rng(2).normal(size=(30, 2))
    wanted = gradients / (np.sqrt(np.cumsum(gradients**2, axis=0)) + 1e-10)
    np.testing.assert_allclose(directions(AdaGrad(), gradients), wanted, rtol=1e-12)


def test_rmsprops_average_is_that_of_the_whole_history_and_nothing_makes_up_for_its_start():
    gradients, k = np.random.default_rng(2).normal(size=(30, 2)), 30
    square = [0.01 * 0.99 ** (k - 1 - i) for i in range(k)] @ gradients**2
    found = directions(RMSProp(), gradients)
    np.testing.assert_allclose(found[-1], gradients[-1] / (np.sqrt(square) + 1e-8), rtol=1e-12)
    np.testing.assert_allclose(np.abs(found[0]), 10, rtol=1e-6)


def test_adamw_without_decay_is_adam():
    adam = descend(LOSS, [3, -4], 0.3, 100, Adam())
    np.testing.assert_array_equal(descend(LOSS, [3, -4], 0.3, 100, AdamW(weight_decay=0)).trajectory, adam.trajectory)


def test_adamw_leaves_its_share_of_a_parameter_that_nothing_pulls():
    rule, theta = AdamW(weight_decay=0.2), np.array([5.0, -20.0])
    memory, way = rule.begin(theta), [theta]
    for _ in range(10):
        direction, memory = rule.step(np.zeros(2), memory, way[-1])
        way.append(way[-1] - 0.5 * direction)
    np.testing.assert_allclose(way, theta * 0.9 ** np.arange(11)[:, None], rtol=1e-13)


def test_adamw_asks_for_the_place():
    with pytest.raises(ValueError, match=r"^theta must be the place of the step"):
        AdamW().step(GRADIENT, AdamW().begin(GRADIENT))


@pytest.mark.parametrize(
    "rule",
    [Plain(), HeavyBall(0.9), Nesterov(0.9), AdaGrad(), RMSProp(), Adam(), AdamW()],
    ids=lambda rule: type(rule).__name__,
)
def test_a_step_changes_neither_the_gradient_nor_the_memory_nor_the_place(rule):
    gradient, memory, theta = GRADIENT.copy(), rule.begin(np.zeros(2)), np.array([5.0, 20.0])
    _, memory = rule.step(gradient, memory, theta)
    first = rule.step(gradient, memory, theta)[0]
    np.testing.assert_array_equal(rule.step(gradient, memory, theta)[0], first)
    np.testing.assert_array_equal(gradient, GRADIENT)
    np.testing.assert_array_equal(theta, [5, 20])
