"""A row of the table: what was measured, beside its bound."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from timeit import timeit
from typing import Any

from side_by_side import medians

FASTER, AT_MOST = "faster", "at most"
TURN = 0.02  # seconds that a way has at least, each time that it is its turn
WIDTH = 66  # of what a printed row is about
_UNITS = {"times": "{:.2f}", "MB": "{:.1f} MB", "relative difference": "{:.1e}"}


@dataclass(frozen=True)
class Row:
    """A number that a bound holds for: a ratio of times, or where the unit says so megabytes or a difference."""

    what: str
    measured: float
    kind: str
    bound: float | None = None
    unit: str = "times"
    seconds: dict[str, float] = field(default_factory=dict)
    repeats: int = 1

    @property
    def met(self) -> bool | None:
        """Whether the bound is met; None where there is none."""
        if self.bound is None:
            return None
        return self.measured >= self.bound if self.kind == FASTER else self.measured <= self.bound

    def __str__(self) -> str:
        verdict = {True: "met", False: "missed", None: ""}[self.met]
        bound = "" if self.bound is None else f"{'at least' if self.kind == FASTER else self.kind} {self.bound:g}"
        times = ", ".join(f"{name} {seconds:.3g} s" for name, seconds in self.seconds.items())
        line = f"  {self.what:<{WIDTH}}{_UNITS[self.unit].format(self.measured):>10}  {bound:<14}{verdict:<7}{times}"
        return line.rstrip()

    def stored(self) -> dict[str, Any]:
        """The row for JSON."""
        return asdict(self) | {"met": self.met}


@dataclass(frozen=True)
class Skipped:
    """A row that a missing library, or another system, leaves out."""

    what: str
    missing: str

    def __str__(self) -> str:
        return f"  {self.what:<{WIDTH}}skipped: no {self.missing}"

    def stored(self) -> dict[str, Any]:
        """The row for JSON."""
        return {"what": self.what, "skipped": f"no {self.missing}"}


def faster(what: str, seconds: dict[str, float], ours: str, other: str, bound: float | None, repeats: int) -> Row:
    """How many times less ours takes than the other."""
    two = {ours: seconds[ours], other: seconds[other]}
    return Row(what, seconds[other] / seconds[ours], FASTER, bound, "times", two, repeats)


def at_most(what: str, seconds: dict[str, float], ours: str, other: str, bound: float | None, repeats: int) -> Row:
    """How many times the other's time ours takes."""
    two = {ours: seconds[ours], other: seconds[other]}
    return Row(what, seconds[ours] / seconds[other], AT_MOST, bound, "times", two, repeats)


def timed(ways: dict[str, Callable[[], Any]], repeats: int) -> dict[str, float]:
    """Median seconds of ways that need no argument, taken in turn.

    As with `timeit`, a way that is done in no time is called as often as fills its turn: a single call of 0.1 ms
    after something else would mostly tell how long the processor takes to get its code and data back.
    """
    calls = {name: max(1, round(TURN / timeit(way, number=1))) for name, way in ways.items()}
    turns = {name: lambda _, way=way, name=name: timeit(way, number=calls[name]) for name, way in ways.items()}
    return {name: seconds / calls[name] for name, seconds in medians(turns, range(repeats)).items()}
