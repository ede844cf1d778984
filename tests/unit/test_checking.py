import numpy as np
import pytest
from scipy.optimize import approx_fprime

from gdlib.checking import STEP, check_gradient, finite_differences
from gdlib.datasets import two_lines
from gdlib.losses import GemanMcClure, LogisticLoss, MeanSquaredError
from gdlib.regression import design_matrix

x, Y = two_lines()
X = design_matrix(x)
LOSSES = [MeanSquaredError.from_data(X, Y), LogisticLoss(X, Y > 60), GemanMcClure(X, Y, 16)]
PLACES = np.random.default_rng(0).normal(scale=3, size=(20, 2))


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: type(loss).__name__)
def test_right_gradients_pass(loss):
    assert max(check_gradient(loss, theta).error for theta in PLACES) < 1e-7


class Wrong(GemanMcClure):
    """Forgets to divide by n in the first parameter."""

    def gradients(self, thetas):
        return super().gradients(thetas) * [len(self.X), 1]


def test_a_wrong_gradient_is_off_by_a_share_that_can_be_seen():
    errors = [check_gradient(Wrong(X, Y, 16), theta).error for theta in PLACES]
    assert min(errors) > 0.1


def test_forward_differences_are_scipys():
    loss = LOSSES[1]
    ours = finite_differences(loss, [0.5, -0.25], 1e-6, "forward")
    np.testing.assert_allclose(ours, approx_fprime([0.5, -0.25], loss.value, 1e-6), rtol=1e-9)


@pytest.mark.parametrize(("scheme", "order"), [("forward", 1), ("central", 2)])
def test_the_error_falls_with_the_order_of_the_scheme(scheme, order):
    errors = [check_gradient(LOSSES[1], [0.3, -0.1], step, scheme).error for step in (1e-2, 1e-3)]
    assert np.log10(errors[0] / errors[1]) == pytest.approx(order, abs=0.1)


def test_too_small_a_step_is_worse_than_the_one_that_is_taken():
    for scheme in ("forward", "central"):
        assert (
            check_gradient(LOSSES[2], [20, 10], 1e-13, scheme).error > 100 * check_gradient(LOSSES[2], [20, 10]).error
        )


def test_steps_grow_with_the_parameters():
    assert check_gradient(LOSSES[0], [1e6, -3e6]).error < 1e-9


def test_where_both_are_zero_there_is_no_error():
    flat = MeanSquaredError(1, np.zeros((2, 2)), np.zeros(2), 0.0)
    assert check_gradient(flat, [1, 2]).error == 0


def test_a_gradient_of_another_length_is_refused():
    class Short(GemanMcClure):
        def gradient(self, theta):
            return np.zeros(1)

    with pytest.raises(ValueError, match=r"^the gradient must hold 2 numbers"):
        check_gradient(Short(X, Y, 16), [1, 2])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: check_gradient(LOSSES[0], [1, 2], 1e-17), r"^step 1e-17 is too small: theta\[0\] = 1.0 does not move"),
        (lambda: check_gradient(MeanSquaredError, [0, 0]), "^loss must be an instance with value"),
        (lambda: finite_differences(3, [0, 0]), "^loss must be an instance with value"),
        (
            lambda: finite_differences(LOSSES[0], [1, 2], scheme="backward"),
            "^scheme must be 'central' or 'forward', but it is 'backward'",
        ),
    ],
)
def test_what_cannot_be_checked_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_the_step_is_the_cube_root_of_the_precision():
    assert pytest.approx(np.finfo(float).eps) == STEP**3
