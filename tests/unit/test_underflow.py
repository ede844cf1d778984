"""Numbers too small for a float are 0, and a caller who lets NumPy raise at everything gets the same answers."""

from functools import partial

import numpy as np
import pytest
from matplotlib.figure import Figure

from gdlib import _modes, plots, spectrum
from gdlib._underflow import underflows_to_zero
from gdlib.batches import MiniBatches
from gdlib.checking import check_gradient
from gdlib.checks import check
from gdlib.costs import GemanMcClureCost, LogisticCost, SquaredCost
from gdlib.descent import descend
from gdlib.large.blocks import ArrayBlocks, total
from gdlib.large.streaming import MiniBlocks, loss_and_gradient
from gdlib.large.streaming import descend as descend_over_blocks
from gdlib.losses import GemanMcClure, LogisticLoss, MeanSquaredError
from gdlib.rates import Backtracking, Cosine, ExactLineSearch, InverseTime, StepDecay
from gdlib.regression import design_matrix, least_squares, normal_equation, solve_normal
from gdlib.rules import AdaGrad, Adam, AdamW, HeavyBall, Nesterov, Plain, RMSProp
from gdlib.scaling import standardize
from gdlib.stopping import Iterate, SmallGain, SmallGradient, SmallStep
from gdlib.widgets import DescentExplorer
from gdlib.widgets.still import still

X, Y, LABELS = design_matrix([2, 3, 4, 5]), np.array([45.0, 65.0, 85.0, 105.0]), np.array([0.0, 1.0, 0.0, 1.0])
TINY_X, TINY_Y, FAR_X = 1e-150 * X, 1e-200 * Y, 300 * X
SUBNORMAL = np.array([1e-200, 1e-320])
SMALLER = SUBNORMAL / 4
# Made anew for every call: much of them is computed when it is first asked for.
LOSSES = {
    "squares": partial(MeanSquaredError.from_data, X, Y),
    "tiny squares": partial(MeanSquaredError.from_data, TINY_X, TINY_Y),
    "a tiny column": partial(MeanSquaredError.from_data, X * [1, 1e-160], TINY_Y),
    "logistic": partial(LogisticLoss, FAR_X, LABELS),
    "tiny logistic": partial(LogisticLoss, TINY_X, LABELS),
    "robust": partial(GemanMcClure, X, Y, 10),
    "tiny robust": partial(GemanMcClure, TINY_X, TINY_Y, 1e-150),
}
AX = Figure().subplots
PLACES = [[1e-180, 1e-300], [3.0, -7.0]]
STOPS = [SmallGradient(1e-300), SmallStep(1e-323), SmallGain(1e-323)]
RULES = [Plain(), HeavyBall(0.5), Nesterov(0.5), Adam(), Adam(epsilon=1e-300)]
RULES += [AdaGrad(), AdaGrad(1e-300), RMSProp(), AdamW(weight_decay=1e-300)]
RATES = [0.01, InverseTime(1e-300, 1), StepDecay(0.01, 1, 0.01), Cosine(1e-300, 5), Backtracking(), ExactLineSearch()]
COSTS = [SquaredCost(), LogisticCost(), GemanMcClureCost(1), GemanMcClureCost(1e-70)]


def of_batches(loss, X, y):
    return GemanMcClure(X, y, loss.scale) if isinstance(loss, GemanMcClure) else type(loss)(X, y)


def in_batches(made, place, rule):
    loss = made()
    return descend(loss, place, 0.01, 5, rule, MiniBatches(loss.X, loss.y, 2, 0, partial(of_batches, loss)))


def of_a_loss(made, place):
    place = np.array(place)
    yield from (partial(lambda name: getattr(made(), name)(place), name) for name in ("value", "gradient"))
    yield from (
        partial(lambda name: getattr(made(), name)(np.vstack([place] * 2)), name) for name in ("values", "gradients")
    )
    yield lambda: made().is_stationary(place)
    yield lambda: check_gradient(made(), place)
    yield from (partial(lambda rule: descend(made(), place, 0.01, 10, rule, stop=STOPS), rule) for rule in RULES)
    yield from (partial(lambda rate: descend(made(), place, rate, 5), rate) for rate in RATES)
    yield lambda: ExactLineSearch().along(made(), place, made().gradient(place), made().gradient(place))
    yield lambda: Backtracking().along(made(), place, made().gradient(place), made().gradient(place))
    loss = made()
    yield from (partial(in_batches, made, place, rule) for rule in RULES if hasattr(loss, "X"))
    if isinstance(loss, LogisticLoss):
        yield lambda: (made().hessian_at(place), made().max_curvature, made().separable)
    if isinstance(loss, MeanSquaredError):
        yield lambda: (made().hessian, made().eigenbasis, made().minimum)
        yield lambda: spectrum.start_from(made(), place, 0.01, 3)
        for rule in RULES[:3]:
            yield partial(lambda rule: spectrum.trajectory(made(), place, 0.01, 5000, rule), rule)
            yield partial(lambda rule: spectrum.regime(made(), 1e-300, rule), rule)
            yield partial(lambda rule: spectrum.epochs_to_tolerance(made(), place, 0.01, 1e-9, rule), rule)


def of_a_cost(cost):
    y = LABELS if isinstance(cost, LogisticCost) else TINY_Y
    predicted, far = TINY_X @ [1, 1], X @ [900, 1]
    yield from (partial(function, predicted, y) for function in (cost.costs, cost.derivatives))
    yield from (partial(function, far, y) for function in (cost.costs, cost.derivatives))
    yield from (partial(cost.sums, table, y, np.array([1, 1e-100])) for table in (TINY_X, FAR_X))
    data = ArrayBlocks(TINY_X, y, rows=2)
    yield lambda: loss_and_gradient(data, cost, [1e-100, 1e-150])
    for batches in (None, MiniBlocks(2)):
        yield partial(descend_over_blocks, data, cost, [1e-100, 1e-150], 1e-100, 5, Adam(), batches)


def of_the_figure(**settings):
    figure = DescentExplorer([2e-180, 3e-180, 4.0], [1e-190, 2e-190, 1.0], [1e-170, 1e-160], epochs=20, **settings)
    return figure.run, figure.raw_theta, str(figure.status), still(figure)


def stepped(rule):
    return rule.step(SMALLER, rule.step(SUBNORMAL, rule.begin(SUBNORMAL), SUBNORMAL)[1], SMALLER)


SINGLE = {
    "normal_equation": lambda: normal_equation(TINY_X, TINY_Y),
    "normal_equation of columns": lambda: normal_equation(X * [1, 1e-160], Y),
    "least_squares": lambda: least_squares(TINY_X, TINY_Y),
    "solve_normal": lambda: solve_normal(np.diag([1, 5e-324]), [1, 1e-300]),
    "the sums of a loss": lambda: MeanSquaredError(2, np.diag([1, 5e-324]), [1, 1e-300], 1).gram,
    "from_blocks": lambda: MeanSquaredError.from_blocks(ArrayBlocks(TINY_X, TINY_Y, rows=2)).gram,
    "total": lambda: total(ArrayBlocks(TINY_X, TINY_Y, rows=2), lambda X, y: (X.T @ X,)),
    "standardize": lambda: standardize(1e-310 * X[:, 1:])[0],
    "transform": lambda: standardize([[0.0], [1e150]])[1].transform(TINY_X[:, 1:] * 1e-40),
    "inverse": lambda: standardize([[0.0], [1e-200]])[1].inverse(TINY_X[:, 1:]),
    "translate": lambda: standardize([[0.0], [1e200]])[1].translate([1e-200, 1e-200]),
    "powers": lambda: _modes.powers(_modes.matrices(Plain(), np.array([0.5])), 5000, 3),
    "envelope": lambda: _modes.envelope(_modes.matrices(HeavyBall(0.1), np.array([0.5])), 5000.0),
    "directions": lambda: plots.directions_over_epochs(AX(), LOSSES["a tiny column"](), PLACES) and None,
    "data_and_line": lambda: plots.data_and_line(AX(), [1e-200, 1], [1, 1], [1e-200, 1e-200]) and None,
    "a robust figure": partial(of_the_figure, loss="geman-mcclure", stop_tolerance=1e-3),
    "a standardised figure": partial(of_the_figure, standardised=True, panel="directions"),
    "check": lambda: str(check("moved-point", 1e-310)),
}


CALLS = {
    **{f"{name} at {place}": list(of_a_loss(made, place)) for name, made in LOSSES.items() for place in PLACES},
    **{f"{cost}": list(of_a_cost(cost)) for cost in COSTS},
    "steps": [
        partial(stepped, rule)
        for rule in (
            *(HeavyBall(1e-200), Nesterov(1e-200), AdaGrad(), RMSProp(1e-200)),
            *(Adam(), Adam(1e-200, 1e-200), AdamW(weight_decay=1e-200)),
        )
    ],
    "stops": [
        partial(rule.met, Iterate(SUBNORMAL, 1e-320, SUBNORMAL), Iterate(SMALLER, 1e-322, SMALLER)) for rule in STOPS
    ],
    **{name: [call] for name, call in SINGLE.items()},
}


def told(found):
    """What a call returned, in texts that show the last bit."""
    if isinstance(found, tuple):
        return [told(part) for part in found]
    if hasattr(found, "trajectory"):
        return [told(getattr(found, name)) for name in ("trajectory", "losses", "status")]
    return found.tobytes() if isinstance(found, np.ndarray) else repr(found)


def outcome(call):
    try:
        return told(call())
    except ValueError as refusal:
        return str(refusal)


@pytest.mark.parametrize("calls", CALLS.values(), ids=CALLS)
def test_where_numpy_raises_at_everything_the_answer_is_what_it_is_elsewhere(calls):
    for i, call in enumerate(calls):
        with np.errstate(all="ignore"):
            wanted = outcome(call)
        with np.errstate(all="raise"):
            assert outcome(call) == wanted, f"call {i}"


def test_the_calls_do_underflow():
    """Or the test above would show nothing."""
    met: list[str] = []
    with np.errstate(all="ignore", under="call", call=lambda kind, flag: met.append(kind)):
        for call in CALLS[f"tiny squares at {PLACES[0]}"]:
            outcome(call)
    assert len(met) > 50


def test_an_error_other_than_an_underflow_still_raises():
    @underflows_to_zero
    def product(a, b):
        return np.array([a]) * b

    with np.errstate(all="raise"):
        assert product(1e-200, 1e-200) == 0
        with pytest.raises(FloatingPointError, match="overflow"):
            product(1e200, 1e200)
