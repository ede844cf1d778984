"""What carries a state of the live figure away: Python code that computes the same, and links that say all of it."""

import contextlib
import io
import json
import re
import subprocess
import sys
from itertools import islice
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import traitlets
from by_node import HERE, run_by_node
from test_parity import Setting, figure, settings_of_every_kind

from gdlib.datasets import three_points
from gdlib.widgets.explorer import DescentExplorer
from gdlib.widgets.settings import CHOICES, SETTINGS

THREE = dict(zip(("x", "y"), three_points(), strict=True)) | {"start": [0, 0]}
THREE_POINTS = np.column_stack(three_points()).tolist()
ODD = {
    "points": [[1e-7, 1e16], [-0.1, 123456789012345680000.0], [3.0, -5e20], [1 / 3, 1e21]],
    "start": [-1.2345678901234567e-300, 2.0**60],
    "learning_rate": 0.1 + 0.2,
}


def settings() -> list[Setting]:
    """Settings of every kind, with more points than a line of code holds, and numbers that are written oddly."""
    rng = np.random.default_rng(22)
    made = [
        setting | {"shrinking": bool(i % 2)} for i, setting in enumerate(islice(settings_of_every_kind(), 0, None, 4))
    ]
    x = np.sort(rng.normal(size=60))
    many = made[0] | {"points": np.column_stack([x, 3 * x + rng.normal(size=60)]).tolist(), "learning_rate": 0.1}
    few = made[0] | {"points": [[2.0, 45.0], [4.0, 85.0]], "batch_size": 3}  # a reader has removed points
    odd = [made[0] | ODD | changes for changes in ({}, {"standardised": True}, {"rule": "backtracking"})]
    robust = made[0] | {"loss": "geman-mcclure", "loss_scale": 5.0, "standardised": True}
    return [*made, many, many | {"standardised": True, "batch_size": 7}, few, robust, *odd]


def asked(states: list[dict[str, Any]], hashes: list[str]) -> dict[str, Any]:
    """What the JavaScript answers."""
    answers = run_by_node("carrying.mjs", json.dumps({"states": states, "hashes": hashes}))
    return json.loads(answers, parse_int=float)  # all its numbers are, and some look like integers of many digits


@pytest.fixture(scope="module")
def states():
    return [{name: getattr(figure(setting), name) for name in SETTINGS} for setting in settings()]


@pytest.fixture(scope="module")
def codes(states):
    return [each["code"] for each in asked(states, [])["carried"]]


def test_the_settings_are_of_every_kind(states):
    for name in ("rule", "loss", "standardised", "shrinking"):
        assert len({(state["rule"], state[name]) for state in states}) >= len(CHOICES["rules"])
    kinds = {(bool(state["batch_size"]), state["loss"], state["standardised"]) for state in states}
    assert len(kinds) == 2 * len(CHOICES["losses"]) * 2
    assert any(state["half_life"] and not state["shrinking"] for state in states)


def test_the_code_of_a_state_computes_what_the_figure_has(codes):
    for setting, code in zip(settings(), codes, strict=True):
        shown = figure(setting)
        names, printed = {}, io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, names)
        line = [names["intercept"], names["slope"]]
        np.testing.assert_allclose(names["run"].theta, shown.theta, rtol=1e-12, err_msg=code)
        np.testing.assert_allclose(line, shown.raw_theta, rtol=1e-12, err_msg=code)
        terms = np.square(shown.points)[:, 1].mean()  # of the loss, which is a difference of such
        losses = both_to_the_end(names["run"].losses, shown.run.losses)
        np.testing.assert_allclose(*losses, rtol=1e-12, atol=1e-12 * terms, err_msg=code)
        assert np.column_stack([names["x"], names["y"]]).tolist() == shown.points
        said = re.fullmatch(r"intercept (\S+), slope (\S+), loss (\S+)\n", printed.getvalue())
        assert [float(number) for number in said.groups()] == [*line, names["run"].losses[-1]]


def both_to_the_end(*runs):
    """The losses of two runs: when a search finds nothing lower at the minimum is a matter of rounding."""
    epochs = max(map(len, runs))
    return [np.pad(losses, (0, epochs - len(losses)), mode="edge") for losses in runs]


def test_the_code_of_a_state_has_the_books_style(codes, tmp_path):
    for i, code in enumerate(codes):
        (tmp_path / f"state_{i}.py").write_text(code, encoding="utf-8")
    style = (HERE.parents[1] / "chapters" / "ruff.toml").as_posix()
    (tmp_path / "ruff.toml").write_text(f"extend = {json.dumps(style)}\n", encoding="utf-8")
    checked = ruff("check", tmp_path)
    assert checked.returncode == 0, checked.stdout
    # A list that is longer than a line has a number a line there, and fills its lines here; ruff writes 1e20 for 1e+20.
    odd = {f"state_{i}.py" for i, code in enumerate(codes) if "[\n" in code or "e+" in code}
    other = set(re.findall(r"state_\d+\.py", ruff("format", "--check", tmp_path).stdout))
    assert other <= odd
    assert len(odd) < len(codes) / 2


def ruff(*arguments: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ruff", *map(str, arguments), "--no-cache"]
    return subprocess.run(command, cwd=arguments[-1], capture_output=True, encoding="utf-8", check=False)


def test_a_whole_link_brings_back_every_setting(states):
    for state, carried in zip(states, asked(states, [])["carried"], strict=True):
        wanted = state | {"stops": [stop for stop in state["stops"] if stop <= state["max_epochs"]]}
        wanted["batch_size"] = min(state["batch_size"], len(state["points"]))
        assert carried["settings"] == wanted


def test_a_page_that_is_asked_for_nothing_shows_what_a_figure_of_the_articles_points_does():
    [found] = asked([], [""])["read"]
    shown = DescentExplorer(**THREE)
    assert found == {"settings": {name: getattr(shown, name) for name in SETTINGS}, "complaints": []}


# Settings that both refuse, or neither: the same in Python and in a link.
TOLD: list[dict[str, Any]] = [
    *({"learning_rate": value} for value in (0, -0.1, 5.0, 1e-300)),
    *({"epochs": value} for value in (0, -1, 1.5, 1000, 1001)),
    *({"max_epochs": value} for value in (99, 100, 100_000, 100_001)),
    *({"zoom": value} for value in (0, 0.09, 0.1, 1, 1e6, 1.1e6)),
    *({"tolerance": value} for value in (0, 1e-9)),
    *({"rate_range": value} for value in ([1, 0.1], [0, 1], [0.1, 1], [1, 1])),
    *({"stops": value} for value in ([], [0, 5], [1.5], [-1], [5000])),
    *({"start": value} for value in ([0], [1, 2, 3], [1e200, 0], [1e100, -1])),
    *({"rule": rule, "loss": loss} for rule in (*CHOICES["rules"], "sgd") for loss in CHOICES["losses"]),
    *({"rules": ["plain", rule], "loss": loss} for rule in CHOICES["rules"] for loss in CHOICES["losses"]),
    *({"panel": panel, "loss": loss} for panel in (*CHOICES["panels"], "surface") for loss in CHOICES["losses"]),
    *({"loss": loss, "loss_scale": scale} for loss in CHOICES["losses"] for scale in (0, 1e-200, 2, 1e200)),
    {"rules": ["adam"]},
    {"rules": ["adam", "adam"], "rule": "adam"},
    *({"momentum": value} for value in (-0.1, 0, 0.999, 1)),
    *({"batch_size": value} for value in (-1, 0, 3, 4)),
    *({"seed": value} for value in (-1, 2**53 - 1, 2**53, 2**60)),
    *({"half_life": value} for value in (-1, 1)),
    *({"switches": ["shrinking"], "half_life": value} for value in (0, 1)),
    *({"switches": value} for value in (["momentum"], ["standardised", "standardised"])),
    *({"stop_tolerance": value} for value in (-1, 0, 1)),
    *({"difference": value} for value in (0, 2)),
    *({"points": value} for value in ([[1, 2], [1, 3]], [[1, 2]], [[1, 1e200], [2, 0]], [[1e200, 1], [2, 0]])),
    {"points": [[1, 2], [3, 4]], "standardised": True},
    {"points": [[i, i % 7] for i in range(400)], "batch_size": 400},
]


def told(value: Any) -> str:
    """A setting as a link says it."""
    if isinstance(value, list):
        inner = [told(each) for each in value]
        return (";" if value and isinstance(value[0], list) else ",").join(inner)
    return str(value).lower() if isinstance(value, bool) else quote(str(value))


def test_python_and_a_link_refuse_the_same_settings_and_take_the_same():
    hashes = ["#" + "&".join(f"{name}={told(value)}" for name, value in settings.items()) for settings in TOLD]
    taken = 0
    for settings, found in zip(TOLD, asked([], hashes)["read"], strict=True):
        x, y = np.transpose(settings.get("points", THREE_POINTS))
        others = {name: value for name, value in settings.items() if name != "points"}
        try:
            shown = DescentExplorer(**{"start": [0, 0]} | others, x=x, y=y)
        except (ValueError, traitlets.TraitError):
            assert found["complaints"], f"a link takes {settings}"
        else:
            assert found == {"settings": {name: getattr(shown, name) for name in SETTINGS}, "complaints": []}
            taken += 1
    assert 30 < taken < len(TOLD) - 30
