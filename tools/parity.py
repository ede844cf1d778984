"""What gdlib says about some hundred descents, for the live figure's JavaScript to agree with.

python tools/parity.py            compute it anew and store it in tests/parity.json and tests/parity_rules.json
python tools/parity.py --check    change nothing; list what gdlib says differently now; exit 1 if anything is

The first file has plain descent at a constant rate on the mean squared error, which curvature alone predicts. The
second has every rule, mini-batches, rates that shrink, standardised x and the loss that forgives outliers; and orders
that NumPy's generator draws.
"""

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gdlib._files import written_whole
from gdlib.batches import MiniBatches
from gdlib.checking import finite_differences
from gdlib.datasets import four_inputs, three_points
from gdlib.descent import Descent, descend
from gdlib.losses import GemanMcClure, Loss, MeanSquaredError
from gdlib.rates import Backtracking, ExactLineSearch, InverseTime
from gdlib.regression import design_matrix
from gdlib.rules import Adam, HeavyBall, Nesterov, Plain, Rule
from gdlib.scaling import standardize
from gdlib.spectrum import (
    best_heavy_ball,
    best_learning_rate,
    best_nesterov,
    condition_number,
    epochs_to_tolerance,
    max_learning_rate,
    regime,
)
from gdlib.stopping import SmallGain, SmallGradient, SmallStep

STORED = Path(__file__).parent.parent / "tests" / "unit" / "parity.json"
STORED_RULES = STORED.with_name("parity_rules.json")
SEED = 20
RANDOM = 396
EPOCHS = [0, 1, 2, 10, 100, 1000, 10_000]
INPUTS = ["points", "start", "learning_rate", "epochs", "tolerance"]

# gdlib solves the normal equation, which loses the digits of the condition number; beyond this one the JavaScript,
# which centres the points first, is the more exact of the two, and there is nothing to compare it with.
WORST_CONDITION = 1e5

# In so many epochs the rounding of 1 - learning_rate * eigenvalue, raised to that power, becomes a whole epoch.
MOST_EPOCHS = 10_000_000

# How near two computations of the same number come to one another: relative to the number, and, where that is the
# difference of large terms, relative to these. OpenBLAS's kernels for different processors alone differ by 4e-12.
AGREE = 1e-9
ROUNDING = 64 * np.finfo(float).eps


def settings() -> Iterator[dict[str, Any]]:
    """The inputs: random ones from a fixed seed, and those where the digits are exact and a limit is met exactly."""
    rng = np.random.default_rng(SEED)
    yield from _exact_settings()
    for i in range(RANDOM):
        points = _points(rng)
        loss = _loss(points)
        while condition_number(loss) > WORST_CONDITION:
            points = _points(rng)
            loss = _loss(points)
        multiple = _multiple_of_the_limit(rng)
        start = _start(rng, loss)
        # Past the limit, descent from the minimum is its own rounding, blown up; _exact_settings has none.
        while multiple >= 1 and np.allclose(start, loss.minimum, rtol=1e-6, atol=0):
            start = _start(rng, loss)
        distance = float(np.abs(start - loss.minimum).max())
        yield {
            "points": points,
            "start": start.tolist(),
            "learning_rate": _short(multiple * max_learning_rate(loss), 12),
            "epochs": EPOCHS[i % len(EPOCHS)],
            "tolerance": _short(rng.choice([0.3, 1e-2, 1e-5]) * distance, 3) or 0.01 if rng.random() < 0.7 else 0.01,
        }


def _exact_settings() -> Iterator[dict[str, Any]]:
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


def _points(rng: np.random.Generator) -> list[list[float]]:
    if rng.random() < 0.15:
        x, y = three_points() if rng.random() < 0.5 else np.transpose(four_inputs()).astype(float)
        return np.column_stack([x, y]).tolist()
    n = int(rng.integers(2, 21))
    x = rng.choice([0.01, 0.3, 1, 5, 100]) * (rng.normal(size=n) + rng.choice([0, 0, 1, 3, 20]))
    x = np.array([_short(entry, 6) for entry in x])
    intercept, slope, noise = rng.normal(size=3) * [rng.choice([0, 1, 30]), rng.choice([0, 1, 20]), rng.choice([0, 1])]
    y = rng.choice([1e-6, 1, 1, 1e4, 1e100]) * (intercept + slope * x / np.abs(x).max() + noise * rng.normal(size=n))
    return [[float(a), _short(b, 6) if noise else float(b)] for a, b in zip(x, y, strict=True)]


def _start(rng: np.random.Generator, loss: MeanSquaredError) -> np.ndarray:
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
    return np.array([_short(entry, 9) for entry in start])


def _multiple_of_the_limit(rng: np.random.Generator) -> float:
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


def _short(number: float, digits: int) -> float:
    return float(f"{number:.{digits}g}")


def _loss(points: list[list[float]]) -> MeanSquaredError:
    x, y = np.transpose(points)
    return MeanSquaredError.from_data(design_matrix(x), y)


def answer(points: list, start: list, learning_rate: float, epochs: int, tolerance: float) -> dict[str, Any]:
    """What gdlib says: where the run ends, on the way there, and about the learning rate."""
    loss = _loss(points)
    run = descend(loss, start, learning_rate, epochs)
    needed = epochs_to_tolerance(loss, start, learning_rate, tolerance)
    blur = ROUNDING * condition_number(loss) * np.abs(loss.minimum).max()  # of the minimum, hence of the distance to it
    undecided = bool(tolerance <= blur or MOST_EPOCHS < needed < math.inf)
    return {
        "theta": run.theta.tolist(),
        "loss": float(run.losses[-1]),
        "gradient": loss.gradient(run.theta).tolist(),
        "epochs_run": run.epochs,
        "way": [[run.epochs * part // 4, *run.trajectory[run.epochs * part // 4].tolist()] for part in (1, 2, 3)],
        "regime": regime(loss, learning_rate).name,
        "max_learning_rate": max_learning_rate(loss),
        "best_learning_rate": best_learning_rate(loss),
        "epochs_to_tolerance": None if undecided or needed == math.inf else needed,  # JSON has no infinity
        "undecided": undecided,
    }


def everything() -> list[dict[str, Any]]:
    """Every setting with gdlib's answer."""
    return [setting | answer(**setting) for setting in settings()]


def problems(entries: list[dict[str, Any]]) -> list[str]:
    """Where stored entries are not what this program would store."""
    wanted = list(settings())
    if len(entries) != len(wanted):
        return [f"{len(entries)} settings are stored, not {len(wanted)}"]
    found = []
    for number, (entry, setting) in enumerate(zip(entries, wanted, strict=True), start=1):
        stored = {name: entry[name] for name in INPUTS}
        # The answer for the stored start, lest a descent blow up another machine's rounding of the start.
        changed = _changed(entry, setting | answer(**stored), _loss(entry["points"]))
        found += [f"setting {number}: another {name}" for name in changed]
    return found


def _changed(entry: dict[str, Any], now: dict[str, Any], loss: MeanSquaredError) -> list[str]:
    """What is new in an entry by more than another machine's rounding, measured as in tests/parity.test.mjs."""
    theta, rms = np.abs(entry["theta"]), np.sqrt(loss.gram[1, 1] / loss.n)
    parts = np.abs(loss.hessian) @ theta + np.abs(loss.moment) * (2 / loss.n)

    def of_line(theta: list[float]) -> np.ndarray:
        return AGREE * (np.abs(theta) @ [1, rms]) / [1, rms]

    allowed = {
        "start": of_line(entry["start"]),
        "theta": of_line(entry["theta"]),
        "way": [[0, *of_line(theta)] for _, *theta in entry["way"]],
        "loss": AGREE * entry["loss"] + ROUNDING * (loss.sum_of_squares / loss.n + theta @ parts),
        "gradient": AGREE * np.abs(entry["gradient"]) + ROUNDING * parts,
        "differences": [
            AGREE * np.abs(row) + ROUNDING * (loss.sum_of_squares / loss.n + loss.value(entry["start"])) / step
            for row, step in zip(entry.get("differences", []), 2 * STEPS, strict=False)
        ],
    }
    return [
        name
        for name in now
        if not (
            (np.abs(np.subtract(now[name], entry[name])) <= allowed[name]).all()
            if name in allowed
            else _alike(now[name], entry[name])
        )
    ]


def _alike(a: Any, b: Any) -> bool:
    """Whether two things of JSON are the same but for the rounding of their numbers."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_alike, a, b))
    return math.isclose(a, b, rel_tol=AGREE) if isinstance(a, float) and isinstance(b, float) else a == b


# ------------------------------------------------------------------------------------- every kind of descent

EACH = 27  # settings of every rule, of which some that amplify rounding are left out
STEPS = [1e-1, 1e-3, 1e-5]  # of finite differences
STOPPING = {"gradient": SmallGradient, "step": SmallStep, "gain": SmallGain}
SEARCHES = ("exact line search", "backtracking")
RULE_INPUTS = [
    *("points", "standardised", "scale", "start", "rule", "momentum", "learning_rate", "half", "batch_size", "seed"),
    *("epochs", "tolerance", "stop_tolerance"),
]

# What the last digits of the data do to a descent stays below this, relative to its parameters; where the rounding of
# the gradient decides which way Adam goes, there is nothing to compare.
NUDGE, STEADY = 1e-13, 1e-10


def rule_settings() -> Iterator[dict[str, Any]]:
    """The inputs of the second file, random ones from a fixed seed, but for those that amplify rounding."""
    rng = np.random.default_rng(SEED + 1)
    for rule in ("plain", "heavy ball", "nesterov", "adam", *SEARCHES):
        for i in range(EACH):
            setting = _rule_setting(rng, rule, i)
            if _steady(setting, rng):
                yield setting


def _rule_setting(rng: np.random.Generator, rule: str, i: int) -> dict[str, Any]:
    n = int(rng.integers(3, 13))
    x = np.unique(np.round(rng.choice([0.5, 1, 3]) * rng.normal(size=n) + rng.choice([0, 1, 3]), 3))
    y = np.round(rng.normal(size=2) @ [np.ones_like(x), 4 * x] + rng.choice([0, 0.5]) * rng.normal(size=len(x)), 3)
    setting = {
        "points": np.column_stack([x, y]).tolist(),
        "standardised": bool(i % 4 == 3),
        "scale": float(rng.choice([0.5, 2, 10])) if i % 5 == 4 and rule != "exact line search" else 0.0,
        "start": np.round(5 * rng.normal(size=2), 3).tolist(),
        "rule": rule,
        "momentum": round(float(rng.choice([0, 0.3, 0.5, 0.8, 0.9])), 2),
        "half": int(rng.choice([5, 100])) if rng.random() < 0.25 else 0,
        "batch_size": int(rng.integers(1, len(x) + 1)) if i % 3 == 1 else 0,
        "seed": int(rng.choice([0, 1, 5, 20, 2**31 + 7, 2**40 + 3])),
        "epochs": int(rng.choice([1, 10, 100, 300])),
        "tolerance": float(rng.choice([0.3, 1e-2, 1e-4])),
        "stop_tolerance": float(rng.choice([1e-1, 1e-3, 1e-6])),
    }
    X, _ = _data(setting)
    steepest = 2 * (X**2).sum(axis=1).max()  # the curvature of the loss on a single point; no batch has more
    slowed = 1 if setting["momentum"] == 0 or rule in ("plain", "adam") else 1 - setting["momentum"]
    rate = rng.uniform(0.05, 0.9) * (slowed if setting["batch_size"] else 1) / steepest
    if not setting["batch_size"] and not setting["scale"] and rule in ("plain", "heavy ball", "nesterov"):
        rate = rng.uniform(0.05, 0.95) * max_learning_rate(_quadratic(setting), _rule(setting))
        if i % 8 == 2:  # plainly too large, for as long as a diverging number has not grown by a million
            rate, setting["epochs"] = 1.3 * max_learning_rate(_quadratic(setting), _rule(setting)), 10
    elif rule == "adam":
        rate = 10 ** rng.uniform(-2, -0.5)
    elif rule == "backtracking":
        rate = 10 ** rng.uniform(-1, 1)
    return setting | {"learning_rate": _short(rate, 6)}


def _data(setting: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.transpose(setting["points"])
    return design_matrix(standardize(x[:, None])[0][:, 0] if setting["standardised"] else x), y


def _quadratic(setting: dict[str, Any]) -> MeanSquaredError:
    return MeanSquaredError.from_data(*_data(setting))


def _rule(setting: dict[str, Any]) -> Rule:
    known = {"heavy ball": HeavyBall(setting["momentum"]), "nesterov": Nesterov(setting["momentum"]), "adam": Adam()}
    return known.get(setting["rule"], Plain())


def _of(setting: dict[str, Any], X: np.ndarray, y: np.ndarray) -> Loss:
    return GemanMcClure(X, y, setting["scale"]) if setting["scale"] else MeanSquaredError.from_data(X, y)


def _descent(setting: dict[str, Any], stop: tuple = ()) -> Descent:
    X, y = _data(setting)
    rate = setting["learning_rate"]
    if setting["rule"] == "exact line search":
        rate = ExactLineSearch()
    elif setting["rule"] == "backtracking":
        rate = Backtracking(rate)
    elif setting["half"]:
        rate = InverseTime(rate, setting["half"])
    batches = None
    if setting["batch_size"]:
        batches = MiniBatches(X, y, setting["batch_size"], setting["seed"], lambda X, y: _of(setting, X, y))
    return descend(_of(setting, X, y), setting["start"], rate, setting["epochs"], _rule(setting), batches, stop)


def _ends(run: Descent, epochs: int) -> np.ndarray:
    """Where every epoch ends. A descent that found no lower place stays there."""
    ends = run.trajectory[:: run.steps_per_epoch]
    stuck = run.diverged_at is None and len(ends) <= epochs
    return np.vstack([ends, np.tile(run.theta, (epochs + 1 - len(ends), 1))]) if stuck else ends


def _counted(ends: np.ndarray, target: np.ndarray, tolerance: float) -> int | None:
    """From which epoch on all lie within the tolerance; None if the last one does not."""
    outside = np.flatnonzero(np.abs(ends - target).max(axis=1) > tolerance)
    first = int(outside[-1]) + 1 if len(outside) else 0
    return first if first < len(ends) else None


def _stops(setting: dict[str, Any]) -> dict[str, int | None] | None:
    """After how many steps each rule stops the descent; None where rounding decides whether a search takes another."""
    loss = _of(setting, *_data(setting))
    if setting["rule"] in SEARCHES and any(map(loss.is_stationary, _descent(setting).trajectory)):
        return None
    stopped = {name: _descent(setting, rule(setting["stop_tolerance"])) for name, rule in STOPPING.items()}
    return {name: len(run.gradients) if run.stopped_by else None for name, run in stopped.items()}


def _steady(setting: dict[str, Any], rng: np.random.Generator) -> bool:
    """Whether the last digits of the data do not change what is compared, nor decide where a search or a rule stops."""
    run = _descent(setting)
    for _ in range(2):
        points = np.array(setting["points"])
        points[:, 1] *= 1 + NUDGE * rng.normal(size=len(points))
        nudged = setting | {"points": points.tolist()}
        other = _descent(nudged)
        if other.trajectory.shape != run.trajectory.shape or _stops(nudged) != _stops(setting):
            return False
        if (np.abs(other.trajectory - run.trajectory).sum(axis=1) > STEADY * np.abs(run.trajectory).sum(axis=1)).any():
            return False
    # Where a step gains no more than the loss's rounding, a search by backtracking is decided by that.
    gains = -np.diff(run.losses)
    return setting["rule"] != "backtracking" or bool((np.abs(gains) > 1e-10 * run.losses[1:]).all())


def rule_answer(setting: dict[str, Any]) -> dict[str, Any]:
    """What gdlib says of a setting: where it ends, on the way there, where it stops, its limit, and differences."""
    loss, run = _of(setting, *_data(setting)), _descent(setting)
    ends = _ends(run, setting["epochs"])
    last = len(ends) - 1
    answer = {
        "theta": ends[-1].tolist(),
        "loss": loss.value(ends[-1]),
        "gradient": loss.gradient(ends[-1]).tolist(),
        "epochs_run": last,
        "way": [[last * part // 4, *ends[last * part // 4].tolist()] for part in (1, 2, 3)],
        "stops": _stops(setting),
        "differences": [
            finite_differences(loss, setting["start"], step, scheme).tolist()
            for scheme in ("forward", "central")
            for step in STEPS
        ],
    }
    if isinstance(loss, MeanSquaredError):
        answer["epochs_counted"] = _counted(ends, loss.minimum, setting["tolerance"])
        if setting["rule"] in ("plain", "heavy ball", "nesterov"):
            best = {"plain": best_learning_rate, "heavy ball": best_heavy_ball, "nesterov": best_nesterov}
            found = best[setting["rule"]](loss)
            answer["max_learning_rate"] = max_learning_rate(loss, _rule(setting))
            answer["best"] = [found[0], found[1].momentum] if isinstance(found, tuple) else [found, None]
            answer["regime"] = regime(loss, setting["learning_rate"], _rule(setting)).name
    return answer


def orders() -> list[dict[str, Any]]:
    """What generators of a few seeds draw."""
    entries = []
    for seed in (0, 1, 20, 4711, 2**32 - 1, 2**32, 2**53 - 1):
        for n in (1, 2, 3, 8, 9, 30, 100):
            generator = np.random.default_rng(seed)
            entries.append({"seed": seed, "n": n, "orders": [generator.permutation(n).tolist() for _ in range(3)]})
    return entries


def every_rule() -> dict[str, list[dict[str, Any]]]:
    """What is stored in the second file."""
    return {"settings": [setting | rule_answer(setting) for setting in rule_settings()], "orders": orders()}


def rule_problems(stored: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Where the second file is not what this program would store; which settings are steady, the file says."""
    found = [] if stored["orders"] == orders() else ["NumPy draws other orders"]
    for number, entry in enumerate(stored["settings"], start=1):
        now = rule_answer({name: entry[name] for name in RULE_INPUTS})
        found += [f"rules, setting {number}: another {name}" for name in _changed(entry, now, _quadratic(entry))]
    return found


# ------------------------------------------------------------------------------------------------- the files


def _lines(entries: list[dict[str, Any]]) -> str:
    """One entry a line, so that a change shows as the lines it is in."""
    return ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)


def main(arguments: list[str]) -> int:
    """Run as a command."""
    if arguments == ["--check"]:
        found = problems(json.loads(STORED.read_text(encoding="utf-8")))
        found += rule_problems(json.loads(STORED_RULES.read_text(encoding="utf-8")))
        for text in found:
            print(text)
        if found:
            print("tests/parity*.json are not what gdlib gives: python tools/parity.py stores them anew")
        return int(bool(found))
    rules = every_rule()
    parts = [f'"{name}":[\n{_lines(entries)}\n]' for name, entries in rules.items()]
    texts = {STORED: f"[\n{_lines(everything())}\n]\n", STORED_RULES: "{\n" + ",\n".join(parts) + "\n}\n"}
    for path, text in texts.items():
        with written_whole(path) as file:
            file.write(text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
