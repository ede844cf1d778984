"""The half without NumPy in the Python of the pages, which is another build of another version, run by node."""

import contextlib
import io
import json

import npm
import pytest
from by_node import run_by_node
from live_code import library

pytestmark = pytest.mark.slow  # to compile Python's own library, and to wait for what does not end

SAME = """
from gdlib import callgraph, scratch, vectors
from gdlib.datasets import four_inputs, printed_runs

for epoch, gradient, theta in scratch.descend(four_inputs(), [0.1, -0.7], 0.0123, epochs=200):
    print(epoch, gradient, theta)
for call in (lambda: vectors.add([1.0], [1.0, 2.0]), lambda: scratch.gradient_step([1e308], [1e308], 10.0)):
    try:
        print(call())
    except ValueError as problem:
        print(problem)
print(printed_runs(), callgraph.calls(vectors, scratch))
"""

RIGHT = """
from gdlib.checks import check, questions

print(len(questions()), [label for label, question in questions().items() if not check(label, question.right)])
"""

COMPILED = """
import sys
origins = [str(getattr(each, "__spec__", None) and each.__spec__.origin) for each in sys.modules.values()]
print(sum(".zip/" in origin for origin in origins))
print([origin for origin in origins if ".zip/" in origin and not origin.endswith(".pyc")])
"""

STOPPED = """
import itertools, time
from gdlib.checks._guard import call

def swallows():
    while True:
        try:
            print("on")
        except BaseException:
            pass

def cleans_up():
    try:
        while True: pass
    finally:
        for _ in range(1000): pass

for endless in (swallows, cleans_up, lambda: sum(1 for _ in itertools.count()), lambda: time.sleep(0.4) or [1] * 3):
    begun = time.monotonic()
    outcome = call(endless, (), 0.3)
    print(outcome.problem.partition(":")[0], time.monotonic() - begun < 2)
print(call(lambda: 7, (), 0.3).value.numbers.flat)
"""


@pytest.fixture(scope="module")
def printed():
    """What each of the programs prints, one after the other in one Python."""
    runner = (npm.WEB / "python" / "runner.py").read_text(encoding="utf-8")
    programs = {"runner": runner, "same": SAME, "right": RIGHT, "stopped": STOPPED, "compiled": COMPILED}
    return json.loads(run_by_node("pyodide.mjs", json.dumps(programs), library()))


def test_lists_give_the_same_digits_and_the_same_refusals(printed):
    here = io.StringIO()
    with contextlib.redirect_stdout(here):
        exec(SAME, {})
    assert printed["same"] == here.getvalue()


def test_the_questions_about_plain_python_accept_their_answers(printed):
    number, refused = printed["right"].split(" ", 1)
    assert (int(number) > 20, refused) == (True, "[]\n")


def test_nothing_of_python_itself_is_compiled_while_a_reader_waits(printed):
    number, left = printed["compiled"].splitlines()
    assert (int(number) > 100, left) == (True, "[]")


def test_what_does_not_end_is_stopped_without_timers_and_threads(printed):
    *endless, last = printed["stopped"].splitlines()
    assert [line.endswith("had not come back after 0.3 seconds and was stopped True") for line in endless] == [True] * 4
    assert last == "[7.0]"
