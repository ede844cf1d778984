import numpy as np
import pytest

from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix, least_squares
from gdlib.scaling import Scaling, standardize

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 3)) * [1, 1e4, 1e-6] + [0, 1e6, 5]
SCALING = Scaling([0.0] * 3, [1.0] * 3)


def test_standardised_columns_have_the_mean_0_and_the_deviation_1_and_lead_back():
    Z, scaling = standardize(X)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(Z.std(axis=0), 1, rtol=1e-9)
    np.testing.assert_allclose(scaling.inverse(Z), X, rtol=1e-14)
    np.testing.assert_allclose(scaling.transform(X), Z, rtol=0)


def test_translated_parameters_predict_the_same():
    Z, scaling = standardize(X)
    theta = np.array([3.0, -2.0, 0.5, 1.0])
    raw = scaling.translate(theta)
    np.testing.assert_allclose(raw[0] + X @ raw[1:], theta[0] + Z @ theta[1:], atol=1e-8)


def test_the_best_line_of_standardised_points_translates_to_the_best_line():
    x, y = RNG.normal(3, 2, size=30), RNG.normal(size=30)
    Z, scaling = standardize(x[:, None])
    loss = MeanSquaredError.from_data(design_matrix(Z[:, 0]), y)
    np.testing.assert_allclose(loss.hessian, 2 * np.eye(2), atol=1e-12)
    np.testing.assert_allclose(scaling.translate(loss.minimum), least_squares(design_matrix(x), y).theta, rtol=1e-9)


@pytest.mark.parametrize("n", [7, 20_000])
@pytest.mark.parametrize("constant", [0.0, 0.1, 1e300, -1e-300])
def test_a_column_without_variance_is_refused_by_its_number(constant, n):
    with pytest.raises(ValueError, match=r"^column 1 of X is constant|^the numbers in column 1 of X are too large"):
        standardize(np.column_stack([np.arange(float(n)), np.full(n, constant)]))


def test_tiny_numbers_have_a_deviation_too():
    Z, scaling = standardize([[1e-200], [2e-200]])
    np.testing.assert_allclose(Z.ravel(), [-1, 1])
    assert scaling.deviation[0] == pytest.approx(5e-201)


@pytest.mark.parametrize("n", [12, 50_000])
@pytest.mark.parametrize(("offset", "spread"), [(1.7e9, 1.0), (1.7e18, 1e15), (-1e6, 1e-3)])
def test_an_offset_takes_no_digits_of_the_deviation(offset, spread, n):
    x = offset + np.round(spread * np.linspace(-1, 1, n) * 2**10) / 2**10
    Z, scaling = standardize(x[:, None])
    own = x - offset  # exact
    assert scaling.deviation[0] == pytest.approx(own.std(), rel=1e-12)
    assert scaling.mean[0] == pytest.approx(offset + own.mean(), rel=1e-15)
    assert abs(Z.mean()) <= np.spacing(abs(offset)) / own.std() + 1e-12


def test_halfway_beyond_the_range_of_a_float_is_within_it():
    scaling = Scaling([-1.7e308], [1e308])
    assert scaling.transform([[1.7e308]]) == pytest.approx(3.4)
    assert scaling.inverse([[3.4]]) == pytest.approx(1.7e308)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: standardize([[1.7e308], [-1.7e308]]), "^the numbers in column 0 of X are too large to take a mean of"),
        (lambda: SCALING.transform([[1.0, 2.0]]), "^X must have 3 columns, but it has 2"),
        (lambda: SCALING.inverse([[1.0, 2.0]]), "^Z must have 3 columns, but it has 2"),
        (
            lambda: SCALING.translate([1, 2, 3]),
            "^theta must hold 4 numbers, the intercept and one a column, but holds 3",
        ),
        (lambda: Scaling([0.0], [0.0]), r"^deviation must be positive, .* but deviation\[0\] is 0:"),
        (lambda: Scaling([0.0, 1.0], [1.0, -1.0]), r"^deviation must be positive, .* but deviation\[1\] is -1:"),
        (lambda: Scaling([0.0], [1.0, 1.0]), "^mean and deviation must hold a number a column each, but 1 and 2"),
        (
            lambda: Scaling([0.0], [1e-3]).transform([[1.0], [1.7e308]]),
            r"X\[1, 0\] is 1.7e\+308, which leaves the range",
        ),
        (lambda: Scaling([0.0], [1e3]).inverse([[1.7e308]]), r"Z\[0, 0\] is 1.7e\+308, which leaves the range"),
        (lambda: Scaling([0.0], [1e-3]).translate([0, 1.7e308]), "says of the raw columns leaves the range of a float"),
        (lambda: standardize([[5e-324], [1e-323]]), r"deviation must be .* at least 2.2e-308, .* but deviation"),
    ],
)
def test_what_does_not_fit_or_leaves_the_range_of_a_float_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
