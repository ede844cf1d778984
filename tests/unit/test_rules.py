import math

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


@pytest.mark.parametrize("momentum", [0.5, 0.9])
@pytest.mark.parametrize("kind", [HeavyBall, Nesterov])
def test_of_an_unchanging_gradient_the_velocity_sums_to_the_geometric_series(kind, momentum):
    last = directions(kind(momentum), [GRADIENT] * 1000)[-1]
    np.testing.assert_allclose(last, GRADIENT / (1 - momentum), rtol=1e-12)


def test_a_heavy_ball_weighs_old_gradients_by_powers_of_its_momentum():
    found = directions(HeavyBall(0.5), [[1.0], [0.0], [0.0], [0.0]])
    assert found.ravel().tolist() == [1, 0.5, 0.25, 0.125]


def test_nesterovs_direction_is_the_heavy_balls_of_one_step_ahead():
    gradients = np.random.default_rng(0).normal(size=(20, 2))
    ahead = 0.7 * directions(HeavyBall(0.7), gradients) + gradients
    np.testing.assert_allclose(directions(Nesterov(0.7), gradients), ahead, rtol=1e-14)


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


def test_adams_first_step_is_of_one_rate_whatever_the_gradients_size():
    for size in (1e-3, 1.0, 1e6):
        np.testing.assert_allclose(directions(Adam(), [size * GRADIENT])[0], np.sign(GRADIENT), rtol=1e-4)


def test_adam_does_not_see_the_units_of_a_gradient():
    gradients = np.random.default_rng(1).normal(size=(50, 2))
    plain, scaled = (directions(Adam(epsilon=1e-300), factor * gradients) for factor in (1, 1000))
    np.testing.assert_allclose(scaled, plain, rtol=1e-12)


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


@pytest.mark.parametrize("value", [-0.1, 1, 1.5, math.nan, math.inf, "0.9", None, 1j], ids=repr)
@pytest.mark.parametrize(
    ("make", "name"),
    [(HeavyBall, "momentum"), (Nesterov, "momentum"), (Adam, "beta1"), (lambda beta: Adam(0.9, beta), "beta2")],
    ids=["heavy ball", "nesterov", "beta1", "beta2"],
)
def test_a_share_outside_of_0_to_below_1_is_refused(make, name, value):
    with pytest.raises(ValueError, match=rf"^{name} must be a number from 0 to below 1, but it is "):
        make(value)


def test_a_bad_epsilon_is_refused(bad_rate):
    with bad_rate.refused("epsilon"):
        Adam(epsilon=bad_rate.value)
