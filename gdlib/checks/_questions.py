"""Kinds of questions, and how each judges an answer.

An answer is compared with what is right, then with each slip that its question knows, then with what often goes wrong:
the container, the order of the arguments, the sign, a factor, the order of the numbers, one of several, the number of
digits. Only then is it said where it differs, and what to try.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from dis import get_instructions
from inspect import signature
from itertools import pairwise, permutations
from types import FunctionType
from typing import Any
from warnings import catch_warnings

from gdlib.checks._guard import called, calls, look_at, written
from gdlib.checks._numbers import Numbers, numbers
from gdlib.checks._reading import Reading, of_error
from gdlib.checks._verdict import Verdict

MISSING = "Nothing to check yet: put your answer in place of the dots."
BLANK = "Nothing to check yet: write what {} does in place of the dots."
NEAR = 0.005  # what rounding on the way makes, and no other mistake is as small as a rule
MANY = 1e5  # beyond this factor, every number is whole to five digits
NOTHING = {"RESUME", "NOP", "COPY_FREE_VARS", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}  # opcodes of an empty body


@dataclass(frozen=True)
class Slip:
    """A mistake that is known: the answer it leads to (of a `Function`, the function), and a sentence that helps."""

    answer: Any
    message: str
    tolerance: float | None = None  # where the slip is only nearly reproducible; else the question's


class Question(ABC):
    """Something that has a right answer."""

    @property
    @abstractmethod
    def right(self) -> Any:
        """A right answer; the tests hand it in."""

    def judge(self, answer: Any) -> Verdict:
        """What to say to an answer, whatever it is."""
        try:
            return self._judge(answer)
        except Exception as error:  # a fault in a question should not stop a notebook
            return Verdict(False, f"This cannot be judged: the question itself stopped with {of_error(error)}.")

    @abstractmethod
    def _judge(self, answer: Any) -> Verdict:
        """What to say to an answer."""


@dataclass(frozen=True)
class Number(Question):
    """A number, or an array of numbers if ``expected`` is one.

    Parameters
    ----------
    expected : float or array_like
    praise : str
        Said after "Right." What the answer shows.
    advice : str
        What to try where no slip is recognised.
    slips : sequence of Slip
    tolerance : float
        Relative to the largest number expected; as it is where that is 0. An answer to three digits needs 5e-4.
    """

    expected: Any
    praise: str
    advice: str
    slips: Sequence[Slip] = ()
    tolerance: float = 1e-6

    @property
    def right(self) -> Any:
        """The expected numbers."""
        return self.expected

    def _judge(self, answer: Any) -> Verdict:
        if callable(answer):
            kind = _kind(numbers(self.expected).shape)
            return Verdict(False, f"Not yet: {kind} is wanted, and this is a function. Call it first?")
        reading = look_at(answer)
        if reading.missing:
            return Verdict(False, MISSING)
        for slip in self.slips:
            if equal(reading.numbers, numbers(slip.answer), slip.tolerance or self.tolerance):
                return Verdict(False, f"Not yet: {slip.message}")
        wanted = numbers(self.expected)
        found = as_numbers(reading, wanted.shape, "your answer")
        if isinstance(found, str):
            helped = "" if same_numbers(reading, wanted, self.tolerance) else f" {self.advice}"
            return Verdict(False, f"Not yet: {found}.{helped}")
        if equal(found, wanted, self.tolerance):
            return Verdict(True, f"Right. {self.praise}")
        pattern = recognised([found], [wanted], self.tolerance)
        given = f"this is {written([found])}{some_right([found], [wanted], self.tolerance)}."
        return Verdict(False, f"Not yet: {pattern or given} {self.advice}")


@dataclass(frozen=True)
class Choice(Question):
    """One of several words; each has its own reply, of which the right one begins with why it is right.

    Parameters
    ----------
    replies : mapping of str to str
    correct : str
    """

    replies: Mapping[str, str]
    correct: str

    @property
    def right(self) -> str:
        """The word."""
        return self.correct

    def _judge(self, answer: Any) -> Verdict:
        reading = look_at(answer)
        if reading.missing:
            return Verdict(False, MISSING)
        word = (reading.text or "").lower()
        if word not in self.replies:
            words = ", ".join(map(repr, self.replies))
            return Verdict(False, f"Choose one of {words}; {reading.shown} is none of them.")
        return Verdict(
            word == self.correct, f"{'Right.' if word == self.correct else 'Not quite:'} {self.replies[word]}"
        )


@dataclass(frozen=True)
class Function(Question):
    """A function of numbers, lists or arrays that returns numbers.

    Parameters
    ----------
    solution : callable
    cases : sequence of tuples
        The arguments that it is called with, the plainest first.
    praise, advice : str
        As in `Number`.
    slips : sequence of Slip
        Their answers are functions, wrong in a way that has been seen.
    tolerance : float
        Relative to the largest number of each case.
    """

    solution: Callable[..., Any]
    cases: Sequence[tuple[Any, ...]]
    praise: str
    advice: str
    slips: Sequence[Slip] = ()
    tolerance: float = 1e-9
    _wanted: list[Numbers] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_wanted", self._results(self.solution))

    @property
    def right(self) -> Callable[..., Any]:
        """The function."""
        return self.solution

    def _judge(self, answer: Any) -> Verdict:
        if not callable(answer):
            reading = look_at(answer)
            if reading.missing:
                return Verdict(False, MISSING)
            return Verdict(
                False, f"Not yet: hand in the function itself, without calling it; {reading.shown} is no function."
            )
        name, outcomes = called(answer), calls(answer, self.cases)
        remark = next((outcome.remark for outcome in outcomes if outcome.remark), "")
        last = outcomes[-1]
        if last.value is None:
            order = "" if last.late else self._order_in_which_it_is_right(answer)
            helped = _other_order(order) if order else f"{_ended(last.problem)} {self.advice}"
            return Verdict(False, f"Not yet: {helped}{remark}")
        if last.value.missing:
            if is_blank(answer):
                return Verdict(False, BLANK.format(name))
            asked = f"{name}({written(self.cases[len(outcomes) - 1])})"
            if returns_something(answer):
                helped = f"{asked} returns None: with these arguments none of its `return`s is reached. {self.advice}"
            else:
                helped = f"{asked} returns None. Does it end with a `return`?"
            return Verdict(False, f"Not yet: {helped}{remark}")
        values = [outcome.value for outcome in outcomes if outcome.value]
        if self._alike(values, self._wanted, self.tolerance):
            return Verdict(True, f"Right. {self.praise}{remark}")
        return Verdict(False, f"Not yet: {self._what_is_wrong(answer, name, values)}{remark}")

    def _what_is_wrong(self, answer: Callable[..., Any], name: str, values: Sequence[Reading]) -> str:
        for slip in self.slips:
            if self._alike(values, self._results(slip.answer), slip.tolerance or self.tolerance):
                return slip.message
        if order := self._order_that_gives(values):
            return _other_order(order)
        asked, found = [f"{name}({written(arguments)})" for arguments in self.cases], []
        for what, value, wanted in zip(asked, values, self._wanted, strict=True):
            given = as_numbers(value, wanted.shape, what)
            if isinstance(given, str):
                if order := self._order_in_which_it_is_right(answer):
                    return _other_order(order)
                pairs = zip(values, self._wanted, strict=True)
                only_that = all(same_numbers(*pair, self.tolerance) for pair in pairs)
                return f"{given}." if only_that else f"{given}. {self.advice}"
            found.append(given)
        if pattern := recognised(found, self._wanted, self.tolerance):
            return f"{pattern} {self.advice}"
        right = [equal(*pair, self.tolerance) for pair in zip(found, self._wanted, strict=True)]
        place = right.index(False)
        also = f"{sum(right)} of {len(right)} trials are right, but " if any(right) else ""
        which = some_right(found, self._wanted, self.tolerance)
        return f"{also}{asked[place]} gives {written([found[place]])}{which}. {self.advice}"

    def _alike(self, values: Sequence[Reading], wanted: list[Numbers], tolerance: float) -> bool:
        pairs = zip(values, wanted, strict=True)
        return all(equal(value.numbers, right, tolerance) for value, right in pairs)

    def _order_that_gives(self, values: Sequence[Reading]) -> str:
        """How the function should take its arguments, if it is right for these in another order."""
        for order in _orders(len(self.cases[0])):
            with suppress(Exception), catch_warnings(action="ignore"):
                others = [numbers(self.solution(*(case[k] for k in order))) for case in self.cases]
                if self._alike(values, others, self.tolerance):
                    return self._names
        return ""

    def _order_in_which_it_is_right(self, answer: Callable[..., Any]) -> str:
        """The same of a function that gives no such numbers for the arguments as they come."""
        for order in _orders(len(self.cases[0])):
            outcomes = calls(answer, [[case[k] for k in order] for case in self.cases])
            values = [outcome.value for outcome in outcomes if outcome.value]
            if len(values) == len(self.cases) and self._alike(values, self._wanted, self.tolerance):
                return self._names
            if outcomes[-1].late:
                break
        return ""

    @property
    def _names(self) -> str:
        return ", ".join(signature(self.solution).parameters)

    def _results(self, function: Callable[..., Any]) -> list[Numbers]:
        return [numbers(function(*arguments)) for arguments in self.cases]


def returns_something(function: Callable[..., Any]) -> bool:
    """Whether a function can return anything but None."""
    if type(function) is not FunctionType:
        return False
    steps = list(get_instructions(function.__code__))
    if any(step.opname == "RETURN_CONST" and step.argval is not None for step in steps):
        return True
    ends = [before for before, step in pairwise(steps) if step.opname == "RETURN_VALUE"]
    return any(before.opname != "LOAD_CONST" or before.argval is not None for before in ends)


def is_blank(function: Callable[..., Any]) -> bool:
    """Whether a function has no body but the dots, and perhaps a docstring."""
    if type(function) is not FunctionType:  # other objects may have a `__code__` of another kind
        return False
    return {each.opname for each in get_instructions(function.__code__)} <= NOTHING


def as_numbers(answer: Reading, shape: tuple[int, ...], whose: str) -> Numbers | str:
    """The answer as finite numbers of the shape, or a sentence about why it is none."""
    if answer.text is not None:
        hint = ": leave out the quotation marks" if any(map(str.isdigit, answer.text)) else ""
        return f"{whose} {answer.else_it}, and numbers are wanted{hint}"
    if answer.shape is None:
        return f"{whose} {answer.else_it}, and {_kind(shape)} is wanted"
    if answer.numbers is None or answer.shape != shape:
        hint = _misfit(answer.shape, shape)
        return f"{whose} is {_kind(answer.shape)}, and {_kind(shape)} is wanted: {hint}"
    if any(map(math.isnan, answer.numbers.flat)):
        return f"{whose} holds nan: something is inf - inf or 0 / 0 on the way"
    if any(map(math.isinf, answer.numbers.flat)):
        size = "holds inf, or a number as good as inf"
        return f"{whose} {size}: it grew beyond the range of a float, or was divided by 0"
    return answer.numbers


def same_numbers(answer: Reading, wanted: Numbers, tolerance: float) -> bool:
    """Whether an answer of another shape, or in quotation marks, holds the numbers wanted, in their order."""
    found = answer.numbers
    if answer.text is not None:
        with suppress(ValueError):
            found = numbers(float(answer.text))
    return found is not None and equal(_joined([found]), _joined([wanted]), tolerance)


def _orders(count: int) -> list[tuple[int, ...]]:
    """The other orders of so many arguments; where these are many, those in which two have changed places."""
    orders = list(permutations(range(count)))[1:]
    return orders if count < 5 else [each for each in orders if sum(k != at for at, k in enumerate(each)) == 2]


def _other_order(names: str) -> str:
    return f"it would be right if its arguments came in another order. They come as ({names})."


def _misfit(found: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """What keeps numbers of one shape from having the other."""
    if math.prod(found) != math.prod(wanted):
        return "too many" if math.prod(found) > math.prod(wanted) else "too few"
    if not wanted:
        return "take the one number out of its list"
    if len(found) == len(wanted):
        return "the numbers may be right, but not their arrangement"
    return f"the numbers may be right, but they are one level too {'deep' if len(found) > len(wanted) else 'flat'}"


def _ended(sentence: str) -> str:
    """A sentence with its full stop, if it has no end of its own."""
    return sentence if sentence.endswith(("?", ".")) else f"{sentence}."


def _kind(shape: tuple[int, ...]) -> str:
    if not shape:
        return "a single number"
    if len(shape) > 1:
        return f"a table of shape {shape}"
    return f"a list of {shape[0]} number" + "s" * (shape[0] != 1)


def equal(found: Numbers | None, wanted: Numbers, tolerance: float) -> bool:
    """Whether these are the numbers wanted, to a share of the largest of them, or as they are if all of them are 0."""
    if found is None or found.shape != wanted.shape:
        return False
    largest = max(map(abs, wanted.flat), default=0.0)
    size = max(1e-12, largest) if largest else 1.0
    return all(abs(one / size - other / size) <= tolerance for one, other in zip(found.flat, wanted.flat, strict=True))


def recognised(found: Sequence[Numbers], wanted: Sequence[Numbers], tolerance: float) -> str | None:
    """What all answers have in common with the right ones, as a sentence; None if there is nothing."""
    ours, right = (_joined(side).flat for side in (found, wanted))
    if not any(right):
        return None
    if not any(ours):
        return "everything is 0."
    if equal(_joined(found), numbers([-each for each in right]), tolerance):
        return "the sizes are right, and the sign is the other way round."
    pairs, largest = list(zip(ours, right, strict=True)), max(map(abs, right))
    # A single number is always some multiple of another, so only a factor of 2 is worth mentioning.
    factor = _factor(ours, right)
    telling = sum(map(bool, right)) > 1 or _is_close(abs(factor), 0.5) or _is_close(abs(factor), 2)
    off = abs(factor - 1)
    # Entry by entry, and by much less than the factor itself is off: or one wrong number would pass for all of them.
    share = max(min(tolerance, off / 20), 1e-6)
    slack = 1e-9 * largest
    multiple = factor != 0 and all(abs(one / factor - other) <= share * abs(other) + slack for one, other in pairs)
    if math.isfinite(factor) and telling and off > max(2 * tolerance, 0.005) and multiple:
        return _of_factor(factor)
    turned = [each.reversed() for each in wanted]
    if any(each.shape for each in wanted) and all(equal(*pair, tolerance) for pair in zip(found, turned, strict=True)):
        return "the numbers are right, and their order is reversed."
    if any(len(each.flat) > 2 for each in wanted) and all(map(_permuted, found, wanted, [tolerance] * len(wanted))):
        return "the numbers are right, and their order is another one."
    if len(right) == 1 and right[0] > 2 and ours[0] == round(ours[0]) and abs(ours[0] - right[0]) == 1:
        return "off by one: is it one too many, or one too few?"
    if all(abs(one - other) <= max(NEAR * abs(other), tolerance * largest) for one, other in pairs):
        return "very near, but not the same: was something rounded on the way?"
    return None


def _joined(several: Sequence[Numbers]) -> Numbers:
    """The numbers of all, as one list."""
    return numbers([each for one in several for each in one.flat])


def _factor(ours: Sequence[float], right: Sequence[float]) -> float:
    """By what the right numbers would have to be multiplied, by least squares; some of them are not 0."""
    largest = max(map(abs, right))
    units = [each / largest for each in right]  # whose squares are within a float's range
    shares = (each / largest * unit for each, unit in zip(ours, units, strict=True))
    return sum(shares) / sum(unit * unit for unit in units)


def _is_close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-5)


def _permuted(found: Numbers, wanted: Numbers, tolerance: float) -> bool:
    return equal(numbers(sorted(found.flat)), numbers(sorted(wanted.flat)), tolerance)


def some_right(found: Sequence[Numbers], wanted: Sequence[Numbers], tolerance: float) -> str:
    """Which numbers of a list are right every time, if some are and some are not, as the end of a sentence."""
    lengths = {each.shape for each in wanted}
    if len(lengths) > 1 or not (shape := lengths.pop()) or len(shape) > 1 or shape[0] < 2:
        return ""
    sizes = [max(map(abs, each.flat)) or 1.0 for each in wanted]
    trials = [(one.flat, other.flat, size) for one, other, size in zip(found, wanted, sizes, strict=True)]
    share = min(tolerance, NEAR)
    fits = [all(abs(one[k] - other[k]) <= share * size for one, other, size in trials) for k in range(shape[0])]
    telling = any(fit and any(each.flat[k] for each in wanted) for k, fit in enumerate(fits))
    if all(fits) or not telling:  # a 0 where 0 is wanted says little
        return ""
    return f": the {_places(fits)} right, and the {_places([not fit for fit in fits])} not"


def _places(which: Sequence[bool]) -> str:
    names = ["first", "second", "third", "fourth", "fifth", "sixth"]
    places = [names[k] if k < len(names) else f"{k + 1}th" for k, here in enumerate(which) if here]
    together = " and ".join(([", ".join(places[:-1])] if places[1:] else []) + places[-1:])
    return f"{together} number{'s are' if places[1:] else ' is'}"


def _of_factor(factor: float) -> str:
    sign = "the right sign" if factor > 0 else "the wrong sign"
    size = abs(factor)
    if _is_close(size, 0.5):
        return f"{sign}, but half as large: did you lose a 2?"
    if _is_close(size, 2):
        return f"{sign}, but twice as large: does a 2 come in twice?"
    if 1 < size < MANY and _is_close(size, round(size)):
        return f"{sign}, but {round(size)} times as large: is it a sum where a mean is wanted?"
    if 1 > size > 1 / MANY and _is_close(1 / size, round(1 / size)):
        return f"{sign}, but divided by {round(1 / size)} once too often."
    return f"{sign}, but everything is {size:.3g} times as large as it should be."
