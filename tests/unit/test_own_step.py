"""Whatever somebody's step does, what is told of it is plain data, and this process goes on."""

import json
import os
import sys
import threading
import time
import warnings
from fractions import Fraction

import numpy as np
import pytest

from gdlib import scratch, vectors
from gdlib._own_step import path_of
from gdlib.checks import _copy

POINTS = [(2, 45), (3, 65), (4, 85), (5, 105)]


def right(points, theta, learning_rate):
    gradient = vectors.vector_mean([scratch.linear_gradient(x, y, theta) for x, y in points])
    return scratch.gradient_step(theta, gradient, -learning_rate)


def asked(step, learning_rate=0.001, epochs=20, seconds=3.0):
    """What is told, as it is sent."""
    return json.loads(json.dumps(path_of(step, POINTS, [-0.7, 0.7], learning_rate, epochs, seconds), allow_nan=False))


@pytest.fixture(params=["in a copy", "in this process", "in a thread", "in a thread of this process"])
def anywhere(request, monkeypatch):
    """Where a step runs: a kernel answers from another thread than its main one, and only Linux copies processes."""
    if "this process" in request.param:
        monkeypatch.setattr(_copy, "_start", lambda work: None)
    if "thread" not in request.param:
        return asked

    def in_thread(*given, **more):
        told = []
        thread = threading.Thread(target=lambda: told.append(asked(*given, **more)))
        thread.start()
        thread.join()
        return told[0]

    return in_thread


def test_a_right_step_makes_the_descent_of_gdlib(anywhere):
    told = anywhere(right, epochs=50)
    rows = scratch.descend(POINTS, [-0.7, 0.7], 0.001, 50)
    assert told == {
        "path": [[-0.7, 0.7], *(theta for _, _, theta in rows)],
        "compared": {"kind": "same"},
        "problem": None,
    }


def on_third(effect):
    """A right step for two times; then something else."""
    calls = []

    def step(points, theta, learning_rate):
        calls.append(1)
        return right(points, theta, learning_rate) if len(calls) < 3 else effect()

    return step


def fails():
    return 1 / 0


def leaves():
    sys.exit("done")


def line_of(function):
    return f"{function.__name__}, line {function.__code__.co_firstlineno + 1}"


FAILURES = {
    "raises": (fails, {"kind": "raised", "error": "ZeroDivisionError: division by zero", "where": line_of(fails)}),
    "exits": (leaves, {"kind": "raised", "error": "SystemExit: done", "where": line_of(leaves)}),
    "nothing": (lambda: None, {"kind": "nothing"}),
    "dots": (lambda: ..., {"kind": "nothing"}),
    "one number": (lambda: 3.0, {"kind": "shape", "shown": "3.0"}),
    "three numbers": (lambda: [1.0, 2.0, 3.0], {"kind": "shape", "shown": "[1.0, 2.0, 3.0]"}),
    "words": (lambda: ["a", "b"], {"kind": "shape", "shown": "['a', 'b']"}),
    "a number and a list": (lambda: [1.0, [2.0]], {"kind": "shape", "shown": "[1.0, [2.0]]"}),
    "nan": (lambda: [1.0, float("nan")], {"kind": "not a number"}),
    "inf": (lambda: (float("inf"), 1.0), {"kind": "beyond"}),
    "an integer beyond a float": (lambda: [10**400, 1], {"kind": "beyond"}),
}


def test_what_ends_a_descent_is_told_with_the_steps_before_it(anywhere):
    for name, (effect, problem) in FAILURES.items():
        told = anywhere(on_third(effect))
        assert told["problem"] == problem, name
        assert len(told["path"]) == 3, name
        assert told["compared"] == {"kind": "same"}, name


@pytest.mark.parametrize(
    "value",
    [(1, 2), [Fraction(1), np.float64(2)], np.array([1.0, 2.0]), (True, 2.0)],
    ids=["integers", "numbers of any kind", "an array", "a truth value"],
)
def test_any_two_numbers_are_a_theta(value):
    assert asked(lambda points, theta, rate: value, epochs=2)["path"] == [[-0.7, 0.7], [1, 2], [1, 2]]


def test_a_step_is_given_copies_and_what_it_prints_and_warns_is_not_said(capfd):
    def spoils(points, theta, rate):
        print("here")
        warnings.warn("there", stacklevel=1)
        points.clear()
        theta[1] *= 2
        return theta

    assert asked(spoils, epochs=3)["path"] == [[-0.7, 0.7], [-0.7, 1.4], [-0.7, 2.8], [-0.7, 5.6]]
    assert capfd.readouterr() == ("", "")


def test_a_step_that_diverges_is_followed_as_far_as_floats_go(anywhere):
    told = anywhere(right, learning_rate=0.5, epochs=1000)  # scratch's functions raise where the range of a float ends
    assert told["problem"] == {"kind": "beyond"}
    assert told["compared"] == {"kind": "same"}
    assert 100 < len(told["path"]) < 1000


def test_a_step_that_does_not_end_is_stopped_and_what_it_walked_is_kept(anywhere):
    def endless(points, theta, rate):
        while theta[0] > 0:
            pass
        return right(points, theta, rate)

    told = anywhere(endless, seconds=0.3)
    assert told["problem"] == {"kind": "late", "seconds": 0.3}
    assert [theta[0] > 0 for theta in told["path"]] == [*[False] * (len(told["path"]) - 1), True]


def test_many_steps_that_take_too_long_together_are_stopped(anywhere):
    def slow(points, theta, rate):
        time.sleep(0.02)
        return right(points, theta, rate)

    told = anywhere(slow, epochs=1000, seconds=0.3)
    assert told["problem"] == {"kind": "late", "seconds": 0.3}
    assert 1 < len(told["path"]) < 20


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux copies processes")
def test_a_step_that_ends_python_ends_a_copy():
    told = asked(lambda points, theta, rate: os._exit(1))
    assert told == {"path": [[-0.7, 0.7]], "compared": None, "problem": {"kind": "ended"}}


def test_a_step_that_takes_other_arguments_is_told_in_pythons_words():
    told = asked(lambda theta: theta)
    assert told["problem"]["error"].startswith("TypeError: ")
    assert told["problem"]["where"] == ""


def test_an_error_in_what_another_cell_made_is_told_by_the_line_of_the_steps_own_cell():
    names = {}
    exec(compile("def mean(pairs):\n    return pairs[9]", "cell 1", "exec"), names)
    exec(compile("def one_step(points, theta, rate):\n\n    return mean(points)", "cell 2", "exec"), names)
    assert asked(names["one_step"])["problem"]["where"] == "one_step, line 3"
