"""The live figure: a descent that runs in the browser, with or without a kernel behind it."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from numbers import Integral
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike

from gdlib import _validate
from gdlib.batches import MiniBatches
from gdlib.descent import Descent, descend
from gdlib.losses import GemanMcClure, MeanSquaredError
from gdlib.rates import Backtracking, ExactLineSearch, InverseTime, Rate
from gdlib.regression import design_matrix
from gdlib.rules import Adam, HeavyBall, Linear, Nesterov, Plain, Rule
from gdlib.scaling import standardize
from gdlib.spectrum import Regime, regime
from gdlib.stopping import SmallGain, SmallGradient, SmallStep, StoppingRule

__all__ = ["MOMENTUM_RULES", "DescentExplorer"]

HERE = Path(__file__).parent

# The figure's script, each part after those that it imports from.
SCRIPTS = ("numpy_random.js", "mathematics.js", "explorer.js")

# The browser runs all of them at every move of the rate: plain descent in a few milliseconds, mini-batches of single
# points in seconds, so that a figure with these asks for fewer.
MOST_EPOCHS = 100_000

RULES = ("plain", "heavy ball", "nesterov", "adam", "exact line search", "backtracking")
MOMENTUM_RULES = ("heavy ball", "nesterov")
STOPPING_RULES: dict[str, Callable[[float], StoppingRule]] = {
    "gradient": SmallGradient,
    "step": SmallStep,
    "gain": SmallGain,
}
SWITCHES = ("standardised", "shrinking")
PANELS = ("loss", "directions", "differences")


def module(files: Sequence[Path]) -> str:
    """ES modules as one, without their imports, of which each must stand in a file before."""
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    return re.sub(r"^import [^;]*;\n", "", text, flags=re.MULTILINE)


# Traits that take what the constructor takes, of NumPy and of others, and keep it as Python's own for the browser.


class _Float(traitlets.Float[float, Any]):
    def validate(self, obj: Any, value: Any) -> float:
        if not _validate.is_real(value):
            self.error(obj, value)
        with _as_trait_error():
            return super().validate(obj, _validate.as_float(value, str(self.name)))


class _Int(traitlets.Int[int, Any]):
    def validate(self, obj: Any, value: Any) -> int:
        if not isinstance(value, Integral):
            self.error(obj, value)
        return super().validate(obj, int(value))


class _Bool(traitlets.Bool[bool, Any]):
    def validate(self, obj: Any, value: Any) -> bool:
        if not isinstance(value, bool | np.bool_):
            self.error(obj, value)
        return bool(value)


class _List(traitlets.List[Any]):
    def set(self, obj: Any, value: Any) -> None:
        traitlets.Container.set(self, obj, value)  # and not, as List does, a list of it where it is a text

    def validate(self, obj: Any, value: Any) -> Any:
        with _as_trait_error():
            return super().validate(obj, _listed(value, str(self.name)))


class DescentExplorer(anywidget.AnyWidget):
    """Data with line, loss surface with path and gradient, and a third panel, all computed in the browser.

    Every argument is a trait of the same name, but for ``x`` and ``y``, which become ``points``; set one and the
    figure follows. `descent_explorer` puts sliders around it.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        At least two x must differ.
    start : array_like, shape (2,)
        ``[intercept, slope]``.
    learning_rate : float
        Positive; past the stable limit the figure says that the descent diverges.
    epochs : int
        From 0 to ``max_epochs``.
    max_epochs : int
        How far the epoch axis reaches, at most 100 000.
    tolerance : float
        The figure says when both parameters are this near to the best ones, in their units.
    rate_range : pair of float
        The ends of the learning rate's slider, for its marks.
    stops : list of int
        The epochs that buttons jump to, when the figure is made; those beyond ``max_epochs`` are left out.
    rule : str
        ``"plain"``, ``"heavy ball"``, ``"nesterov"``, ``"adam"``, ``"exact line search"`` or ``"backtracking"``. The
        last two are plain descent whose rate the search chooses; backtracking begins at ``learning_rate``.
    rules : list of str
        The rules that the reader may choose from, ``rule`` among them; empty: there is no choice.
    momentum : float
        From 0 to below 1; of ``"heavy ball"`` and ``"nesterov"``.
    batch_size : int
        So many points a step, as `gdlib.batches.MiniBatches` takes them, at most all; 0: every step sees all points.
        When a reader removes points, more than there are count as all.
    seed : int
        Of the mini-batches, 0 or more.
    half : int
        The rate shrinks as in `gdlib.rates.InverseTime`, to half after so many steps; 0: it is constant.
    shrinking : bool
        False keeps a rate constant that would shrink.
    standardised : bool
        Descend on the standardised x, ``[1, (x - mean) / deviation]``, ``start`` and ``tolerance`` included.
    scale : float
        Of the loss `gdlib.losses.GemanMcClure`; 0: the loss is the mean squared error.
    switches : list of str
        What the reader may switch: ``"standardised"``, ``"shrinking"``.
    panel : str
        The third panel: ``"loss"`` over the epochs, the distance from the minimum along the two ``"directions"`` of
        the eigenvectors, or the error of finite ``"differences"`` of the loss.
    difference : float
        The step h of these differences, times the larger of 1 and the parameter's size.
    stop_tolerance : float
        The figure says where each of the rules of `gdlib.stopping` would stop; 0: it does not.

    Attributes
    ----------
    points : list of pairs (x, y)
        The reader may have moved, added or removed some.
    loss : MeanSquaredError or GemanMcClure
        On these points, of the standardised x if the descent is.
    run : Descent
        The descent that the figure shows, every step of it.
    theta : ndarray, shape (2,)
        Where it stands: ``[intercept, slope]``, of the standardised x if the descent is.
    raw_theta : ndarray, shape (2,)
        The same line for the x as they are.
    stopped : dict of str to Descent
        The same descent as each of the rules ``"gradient"``, ``"step"`` and ``"gain"`` ends it, within ``max_epochs``;
        empty if ``stop_tolerance`` is 0.
    status : Regime or None
        Whether it converges, oscillates or diverges. None where no regime is known: for another loss than the mean
        squared error, Adam, line searches, mini-batches and rates that shrink.

    Raises
    ------
    ValueError
        If an argument makes no sense.
    traitlets.TraitError
        If a trait does: the points are all above one another, the rate is negative, the epochs go beyond their
        maximum and the like. A trait that is set to such a thing keeps what it had.

    References
    ----------
    anywidget, "Getting Started"; Goh, "Why Momentum Really Works", Distill, 2017, for the live pages.

    Examples
    --------
    >>> explorer = DescentExplorer([2, 4, 5], [45, 85, 105], start=[0, 0], learning_rate=0.01, epochs=100)
    >>> explorer.theta.round(1)
    array([ 4.9, 20. ])
    >>> explorer.learning_rate = 0.5
    >>> explorer.status.name
    'DIVERGES'

    >>> explorer = DescentExplorer([2, 4, 5], [45, 85, 105], start=[0, 0], learning_rate=0.02, epochs=100)
    >>> explorer.rule, explorer.momentum = "heavy ball", 0.8
    >>> explorer.theta.round(1), explorer.status.name
    (array([ 5., 20.]), 'OSCILLATES')
    >>> explorer.standardised = True
    >>> explorer.theta.round(1), explorer.raw_theta.round(1)
    (array([78.3, 24.9]), array([ 5., 20.]))
    """

    _esm = module([HERE / name for name in SCRIPTS])
    _css = HERE / "explorer.css"

    points: traitlets.List[list[float]] = _List().tag(sync=True)
    start: traitlets.List[float] = _List().tag(sync=True)
    learning_rate = _Float().tag(sync=True)
    epochs = _Int().tag(sync=True)
    max_epochs = _Int().tag(sync=True)
    tolerance = _Float().tag(sync=True)
    rate_range: traitlets.List[float] = _List().tag(sync=True)
    stops: traitlets.List[int] = _List().tag(sync=True)
    rule = traitlets.Unicode("plain").tag(sync=True)
    rules: traitlets.List[str] = _List().tag(sync=True)
    momentum = _Float(0.9).tag(sync=True)
    batch_size = _Int(0).tag(sync=True)
    seed = _Int(0).tag(sync=True)
    half = _Int(0).tag(sync=True)
    shrinking = _Bool(True).tag(sync=True)
    standardised = _Bool(False).tag(sync=True)
    scale = _Float(0.0).tag(sync=True)
    switches: traitlets.List[str] = _List().tag(sync=True)
    panel = traitlets.Unicode("loss").tag(sync=True)
    difference = _Float(0.1).tag(sync=True)
    stop_tolerance = _Float(0.0).tag(sync=True)
    home = traitlets.Dict(help="what the button Reset returns to").tag(sync=True)
    linkable = traitlets.Bool(False, help="whether the page's address may carry the state").tag(sync=True)

    def __init__(
        self,
        x: ArrayLike,
        y: ArrayLike,
        start: ArrayLike,
        learning_rate: float = 0.001,
        epochs: int = 100,
        max_epochs: int = 1000,
        tolerance: float = 0.01,
        rate_range: tuple[float, float] = (1e-4, 1.0),
        stops: Sequence[int] = (100, 200, 1000),
        *,
        rule: str = "plain",
        rules: Sequence[str] = (),
        momentum: float = 0.9,
        batch_size: int = 0,
        seed: int = 0,
        half: int = 0,
        shrinking: bool = True,
        standardised: bool = False,
        scale: float = 0.0,
        switches: Sequence[str] = (),
        panel: str = "loss",
        difference: float = 0.1,
        stop_tolerance: float = 0.0,
    ) -> None:
        x, y = _validate.pairs(x, y)
        stops = _listed(stops, "stops")
        if not isinstance(stops, list):
            raise ValueError(f"stops must be a list of epochs, but it is {stops!r}")
        if _validate.epochs(batch_size, "batch_size") > len(x):
            raise ValueError(f"batch_size must be at most the number of points, {len(x)}, but it is {batch_size}")
        home = {
            "points": np.column_stack([x, y]).tolist(),
            "start": _validate.parameters(start, "start", 2).tolist(),
            "learning_rate": _validate.positive(learning_rate, "learning_rate"),
            "epochs": _validate.epochs(epochs),
            "rule": _among(rule, "rule", RULES),
            "momentum": _validate.share(momentum, "momentum"),
            "batch_size": int(batch_size),
            "seed": _validate.epochs(seed, "seed"),
            "shrinking": _switch(shrinking, "shrinking"),
            "standardised": _switch(standardised, "standardised"),
            "difference": _validate.positive(difference, "difference"),
            "stop_tolerance": _not_negative(stop_tolerance, "stop_tolerance"),
        }
        super().__init__(
            **home,
            home=home,
            max_epochs=_validate.epochs(max_epochs, "max_epochs"),
            tolerance=_validate.positive(tolerance, "tolerance"),
            rate_range=_validate.array(rate_range, "rate_range", 1).tolist(),
            stops=[int(stop) for stop in stops if _validate.epochs(stop, "stops") <= max_epochs],
            rules=_some_of(rules, "rules", RULES),
            half=_validate.epochs(half, "half"),
            scale=_not_negative(scale, "scale"),
            switches=_some_of(switches, "switches", SWITCHES),
            panel=_among(panel, "panel", PANELS),
        )

    @property
    def loss(self) -> MeanSquaredError | GemanMcClure:
        """The loss on the points as they are."""
        return self._of(*_data(self.points, self.standardised))

    @property
    def run(self) -> Descent:
        """The descent that the figure shows."""
        return self._descend(self.epochs)

    @property
    def stopped(self) -> dict[str, Descent]:
        """What each stopping rule makes of the same descent over ``max_epochs``; empty if ``stop_tolerance`` is 0."""
        if not self.stop_tolerance:
            return {}
        return {
            name: self._descend(self.max_epochs, stop(self.stop_tolerance)) for name, stop in STOPPING_RULES.items()
        }

    def _descend(self, epochs: int, stop: StoppingRule | Sequence[StoppingRule] = ()) -> Descent:
        batches = None
        if self.batch_size:
            size = min(self.batch_size, len(self.points))  # points may have been removed
            batches = MiniBatches(*_data(self.points, self.standardised), size, self.seed, self._of)
        return descend(self.loss, self.start, self._rate, epochs, self._rule, batches, stop)

    def _of(self, X: np.ndarray, y: np.ndarray) -> MeanSquaredError | GemanMcClure:
        return GemanMcClure(X, y, self.scale) if self.scale else MeanSquaredError.from_data(X, y)

    @property
    def theta(self) -> np.ndarray:
        """Where the descent stands, ``[intercept, slope]``."""
        return self.run.theta

    @property
    def raw_theta(self) -> np.ndarray:
        """The line there for the x as they are, ``[intercept, slope]``."""
        return standardize(_column(self.points))[1].translate(self.theta) if self.standardised else self.theta

    @property
    def status(self) -> Regime | None:
        """Whether the descent converges, oscillates or diverges; None where no regime is known."""
        known = isinstance(self._rule, Linear) and isinstance(self._rate, float)
        if self.batch_size or not known:
            return None
        loss = self.loss
        return regime(loss, self.learning_rate, self._rule) if isinstance(loss, MeanSquaredError) else None

    @property
    def _rule(self) -> Rule:
        """What makes a direction of the gradient."""
        with_memory: dict[str, Rule] = {
            "heavy ball": HeavyBall(self.momentum),
            "nesterov": Nesterov(self.momentum),
            "adam": Adam(),
        }
        return with_memory.get(self.rule, Plain())

    @property
    def _rate(self) -> Rate:
        """The size of a step."""
        if self.rule == "exact line search":
            return ExactLineSearch()
        if self.rule == "backtracking":
            return Backtracking(self.learning_rate)
        return InverseTime(self.learning_rate, self.half) if self.half and self.shrinking else self.learning_rate

    # Traitlets undoes an assignment, or all those of an __init__, when a check of theirs ends in a TraitError.

    @traitlets.validate("points", "start", "standardised")
    def _check_loss(self, proposal: dict[str, Any]) -> list[Any] | bool:
        name, value = proposal["trait"].name, proposal["value"]
        now = {"points": self.points, "start": self.start, "standardised": self.standardised, name: value}
        with _as_trait_error():
            points = _validate.array(now["points"], "points", 2)
            if points.shape[1] != 2:
                raise ValueError(f"points must be pairs of x and y, but their shape is {points.shape}")
            start = _validate.parameters(now["start"], "start", 2)
            loss = MeanSquaredError.from_data(*_data(points, now["standardised"]))
            loss.minimum  # noqa: B018  (refuses points on top of one another)
            loss.value(start)  # refuses a start whose loss is beyond the range of a float
        return {"points": points.tolist(), "start": start.tolist()}.get(name, value)

    @traitlets.validate("learning_rate", "tolerance", "difference")
    def _check_positive(self, proposal: dict[str, Any]) -> float:
        with _as_trait_error():
            return _validate.positive(proposal["value"], proposal["trait"].name)

    @traitlets.validate("momentum")
    def _check_momentum(self, proposal: dict[str, Any]) -> float:
        with _as_trait_error():
            return _validate.share(proposal["value"], "momentum")

    @traitlets.validate("stop_tolerance")
    def _check_not_negative(self, proposal: dict[str, Any]) -> float:
        with _as_trait_error():
            return _not_negative(proposal["value"], "stop_tolerance")

    @traitlets.validate("batch_size", "seed")
    def _check_whole(self, proposal: dict[str, Any]) -> int:
        with _as_trait_error():
            return _whole(proposal["value"], proposal["trait"].name)

    @traitlets.validate("rule", "rules", "half", "scale", "switches", "panel")
    def _check_choices(self, proposal: dict[str, Any]) -> Any:
        now = {name: getattr(self, name) for name in ("rule", "rules", "half", "scale", "switches", "panel")}
        now[proposal["trait"].name] = proposal["value"]
        with _as_trait_error():
            rule, rules = _among(now["rule"], "rule", RULES), _some_of(now["rules"], "rules", RULES)
            half, scale = _whole(now["half"], "half"), _not_negative(now["scale"], "scale")
            switches, panel = _some_of(now["switches"], "switches", SWITCHES), _among(now["panel"], "panel", PANELS)
            if rules and rule not in rules:
                raise ValueError(f"rule must be one of rules, {', '.join(rules)}, but it is {rule!r}")
            if "shrinking" in switches and not half:
                raise ValueError("half must be 1 or more where the reader can switch shrinking, but it is 0")
            if scale and "exact line search" in (rule, *rules):
                raise ValueError(f"an exact line search needs a quadratic, so scale must be 0, but it is {scale}")
            if scale and panel == "directions":
                raise ValueError(f"the panel of directions needs a quadratic, so scale must be 0, but it is {scale}")
        return proposal["value"]

    @traitlets.validate("epochs", "max_epochs")
    def _check_epochs(self, proposal: dict[str, Any]) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        both = {"epochs": self.epochs, "max_epochs": self.max_epochs, name: value}
        with _as_trait_error():
            _validate.epochs(value, name)
            if both["max_epochs"] > MOST_EPOCHS:
                raise ValueError(f"max_epochs must be at most {MOST_EPOCHS}, but it is {value}")
            if both["epochs"] > both["max_epochs"]:
                raise ValueError(f"epochs must be at most max_epochs, {both['max_epochs']}, but it is {both['epochs']}")
        return value

    @traitlets.validate("stops")
    def _check_stops(self, proposal: dict[str, Any]) -> list[int]:
        with _as_trait_error():
            return [_validate.epochs(stop, "stops") for stop in proposal["value"]]

    @traitlets.validate("rate_range")
    def _check_range(self, proposal: dict[str, Any]) -> list[float]:
        with _as_trait_error():
            ends = _validate.parameters(proposal["value"], "rate_range", 2).tolist()
            if not 0 < ends[0] < ends[1]:
                raise ValueError(f"rate_range must be two positive numbers, the smaller first, but it is {ends}")
            return ends


def _data(points: ArrayLike, standardised: bool) -> tuple[np.ndarray, np.ndarray]:
    """The design matrix and the y of the problem that the descent runs on."""
    column = _column(points)
    return design_matrix((standardize(column)[0] if standardised else column)[:, 0]), np.asarray(points, float)[:, 1]


def _column(points: ArrayLike) -> np.ndarray:
    """The x, as a table of one column."""
    return np.asarray(points, float)[:, :1]


def _among(value: str, name: str, known: Sequence[str]) -> str:
    """One of some words, or a ValueError."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} must be one of {', '.join(known)}, but it is {value!r}")
    return value


def _some_of(values: Sequence[str], name: str, known: Sequence[str]) -> list[str]:
    """A list of such words, each at most once, or a ValueError."""
    words = _listed(values, name)
    if not isinstance(words, list):
        raise ValueError(f"{name} must be a list, but it is {values!r}")
    for word in words:
        _among(word, f"each of {name}", known)
    if len(set(words)) < len(words):
        raise ValueError(f"{name} must hold each of its words once, but it is {words}")
    return words


def _listed(values: Any, name: str) -> Any:
    """What a list, a tuple or an array holds, as a list; anything else as it is."""
    if isinstance(values, Sequence) and not isinstance(values, str | bytes):
        return list(values)
    return _validate.plain(values, name).tolist() if hasattr(values, "__array__") else values


def _whole(value: int, name: str) -> int:
    """A whole number, 0 or more, that the browser knows exactly, or a ValueError."""
    if _validate.epochs(value, name) >= 2**53:
        raise ValueError(f"{name} must be below 2**53, which is as far as a browser counts, but it is {value}")
    return int(value)


def _switch(value: bool, name: str) -> bool:
    """True or False, or a ValueError."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, but it is {value!r}")
    return bool(value)


def _not_negative(value: float, name: str) -> float:
    """A finite number, 0 or more, or a ValueError."""
    if _validate.number(value, name) < 0:
        raise ValueError(f"{name} must not be negative, but it is {value}")
    return float(value)


@contextmanager
def _as_trait_error() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise traitlets.TraitError(str(error)) from None
