"""What `check` says to right answers, to slips, and to everything else that a reader may hand in."""

import contextlib
import signal
import time

import numpy as np
import pytest
from notebooks import ROOT

from gdlib.checks import check, questions
from gdlib.checks._guard import call
from gdlib.checks._questions import Choice, Function, Number, Slip

LABELS = sorted(questions())
SLIPS = [(label, slip) for label in LABELS for slip in getattr(questions()[label], "slips", ())]
REPLIES = [
    (label, word) for label in LABELS if isinstance(questions()[label], Choice) for word in questions()[label].replies
]


@pytest.mark.parametrize("label", LABELS)
def test_the_right_answer_is_right(label):
    verdict = check(label, questions()[label].right)
    assert verdict
    assert verdict.message.startswith("Right. ")


@pytest.mark.parametrize(("label", "slip"), SLIPS, ids=[f"{label}-{slip.message[:20]}" for label, slip in SLIPS])
def test_a_slip_is_known_by_its_name(label, slip):
    verdict = check(label, slip.answer)
    assert not verdict
    assert verdict.message == f"Not yet: {slip.message}"


@pytest.mark.parametrize(("label", "word"), REPLIES)
def test_every_word_has_its_reply(label, word):
    verdict = check(label, word.upper())
    assert verdict.right == (word == questions()[label].correct)
    assert questions()[label].replies[word] in verdict.message


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(
    "answer",
    [None, ..., "eight", object(), [], {}, lambda: 1, np.nan, [[[1]]], 1j],
    ids=["nothing", "dots", "text", "object", "empty", "dictionary", "function", "nan", "nested", "complex"],
)
def test_whatever_comes_the_check_answers_in_words(label, answer):
    verdict = check(label, answer)
    assert not verdict
    assert len(verdict.message) > 20
    assert verdict.message.strip() not in ("Wrong.", "Not yet:")


def test_every_question_is_asked_in_a_chapter_with_a_label_of_its_own():
    written = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("chapters/*.ipynb"))
    assert [label for label in LABELS if f":label: ex-{label}\\n" not in written] == []
    assert [label for label in LABELS if written.count(f'check(\\"{label}\\"') != 2] == []  # the starter, the solution


def test_an_unknown_label_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match=r"no exercise is called 'move-point': did you mean 'moved-point'"):
        check("move-point", 1)


# One function, and what can go wrong with it

POINT = Function(
    solution=lambda x, y, theta: [2 * (theta[0] * x + theta[1] - y) * x, 2 * (theta[0] * x + theta[1] - y)],
    cases=[(2.0, 45.0, [1.0, 2.0]), (3.0, 65.0, [0.0, -1.0])],
    praise="That is the slope in both directions.",
    advice="Start from the error.",
    slips=[Slip(lambda x, y, theta: [2 * (theta[0] * x + theta[1] - y)] * 2, "the first entry lacks its x.")],
)


def mutates(x, y, theta):
    theta.append(0)
    return [0.0, 0.0]


def prints(x, y, theta):
    for k in range(1000):
        print("line", k)
    return POINT.solution(x, y, theta)


def never_returns(x, y, theta):
    while True:
        pass


def swallows_everything(x, y, theta):
    while True:
        with contextlib.suppress(Exception):
            time.sleep(0.01)


def for_ever(x, y, theta):
    return for_ever(x, y, theta)


def blank(x, y, theta):
    """Still to be written."""
    ...


def forgets(x, y, theta):
    error = theta[0] * x + theta[1] - y
    _ = [2 * error * x, 2 * error]


def leaves(x, y, theta):
    raise SystemExit


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            lambda x, y, theta: [v / 2 for v in POINT.solution(x, y, theta)],
            "right sign, but half as large: did you lose a 2?",
        ),
        (lambda x, y, theta: [2 * v for v in POINT.solution(x, y, theta)], "twice as large"),
        (lambda x, y, theta: [-v for v in POINT.solution(x, y, theta)], "the sign is the other way round"),
        (lambda x, y, theta: POINT.solution(x, y, theta)[::-1], "their order is reversed"),
        (
            lambda x, y, theta: [4 * v for v in POINT.solution(x, y, theta)],
            "4 times as large: is it a sum where a mean",
        ),
        (lambda x, y, theta: [v / 3 for v in POINT.solution(x, y, theta)], "divided by 3 once too often"),
        (lambda x, y, theta: [1.01 * v for v in POINT.solution(x, y, theta)], "1.01 times as large"),
        (lambda x, y, theta: [v + 1 for v in POINT.solution(x, y, theta)], "very near"),
        (lambda x, y, theta: [POINT.solution(x, y, theta)[0], 0.0], "gives [-164.0, 0.0]. Start from the error."),
        (lambda x, y, theta: [2 * (theta[0] * x + theta[1] - y)] * 2, "the first entry lacks its x"),
        (lambda x, y, theta: [0.0, 0.0], "everything is 0"),
        (lambda x, y, theta: [x, y], "gives [2.0, 45.0]. Start from the error."),
        (lambda x, y, theta: [x], "is a list of 1 number, and a list of 2 numbers is wanted: too few. Start"),
        (lambda x, y, theta: [x, y, 1], "is a list of 3 numbers, and a list of 2 numbers is wanted: too many. Start"),
        (
            lambda x, y, theta: [POINT.solution(x, y, theta)],
            "may be right, but they are one level too deep",
        ),
        (blank, "Nothing to check yet: write what blank does in place of the dots."),
        (forgets, "returns None. Does it end with a `return`?"),
        (lambda x, y, theta: [str(v) for v in POINT.solution(x, y, theta)], "and a list of 2 numbers is wanted"),
        (lambda x, y, theta: "text", "is the text 'text', and numbers are wanted"),
        (lambda x, y, theta: [np.nan, 1], "holds nan"),
        (lambda x, y, theta: (v for v in (1, 2)), "is a generator"),
        (lambda x, y, theta: 1 / 0, "stopped with ZeroDivisionError: division by zero. Start from the error."),
        (lambda x, y: 1, "cannot be called with 3 arguments"),
        (for_ever, "calls itself without end"),
        (leaves, "stopped with SystemExit"),
        (mutates, "changed what it was given: argument 3 came out as [1.0, 2.0, 0]"),
        (POINT.solution(2, 45, [1, 2]), "hand in the function itself, without calling it"),
    ],
)
def test_what_is_said_to_a_wrong_function(answer, said):
    verdict = POINT.judge(answer)
    assert not verdict
    assert said in verdict.message


@pytest.mark.parametrize("function", [never_returns, swallows_everything])
def test_what_never_returns_is_stopped(function):
    begin = time.monotonic()
    outcome = call(function, (1, 2, [3]), seconds=0.2)
    assert "had not come back after 0.2 seconds and was stopped" in outcome.problem
    assert time.monotonic() - begin < 5


def test_what_never_returns_is_stopped_where_interrupts_are_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert "was stopped" in call(never_returns, (1, 2, [3]), seconds=0.2).problem
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_after_a_deadline_nothing_interrupts_what_comes_next():
    call(never_returns, (1, 2, [3]), seconds=0.1)
    call(lambda: None, (), seconds=0.05)
    time.sleep(0.2)


def test_what_is_printed_is_held_back_and_counted(capsys):
    verdict = POINT.judge(prints)
    assert verdict
    assert "printed 1000 lines, held back here; the first is 'line 0'" in verdict.message
    assert capsys.readouterr().out == ""


def test_the_reader_may_still_interrupt():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(interrupted, ())


def test_numbers_are_compared_with_patience():
    half = Number(expected=[1.0, 2.0], praise="Yes.", advice="Think.", tolerance=5e-3)
    assert half.judge((1.001, 2))
    assert "half as large" in half.judge([0.5, 1]).message
    assert half.judge([[1, 2]]).message.startswith("Not yet: your answer is a table of shape (1, 2), and a list of 2")
    assert "Call it first?" in half.judge(lambda: 1).message
    assert "was something rounded on the way" in half.judge([1.01, 2]).message
    assert (
        half.judge([1.03, 2]).message == "Not yet: this is [1.03, 2.0]. Think."
    )  # near 1 to 3 % of 1, though to less of 2
    assert half.judge([3, 1]).message == "Not yet: this is [3.0, 1.0]. Think."


def test_a_single_number_comes_out_of_its_list():
    single = Number(expected=75.0, praise="Yes.", advice="Think.")
    assert single.judge([75]).message == (
        "Not yet: your answer is a list of 1 number, and a single number is wanted: take the one number out of its "
        "list. Think."
    )


def test_what_is_0_but_for_rounding_is_0():
    nothing = Number(expected=[0.0, 0.0], praise="Yes.", advice="Think.", slips=[Slip([1.0, 0.0], "no.")])
    assert nothing.judge([1e-13, -2e-14])
    assert not nothing.judge([1e-3, 0])
    assert check("curve-through-three", [3e-12, 0, -1e-13]).message == (
        "Not yet: those are the residuals; hand in the parameters."
    )
