import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gdlib.costs import GemanMcClureCost, LogisticCost, SquaredCost

COSTS = {"squared": SquaredCost(), "logistic": LogisticCost(), "Geman-McClure": GemanMcClureCost(scale=3)}
ON_ALL_COSTS = pytest.mark.parametrize("cost", COSTS.values(), ids=COSTS)
PREDICTED = np.array([-30.0, -3.0, -0.25, 0.0, 0.5, 2.0, 25.0])
LABELS = np.array([0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0])


def test_each_cost_is_what_its_formula_says():
    r, z = PREDICTED - LABELS, PREDICTED
    logs = [-math.log(1 / (1 + math.exp(-(p if label else -p)))) for p, label in zip(z, LABELS, strict=True)]
    np.testing.assert_allclose(SquaredCost().costs(z, LABELS), r**2, rtol=1e-14)
    np.testing.assert_allclose(LogisticCost().costs(z, LABELS), logs, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(GemanMcClureCost(3).costs(z, LABELS), r**2 / (1 + r**2 / 9), rtol=1e-14)


@ON_ALL_COSTS
def test_the_slope_is_the_derivative_of_the_cost_by_the_prediction(cost):
    h = 1e-5
    differences = (cost.costs(PREDICTED + h, LABELS) - cost.costs(PREDICTED - h, LABELS)) / (2 * h)
    np.testing.assert_allclose(cost.derivatives(PREDICTED, LABELS), differences, rtol=1e-6, atol=1e-8)


@ON_ALL_COSTS
@settings(max_examples=20)
@given(predicted=arrays(float, 7, elements=st.floats(-1e5, 1e5)))
def test_the_sum_and_the_slopes_are_those_of_the_points(cost, predicted):
    total, gradient = cost.sums(np.diag(predicted), LABELS, np.ones(7))
    assert total == pytest.approx(cost.costs(predicted, LABELS).sum(), rel=1e-13)
    np.testing.assert_allclose(gradient, cost.derivatives(predicted, LABELS) * predicted, rtol=1e-13, atol=1e-300)


@ON_ALL_COSTS
def test_predictions_of_several_models_stand_in_rows(cost):
    for of in (cost.costs, cost.derivatives):
        np.testing.assert_array_equal(of(np.stack([PREDICTED, 2 * PREDICTED]), LABELS)[1], of(2 * PREDICTED, LABELS))


@ON_ALL_COSTS
@pytest.mark.parametrize("dtype", ["u1", "?", "f4"])
def test_labels_of_any_type_cost_what_they_cost_as_floats(cost, dtype):
    labels = LABELS.astype(dtype)
    np.testing.assert_array_equal(cost.costs(PREDICTED, labels), cost.costs(PREDICTED, LABELS))
    np.testing.assert_array_equal(cost.derivatives(PREDICTED, labels), cost.derivatives(PREDICTED, LABELS))
    given, wanted = (cost.sums(np.diag(PREDICTED), y, np.ones(7)) for y in (labels, LABELS))
    np.testing.assert_array_equal(given[1], wanted[1])
    assert given[0] == wanted[0]


@pytest.mark.parametrize("scale", [1e-100, 3.0, 1e100])
def test_a_residual_beyond_all_bounds_costs_the_square_of_the_scale_and_none_costs_nothing(scale):
    cost = GemanMcClureCost(scale)
    with np.errstate(over="ignore"):
        costs = cost.costs(np.array([-1e308, 1e200, 0.0]), np.zeros(3))
        np.testing.assert_array_equal(cost.derivatives(np.array([1e308, 0.0]), np.zeros(2)), [0, 0])
    np.testing.assert_allclose(costs, [scale**2, scale**2, 0], rtol=1e-14, atol=0)


def test_a_residual_whose_square_has_no_finite_inverse_costs_nothing_without_a_warning():
    assert 0 <= GemanMcClureCost(1.0).costs(np.array([1e-161]), np.zeros(1)) <= 1e-321


@pytest.mark.parametrize("z", [700.0, 1e300])
def test_the_log_loss_of_a_certain_prediction_neither_overflows_nor_loses_its_digits(z):
    cost, both = LogisticCost(), np.array([-z, z])
    np.testing.assert_array_equal(cost.costs(both, np.array([1.0, 0.0])), [z, z])
    for derivatives in (cost.derivatives, lambda p, y: cost.sums(np.diag(np.sign(p)), y, np.abs(p))[1] * np.sign(p)):
        np.testing.assert_array_equal(derivatives(both, np.array([1.0, 0.0])), [-1, 1])
        np.testing.assert_allclose(derivatives(both, np.array([0.0, 1.0])), [math.exp(-z), -math.exp(-z)], rtol=1e-12)


def test_the_first_label_that_is_neither_0_nor_1_is_named():
    assert LogisticCost().problem(np.array([0.0, 1.0, -0.0])) is None
    for odd in (2.0, -1.0, 0.5, math.nan, math.inf):
        assert LogisticCost().problem(np.array([1.0, 0.0, odd, 7.0])) == (2, "y must hold only 0 and 1")
    for cost in (SquaredCost(), GemanMcClureCost(1)):
        assert cost.problem(np.array([2.0, -7.5])) is None


@pytest.mark.parametrize("scale", [1e-170, 1e170])
def test_a_scale_whose_square_no_float_holds_is_refused(scale):
    with pytest.raises(ValueError, match=r"^scale must have a square within the range of a float, but it is 1e"):
        GemanMcClureCost(scale)
