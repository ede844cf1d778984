"""The live figure computes in the browser what gdlib computes in Python: both answer the same questions here.

The settings come from fixed seeds. gdlib answers through the figure's Python half; `parity.mjs` answers with its
JavaScript, which is given the state that a browser would be given.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from by_node import run_by_node

from gdlib.checking import finite_differences
from gdlib.datasets import four_inputs, three_points
from gdlib.descent import Descent, descend
from gdlib.losses import Loss, MeanSquaredError
from gdlib.rates import SEARCHES
from gdlib.regression import design_matrix
from gdlib.rules import RULES, HeavyBall, Linear, Nesterov, Plain
from gdlib.scaling import standardize
from gdlib.spectrum import (
    Regime,
    best_heavy_ball,
    best_learning_rate,
    best_nesterov,
    condition_number,
    epochs_to_tolerance,
    max_learning_rate,
    regime,
)
from gdlib.widgets import DescentExplorer
from gdlib.widgets.settings import CHOICES, made

# How near two computations of the same number come to one another: relative to the number, and, where that is the
# difference of large terms, relative to these. OpenBLAS's kernels for different processors alone differ by 4e-12.
AGREE = 1e-9
ROUNDING = 64 * np.finfo(float).eps

# gdlib solves the normal equation, which loses the digits of the condition number; beyond this one the JavaScript,
# which centres the points first, is the more exact of the two, and there is nothing to compare it with.
WORST_CONDITION = 1e5

# In so many epochs the rounding of 1 - learning_rate * eigenvalue, raised to that power, becomes a whole epoch.
MOST_EPOCHS = 10_000_000

EPOCHS = [0, 1, 2, 10, 100, 1000]
LONG = 10_000  # epochs, of few settings: they take longer than all the rest
SQUARES, *ROBUST = CHOICES["losses"]
BEST = {Plain: best_learning_rate, HeavyBall: best_heavy_ball, Nesterov: best_nesterov}
DIFFERENCES = [(step, scheme) for scheme in ("forward", "central") for step in (1e-1, 1e-3, 1e-5)]
ORDERS = [
    {"seed": seed, "n": n, "many": 3}
    for seed in (0, 1, 20, 4711, 2**32 - 1, 2**32, 2**53 - 1)
    for n in (1, 2, 3, 8, 9, 30, 100)
]

Setting = dict[str, Any]  # what a figure is made with, and its points


# One for all settings: to make a widget takes longer than most of the descents.
FIGURE = DescentExplorer([0, 1], [0, 1], start=[0, 0])
PLAIN = {
    "rule": "plain",
    "half_life": 0,
    "batch_size": 0,
    "standardised": False,
    "loss": SQUARES,
    "stop_tolerance": 0.0,
}


def figure(setting: Setting) -> DescentExplorer:
    """The figure as it is with a setting, until the next one is asked for."""
    with FIGURE.hold_trait_notifications():
        for name, value in (PLAIN | setting | {"max_epochs": setting["epochs"]}).items():
            setattr(FIGURE, name, value)
    return FIGURE


# ------------------------------------------------------------------- settings: plain descent, of every size


def plain_settings() -> Iterator[Setting]:
    """Plain descent at a constant rate, which curvature predicts, on points of every size and from every start."""
    yield from exact_settings()
    rng = np.random.default_rng(20)
    for i in range(150):
        points = random_points(rng)
        while np.linalg.cond(quadratic({"points": points}).gram) > WORST_CONDITION:
            points = random_points(rng)
        loss = quadratic({"points": points})
        multiple = multiple_of_the_limit(rng)
        start = random_start(rng, loss)
        # Past the limit, descent from the minimum is its own rounding, blown up; the exact settings have none.
        while multiple >= 1 and np.allclose(start, loss.minimum, rtol=1e-6, atol=0):
            start = random_start(rng, loss)
        distance = float(np.abs(start - loss.minimum).max())
        yield {
            "points": points,
            "start": start.tolist(),
            "learning_rate": short(multiple * 2 / np.linalg.eigvalsh(loss.hessian)[-1], 12),
            "epochs": LONG if i % 75 == 0 else EPOCHS[i % len(EPOCHS)],
            "tolerance": short(rng.choice([0.3, 1e-2, 1e-5]) * distance, 3) or 0.01 if rng.random() < 0.7 else 0.01,
        }


def exact_settings() -> Iterator[Setting]:
    """Where the digits are exact and a limit is met exactly."""
    article = [list(map(float, point)) for point in four_inputs()]
    across = [[-2.0, 1.0], [2.0, 5.0]]  # its Hessian is diagonal, with 2 and 8, and its minimum is [3, 1]
    inputs = [
        *((article, [5.0, 20.0], rate, 100) for rate in (0.001, 0.06, 0.09, 100.0)),  # the minimum, and it is exact
        *((across, [0.0, 0.0], rate, epochs) for rate in (0.125, 0.25) for epochs in (0, 1, 10)),  # 1 / 8 and 2 / 8
        *((across, [7.0, 1.0], rate, 100) for rate in (0.1, 0.2, 0.25, 0.3)),  # nothing to do in the steep direction
        *((across, [3.0, 2.0], rate, 100) for rate in (0.1, 0.2, 0.25, 0.3)),  # and nothing in the flat one
        (across, [3.0, 1.0078125], 0.25, 10),  # within the tolerance, and neither nearer nor farther with the epochs
    ]
    for points, start, rate, epochs in inputs:
        yield {"points": points, "start": start, "learning_rate": rate, "epochs": epochs, "tolerance": 0.01}


def random_points(rng: np.random.Generator) -> list[list[float]]:
    if rng.random() < 0.15:
        x, y = three_points() if rng.random() < 0.5 else np.transpose(four_inputs()).astype(float)
        return np.column_stack([x, y]).tolist()
    n = int(rng.integers(2, 21))
    x = rng.choice([0.01, 0.3, 1, 5, 100]) * (rng.normal(size=n) + rng.choice([0, 0, 1, 3, 20]))
    x = np.array([short(entry, 6) for entry in x])
    intercept, slope, noise = rng.normal(size=3) * [rng.choice([0, 1, 30]), rng.choice([0, 1, 20]), rng.choice([0, 1])]
    y = rng.choice([1e-6, 1, 1, 1e4, 1e100]) * (intercept + slope * x / np.abs(x).max() + noise * rng.normal(size=n))
    return [[float(a), short(b, 6) if noise else float(b)] for a, b in zip(x, y, strict=True)]


def random_start(rng: np.random.Generator, loss: MeanSquaredError) -> np.ndarray:
    reach = np.sqrt(loss.sum_of_squares / np.diag(loss.gram)) + 1e-3  # of both parameters, in their units
    match rng.choice(["origin", "minimum", "near", "unit", "far"], p=[0.2, 0.1, 0.2, 0.3, 0.2]):
        case "origin":
            start = np.zeros(2)
        case "minimum":
            return loss.minimum
        case "near":
            start = loss.minimum + 1e-3 * reach * rng.normal(size=2)
        case "unit":
            start = rng.uniform(-1, 1, size=2)
        case "far":
            start = 1e4 * reach * rng.normal(size=2)
    return np.array([short(entry, 9) for entry in start])


def multiple_of_the_limit(rng: np.random.Generator) -> float:
    choices = [
        1e-4,
        10 ** rng.uniform(-4, -0.4),
        0.5 * (1 - 1e-6),
        0.5 * (1 + 1e-6),
        rng.uniform(0.5, 1),
        0.999,
        1.001,
        rng.uniform(1, 3),
        10 ** rng.uniform(1, 3),
    ]
    return float(rng.choice(choices))


def short(number: float, digits: int) -> float:
    return float(f"{number:.{digits}g}")


def data(setting: Setting) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.transpose(setting["points"])
    return design_matrix(standardize(x[:, None])[0] if setting.get("standardised") else x), y


def quadratic(setting: Setting) -> MeanSquaredError:
    """The mean squared error on the points, of which any other loss has the size."""
    return MeanSquaredError.from_data(*data(setting))


# ------------------------------------------------------------------- settings: every kind of descent


def settings_of_every_kind() -> Iterator[Setting]:
    """Every rule, with mini-batches, rates that shrink, standardised x and the loss that forgives outliers."""
    rng = np.random.default_rng(21)
    for rule in CHOICES["rules"]:
        for i in range(27):
            yield random_setting(rng, rule, i)


def needs_quadratic(rule: str) -> bool:
    return getattr(SEARCHES.get(rule), "needs_quadratic", False)


def random_setting(rng: np.random.Generator, rule: str, i: int) -> Setting:
    n = int(rng.integers(3, 13))
    x = np.unique(np.round(rng.choice([0.5, 1, 3]) * rng.normal(size=n) + rng.choice([0, 1, 3]), 3))
    y = np.round(rng.normal(size=2) @ [np.ones_like(x), 4 * x] + rng.choice([0, 0.5]) * rng.normal(size=len(x)), 3)
    robust = i % 5 == 4 and not needs_quadratic(rule)
    setting = {
        "points": np.column_stack([x, y]).tolist(),
        "standardised": i % 4 == 3,
        # Where the loss is nearly flat, Adam's steps are rounding blown up; a smaller scale has such places.
        "loss": ROBUST[i % len(ROBUST)] if robust else SQUARES,
        "loss_scale": float(rng.choice([2, 5, 20])) if robust else 1.0,
        "start": np.round(5 * rng.normal(size=2), 3).tolist(),
        "rule": rule,
        "momentum": float(rng.choice([0, 0.3, 0.5, 0.8, 0.9])),
        "half_life": int(rng.choice([5, 100])) if rng.random() < 0.25 else 0,
        "batch_size": int(rng.integers(1, len(x) + 1)) if i % 3 == 1 else 0,
        "seed": int(rng.choice([0, 1, 5, 20, 2**31 + 7, 2**40 + 3])),
        # At the minimum it is rounding that decides whether a search finds a lower place.
        "epochs": int(rng.choice([1, 3, 10] if rule in SEARCHES else [1, 10, 30] if i % 3 == 1 else [1, 10, 100])),
        "tolerance": float(rng.choice([0.3, 1e-2, 1e-4])),
        "stop_tolerance": float(rng.choice([1e-1, 1e-3, 1e-6])),
    }
    direction = made(RULES.get(rule, Plain), momentum=setting["momentum"])
    if rule in SEARCHES:
        rate = 10 ** rng.uniform(-1, 1)
    elif not isinstance(direction, Linear):
        rate = 10 ** rng.uniform(-2, -0.5)
    elif setting["batch_size"] or setting["loss"] in ROBUST:
        # The curvature of the loss on a single point; no batch has more.
        steepest = 2 * (data(setting)[0] ** 2).sum(axis=1).max()
        rate = rng.uniform(0.05, 0.9) * (1 - setting["momentum"]) / steepest
    elif i % 8 == 2:  # plainly too large, for as long as a diverging number has not grown by a million
        rate, setting["epochs"] = 1.3 * max_learning_rate(quadratic(setting), direction), 10
    else:
        rate = rng.uniform(0.05, 0.95) * max_learning_rate(quadratic(setting), direction)
    return setting | {"learning_rate": short(rate, 6)}


# ------------------------------------------------------------------- answers


@dataclass
class Case:
    """A setting, what gdlib makes of it, and what the JavaScript found."""

    setting: Setting
    state: dict[str, Any] = field(repr=False)  # of the figure, as a browser has it
    loss: Loss = field(repr=False)
    run: Descent = field(repr=False)
    stopped: dict[str, Descent] = field(repr=False)
    found: dict[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, setting: Setting) -> "Case":
        shown = figure(setting)
        state = {name: value for name, value in shown.get_state().items() if not name.startswith("_")}
        return cls(setting, state, shown.objective, shown.run, shown.stopped)

    @property
    def is_plain(self) -> bool:
        return "rule" not in self.setting

    @property
    def searches(self) -> bool:
        return self.state["rule"] in SEARCHES

    @property
    def has_regime(self) -> bool:
        return isinstance(self.run.rule, Linear) and isinstance(self.loss, MeanSquaredError) and not self.searches

    @cached_property
    def ends(self) -> np.ndarray:
        """Where every epoch ends. A descent that found no lower place stays there."""
        ends = self.run.trajectory[:: self.run.steps_per_epoch]
        epochs = self.setting["epochs"]
        stuck = self.run.diverged_at is None and len(ends) <= epochs
        return np.vstack([ends, np.tile(self.run.theta, (epochs + 1 - len(ends), 1))]) if stuck else ends

    @property
    def theta(self) -> np.ndarray:
        """Where the last epoch ends that has only finite numbers."""
        return self.ends[-1]

    def terms(self, theta: np.ndarray) -> tuple[np.ndarray, float]:
        """What the gradient and the loss there are differences of."""
        loss, theta = quadratic(self.setting), np.abs(theta)
        gradient = np.abs(loss.hessian) @ theta + np.abs(loss.moment) * (2 / loss.n)
        return gradient, loss.sum_of_squares / loss.n + theta @ gradient

    def agree(self, found: Any, wanted: Any, size: Any = None, terms: Any = 0.0) -> None:
        """Fail unless numbers agree, relative to ``size``, or to themselves, and to the rounding of ``terms``."""
        found, wanted = np.array(found, float), np.array(wanted, float)
        size = np.abs(wanted if size is None else size)
        with np.errstate(invalid="ignore"):  # the difference of two infinities
            alike = (found == wanted) | (np.abs(found - wanted) <= AGREE * size + ROUNDING * terms)
        assert alike.all(), f"{found} is not gdlib's {wanted}: {self.setting}"


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    cases = [Case.of(setting) for setting in (*plain_settings(), *settings_of_every_kind())]
    questions = [{"state": each.state, "theta": each.theta.tolist(), "differences": DIFFERENCES} for each in cases]
    for case, found in zip(cases, asked({"settings": questions, "orders": []})["settings"], strict=True):
        case.found = found
    return cases


def asked(questions: dict[str, Any]) -> dict[str, Any]:
    """What the JavaScript answers."""
    return json.loads(run_by_node("parity.mjs", json.dumps(questions)))


# ------------------------------------------------------------------- of every kind


def test_there_are_settings_of_every_kind(cases):
    plain = [case for case in cases if case.is_plain]
    others = [case.setting for case in cases if not case.is_plain]
    assert len(plain) >= 150
    assert {case.setting["epochs"] for case in plain} == {*EPOCHS, LONG}
    assert sum(len(case.ends) <= case.setting["epochs"] for case in plain) >= 10
    assert Counter(setting["rule"] for setting in others) == dict.fromkeys(CHOICES["rules"], 27)
    for name in ("batch_size", "half_life", "standardised"):
        assert sum(bool(setting[name]) for setting in others) >= 15
    assert min(sum(setting["loss"] == loss for setting in others) for loss in CHOICES["losses"]) >= 5
    regimes = Counter((case.is_plain, case.found["regime"]) for case in cases if case.has_regime)
    assert min(regimes[True, each.name] for each in Regime) >= 30
    assert min(regimes[False, each.name] for each in Regime) >= 5


@pytest.mark.parametrize("found", [1 + 1e-6, -1.0, math.nan, math.inf, "NaN", None])
def test_what_is_not_near_is_refused(cases, found):
    with pytest.raises(AssertionError, match="is not gdlib's"):
        cases[0].agree([1.0, found], [1.0, 1.0], terms=1e3)


# ------------------------------------------------------------------- the same answers


# A parameter that is nearly 0 beside the other is only rounding, so both are relative to the line that they make at the
# root mean square of x: a plain norm of the two would add what has not the same unit.
def test_the_parameters_at_the_end_and_on_the_way_and_where_the_numbers_leave_the_range_of_a_float(cases):
    for case in cases:
        assert case.found["epochs"] == len(case.ends) - 1, case.setting
        loss = quadratic(case.setting)
        rms = np.sqrt(loss.gram[1, 1] / loss.n)
        way = case.ends[[(len(case.ends) - 1) * quarter // 4 for quarter in (1, 2, 3, 4)]]
        size = np.abs(way) @ [1, rms]
        case.agree(case.found["way"], way, np.column_stack([size, size / rms]))


# Near the minimum the gradient and, on points on a line, the loss are differences of terms far larger than they are:
# relative to themselves they are only rounding. So a few units of the rounding of these terms are allowed as well.
def test_the_gradient_and_the_loss_at_gdlibs_end_and_at_the_runs_own(cases):
    for case in cases:
        theta, compared = case.theta, 2 if case.is_plain else 1
        gradient_terms, loss_terms = case.terms(theta)
        case.agree(case.found["gradients"][:compared], [case.loss.gradient(theta)] * compared, terms=gradient_terms)
        case.agree(case.found["losses"][:compared], [case.loss.value(theta)] * compared, terms=loss_terms)


def test_the_regime_the_largest_stable_rate_and_the_best_one(cases):
    for case in cases:
        if not case.has_regime:
            continue
        loss, rule = case.loss, case.run.rule
        best = BEST[type(rule)](loss)
        rate, momentum = (best[0], best[1].momentum) if isinstance(best, tuple) else (best, 0.0)
        assert case.found["regime"] == regime(loss, case.setting["learning_rate"], rule).name, case.setting
        case.agree(case.found["max_learning_rate"], max_learning_rate(loss, rule))
        case.agree(case.found["best"], [rate, momentum], [rate, 1])


# The valleys of a path that swings may be narrower than these steps; a search that finds but one of them ends tens of
# times as high.
def test_no_rate_leaves_a_lower_loss_after_the_epochs_than_the_one_that_is_said_to_leave_the_lowest(cases):
    compared = Counter()
    for i, case in enumerate(cases):
        epochs, rule = case.setting["epochs"], case.run.rule
        if not case.has_regime or not 0 < epochs <= 100 or (case.is_plain and i % 8):
            continue
        loss, start, found = case.loss, case.setting["start"], case.found
        if found["best_after"] is None:
            assert np.allclose(start, loss.minimum)
            continue
        others = found["max_learning_rate"] * np.geomspace(1e-3, 0.9999, 40)

        def after(rate, loss=loss, start=start, epochs=epochs, rule=rule):
            return descend(loss, start, float(rate), epochs, rule).losses[-1]

        terms = case.terms(loss.minimum)[1]
        assert after(found["best_after"]) <= 1.005 * min(map(after, others)) + ROUNDING * terms, case.setting
        compared[type(rule)] += 1
    assert min(compared[rule] for rule in BEST) >= 10


def test_the_epochs_to_the_tolerance_as_predicted(cases):
    compared = []
    for case in cases:
        if not case.is_plain:
            continue
        loss, tolerance = case.loss, case.setting["tolerance"]
        needed = epochs_to_tolerance(loss, case.setting["start"], case.setting["learning_rate"], tolerance)
        blur = (
            ROUNDING * condition_number(loss) * np.abs(loss.minimum).max()
        )  # of the minimum, hence of the distance to it
        if tolerance > blur and not MOST_EPOCHS < needed < math.inf:
            case.agree(case.found["epochs_to_tolerance"], needed)
            compared.append(needed)
    assert min(compared.count(0), compared.count(math.inf)) >= 15
    assert sum(0 < needed < math.inf for needed in compared) >= 50


def test_the_epochs_to_the_tolerance_as_counted(cases):
    compared = []
    for case in cases:
        if case.is_plain or case.setting["loss"] in ROBUST:
            continue
        distance = np.abs(case.ends - case.loss.minimum).max(axis=1)
        outside = np.flatnonzero(distance > case.setting["tolerance"])
        first = outside[-1] + 1 if len(outside) else 0
        assert float(case.found["epochs_counted"]) == (first if first < len(case.ends) else math.inf), case.setting
        compared.append(first)
    assert sum(first > 0 for first in compared) >= 30


def test_where_the_stopping_rules_stop(cases):
    compared = []
    for case in cases:
        # At the minimum it is rounding that decides whether a search takes another step.
        if case.is_plain or (case.searches and any(map(case.loss.is_stationary, case.run.trajectory))):
            continue
        stopped = {name: len(run.gradients) if run.stopped_by else None for name, run in case.stopped.items()}
        assert case.found["steps_to_stop"] == stopped, case.setting
        compared += stopped.values()
    assert min(compared.count(None), sum(bool(steps) for steps in compared)) >= 100


def test_finite_differences(cases):
    scale = np.array([[step] for step, _ in DIFFERENCES])
    for case in cases:
        if not case.is_plain:
            start = case.setting["start"]
            wanted = [finite_differences(case.loss, start, step, scheme) for step, scheme in DIFFERENCES]
            # A difference has the rounding of the two losses, divided by their distance.
            case.agree(case.found["differences"], wanted, terms=case.terms(start)[1] / scale)


def test_the_orders_that_numpy_draws():
    for order, found in zip(ORDERS, asked({"settings": [], "orders": ORDERS})["orders"], strict=True):
        generator = np.random.default_rng(order["seed"])
        assert found == [generator.permutation(order["n"]).tolist() for _ in range(order["many"])], order


# ------------------------------------------------------------------- the JavaScript by itself


def test_no_sentence_about_any_setting_holds_what_is_not_a_word(cases):
    for case in cases:
        assert len(case.found["sentences"]) == 2
        for sentence in case.found["sentences"]:
            assert re.fullmatch(r"[A-Z].*\.", sentence)
            assert not re.search(r"NaN|Infinity|undefined|null|\[object", sentence)


def test_what_the_figure_says_and_computes_by_itself():
    print(run_by_node("figure.test.mjs"))
