"""What a live figure can be told: settings.json, which the browser reads too, and what Python makes of it.

A setting has a ``kind``, one of `KINDS`, and a ``default``, unless every figure must be told; ``of`` what it is a
choice, and the ``most`` that it may be. ``changeable`` is what the reader may change: a link may carry it, and Reset
restores it. ``shown`` says in which figures: those with the setting of a name, with a switch for it, with a panel, or
with a rule that takes it. A ``slider`` has ``ends``: numbers, or names of settings, which stand for their values or
for the length of their lists; it may be ``log``, or have a ``step``. Its label is a word, and stands in
web/widget/messages.js.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from gdlib import _validate
from gdlib.costs import COSTS
from gdlib.rates import SEARCHES
from gdlib.rules import RULES
from gdlib.widgets.still import PANELS

STATIC = Path(__file__).parent / "static"  # made by tools/widget.py

SETTINGS: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("settings.json").read_text(encoding="utf-8"))

# The words that a setting may be chosen from.
CHOICES: dict[str, tuple[str, ...]] = {
    "rules": (*RULES, *SEARCHES),
    "losses": tuple(COSTS),
    "panels": tuple(PANELS),
    "switches": tuple(name for name, setting in SETTINGS.items() if setting["kind"] == "switch"),
}


def checked(name: str, value: Any) -> Any:
    """What a setting is set to, as Python's own values for the browser, or a ValueError."""
    setting = SETTINGS[name]
    return KINDS[setting["kind"]](value, name, setting)


def made(kind: Callable[..., Any], **given: Any) -> Any:
    """A rule, a cost or a search, with as much of what is given as it takes."""
    return kind(**{name: value for name, value in given.items() if name in taken(kind)})


def taken(kind: Any) -> set[str]:
    """The names of what a rule, a cost or a search is made of."""
    return {field.name for field in fields(kind)}


def is_shown(name: str, figure: Any) -> bool:
    """Whether a figure lets its reader change a setting."""
    return all(SHOWN[by](what, figure) for by, what in SETTINGS[name].get("shown", {}).items())


SHOWN: dict[str, Callable[[str, Any], bool]] = {
    "setting": lambda name, figure: bool(getattr(figure, name)),
    "switch": lambda name, figure: name in figure.switches,
    "panel": lambda name, figure: figure.panel == name,
    "rule": lambda name, figure: any(
        name in taken(RULES[rule]) for rule in (figure.rule, *figure.rules) if rule in RULES
    ),
}


def ends(name: str, figure: Any) -> tuple[float, float]:
    """The ends of a setting's slider: numbers, or the value of a setting, or the length of its list."""

    def end(given: Any) -> float:
        value = getattr(figure, given) if isinstance(given, str) else given
        return len(value) if isinstance(value, list) else value

    given = SETTINGS[name]["slider"]["ends"]
    low, high = getattr(figure, given) if isinstance(given, str) else map(end, given)
    return low, high


# For every kind of setting, what turns a caller's value, NumPy's included, into a plain Python value or refuses it.


def _points(value: Any, name: str, setting: dict[str, Any]) -> list[list[float]]:
    points = _validate.array(value, name, 2)
    if points.shape[1] != 2:
        raise ValueError(f"{name} must be pairs of x and y, but their shape is {points.shape}")
    return points.tolist()


def _pair(value: Any, name: str, setting: dict[str, Any]) -> list[float]:
    return _validate.parameters(value, name, 2).tolist()


def _range(value: Any, name: str, setting: dict[str, Any]) -> list[float]:
    low, high = _pair(value, name, setting)
    if not 0 < low < high:
        raise ValueError(f"{name} must be two positive numbers, the smaller first, but it is {[low, high]}")
    return [low, high]


def _whole(value: Any, name: str, setting: dict[str, Any]) -> int:
    most = setting.get("most", 2**53 - 1)  # the largest integer that JavaScript represents exactly
    if _validate.epochs(value, name) > most:
        raise ValueError(f"{name} must be at most {most}, but it is {value}")
    return int(value)


def _not_negative(value: Any, name: str, setting: dict[str, Any]) -> float:
    if _validate.number(value, name) < 0:
        raise ValueError(f"{name} must not be negative, but it is {value}")
    return float(value)


def _switch(value: Any, name: str, setting: dict[str, Any]) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, but it is {value!r}")
    return bool(value)


def _choice(value: Any, name: str, setting: dict[str, Any]) -> str:
    known = CHOICES[setting["of"]]
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}, but it is {value!r}")
    return str(value)


def _choices(value: Any, name: str, setting: dict[str, Any]) -> list[str]:
    words = [_choice(word, f"each of {name}", setting) for word in _listed(value, name, "a list")]
    if len(set(words)) < len(words):
        raise ValueError(f"{name} must hold each of its words once, but it is {words}")
    return words


def _epochs(value: Any, name: str, setting: dict[str, Any]) -> list[int]:
    return [_whole(epoch, name, setting) for epoch in _listed(value, name, "a list of epochs")]


def _listed(values: Any, name: str, wanted: str) -> list[Any]:
    """What a list, a tuple or an array holds."""
    if isinstance(values, Sequence) and not isinstance(values, str | bytes):
        return list(values)
    found = _validate.plain(values, name).tolist() if hasattr(values, "__array__") else values
    if not isinstance(found, list):
        raise ValueError(f"{name} must be {wanted}, but it is {values!r}")
    return found


KINDS: dict[str, Callable[[Any, str, dict[str, Any]], Any]] = {
    "points": _points,
    "pair": _pair,
    "range": _range,
    "positive": lambda value, name, _: _validate.positive(value, name),
    "not negative": _not_negative,
    "share": lambda value, name, _: _validate.share(value, name),
    "whole": _whole,
    "epochs": _epochs,
    "switch": _switch,
    "choice": _choice,
    "choices": _choices,
}
