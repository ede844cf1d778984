import numpy as np
import pytest

from gdlib.descent import descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.rules import Adam, HeavyBall, Nesterov, Plain

LOSS = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
GRADIENT = np.array([3.0, -0.5])


def directions(rule, gradients):
    memory, found = rule.begin(np.zeros(len(gradients[0]))), []
    for gradient in gradients:
        direction, memory = rule.step(np.asarray(gradient, dtype=float), memory)
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


@pytest.mark.parametrize("rule", [Plain(), HeavyBall(0.9), Nesterov(0.9), Adam()], ids=lambda rule: type(rule).__name__)
def test_a_step_changes_neither_the_gradient_nor_the_memory(rule):
    gradient, memory = GRADIENT.copy(), rule.begin(np.zeros(2))
    _, memory = rule.step(gradient, memory)
    first = rule.step(gradient, memory)[0]
    np.testing.assert_array_equal(rule.step(gradient, memory)[0], first)
    np.testing.assert_array_equal(gradient, GRADIENT)
