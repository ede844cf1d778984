"""The live figure: a descent that runs in the browser, with or without a kernel behind it."""

import base64
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import ref

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike

from gdlib import _validate
from gdlib._own_step import Step, path_of
from gdlib.batches import MiniBatches
from gdlib.costs import COSTS, RobustCost
from gdlib.descent import Descent, descend
from gdlib.losses import MeanSquaredError, RobustLoss
from gdlib.rates import SEARCHES, InverseTime, Rate
from gdlib.regression import design_matrix
from gdlib.rules import RULES, Linear, Plain, Rule
from gdlib.scaling import standardize
from gdlib.spectrum import Regime, regime
from gdlib.stopping import SmallGain, SmallGradient, SmallStep, StoppingRule
from gdlib.widgets.settings import SETTINGS, STATIC, checked, made
from gdlib.widgets.still import PANELS, still

__all__ = ["MIME_TYPE", "DescentExplorer"]

# Under this type a stored notebook keeps the figure's settings, from which the book's build makes it live.
MIME_TYPE = "application/vnd.gdlib.descent+json"

STOPPING_RULES: dict[str, Callable[[float], StoppingRule]] = {
    "gradient": SmallGradient,
    "step": SmallStep,
    "gain": SmallGain,
}

# What a figure with a step of the caller's leaves at its defaults: the step is compared with plain descent's.
NOT_WITH_STEP = (
    *("rule", "rules", "batch_size", "half_life", "standardised"),
    *("switches", "loss", "panel", "stop_tolerance"),
)
MOST_STEPS = 10_000


class Setting(traitlets.TraitType[Any, Any]):
    """A trait of the name of a setting, that takes what the constructor takes."""

    def validate(self, obj: Any, value: Any) -> Any:
        """What the browser is sent."""
        with _as_trait_error():
            return checked(str(self.name), value)


class DescentExplorer(anywidget.AnyWidget):
    """Data with line, loss surface with path, and a third panel, with sliders; all computed in the browser.

    So it works on a published page as it does in a notebook; where a kernel runs, Python has the same numbers. Every
    argument is a trait of the same name, but for ``x`` and ``y``, which become ``points``; set one and the figure
    follows, as it follows a widget that is linked to one (`ipywidgets.jslink`).

    Parameters
    ----------
    x, y : array_like, shape (n,)
        At least two x must differ.
    start : array_like, shape (2,)
        ``[intercept, slope]``.
    step : callable, optional
        A step of your own, ``step(points, theta, learning_rate)``, that returns the next theta. As in `gdlib.scratch`,
        ``points`` are pairs and ``theta`` is ``[slope, intercept]``; so it is one round of `gdlib.scratch.descend`. The
        figure draws the descent that it makes, with that of gdlib faintly beside it, and says what is different. One
        function is enough, whichever you edit: it looks up the functions that it calls, ``linear_gradient`` or
        ``gradient_step``, anew at each call. It runs where Python is, whenever a slider or a point has moved and after
        each cell of a notebook; for 3 seconds at most, on Linux in a copy of this process. The settings that make it
        another descent than the plain one stay at their defaults. A page of the book finds it by its name.
    zoom : float
        How much the surface is magnified around the minimum, from 0.1 to 1e6.
    learning_rate : float
        Positive; past the stable limit the figure says that the descent diverges.
    epochs : int
        From 0 to ``max_epochs``.
    max_epochs : int
        How far the epoch axis reaches, at most 100 000.
    tolerance : float
        The figure says when both parameters are this near to the best ones, in their units.
    rate_range : pair of float
        The ends of the learning rate's slider; a rate beyond them is kept, and stands at an end.
    stops : list of int
        The epochs that buttons jump to, when the figure is made; those beyond ``max_epochs`` are left out.
    rule : str
        ``"plain"``, ``"heavy ball"``, ``"nesterov"``, ``"adagrad"``, ``"rmsprop"``, ``"adam"``, ``"adamw"``,
        ``"exact line search"`` or ``"backtracking"``. The last two are plain descent whose rate the search chooses;
        backtracking begins at ``learning_rate``.
    rules : list of str
        The rules that the reader may choose from, ``rule`` among them; empty: there is no choice.
    momentum : float
        From 0 to below 1; of ``"heavy ball"`` and ``"nesterov"``.
    batch_size : int
        So many points a step, as `gdlib.batches.MiniBatches` takes them, at most all; 0: every step sees all points.
        When a reader removes points, more than there are count as all.
    seed : int
        Of the mini-batches, 0 or more.
    half_life : int
        The rate shrinks as in `gdlib.rates.InverseTime`, to half after so many steps; 0: it is constant.
    shrinking : bool
        False keeps a rate constant that would shrink.
    standardised : bool
        Descend on the standardised x, ``[1, (x - mean) / deviation]``, ``start`` and ``tolerance`` included.
    loss : str
        ``"mean squared error"``, or ``"geman-mcclure"``, which forgives outliers: `gdlib.losses.GemanMcClure`.
    loss_scale : float
        Of a loss that has one: from about this residual on, it forgives.
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
    objective : MeanSquaredError or RobustLoss
        The loss on these points, of the standardised x if the descent is.
    run : Descent
        The descent that the figure shows, every step of it; gdlib's, if there is a step of your own.
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

    A step of your own, which this time is half as long as it should be:

    >>> def my_step(points, theta, learning_rate):
    ...     slope, intercept = theta
    ...     errors = [(slope * x + intercept - y, x) for x, y in points]
    ...     along_slope = sum(error * x for error, x in errors) / len(points)
    ...     along_intercept = sum(error for error, _ in errors) / len(points)
    ...     return [slope - learning_rate * along_slope, intercept - learning_rate * along_intercept]
    >>> DescentExplorer([2, 4, 5], [45, 85, 105], start=[0, 0], step=my_step)
    DescentExplorer(3 points, start=[0.0, 0.0], step=my_step)
    """

    _esm = STATIC / "explorer.js"
    _css = STATIC / "explorer.css"

    vars().update({name: Setting(setting.get("default")).tag(sync=True) for name, setting in SETTINGS.items()})
    home = traitlets.Dict(help="what the button Reset returns to").tag(sync=True)
    linkable = traitlets.Bool(False, help="whether the page's address may carry the state").tag(sync=True)
    step = traitlets.Any(None, help="the caller's own step")
    own = traitlets.Unicode("", help="what the caller's own step is called").tag(sync=True)

    if TYPE_CHECKING:  # the settings

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, x: ArrayLike, y: ArrayLike, start: ArrayLike, step: Step | None = None, **settings: Any) -> None:
        x, y = _validate.pairs(x, y)
        given = {name: setting["default"] for name, setting in SETTINGS.items() if "default" in setting} | settings
        if unknown := given.keys() - SETTINGS.keys():
            raise TypeError(f"DescentExplorer has no settings {sorted(unknown)}; it has {', '.join(SETTINGS)}")
        given |= {"points": np.column_stack([x, y]), "start": start}
        values = {name: checked(name, value) for name, value in given.items()}
        if values["batch_size"] > len(x):
            raise ValueError(
                f"batch_size must be at most the number of points, {len(x)}, but it is {values['batch_size']}"
            )
        values["stops"] = [stop for stop in values["stops"] if stop <= values["max_epochs"]]
        home = {name: values[name] for name, setting in SETTINGS.items() if setting.get("changeable")}
        super().__init__(**values, home=home, step=step)
        self.on_msg(self._answer)
        if shell := get_ipython():
            shell.events.register("post_run_cell", _telling(self))

    def __repr__(self) -> str:
        told = {name: repr(value) for name, value in self._told().items() if name not in ("points", "own")}
        told |= {"step": self.own} if self.own else {}
        return f"DescentExplorer({len(self.points)} points, {', '.join(f'{name}={told[name]}' for name in told)})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, a picture of it, and its settings."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        return data | {"image/png": base64.b64encode(still(self)).decode(), MIME_TYPE: self._told()}, metadata

    def _told(self) -> dict[str, Any]:
        """The settings that are not their defaults."""
        now = {name: getattr(self, name) for name in SETTINGS}
        told = {name: value for name, value in now.items() if value != SETTINGS[name].get("default")}
        return told | ({"own": self.own} if self.own else {})

    @property
    def objective(self) -> MeanSquaredError | RobustLoss:
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
        return descend(self.objective, self.start, self._rate, epochs, self._rule, batches, stop)

    def _of(self, X: np.ndarray, y: np.ndarray) -> MeanSquaredError | RobustLoss:
        return _loss(self.loss, self.loss_scale, X, y)

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
        loss = self.objective
        return regime(loss, self.learning_rate, self._rule) if isinstance(loss, MeanSquaredError) else None

    @property
    def _rule(self) -> Rule:
        """What makes a direction of the gradient."""
        rule: Rule = made(RULES.get(self.rule, Plain), momentum=self.momentum)
        return rule

    @property
    def _rate(self) -> Rate:
        """The size of a step."""
        rate: Rate = self.learning_rate
        if self.rule in SEARCHES:
            rate = made(SEARCHES[self.rule], first=self.learning_rate)
        elif self.half_life and self.shrinking:
            rate = InverseTime(self.learning_rate, self.half_life)
        return rate

    # The step of the caller's own

    def _answer(self, _: "DescentExplorer", content: dict[str, Any], buffers: list[bytes]) -> None:
        """Say where the caller's own step leads, to a figure that asks."""
        if self.step is not None and "ask" in content:
            self.send({"asked": content["ask"]} | path_of(self.step, **json.loads(content["ask"])))

    def _tell(self) -> None:
        """Have the figures ask again: what the step does may be something else now."""
        if self.step is not None:
            self.send({"again": True})

    @traitlets.observe("step")
    def _name_step(self, change: dict[str, Any]) -> None:
        self.own = str(getattr(self.step, "__name__", "your step")) if self.step is not None else ""
        self._tell()

    @traitlets.validate("step")
    def _check_step(self, proposal: dict[str, Any]) -> Any:
        with _as_trait_error():
            if proposal["value"] is not None:
                if not callable(proposal["value"]):
                    raise ValueError(
                        f"step must be a function of points, theta and learning_rate, but it is {proposal['value']!r}"
                    )
                _refuse_with_step(**{name: getattr(self, name) for name in SETTINGS})
        return proposal["value"]

    # When a validator raises a TraitError, traitlets undoes the assignment, or all assignments of an __init__.

    @traitlets.validate(*SETTINGS)
    def _check_together(self, proposal: dict[str, Any]) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        now = {each: getattr(self, each) for each in SETTINGS} | {name: value}
        with _as_trait_error():
            _refuse_together(**now)
            if self.step is not None:
                _refuse_with_step(**now)
            if name in ("points", "start", "standardised", "loss", "loss_scale"):
                X, y = _data(now["points"], now["standardised"])
                squares = MeanSquaredError.from_data(X, y)
                squares.minimum  # noqa: B018  (refuses points on top of one another)
                squares.value(now["start"])  # refuses a start whose loss is beyond the range of a float
                _loss(now["loss"], now["loss_scale"], X, y)
        return value


def _refuse_together(
    rule: str, rules: list[str], switches: list[str], half_life: int, loss: str, panel: str, **settings: Any
) -> None:
    """Raise a ValueError where settings that make sense by themselves do not make sense together."""
    if settings["epochs"] > settings["max_epochs"]:
        raise ValueError(f"epochs must be at most max_epochs, {settings['max_epochs']}, but it is {settings['epochs']}")
    if rules and rule not in rules:
        raise ValueError(f"rule must be one of rules, {', '.join(rules)}, but it is {rule!r}")
    if "shrinking" in switches and not half_life:
        raise ValueError("half_life must be 1 or more where the reader can switch shrinking, but it is 0")
    if issubclass(COSTS[loss], RobustCost):
        needing = [each for each in (rule, *rules) if getattr(SEARCHES.get(each), "needs_quadratic", False)]
        needing += [f"the panel of {panel}"] if PANELS[panel].needs_quadratic else []
        if needing:
            raise ValueError(f"{needing[0]} needs a quadratic, so loss must be mean squared error, but it is {loss!r}")


def _refuse_with_step(**settings: Any) -> None:
    """Raise a ValueError where a figure with a step of the caller's own is more than plain descent."""
    for name in NOT_WITH_STEP:
        if settings[name] != (default := SETTINGS[name]["default"]):
            raise ValueError(
                f"{name} must be {default!r} beside a step of your own, which is compared with plain descent's, "
                f"but it is {settings[name]!r}"
            )
    if settings["max_epochs"] > MOST_STEPS:
        raise ValueError(
            f"max_epochs must be at most {MOST_STEPS} beside a step of your own, but it is {settings['max_epochs']}"
        )


def get_ipython() -> Any:
    """The notebook's shell, where there is one: it has loaded IPython then."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _telling(explorer: DescentExplorer) -> Callable[[Any], None]:
    """What IPython calls after each cell, which keeps no figure alive."""
    found = ref(explorer)

    def tell(result: Any) -> None:
        if figure := found():
            figure._tell()

    return tell


def _loss(name: str, scale: float, X: np.ndarray, y: np.ndarray) -> MeanSquaredError | RobustLoss:
    cost = made(COSTS[name], scale=scale)
    return RobustLoss(X, y, cost) if isinstance(cost, RobustCost) else MeanSquaredError.from_data(X, y)


def _data(points: ArrayLike, standardised: bool) -> tuple[np.ndarray, np.ndarray]:
    """The design matrix and the y of the problem that the descent runs on."""
    column = _column(points)
    return design_matrix((standardize(column)[0] if standardised else column)[:, 0]), np.asarray(points, float)[:, 1]


def _column(points: ArrayLike) -> np.ndarray:
    """The x, as a table of one column."""
    return np.asarray(points, float)[:, :1]


@contextmanager
def _as_trait_error() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise traitlets.TraitError(str(error)) from None
