"""The notebook goes on whatever an answer is or does, and what `check` says of it did happen."""

import contextlib
import itertools
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from gdlib.checks import _copy, _deadline, _guard, _reading
from gdlib.checks._guard import call
from gdlib.checks._questions import Choice, Function, Number, Slip

TWO = Number(expected=[1.0, 2.0], praise="Yes.", advice="Think.")
WORD = Choice(replies={"near": "it is.", "far": "it is not."}, correct="near")
SUM = Function(lambda x, y: x + y, [(1.0, 2.0), (2, 3)], praise="Yes.", advice="Think.")


# Answers that may do anything when they are looked at


def with_methods(**methods):
    """An object of a class that has these methods."""
    return type("Odd", (methods.pop("base", object),), methods)()


def raises(*_, **__):
    raise RuntimeError("no")


def waits(*_, **__):
    time.sleep(3600)


def nested(depth):
    answer = [1.0]
    for _ in range(depth):
        answer = [answer]
    return answer


ITSELF: list = []
ITSELF += [ITSELF, ITSELF]

NO_NUMBERS = {
    "beyond a float": (10**400, "is a single number, and a list of 2 numbers is wanted"),
    "beyond what Python writes": ([10**10_000, 10**10_000], "holds inf, or a number as good as inf"),
    "a fraction beyond a float": ([Fraction(10**400), 1], "holds inf, or a number as good as inf"),
    "near the end of floats": ([-1.7e308, 1.7e308], "this is [-1.7e+308, 1.7e+308]"),
    "at the other end": ([1e-320, 5e-324], "this is [1e-320, 5e-324]"),
    "nested deeper than Python": (nested(100_000), "has lists within lists, more than 32 deep"),
    "in itself": (ITSELF, "has lists within lists, more than 32 deep"),
    "huge": (
        np.broadcast_to(0.0, 10**9),
        "is a list of 1000000000 numbers, and a list of 2 numbers is wanted: too many",
    ),
    "huge integers": (np.broadcast_to(np.int8(0), (10**6, 10**6)), "is a table of shape (1000000, 1000000)"),
    "a huge range": (range(10**12), "holds more than 1,000 numbers"),
    "endless": (
        with_methods(base=list, __iter__=lambda self: itertools.repeat(1.0)),
        "holds more than 1,000 numbers",
    ),
    "a generator": (itertools.count(), "is a count, and"),
    "repr of another type": (with_methods(__repr__=lambda self: 5), "is <Odd instance at"),
    "a huge repr": (with_methods(__repr__=lambda self: "x" * 10**7), "is xxxxxxxx"),
    "a repr that leaves": (with_methods(__repr__=lambda self: sys.exit()), "is an object of type Odd"),
    "half a surrogate": (with_methods(__repr__=lambda self: "\ud800"), r"is \ud800, and"),
    "no repr in a list": ([with_methods(__repr__=raises)], "is [<Odd instance at"),
    "no class": (with_methods(__class__=property(raises)), "and a list of 2 numbers is wanted"),
    "no attributes": (with_methods(__getattr__=raises), "and a list of 2 numbers is wanted"),
    "any attribute": (with_methods(__getattr__=lambda self, name: self), "and a list of 2 numbers is wanted"),
    "no equality": (with_methods(__eq__=raises, __hash__=None), "and a list of 2 numbers is wanted"),
    "no array": (with_methods(__array__=raises), "which as numbers gives RuntimeError: no"),
    "a float that is none": (with_methods(__float__=lambda self: "1"), "which as numbers gives TypeError"),
    "no length": (with_methods(__len__=raises, __getitem__=raises), "which as numbers gives RuntimeError: no"),
    "a text without methods": (with_methods(base=str, strip=raises, lower=raises, __hash__=raises), "is the text ''"),
    "None in an array": (np.array([None, 1.0]), "is array([None, 1.0], dtype=object)"),
    "texts in an array": (np.array(["1", "2"]), "is array(['1', '2'], dtype='<U1')"),
    "bytes": (b"12", "is b'12'"),
    "a time": (np.timedelta64(5, "s"), "is np.timedelta64(5,'s')"),
    "masked": (np.ma.array([1.0, 2.0], mask=[0, 1]), "has masked entries"),
    "signalling": ([Decimal("sNaN"), 1], "which as numbers gives ValueError"),
    "of other lengths": ([[1], [1, 2]], "whose parts differ in length"),
}


@pytest.mark.parametrize("kind", NO_NUMBERS)
def test_whatever_an_answer_is_the_check_says_what_it_is(kind, monkeypatch):
    monkeypatch.setattr(_copy, "_start", lambda work: None)  # what an answer is does not depend on where it came from
    monkeypatch.setattr(_reading, "MOST", 1000)
    monkeypatch.setattr(_guard.look_at, "__defaults__", (600.0,))  # however slow the machine is
    answer, said = NO_NUMBERS[kind]
    verdict = TWO.judge(answer)
    assert not verdict
    assert said in verdict.message
    assert verdict.message.endswith("Think.")
    for question in (WORD, SUM):
        verdict = question.judge(answer)
        assert not verdict
        assert len(verdict.message.encode()) < 400
    called = SUM.judge(lambda x, y: answer)
    assert not called
    assert len(called.message.encode()) < 400


@pytest.mark.parametrize(
    "answer",
    [
        [Fraction(1), Decimal(2)],
        np.array([Fraction(1), 2], dtype=object),
        range(1, 3),
        np.float16([1, 2]),
        np.ma.array([1, 2]),
        [np.array(1), np.longdouble(2)],
        with_methods(__len__=lambda self: 2, __getitem__=lambda self, i: [1, 2][i]),
        with_methods(__array__=lambda self, *_, **__: np.array([1, 2])),
        [with_methods(__float__=lambda self: 1.0), True + True],
    ],
)
def test_real_numbers_are_numbers_in_any_form(answer):
    assert TWO.judge(answer)


@pytest.mark.parametrize("method", ["__repr__", "__array__", "__float__"])
def test_an_answer_that_takes_for_ever_to_be_looked_at_is_left(method):
    reading = _guard.look_at(with_methods(**{method: waits}), seconds=0.1)
    assert reading.else_it == "is something that takes more than 0.1 seconds to read"


def test_a_fault_in_a_question_is_told_too():
    broken = Function(lambda x: x, [(1.0,)], praise="Yes.", advice="Think.", slips=[Slip(lambda x: 1 / 0, "the slip.")])
    assert broken.judge(lambda x: x)
    assert broken.judge(lambda x: 2 * x).message == (
        "This cannot be judged: the question itself stopped with ZeroDivisionError: division by zero."
    )


# Functions, called in a copy of this process as on Linux, and in this one as elsewhere

COPIES = pytest.mark.skipif(sys.platform != "linux", reason="only Linux makes copies that work")


@pytest.fixture(params=["in a copy", "here"])
def place(request, monkeypatch):
    """Where functions are called."""
    if request.param == "here":
        monkeypatch.setattr(_copy, "_start", lambda work: None)
    elif sys.platform != "linux":
        pytest.skip("only Linux makes copies that work")
    return request.param


def sleeps():
    time.sleep(3600)


def runs_another():
    subprocess.run([sys.executable, "-c", "import time; time.sleep(3600)"], check=False)


def catches_all():
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(3600)


def catches_twice():
    while True:
        try:
            try:
                sleeps()
            except BaseException:
                sleeps()
        except BaseException:
            pass


def backtracks():
    re.match(r"(a+)+$", "a" * 60 + "b")


def adds_for_ever():
    return sum(itertools.repeat(0))


WAITING = [sleeps, catches_all, catches_twice, backtracks]


@pytest.mark.parametrize(
    ("place", "function"),
    [*(("here", function) for function in WAITING), *(("in a copy", each) for each in (runs_another, adds_for_ever))],
    indirect=["place"],
)
def test_what_does_not_come_back_is_stopped(place, function, monkeypatch):
    if place == "here":  # on a busy machine an exception may have to come again and again to get out
        monkeypatch.setattr(_guard, "GRACE", 60.0)
    said = f"{function.__name__}() had not come back after 0.1 seconds and was stopped"
    assert said in call(function, (), 0.1).problem


@pytest.mark.parametrize("timers", [True, False])
def test_what_could_not_be_stopped_is_not_said_to_have_been(monkeypatch, timers):
    def spins():
        while True:
            pass

    def no_thread(*_, **__):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_copy, "_start", lambda work: None)
    if not timers:
        monkeypatch.delattr(signal, "setitimer")
        assert "was stopped" in call(spins, (), 0.1).problem  # a thread sees to the time
        monkeypatch.setattr(threading, "Thread", no_thread)
    monkeypatch.setattr(_guard, "GRACE", 0.0)
    problem = call(lambda: sum(itertools.repeat(0, 10**7)), (), 0.001).problem
    assert re.fullmatch(r"<lambda>\(\) took [\d.]+ seconds, where 0.001 are enough", problem)
    assert SUM.judge(lambda x, y: x + y)


class Odd(Exception):
    """An exception whose text is ``text``, or which has none."""

    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text


def fails(text):
    def failing(x, y):
        raise Odd(text)

    return failing


async def a_coroutine(x, y):
    return x + y


def gives_one_that_waits(x, y):
    return with_methods(__array__=waits)


def leaves(x, y):
    sys.exit(3)


def takes_by_name(x, y, *, of):
    return x


SILENT = with_methods(__repr__=raises)


def takes_a_silent_default(x, y=SILENT, *, of):
    return x


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (fails(None), "failing(1.0, 2.0) stopped with Odd. Think."),
        (fails("y" * 10**6), "failing(1.0, 2.0) stopped with Odd: yyyyyyyy"),
        (a_coroutine, "a_coroutine(1.0, 2.0) is a coroutine, and a single number is wanted"),
        (leaves, "leaves(1.0, 2.0) stopped with SystemExit: 3. Think."),
        (takes_by_name, "takes_by_name(x, y, *, of) cannot be called with 2 arguments"),
        (takes_a_silent_default, "takes_a_silent_default(1.0, 2.0) stopped with TypeError: takes_a_silent_default()"),
        (len, "len(obj, /) cannot be called with 2 arguments: len must take as many"),
        (complex, "complex(1.0, 2.0) is (1+2j), and a single number is wanted"),
    ],
)
def test_whatever_a_function_does_the_check_says_what(place, function, said):
    verdict = SUM.judge(function)
    assert not verdict
    assert said in verdict.message
    assert len(verdict.message) < 600


def test_what_is_slow_to_read_is_not_said_to_be_slow_to_come(place):
    problem = call(gives_one_that_waits, (1, 2), 0.2).problem
    assert problem == "gives_one_that_waits(1, 2) gives something that takes more than 0.2 seconds to read"


@pytest.mark.parametrize("name", ["x" * 10**6, "\ud800", "f\n"])
def test_an_odd_name_does_not_matter(place, name):
    def odd(x, y):
        return None

    odd.__name__, odd.__signature__ = name, "odd"
    assert len(SUM.judge(odd).message.encode()) < 300
    assert SUM.judge(with_methods(__call__=lambda self, x, y: x + y, __getattr__=raises))


def test_an_argument_that_is_made_odd_is_told(place):
    def changes(numbers):
        numbers[0] = with_methods(__repr__=raises, __eq__=raises)

    problem = call(changes, ([1.0],), 2).problem
    assert "changes([1.0]) changed what it was given: argument 1 came out as [<Odd instance at" in problem


def test_what_is_printed_and_warned_is_held_back(place, capfd):
    def talks(x, y):
        for k in range(1000):
            print("line", k)
        print("a warning", file=sys.stderr)
        if place == "in a copy":  # past Python
            os.write(1, b"past")
            os.system("echo past")
        return x + y

    verdict = SUM.judge(talks)
    assert verdict
    assert "printed 1001 lines, held back here; the first is 'line 0'" in verdict.message
    assert capfd.readouterr() == ("", "")


@COPIES
@pytest.mark.parametrize("function", [lambda: os._exit(0), lambda: os.kill(os.getpid(), signal.SIGKILL)])
def test_what_ends_its_python_does_not_end_ours(function):
    assert call(function, ()).problem == "<lambda>() ended the Python that ran it"


def test_an_interrupt_is_the_readers(place):
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(interrupted, ())


@COPIES
def test_a_function_is_stopped_in_any_thread():
    with ThreadPoolExecutor(1) as pool:
        assert "was stopped" in pool.submit(call, sleeps, (), 0.1).result().problem


@COPIES
def test_a_copy_keeps_its_doings_to_itself_and_its_calls_see_one_another():
    seen = []

    def remembers(x, y):
        seen.append(x)
        return seen[0] + y

    assert "1 of 2 trials are right, but remembers(2, 3) gives 4.0" in SUM.judge(remembers).message
    assert seen == []


@COPIES
def test_what_a_function_started_ends_with_its_copy(tmp_path):
    started = tmp_path / "started"

    def starts():
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
        started.write_text(str(child.pid))
        return 1.0

    assert call(starts, (), 60).value.numbers.flat == [1]
    status = Path("/proc", started.read_text(), "stat")
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        while ") Z " not in status.read_text():
            time.sleep(0.01)  # it dies in its own time; if it does not, this test never ends


def test_the_reader_interrupts_and_nothing_is_left(place):
    over = threading.Event()

    def reader():
        while not over.wait(0.3):  # an interrupt that comes in the middle of a fork can get lost: a reader tries again
            os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=reader)
    thread.start()
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012
        try:
            call(sleeps, (), 3600)
        finally:
            over.set()
    thread.join()


def test_signals_and_timers_are_left_as_they_were(place):
    heard = []
    before = signal.signal(signal.SIGALRM, lambda *_: heard.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 3600)
        call(catches_all, (), 0.1)
        call(lambda: None, (), 0.1)
        assert signal.setitimer(signal.ITIMER_REAL, 0)[0] > 1800
        assert heard == []
    finally:
        signal.signal(signal.SIGALRM, before)


def test_late_does_not_reach_what_comes_after():
    for _ in range(100):
        with contextlib.suppress(_deadline.Late):
            _deadline.within(1e-4, lambda: sum(range(1000)))


@COPIES
@pytest.mark.slow
def test_a_kernel_goes_on():
    program = """
        import itertools, time
        from gdlib.checks import check, questions
        from gdlib.checks._guard import call
        assert not check("mean-absolute-error", lambda *_: 10**400)
        for function in (lambda: time.sleep(3600), lambda: sum(itertools.repeat(0))):
            print(call(function, (), 0.2).problem)
        print(bool(check("mean-absolute-error", questions()["mean-absolute-error"].right)), "and on")
    """
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(textwrap.dedent(program))])
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    outputs = notebook.cells[0].outputs
    assert {output.name for output in outputs} == {"stdout"}
    said = "".join(output.text for output in outputs)  # in one piece or several
    assert said.count("had not come back after 0.2 seconds and was stopped") == 2
    assert said.endswith("True and on\n")
