"""Answers to what a reader tries.

``check("label", answer)`` says at once whether an answer is right and what it shows, or what went wrong where it knows.
Whatever an answer is or does, the check says so in words and the notebook goes on. The questions are those of the
chapters; each chapter has a module of its own here.
"""

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from gdlib.checks._questions import Choice, Function, Number, Question, Slip
from gdlib.checks._verdict import Verdict

__all__ = ["Choice", "Function", "Number", "Question", "Slip", "Verdict", "check", "questions"]


def questions() -> dict[str, Question]:
    """All questions by their labels. Where NumPy is missing, as it may be in a browser, those that need none.

    Examples
    --------
    >>> questions()["moved-point"].right
    75.0
    """
    return _loaded()[0]


@cache
def _loaded() -> tuple[dict[str, Question], list[ModuleNotFoundError]]:
    """The questions, and what those lack that could not be loaded: in a browser NumPy may be missing, or SciPy."""
    found: dict[str, Question] = {}
    problems = []
    for module in iter_modules(__path__):
        if not module.name.startswith("_"):
            try:
                found |= import_module(f"{__name__}.{module.name}").QUESTIONS
            except ModuleNotFoundError as problem:
                if problem.name not in ("numpy", "scipy"):
                    raise
                problems.append(problem)
    return found, problems


def check(label: str, answer: Any) -> Verdict:
    """What to say to an answer.

    Parameters
    ----------
    label : str
        The exercise's, as its chapter gives it.
    answer : object
        Numbers, a word or a function, as the exercise asks for. A function is called on copies, for a few seconds at
        most; on Linux in a copy of this process, where what it changes or starts remains.

    Returns
    -------
    Verdict
        A notebook shows its sentences.

    Raises
    ------
    ValueError
        If no exercise has this label.
    ModuleNotFoundError
        If the exercise's question may be one that lacks NumPy or SciPy.

    Examples
    --------
    >>> check("moved-point", 225)
    Not yet: that is the sum of the squares. The loss is their mean: divide by the number of points.
    """
    known, problems = _loaded()
    if not isinstance(label, str) or label not in known:
        if problems and not get_close_matches(str(label), known, 1, 0.8):
            raise problems[-1]
        near = get_close_matches(str(label), known, 3, 0.3)
        hint = f": did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise ValueError(f"no exercise is called {label!r}{hint}")
    return known[label].judge(answer)
