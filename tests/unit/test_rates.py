import numpy as np
import pytest

from gdlib.descent import Status, descend
from gdlib.losses import GemanMcClure, LogisticLoss, MeanSquaredError
from gdlib.rates import Backtracking, Cosine, ExactLineSearch, InverseTime, StepDecay
from gdlib.regression import design_matrix
from gdlib.rules import HeavyBall

X, Y = design_matrix([2, 3, 4, 5]), [45, 65, 85, 105]
LOSS = MeanSquaredError.from_data(X, Y)


# Schedules


@pytest.mark.parametrize(
    ("rate", "wanted"),
    [
        (InverseTime(0.4, 10), {0: 0.4, 10: 0.2, 30: 0.1}),
        (StepDecay(0.4, 10, 0.5), {0: 0.4, 9: 0.4, 10: 0.2, 29: 0.1}),
        (Cosine(0.4, 10), {0: 0.4, 5: 0.2, 10: 0.0, 1000: 0.0}),
    ],
    ids=lambda rate: type(rate).__name__,
)
def test_a_schedule_has_the_values_of_its_formula(rate, wanted):
    assert {k: pytest.approx(rate(k), abs=1e-15) for k in wanted} == wanted


def test_the_run_uses_the_schedules_rates_in_order():
    run = descend(LOSS, [0, 0], InverseTime(0.01, 5), 20)
    np.testing.assert_array_equal(run.learning_rates, [InverseTime(0.01, 5)(k) for k in range(20)])
    steps = -run.learning_rates[:, None] * run.gradients
    np.testing.assert_allclose(np.diff(run.trajectory, axis=0), steps, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("first", [1e308, 1.79e308, 5e-324, 0.1])
def test_no_rate_of_a_wave_is_above_its_first(first):
    rate = Cosine(first, 7)
    assert rate(0) == first
    assert all(0 <= rate(k) <= first for k in range(9))


def test_a_schedule_that_gives_no_rate_is_refused_with_its_step():
    with pytest.raises(ValueError, match=r"^the rate of step 3 must "):
        descend(LOSS, [0, 0], lambda k: -0.1 if k == 3 else 0.01, 10)


# Exact line search


def test_the_exact_rate_is_the_lowest_point_along_the_line():
    rng = np.random.default_rng(0)
    for _ in range(20):
        theta = rng.normal(scale=20, size=2)
        gradient = LOSS.gradient(theta)
        direction = gradient + 0.3 * np.linalg.norm(gradient) * rng.normal(size=2)
        rate = ExactLineSearch().along(LOSS, theta, gradient, direction)
        if gradient @ direction <= 0:
            assert rate is None
            continue
        here, *there = (LOSS.value(theta - share * rate * direction) for share in (1, 0.99, 1.01))
        assert here < min(there)


def test_from_its_worst_start_an_exact_search_is_as_slow_as_the_bound_says():
    (small, large), vectors = LOSS.eigenbasis
    start = LOSS.minimum + vectors @ [1 / small, 1 / large]
    run = descend(LOSS, start, ExactLineSearch(), 50)
    share = ((large - small) / (large + small)) ** 2
    np.testing.assert_allclose(run.losses[1:40] / run.losses[:39], share, rtol=1e-6)


def test_an_exact_search_of_another_loss_is_refused():
    with pytest.raises(ValueError, match="is for a MeanSquaredError, but the loss is a LogisticLoss"):
        descend(LogisticLoss(X, [0, 1, 0, 1]), [0, 0], ExactLineSearch(), 10)


def test_at_the_minimum_there_is_nothing_to_search_for():
    run = descend(LOSS, [5, 20], ExactLineSearch(), 10)
    assert (run.status, run.epochs) == (Status.CONVERGED, 0)


# Backtracking


@pytest.mark.parametrize("loss", [LOSS, GemanMcClure(X, Y, 20), LogisticLoss(X, [0, 1, 0, 1])])
def test_backtracking_lowers_the_loss_by_the_promised_share_and_no_longer_step_would(loss):
    search = Backtracking(first=1, shrink=0.5, slope=0.1)
    run = descend(loss, [1, 2], search, 15)
    for k, (rate, gradient) in enumerate(zip(run.learning_rates, run.gradients, strict=True)):

        def promised(rate, k=k, gradient=gradient):
            return run.losses[k] - search.slope * rate * gradient @ gradient

        assert run.losses[k + 1] <= promised(rate)
        if rate < search.first:
            assert loss.value(run.trajectory[k] - 2 * rate * gradient) > promised(2 * rate)


def test_backtracking_needs_no_limit_of_the_rate():
    run = descend(LOSS, [0, 0], Backtracking(first=8), 2000)
    assert run.losses[-1] < 1e-10
    assert (np.diff(run.losses) <= 0).all()


class WrongSign(MeanSquaredError):
    def gradients(self, thetas):
        return -super().gradients(thetas)


def test_where_the_gradient_has_the_wrong_sign_a_search_cannot_descend_and_says_so():
    wrong = WrongSign(LOSS.n, LOSS.gram, LOSS.moment, LOSS.sum_of_squares)
    run = descend(wrong, [0, 0], Backtracking(), 10)
    assert (run.epochs, run.status) == (0, Status.CANNOT_DESCEND)
    assert "after 0 epochs the line search found no lower place along its direction" in run.message


def test_where_momentum_leads_uphill_a_search_cannot_descend_and_stays():
    run = descend(LOSS, [0, 0], Backtracking(first=0.05), 1000, HeavyBall(0.99))
    assert 0 < run.epochs < 1000
    assert run.status is Status.CANNOT_DESCEND
    velocity = sum(0.99 ** (run.epochs - 1 - k) * gradient for k, gradient in enumerate(run.gradients))
    gradient = LOSS.gradient(run.theta)
    assert gradient @ (0.99 * velocity + gradient) <= 0


@pytest.mark.parametrize("search", [Backtracking(1, 0.9, 0.9), Backtracking(1e300, 0.999999, 0.9)], ids=repr)
def test_a_search_along_an_endless_slope_ends(search):
    asked = 0

    class Steep(MeanSquaredError):
        """A slope that no float holds the square of, along which the loss never falls as much as it says."""

        def values(self, thetas):
            nonlocal asked
            asked += 1
            return super().values(thetas)

    loss, gradient = Steep(LOSS.n, LOSS.gram, LOSS.moment, LOSS.sum_of_squares), np.full(2, 1e200)
    assert search.along(loss, np.zeros(2), gradient, gradient) is None
    assert 0 < asked <= 10_001


def test_a_slope_beyond_the_range_of_a_float_is_searched_all_the_same():
    loss = MeanSquaredError(1, np.array([[1e200]]), np.array([1e250]), 1e300)
    start = np.zeros(1)
    gradient = loss.gradient(start)  # -2e250, whose square is beyond all floats
    rate = Backtracking(1.0, 0.5, 0.1).along(loss, start, gradient, gradient)
    assert loss.value(start - rate * gradient) < loss.value(start)
