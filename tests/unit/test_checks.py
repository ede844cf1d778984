"""What `check` says to right answers, to slips, and to everything else that a reader may hand in."""

import re
from importlib import import_module
from itertools import permutations
from pkgutil import iter_modules

import numpy as np
import pytest
from notebooks import ROOT

from gdlib import checks
from gdlib.checks import _copy, check, questions
from gdlib.checks._questions import Function, Number, Slip
from gdlib.checks._reading import of_error


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Functions are called in this process, which is faster; test_guard.py calls them in copies."""
    monkeypatch.setattr(_copy, "_start", lambda work: None)


LABELS = sorted(questions())


def test_the_right_answer_is_right():
    for label in LABELS:
        verdict = check(label, questions()[label].right)
        assert verdict, label
        assert repr(verdict) == verdict.message
        assert verdict.message.startswith("Right. "), label


def test_a_slip_is_known_by_its_name():
    for label in LABELS:
        for slip in getattr(questions()[label], "slips", ()):
            verdict = check(label, slip.answer)
            assert (verdict.right, verdict.message) == (False, f"Not yet: {slip.message}"), label


def test_whatever_comes_the_check_answers_in_words():
    for label in LABELS:
        for answer in (..., "eight", [], lambda: 1, np.nan):
            verdict = check(label, answer)
            assert not verdict, label
            assert len(verdict.message) > 20, label
            assert verdict.message.strip() not in ("Wrong.", "Not yet:"), label


def test_every_word_has_its_reply():
    for label in LABELS:
        for word, reply in getattr(questions()[label], "replies", {}).items():
            verdict = check(label, word.upper())
            assert verdict.right == (word == questions()[label].correct), label
            assert reply in verdict.message, label


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
    theta[0] = 0.0
    return [0.0, 0.0]


def for_ever(x, y, theta):
    return for_ever(x, y, theta)


def blank(x, y, theta):
    """Still to be written."""
    ...


def forgets(x, y, theta):
    error = theta[0] * x + theta[1] - y
    _ = [2 * error * x, 2 * error]


def changed(change):
    return lambda x, y, theta: change(POINT.solution(x, y, theta))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (changed(lambda found: [v / 2 for v in found]), "right sign, but half as large: did you lose a 2?"),
        (changed(lambda found: [2 * v for v in found]), "twice as large"),
        (changed(lambda found: [-v for v in found]), "the sign is the other way round"),
        (changed(lambda found: found[::-1]), "their order is reversed"),
        (changed(lambda found: [4 * v for v in found]), "4 times as large: is it a sum where a mean"),
        (changed(lambda found: [v / 3 for v in found]), "divided by 3 once too often"),
        (changed(lambda found: [1.01 * v for v in found]), "1.01 times as large"),
        (changed(lambda found: [v + 0.3 for v in found]), "very near"),
        (changed(lambda found: [v + 1 for v in found]), "gives [-163.0, -81.0]. Start from the error."),
        (
            changed(lambda found: [found[0], 0.0]),
            "gives [-164.0, 0.0]: the first number is right, and the second number is not.",
        ),
        (changed(lambda found: [found[1]] * 2), "the first entry lacks its x"),
        (changed(lambda found: [found]), "may be right, but they are one level too deep"),
        (changed(lambda found: list(map(str, found))), "and a list of 2 numbers is wanted"),
        (lambda x, y, theta: [0.0, 0.0], "everything is 0"),
        (lambda x, y, theta: [x], "is a list of 1 number, and a list of 2 numbers is wanted: too few. Start"),
        (lambda x, y, theta: [x, y, 1], "is a list of 3 numbers, and a list of 2 numbers is wanted: too many. Start"),
        (blank, "Nothing to check yet: write what blank does in place of the dots."),
        (forgets, "returns None. Does it end with a `return`?"),
        (lambda x, y, theta: "text", "is the text 'text', and numbers are wanted"),
        (lambda x, y, theta: [np.nan, 1], "holds nan"),
        (lambda x, y, theta: 1 / 0, "stopped with ZeroDivisionError: division by zero. Start from the error."),
        (lambda x, y: 1, "cannot be called with 3 arguments"),
        (for_ever, "calls itself without end"),
        (mutates, "changed what it was given: argument 3 came out as [0.0, 2.0]"),
        (POINT.solution(2, 45, [1, 2]), "hand in the function itself, without calling it"),
    ],
)
def test_what_is_said_to_a_wrong_function(answer, said):
    verdict = POINT.judge(answer)
    assert not verdict
    assert said in verdict.message


def test_numbers_are_compared_with_patience():
    half = Number(expected=[1.0, 2.0], praise="Yes.", advice="Think.", tolerance=5e-3)
    exact = Number(expected=[1.0, 2.0], praise="Yes.", advice="Think.")
    assert half.judge((1.001, 2))
    for answer, said in (
        ([0.5, 1], "half as large"),
        ([[1, 2]], "Not yet: your answer is a table of shape (1, 2), and a list of 2"),
        (lambda: 1, "Call it first?"),
        ([1.03, 2], "Not yet: this is [1.03, 2.0]: the second number is right, and the first number is not. Think."),
        ([3, 1], "Not yet: this is [3.0, 1.0]. Think."),
        ([-1e7, 3e7], "Not yet: this is [-10000000.0, 30000000.0]. Think."),
        ([-2e-7, 3e-7], "Not yet: this is [-2e-07, 3e-07]. Think."),
    ):
        assert said in half.judge(answer).message
    assert "was something rounded on the way" in exact.judge([1.004, 2.009]).message
    whole = Number(expected=236, praise="Yes.", advice="Think.", tolerance=1e-4)
    assert whole.judge(237).message == "Not yet: off by one: is it one too many, or one too few? Think."


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            [75],
            "your answer is a list of 1 number, and a single number is wanted: take the one number out of its list.",
        ),
        ([74], "a single number is wanted: take the one number out of its list. Think."),
        ("75", "your answer is the text '75', and numbers are wanted: leave out the quotation marks."),
        ("74", "numbers are wanted: leave out the quotation marks. Think."),
    ],
)
def test_who_has_the_number_in_another_container_needs_no_other_advice(answer, said):
    assert Number(expected=75.0, praise="Yes.", advice="Think.").judge(answer).message.endswith(said)


def test_a_word_is_no_number_without_its_quotation_marks_either():
    verdict = Number(expected=75.0, praise="Yes.", advice="Think.").judge("zero")
    assert verdict.message == "Not yet: your answer is the text 'zero', and numbers are wanted. Think."


def returns_late(x, y, theta):
    for size in (x, y):
        if size < 0:
            return [size, size]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda y, x, theta: POINT.solution(x, y, theta), "They come as (x, y, theta)."),
        (lambda theta, x, y: POINT.solution(x, y, theta), "They come as (x, y, theta)."),  # an error as they come
        (returns_late, "returns None: with these arguments none of its `return`s is reached. Start from the error."),
        (lambda x, y, theta: [POINT.solution(x, y, theta)], "may be right, but they are one level too deep."),
    ],
)
def test_the_order_of_arguments_and_what_is_returned(answer, said):
    assert POINT.judge(answer).message.endswith(said)


# What can go wrong with every question


ARRAYS = [label for label in LABELS if isinstance(questions()[label], Number) and np.size(questions()[label].right) > 1]
NUMBERS = [label for label in LABELS if isinstance(questions()[label], Number)]
FUNCTIONS = [label for label in LABELS if isinstance(questions()[label], Function)]


@pytest.mark.parametrize("label", ARRAYS)
def test_one_wrong_number_of_several_is_not_said_to_be_all_of_them(label):
    right = np.array(questions()[label].right, dtype=float)
    for place in range(right.size):
        for change in (lambda value: 1.05 * value + 0.1, lambda value: value + 10, lambda value: 0.9 * value - 0.1):
            answer = right.copy()
            answer.flat[place] = change(right.flat[place])
            verdict = check(label, answer)
            assert not verdict
            assert not re.search("everything|very near|times as large|the numbers are right", verdict.message)


@pytest.mark.parametrize("label", NUMBERS)
def test_the_right_value_in_another_container_is_accepted_or_named_as_that(label):
    question = questions()[label]
    right = np.array(question.right, dtype=float)
    alike = [right, right.tolist(), np.float32(right) if not right.ndim else tuple(right.tolist())]
    if question.tolerance >= 1e-6:
        assert all(check(label, answer) for answer in alike)
    for answer in ([right.tolist()], (right,), np.array([right])):
        verdict = check(label, answer)
        assert not verdict
        known = any(verdict.message.endswith(slip.message) for slip in question.slips)
        assert known or not verdict.message.endswith(question.advice)


@pytest.mark.parametrize("label", FUNCTIONS)
def test_arguments_in_another_order_are_named(label):
    question = questions()[label]
    slips = [f"Not yet: {slip.message}" for slip in question.slips]
    for order in permutations(range(len(question.cases[0]))):
        moved = sum(k != place for place, k in enumerate(order))
        if not moved or (len(order) == 5 and moved > 2):
            continue

        def permuted(*arguments, order=order):
            return question.solution(*(arguments[k] for k in order))

        verdict = check(label, permuted)
        other = "it would be right if its arguments came in another order" in verdict.message
        assert other or verdict.message in slips or verdict.right
        if verdict.right:  # the order does not matter there
            pairs = [(question.solution(*case), permuted(*case)) for case in question.cases]
            assert all(np.allclose(*pair) for pair in pairs)


@pytest.mark.parametrize("label", FUNCTIONS)
def test_one_wrong_number_that_a_function_returns_is_not_said_to_be_all_of_them(label):
    question = questions()[label]
    wanted = [np.array(question.solution(*case), dtype=float) for case in question.cases]
    for place in range(min(each.size for each in wanted) if wanted[0].ndim else 0):

        def one_wrong(*arguments, place=place):
            found = np.array(question.solution(*arguments), dtype=float)
            found.flat[place] = 1.05 * found.flat[place] + 0.1
            return found

        verdict = check(label, one_wrong)
        assert not verdict
        if wanted[0].size > 1:
            assert not re.search("everything|very near|times as large|the numbers are right", verdict.message)


@pytest.mark.parametrize("label", NUMBERS)
def test_the_neighbour_s_answer_is_not_accepted_and_nothing_false_is_said_of_it(label):
    module = next(each for each in modules() if label in each)
    right = np.array(questions()[label].right, dtype=float)
    for other in module:
        if other == label or not isinstance(questions()[other], Number):
            continue
        answer = np.array(questions()[other].right, dtype=float)
        if np.array_equal(answer, right):
            continue
        verdict = check(label, answer)
        assert not verdict
        if "very near" in verdict.message or "off by one" in verdict.message:
            assert np.allclose(answer, right, rtol=0.006, atol=1.0)


def modules():
    """The labels of each chapter."""
    found = [import_module(f"gdlib.checks.{each.name}") for each in iter_modules(checks.__path__)]
    return [list(each.QUESTIONS) for each in found if hasattr(each, "QUESTIONS")]


def test_what_is_0_but_for_rounding_is_0():
    nothing = Number(expected=[0.0, 0.0], praise="Yes.", advice="Think.", slips=[Slip([1.0, 0.0], "no.")])
    assert nothing.judge([1e-13, -2e-14])
    assert not nothing.judge([1e-3, 0])
    assert check("curve-through-three", [3e-12, 0, -1e-13]).message == (
        "Not yet: those are the residuals; hand in the parameters."
    )


@pytest.mark.parametrize(
    ("clash", "says"),
    [
        (lambda X, v: X @ v, "@ pairs a row on its left, here of 2, with a column on its right, here of 4"),
        (lambda X, v: np.dot(X, v), "@ pairs a row on its left, here of 2, with a column on its right, here of 4"),
        (lambda X, v: X + v, "arrays of shapes (4,2) and (4,) cannot be paired entry by entry"),
    ],
)
def test_what_numpy_says_of_shapes_is_said_for_beginners(clash, says):
    with pytest.raises(ValueError, match=r"\d") as raised:
        clash(np.ones((4, 2)), np.ones(4))
    assert of_error(raised.value).startswith(f"ValueError: {says}")
