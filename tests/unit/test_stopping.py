import numpy as np
import pytest

from gdlib.descent import Status, descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.stopping import Iterate, SmallGain, SmallGradient, SmallStep

LOSS = MeanSquaredError.from_data(design_matrix([2, 3, 4, 5]), [45, 65, 85, 105])
FULL = descend(LOSS, [0, 0], 0.02, 4000)
GRADIENTS = np.array([LOSS.gradient(theta) for theta in FULL.trajectory])
RULES = {
    "gradient": (SmallGradient, np.linalg.norm(GRADIENTS, axis=1), 0),
    "step": (SmallStep, np.linalg.norm(np.diff(FULL.trajectory, axis=0), axis=1), 1),
    "gain": (SmallGain, np.abs(np.diff(FULL.losses)), 1),
}


@pytest.mark.parametrize("tolerance", [1e-1, 1e-6])
@pytest.mark.parametrize("name", RULES)
def test_a_run_stops_at_the_first_place_that_meets_the_rule(name, tolerance):
    rule, sizes, offset = RULES[name]
    run = descend(LOSS, [0, 0], 0.02, 4000, stop=rule(tolerance))
    assert run.epochs == int(np.argmax(sizes <= tolerance)) + offset
    assert run.status is Status.STOPPED
    assert run.stopped_by == rule(tolerance)
    assert f"after {run.epochs} epochs, by {rule.__name__}(tolerance={tolerance})" in run.message
    np.testing.assert_array_equal(run.trajectory, FULL.trajectory[: run.epochs + 1])
    np.testing.assert_array_equal(run.losses, FULL.losses[: run.epochs + 1])


def test_of_several_rules_the_first_that_is_met_stops():
    rules = [SmallGradient(1e-9), SmallStep(1e-3), SmallGain(1e-12)]
    run = descend(LOSS, [0, 0], 0.02, 3000, stop=rules)
    assert run.stopped_by == SmallStep(1e-3)
    assert run.epochs == min(descend(LOSS, [0, 0], 0.02, 3000, stop=rule).epochs for rule in rules)


def test_a_rule_that_is_met_in_the_very_last_place_still_counts():
    epochs = descend(LOSS, [0, 0], 0.02, 3000, stop=SmallGradient(1e-3)).epochs
    assert descend(LOSS, [0, 0], 0.02, epochs, stop=SmallGradient(1e-3)).status is Status.STOPPED
    assert descend(LOSS, [0, 0], 0.02, epochs - 1, stop=SmallGradient(1e-3)).status is Status.OUT_OF_EPOCHS


def test_at_the_start_there_is_a_gradient_to_judge_and_no_step():
    run = descend(LOSS, [0, 0], 0.02, 100, stop=SmallGradient(1e4))
    assert (run.epochs, run.status) == (0, Status.STOPPED)
    for rule in (SmallStep, SmallGain):
        assert not rule(1e9).met(None, Iterate(np.zeros(2), 0.0, np.zeros(2)))


def test_the_status_of_a_run_that_diverges_is_not_stopped():
    assert descend(LOSS, [0, 0], 0.1, 3000, stop=SmallGradient(1e-3)).status is Status.DIVERGED
