"""What gdlib says about some hundred descents, for the live figure's JavaScript to agree with.

python tools/parity.py            compute it anew and store it in tests/parity.json
python tools/parity.py --check    change nothing; list what gdlib says differently now; exit 1 if anything is
"""

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gdlib.datasets import four_inputs, three_points
from gdlib.descent import descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.spectrum import best_learning_rate, condition_number, epochs_to_tolerance, max_learning_rate, regime

STORED = Path(__file__).parent.parent / "tests" / "parity.json"
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


def write(entries: list[dict[str, Any]]) -> None:
    """Store the entries, one a line, so that a change shows as the lines it is in."""
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    STORED.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def problems(entries: list[dict[str, Any]]) -> list[str]:
    """Where stored entries are not what this program would store."""
    wanted = list(settings())
    if len(entries) != len(wanted):
        return [f"{len(entries)} settings are stored, not {len(wanted)}"]
    found = []
    for number, (entry, setting) in enumerate(zip(entries, wanted, strict=True), start=1):
        stored = {name: entry[name] for name in INPUTS}
        # The answer for the stored start, lest a descent blow up another machine's rounding of the start.
        changed = _changed(entry, setting | answer(**stored))
        found += [f"setting {number}: another {name}" for name in changed]
    return found


def _changed(entry: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What is new in an entry by more than another machine's rounding, measured as in tests/parity.test.mjs."""
    loss = _loss(entry["points"])
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


def main(arguments: list[str]) -> int:
    """Run as a command."""
    if arguments == ["--check"]:
        found = problems(json.loads(STORED.read_text(encoding="utf-8")))
        for text in found:
            print(text)
        if found:
            print("tests/parity.json is not what gdlib gives: python tools/parity.py stores it anew")
        return int(bool(found))
    write(everything())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
