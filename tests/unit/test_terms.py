"""The step of the live figure, term by term: every number that its fold-out prints, against exact fractions.

Node tells what it prints in hundreds of states, and the floats that each of these steps begins with. From these floats
on everything here is a `Fraction`, up to the rounding to six digits.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from by_node import run_by_node

from gdlib.regression import normal_equation
from gdlib.rules import RULES
from gdlib.widgets.settings import CHOICES

STATES = 500
SQUARES, ROBUST = CHOICES["losses"]
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

State = dict[str, Any]
Pair = list[Fraction]  # intercept and slope


# ------------------------------------------------------------------- states


def states() -> Iterator[State]:
    rng = np.random.default_rng(22)
    for i in range(STATES):
        rule = CHOICES["rules"][i % len(CHOICES["rules"])]
        robust = i % 7 == 3 and rule != "exact line search"
        yield random_state(rng, rule, ROBUST if robust else SQUARES)


def random_state(rng: np.random.Generator, rule: str, loss: str) -> State:
    n = int(rng.integers(2, 13))
    standardised = bool(rng.random() < 0.25)
    x = rng.normal(size=n) + rng.choice([0, 0, 3, 20])
    line = rng.normal(size=2).round(3)
    y = line[0] + line[1] * x + rng.choice([0, 1]) * rng.normal(size=n)
    unit_x, unit_y = 10.0 ** rng.choice([[0, 0], [0, 0], [-40, 30], [30, 60], [-30, -50]])
    if rng.random() < 0.5:  # as somebody would type them
        x, y = np.unique(x.round(1)), y.round(1)[: len(np.unique(x.round(1)))]
        x = x if len(x) > 1 else np.array([1.0, 2.0])
        y = y if len(y) == len(x) else np.array([3.0, 5.0])
    x, y = x * unit_x, y * unit_y
    seen = (x - x.mean()) / x.std() if standardised else x
    steepest = np.linalg.eigvalsh(2 / len(x) * (X := np.column_stack([np.ones_like(seen), seen])).T @ X)[-1]
    unit = np.array([unit_y, unit_y / (1 if standardised else unit_x)])
    if rng.random() < 0.3 and unit_x == 1:  # where the errors cancel
        start = normal_equation(X, y) + rng.choice([0, 1e-12, 1e-6]) * unit * rng.normal(size=2)
    else:
        start = (3 * rng.normal(size=2)).round(2) * unit * rng.choice([0, 1, 1])
    rate = rng.choice([0.02, 0.4, 0.9, 1.5, 1e40]) / steepest
    if rule in ("adagrad", "rmsprop", "adam", "adamw"):
        rate = 0.1 * unit_y
    elif rule == "backtracking":
        rate = 10 / steepest
    return {
        "points": np.column_stack([x, y]).tolist(),
        "start": start.tolist(),
        "learning_rate": float(f"{rate:.3g}"),
        "max_epochs": 30,
        "epochs": int(rng.choice([0, 0, 1, 2, 17, 30])),
        "rule": rule,
        "momentum": float(rng.choice([0, 0.5, 0.73, 0.9])),
        "batch_size": int(rng.integers(1, len(x) + 1)) if rng.random() < 0.3 else 0,
        "seed": int(rng.integers(21)),
        "half_life": int(rng.choice([0, 0, 7])),
        "standardised": standardised,
        "loss": loss,
        "loss_scale": float(rng.choice([0.5, 2, 10])) * unit_y,
    }


@pytest.fixture(scope="module")
def steps() -> list[tuple[State, dict[str, Any]]]:
    """Each state, with what the figure prints of it."""
    every = list(states())
    return list(zip(every, json.loads(run_by_node("terms.mjs", json.dumps(every))), strict=True))


# ------------------------------------------------------------------- what is printed, exactly


def written(number: Fraction) -> str:
    """Six digits, halves away from 0, without the zeros at their end."""
    if not number:
        return "0"
    size, exponent = abs(number), math.floor(math.log10(abs(number.numerator)) - math.log10(number.denominator))
    exponent += (size >= Fraction(10) ** (exponent + 1)) - (size < Fraction(10) ** exponent)
    digits = math.floor(size / Fraction(10) ** (exponent - 5) + Fraction(1, 2))
    if digits == 10**6:
        digits, exponent = 10**5, exponent + 1
    sign = "−" if number < 0 else ""
    if -4 <= exponent < 6:
        return f"{sign}{Decimal(digits).scaleb(exponent - 5).normalize():f}"
    return f"{sign}{Decimal(digits).scaleb(-5).normalize():f} × 10{str(exponent).translate(SUPERSCRIPTS)}"


def mean(numbers: list[Fraction]) -> Fraction:
    return sum(numbers, Fraction()) / len(numbers)


def expected(state: State, found: dict[str, Any]) -> dict[str, list[str]]:
    """The texts of all cells, a row a name; in each the slope's stands before the intercept's."""
    each = point_terms(state, found)
    rows = {f"point {i}": [written(number) for number in point] for i, point in enumerate(each, 1)}
    columns = [mean(list(column)) for column in zip(*each, strict=True)]
    empty = [""] if state["loss"] == ROBUST else []
    rows["means"] = [written(columns[4]), *empty, *map(written, columns[-2:])]
    if found["step"]["perEpoch"] > 1:
        rows["seen"] = [*map(written, reversed(gradient_of(state, found)))]
    step = step_rows(state, found, gradient_of(state, found))
    return rows | {name: [written(slope), written(intercept)] for name, (intercept, slope) in step.items()}


def point_terms(state: State, found: dict[str, Any]) -> list[list[Fraction]]:
    """Of each point x, y, prediction, error, cost, weight if it has one, and what it adds to slope and intercept."""
    intercept, slope = map(Fraction, found["step"]["theta"])
    each = []
    for x, y in (map(Fraction, point) for point in found["points"]):
        error = slope * x + intercept - y
        numbers = [x, y, slope * x + intercept, error]
        if state["loss"] == ROBUST:
            below = 1 + (error / Fraction(state["loss_scale"])) ** 2
            numbers += [error**2 / below, 1 / below**2, 2 / below**2 * error * x, 2 / below**2 * error]
        else:
            numbers += [error**2, 2 * error * x, 2 * error]
        each.append(numbers)
    return each


def gradient_of(state: State, found: dict[str, Any]) -> Pair:
    """What the step sees of the gradient."""
    each = point_terms(state, found)
    seen = [each[place] for place in batch_of(state, found)] if state["batch_size"] else each
    return [mean([point[-1] for point in seen]), mean([point[-2] for point in seen])]


def batch_of(state: State, found: dict[str, Any]) -> list[int]:
    """The first batch of the next epoch, as NumPy draws it."""
    rng = np.random.default_rng(state["seed"])
    orders = [rng.permutation(len(found["points"])) for _ in range(found["epoch"] + 1)]
    return orders[-1][: state["batch_size"]].tolist()


def step_rows(state: State, found: dict[str, Any], gradient: Pair) -> dict[str, Pair]:
    step, rows = found["step"], {}
    now = [Fraction(entry) for entry in step["theta"]]
    if last := step["last"]:
        rows["before"] = [Fraction(entry) for entry in last["theta"]]
        rows["taken"] = [Fraction(last["rate"]) * Fraction(entry) for entry in last["direction"]]
    rows |= {"now": now, "gradient": gradient}
    memory = [[Fraction(entry) for entry in pair] for pair in step["memory"]]
    made = [ROWS[state["rule"]](state, step, now[i], gradient[i], *(pair[i] for pair in memory)) for i in (0, 1)]
    rows |= {name: [made[0][name], made[1][name]] for name in made[0]}
    direction = list(rows.values())[-1]
    rate = Fraction(step["rate"])
    rows["rate"] = [rate, rate]
    rows["change"] = [rate * entry for entry in direction]
    rows["next"] = [now[i] - rows["change"][i] for i in (0, 1)]
    if state["standardised"]:
        middle, deviation = map(Fraction, found["standard"])
        rows |= {"xMean": [middle] * 2, "xDeviation": [deviation] * 2}
        rows["raw"] = [now[0] - now[1] / deviation * middle, now[1] / deviation]
    return rows


def heavy_ball(state: State, step: Any, at: Fraction, gradient: Fraction, velocity: Fraction) -> dict[str, Fraction]:
    momentum = Fraction(state["momentum"])
    return {"momentum": momentum, "velocity": velocity, "newVelocity": momentum * velocity + gradient}


def nesterov(state: State, step: Any, at: Fraction, gradient: Fraction, velocity: Fraction) -> dict[str, Fraction]:
    rows = heavy_ball(state, step, at, gradient, velocity)
    return rows | {"ahead": gradient + rows["momentum"] * rows["newVelocity"]}


def adagrad(state: State, step: Any, at: Fraction, gradient: Fraction, before: Fraction) -> dict[str, Fraction]:
    rows = {"sum": before, "newSum": before + gradient**2}
    rows["sumSize"] = root(rows["newSum"])
    return rows | {"overSum": gradient / (rows["sumSize"] + Fraction(1e-10))}


def rmsprop(state: State, step: Any, at: Fraction, gradient: Fraction, square: Fraction) -> dict[str, Fraction]:
    rows = {"square": square, "newRecent": Fraction(0.99) * square + (1 - Fraction(0.99)) * gradient**2}
    rows["recentSize"] = root(rows["newRecent"])
    return rows | {"overRecent": gradient / (rows["recentSize"] + Fraction(1e-8))}


def adam(
    state: State, step: Any, at: Fraction, gradient: Fraction, mean: Fraction, square: Fraction
) -> dict[str, Fraction]:
    beta1, beta2 = Fraction(0.9), Fraction(0.999)
    rows = {"mean": mean, "newMean": beta1 * mean + (1 - beta1) * gradient}
    rows |= {"square": square, "newSquare": beta2 * square + (1 - beta2) * gradient**2}
    rows |= {"share1": 1 - beta1 ** step["number"], "share2": 1 - beta2 ** step["number"]}
    rows["size"] = root(rows["newSquare"] / rows["share2"])
    return rows | {"scaled": rows["newMean"] / rows["share1"] / (rows["size"] + Fraction(1e-8))}


def adamw(
    state: State, step: Any, at: Fraction, gradient: Fraction, mean: Fraction, square: Fraction
) -> dict[str, Fraction]:
    rows = adam(state, step, at, gradient, mean, square)
    adams = rows.pop("scaled")
    return rows | {"adams": adams, "decayed": adams + Fraction(0.01) * at}


def root(number: Fraction) -> Fraction:
    """The square root, to 300 digits after the point."""
    return Fraction(math.isqrt(number.numerator * number.denominator * 10**600), number.denominator * 10**300)


ROWS = {"heavy ball": heavy_ball, "nesterov": nesterov}
ROWS |= {"adagrad": adagrad, "rmsprop": rmsprop, "adam": adam, "adamw": adamw}
ROWS |= {rule: lambda *_: {} for rule in CHOICES["rules"] if rule not in ROWS}


# ------------------------------------------------------------------- comparing


@pytest.mark.slow
def test_every_printed_number_is_the_exact_one_rounded(steps):
    for state, found in steps:
        assert found["table"] == expected(state, found), state


@pytest.mark.slow
def test_there_are_states_of_every_kind(steps):
    assert len(steps) == STATES
    assert {state["rule"] for state, _ in steps} == {*CHOICES["rules"]} >= {*RULES}
    several = sum(found["step"]["perEpoch"] > 1 for _, found in steps)
    kinds = Counter(name for state, _ in steps for name in ("standardised", "half_life", "batch_size") if state[name])
    assert min(several, *kinds.values(), sum(state["loss"] == ROBUST for state, _ in steps)) >= 50
    texts = Counter(text for _, found in steps for row in found["table"].values() for text in row)
    assert sum("× 10" in text for text in texts) >= 1000
    sentences = Counter(sentence.split(".")[0] for _, found in steps for sentence in found["said"])
    for begins in ("The next epoch leads beyond", "The search finds no lower", "The figure itself computes in floats"):
        assert sum(many for sentence, many in sentences.items() if sentence.startswith(begins)) >= 5, begins


@pytest.mark.slow
def test_the_last_step_led_here_and_the_next_one_leads_where_the_run_goes(steps):
    compared = 0
    for state, found in steps:
        step, near = found["step"], 1e-9 * np.abs(found["step"]["theta"])
        if last := step["last"]:
            taken = last["rate"] * np.array(last["direction"])
            assert (np.abs(last["theta"] - taken - step["theta"]) <= near + 1e-9 * np.abs(taken)).all(), state
        if step["perEpoch"] == 1 and found["after"] and not cancels(state, found):
            change = np.array([float(entry) for entry in step_rows(state, found, gradient_of(state, found))["change"]])
            assert (np.abs(step["theta"] - change - found["after"]) <= near + 1e-9 * np.abs(change)).all(), state
            compared += 1
    assert compared >= 200


def cancels(state: State, found: dict[str, Any]) -> bool:
    """Whether an entry of the gradient is so small a difference that floats have lost half of its digits."""
    x, y = np.transpose(found["points"])
    intercept, slope = np.abs(found["step"]["theta"])
    terms = slope * np.abs(x) + intercept + np.abs(y)
    gradient = np.abs([float(entry) for entry in gradient_of(state, found)])
    return bool((gradient <= 1e-6 * np.array([terms.mean(), (terms * np.abs(x)).mean()])).any())


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(-45), "−45"),
        (Fraction(1, 3), "0.333333"),
        (Fraction(9999995, 10), "1 × 10⁶"),
        (Fraction(1, 10**4), "0.0001"),
        (Fraction(1, 10**5), "1 × 10⁻⁵"),
        (Fraction(-1234565, 10**7), "−0.123457"),
        (Fraction(10) ** 400, "1 × 10⁴⁰⁰"),
    ],
)
def test_how_a_fraction_is_written(number, text):
    assert written(number) == text


def test_what_the_fold_out_does():
    print(run_by_node("terms.test.mjs"))
