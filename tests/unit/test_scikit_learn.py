"""Lines, losses and standardised columns against scikit-learn's."""

import numpy as np
import pytest

from gdlib.descent import descend
from gdlib.losses import LogisticLoss
from gdlib.regression import design_matrix, least_squares, normal_equation
from gdlib.scaling import standardize

pytestmark = pytest.mark.slow  # the import of scikit-learn alone takes seconds

RNG = np.random.default_rng(0)
x, LABELS = np.array([0.5, 1, 1.5, 2, 3, 3.5, 4, 5, 5.5, 6]), np.array([0, 0, 1, 0, 0, 1, 0, 1, 1, 1])
LOGISTIC = LogisticLoss(design_matrix(x), LABELS)


@pytest.mark.parametrize("solve", [normal_equation, lambda X, y: least_squares(X, y).theta], ids=["normal", "least"])
@pytest.mark.parametrize(("n", "d"), [(2, 1), (20, 3), (200, 10)])
def test_a_line_is_its_linear_regression(solve, n, d):
    from sklearn.linear_model import LinearRegression

    x, y = RNG.normal(size=(n, d)), RNG.normal(size=n)
    model = LinearRegression().fit(x, y)
    expected = [model.intercept_, *model.coef_]
    np.testing.assert_allclose(solve(design_matrix(x), y), expected, rtol=0, atol=1e-12 * np.abs(expected).max())


def test_the_logistic_loss_is_its_log_loss_and_descent_ends_where_its_regression_does():
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss

    for theta in RNG.normal(size=(10, 2)):  # near enough that no probability is rounded to 0 or 1
        p = 1 / (1 + np.exp(-LOGISTIC.X @ theta))
        assert LOGISTIC.value(theta) == pytest.approx(log_loss(LABELS, p), rel=1e-12)
    model = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000).fit(x[:, None], LABELS)
    run = descend(LOGISTIC, [0, 0], 1.9 / LOGISTIC.max_curvature, 10_000)
    np.testing.assert_allclose(run.theta, [*model.intercept_, *model.coef_[0]], atol=1e-6)


def test_standardised_columns_are_its_own():
    from sklearn.preprocessing import StandardScaler

    X = RNG.normal(size=(20, 3)) * [1, 1e4, 1e-6] + [0, 1e6, 5]
    Z, scaling = standardize(X)
    scaler = StandardScaler().fit(X)
    np.testing.assert_allclose(Z, scaler.transform(X), rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(scaling.mean, scaler.mean_, rtol=1e-14)
    np.testing.assert_allclose(scaling.deviation, scaler.scale_, rtol=1e-9)
