"""The book's pictures. Each function takes a matplotlib ``ax``, draws on it and returns it.

``theta`` is ``[intercept, slope]`` throughout, the column order of ``[1, x]``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from numpy.typing import ArrayLike

from gdlib import _validate
from gdlib.checking import check_gradient
from gdlib.losses import Loss, MeanSquaredError

__all__ = [
    "call_graph",
    "contours",
    "data_and_line",
    "difference_errors",
    "directions_over_epochs",
    "eigenvectors",
    "loss_over_epochs",
    "marked_epochs",
]

# Okabe and Ito's palette, which colour-blind readers can tell apart.
DATA, LINE, ERROR, PATH, BEST = "#000000", "#0072b2", "#d55e00", "#0072b2", "#009e73"
# The flat and the steep direction, central and forward differences: they differ in dashes as well as in colour.
FLAT: Mapping[str, Any] = {"color": BEST, "linestyle": "-"}
STEEP: Mapping[str, Any] = {"color": ERROR, "linestyle": "--"}
CENTRAL, FORWARD = FLAT, STEEP

# The losses of a diverging descent reach 1e308; beyond these, matplotlib's search for log ticks overflows.
_LOG_RANGE = 1e-200, 1e200


@np.errstate(under="ignore")
def data_and_line(ax: Axes, x: ArrayLike, y: ArrayLike, theta: ArrayLike) -> Axes:
    r"""Draw the points, the line :math:`\text{intercept} + \text{slope} \cdot x` and the residuals between them.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    x, y : array_like, shape (n,)
    theta : array_like, shape (2,)
        ``[intercept, slope]``.

    Returns
    -------
    matplotlib.axes.Axes
        The same ``ax``; its artists are labelled ``data``, ``line`` and ``residuals``.

    Raises
    ------
    ValueError
        If the arguments are no such arrays.

    References
    ----------
    Matplotlib, "Quick start guide", section "Helper functions", for the form.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = data_and_line(Figure().subplots(), [2, 4, 5], [45, 85, 105], theta=[5, 20])
    >>> ax.get_legend_handles_labels()[1]
    ['residuals', 'line', 'data']
    """
    x, y = _validate.pairs(x, y)
    theta = _validate.parameters(theta, "theta", 2)
    margin = 0.1 * (np.ptp(x) or 1.0)
    ends = np.array([x.min() - margin, x.max() + margin])
    residuals = LineCollection(list(residual_segments(x, y, theta)), colors=ERROR, linewidths=1.5, label="residuals")
    ax.add_collection(residuals)
    ax.plot(ends, theta[0] + theta[1] * ends, color=LINE, label="line")
    ax.plot(x, y, "o", color=DATA, label="data", zorder=3)
    ax.set(xlabel="x", ylabel="y")
    return ax


def residual_segments(x: np.ndarray, y: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """The vertical piece between each point and the line, shape (n, 2, 2), as `LineCollection` takes them."""
    predicted = theta[0] + theta[1] * x
    return np.stack([np.column_stack([x, y]), np.column_stack([x, predicted])], axis=1)


@np.errstate(under="ignore")
def loss_over_epochs(ax: Axes, losses: ArrayLike) -> Axes:
    """Draw the loss of every epoch on a log axis; a loss of exactly 0 has no place there and is left out.

    The axis ends at 1e201: the curve of a descent that diverges further leaves the picture at the top.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    losses : array_like, shape (epochs + 1,)

    Returns
    -------
    matplotlib.axes.Axes
        The same ``ax``; its artist is labelled ``loss``.

    Raises
    ------
    ValueError
        If ``losses`` is no such array or holds a negative number.

    References
    ----------
    Matplotlib, "Quick start guide", section "Helper functions", for the form.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> loss_over_epochs(Figure().subplots(), [100.0, 10.0, 1.0]).get_yscale()
    'log'
    """
    losses = _validate.array(losses, "losses", 1)
    if losses.min() < 0:
        raise ValueError(f"losses must not be negative, but losses[{int(losses.argmin())}] is {losses.min()}")
    _over_epochs(ax, {"loss": (losses, {"color": LINE})})
    ax.set_ylabel("mean squared error")
    return ax


def _over_epochs(ax: Axes, curves: Mapping[str, tuple[np.ndarray, Mapping[str, Any]]]) -> None:
    """Numbers of every epoch on a log axis, by their label with their style; a 0 is left out."""
    positive = np.concatenate([numbers[numbers > 0] for numbers, _ in curves.values()])
    shown = np.clip(positive, *_LOG_RANGE)
    for label, (numbers, style) in curves.items():
        ax.plot(np.arange(len(numbers)), np.where(numbers > 0, numbers, np.nan), label=label, **style)
    if (shown != positive).any():  # before the axis is made logarithmic, which would choose limits itself
        ax.set_ylim(shown.min() / 10, shown.max() * 10)
    ax.set(xlabel="epoch", yscale="log")


def marked_epochs(ax: Axes, epochs: Mapping[str, int]) -> Axes:
    """Mark some epochs with their names on an axis of epochs.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        As `loss_over_epochs` leaves it.
    epochs : mapping of str to int
        Each 0 or more.

    Returns
    -------
    matplotlib.axes.Axes
        The same ``ax``; a line and a text for each epoch are labelled with its name.

    Raises
    ------
    ValueError
        If an epoch is no such number.

    References
    ----------
    Matplotlib, "Quick start guide", section "Helper functions", for the form.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = marked_epochs(Figure().subplots(), {"gradient": 40, "step": 60})
    >>> [text.get_text() for text in ax.texts]
    ['gradient: 40', 'step: 60']
    """
    for i, (name, epoch) in enumerate(epochs.items()):
        epoch = _validate.epochs(epoch, name)
        ax.axvline(epoch, color="0.4", linestyle=":", label=name)
        # One below the other, since they may stand at the same epoch.
        ax.annotate(
            f"{name}: {epoch}",
            (epoch, 0.95 - 0.12 * i),
            xycoords=("data", "axes fraction"),
            xytext=(3, 0),
            textcoords="offset points",
            va="top",
            label=name,
        )
    return ax


@np.errstate(under="ignore")
def directions_over_epochs(ax: Axes, loss: MeanSquaredError, trajectory: ArrayLike) -> Axes:
    r"""Draw how far each epoch is from the minimum along the two eigenvectors of the Hessian, on a log axis.

    .. math:: \lvert q_i^T (\theta_k - \theta^*) \rvert

    A distance of exactly 0 has no place there and is left out; the axis ends at 1e201, as in `loss_over_epochs`.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    loss : MeanSquaredError
        Of two parameters.
    trajectory : array_like, shape (epochs + 1, 2)

    Returns
    -------
    matplotlib.axes.Axes
        The same ``ax``; its artists are labelled ``flat`` and ``steep``, by the curvature along them.

    Raises
    ------
    ValueError
        If the loss is no such quadratic or has no single minimum, or ``trajectory`` is no such array.

    References
    ----------
    Goh, "Why Momentum Really Works", Distill, 2017, for the picture.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from gdlib.regression import design_matrix
    >>> from gdlib.spectrum import trajectory
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 4, 5]), [45, 85, 105])
    >>> path = trajectory(loss, [0, 0], learning_rate=0.001, epochs=100)
    >>> ax = directions_over_epochs(Figure().subplots(), loss, path)
    >>> ax.get_legend_handles_labels()[1]
    ['flat', 'steep']
    """
    path = _validate.array(trajectory, "trajectory", 2)
    _quadratic(loss, path)
    flat, steep = np.abs((path - loss.minimum) @ loss.eigenbasis[1]).T
    _over_epochs(ax, {"flat": (flat, FLAT), "steep": (steep, STEEP)})
    ax.set_ylabel("distance from the minimum")
    ax.legend()
    return ax


@np.errstate(under="ignore")
def eigenvectors(ax: Axes, loss: MeanSquaredError) -> Axes:
    """Draw the two eigenvectors of the Hessian as axes through the minimum, over (intercept, slope).

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        As `contours` leaves it; its limits stay.
    loss : MeanSquaredError
        Of two parameters.

    Returns
    -------
    matplotlib.axes.Axes
        The same ``ax``; its artists are labelled ``flat`` and ``steep``, by the curvature along them.

    Raises
    ------
    ValueError
        If the loss is no such quadratic or has no single minimum.

    References
    ----------
    Goh, "Why Momentum Really Works", Distill, 2017, for the picture.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 4, 5]), [45, 85, 105])
    >>> ax = contours(Figure().subplots(), loss, [[0, 0]])
    >>> [artist.get_label() for artist in eigenvectors(ax, loss).collections[-2:]]
    ['flat', 'steep']
    """
    _quadratic(loss, np.empty((0, 2)))
    far = np.linalg.norm(ax.viewLim.size) + np.linalg.norm(ax.viewLim.min - loss.minimum)  # beyond the picture's edges
    directions = zip(("flat", "steep"), loss.eigenbasis[1].T, (FLAT, STEEP), strict=True)
    for label, direction, style in directions:
        line = [loss.minimum - far * direction, loss.minimum + far * direction]
        ax.add_collection(LineCollection([line], label=label, **style), autolim=False)
    return ax


@np.errstate(under="ignore")
def difference_errors(ax: Axes, loss: Loss, theta: ArrayLike, difference: float) -> Axes:
    """Draw how wrong forward and central differences of the loss are as its gradient, over the step h.

    Both axes are logarithmic; the errors are those of `gdlib.checking.check_gradient`. One of exactly 0 is left out.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    loss : Loss
    theta : array_like, shape (d,)
    difference : float
        Positive; the h that is marked on both curves.

    Returns
    -------
    matplotlib.axes.Axes
        The same ``ax``; its artists are labelled ``forward``, ``central`` and, for the marks, ``h``.

    Raises
    ------
    ValueError
        As for `gdlib.checking.check_gradient`.

    References
    ----------
    Nocedal and Wright, *Numerical Optimization*, 2nd edition, section 8.1.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from gdlib.regression import design_matrix
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 4, 5]), [45, 85, 105])
    >>> ax = difference_errors(Figure().subplots(), loss, theta=[0, 0], difference=0.1)
    >>> ax.get_legend_handles_labels()[1]
    ['forward', 'central', 'h']
    """
    difference = _validate.positive(difference, "difference")
    steps = np.geomspace(1e-14, 1, 113)  # eight to a power of ten
    marks = []
    for scheme, style in [("forward", FORWARD), ("central", CENTRAL)]:
        marks.append(check_gradient(loss, theta, difference, scheme).error)
        errors = [check_gradient(loss, theta, step, scheme).error or np.nan for step in steps]
        ax.plot(steps, errors, label=scheme, **style)
    ax.plot([difference] * 2, [mark or np.nan for mark in marks], "o", color=DATA, label="h")
    ax.set(xlabel="h", ylabel="relative error", xscale="log", yscale="log")
    ax.legend()
    return ax


@np.errstate(under="ignore")
def contours(ax: Axes, loss: Loss, trajectory: ArrayLike, minima: ArrayLike | None = None) -> Axes:
    """Draw lines of equal loss over (intercept, slope), with the path of a descent and the minimum.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    loss : Loss
        Of two parameters.
    trajectory : array_like, shape (epochs + 1, 2)
        ``[intercept, slope]`` of every epoch.
    minima : array_like, shape (k, 2), optional
        What to mark as lowest, for a loss that may have several minima. Of a quadratic the minimum is known.

    Returns
    -------
    matplotlib.axes.Axes
        The same ``ax``; its artists are labelled ``path``, ``start`` and ``minimum``.

    Raises
    ------
    ValueError
        If the loss has not two parameters, or is a quadratic without a single minimum; if ``trajectory`` or ``minima``
        is no such array, or the loss along the trajectory leaves the range of a float.

    References
    ----------
    Boyd and Vandenberghe, *Convex Optimization*, section 9.3, for the picture.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from gdlib.regression import design_matrix
    >>> from gdlib.spectrum import trajectory
    >>> loss = MeanSquaredError.from_data(design_matrix([2, 4, 5]), [45, 85, 105])
    >>> ax = contours(Figure().subplots(), loss, trajectory(loss, [0, 0], learning_rate=0.001, epochs=100))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('intercept', 'slope')
    """
    path = _validate.array(trajectory, "trajectory", 2)
    _two_parameters(loss, path)
    with np.errstate(over="ignore", invalid="ignore"):
        too_far = ~np.isfinite(loss.values(path))
    if too_far.any():
        raise ValueError(f"the loss at trajectory[{int(too_far.argmax())}] leaves the range of a float")
    if minima is None:
        minima = loss.minimum[None, :] if isinstance(loss, MeanSquaredError) else path[:0]
    else:
        minima = _validate.array(minima, "minima", 2)
        _two_parameters(loss, minima, "table of minima")
    low, high = _window(np.vstack([path, minima]))
    if isinstance(loss, MeanSquaredError):
        rings = LineCollection(list(_rings(loss, low, high)), colors="0.6", linewidths=0.8)
        ax.add_collection(rings, autolim=False)
    else:
        _level_lines(ax, loss, low, high)
    ax.update_datalim([low, high])
    ax.margins(0)
    ax.plot(*path.T, ".-", color=PATH, linewidth=1, markersize=3, label="path")
    ax.plot(*path[0], "o", color=ERROR, label="start")
    if len(minima):
        ax.plot(*minima.T, "*", color=BEST, markersize=12, label="minimum")
    ax.set(xlabel="intercept", ylabel="slope")
    return ax


def _two_parameters(loss: Loss, path: np.ndarray, name: str = "trajectory") -> None:
    """A ValueError unless both have two."""
    _validate.loss(loss, "values")
    if loss.dimension != 2 or path.shape[1] != 2:
        raise ValueError(
            f"this is drawn over two parameters, but the loss has {loss.dimension} and the {name} {path.shape[1]}"
        )


def _quadratic(loss: Loss, path: np.ndarray) -> None:
    """A ValueError unless the loss has eigenvectors, two of them, and the path two parameters."""
    if not isinstance(loss, MeanSquaredError):
        raise ValueError(f"only a MeanSquaredError has eigenvectors, but the loss is a {type(loss).__name__}")
    _two_parameters(loss, path)


def _level_lines(ax: Axes, loss: Loss, low: np.ndarray, high: np.ndarray) -> None:
    """Lines of equal loss in a window, at levels that grow by the same factor."""
    intercepts, slopes = np.linspace(low, high, 400).T
    grid = np.stack(np.meshgrid(intercepts, slopes), axis=-1).reshape(-1, 2)
    with np.errstate(over="ignore", invalid="ignore"):
        # Around a minimum, the root of the loss is nearly linear between the grid's points.
        roots = np.ma.masked_invalid(np.sqrt(loss.values(grid).reshape(400, 400)))
    # Below this level, a narrow valley would fall between the grid's points.
    lowest, highest = max(roots.min(), roots.max() / 30), roots.max()
    if lowest < highest:
        levels = np.geomspace(lowest, highest, 14)[1:-1]
        ax.contour(intercepts, slopes, roots, levels=levels, colors="0.6", linewidths=0.8)


def _window(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lower left and the upper right of a window around all corners, each axis in units of its own."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    margin = 0.15 * np.maximum(high - low, 0.1 * np.abs(corners).max(axis=0))
    margin[margin == 0] = margin.max() or 1.0  # all corners at 0
    return low - margin, high + margin


def _rings(loss: MeanSquaredError, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Lines of equal loss up to the corners of a window, shape (rings, points, 2).

    They are ellipses, so they are drawn as such: on a grid, the narrow ones would fall between its points.
    """
    root = np.linalg.cholesky(loss.hessian / 2).T  # the loss above its minimum is |root @ (theta - minimum)|²
    corners = np.stack(np.meshgrid(*zip(low, high, strict=True)), axis=-1).reshape(-1, 2) - loss.minimum
    farthest = np.hypot(*(root @ corners.T)).max()
    turn = np.linspace(0, 2 * np.pi, 361)
    ring = np.linalg.solve(root, [np.cos(turn), np.sin(turn)]).T
    return loss.minimum + farthest * np.geomspace(0.01, 1, 12)[:-1, None, None] * ring


def call_graph(ax: Axes, calls: Mapping[str, Sequence[str]]) -> Axes:
    """Draw which function calls which, callers on the left.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    calls : mapping of str to sequence of str
        As `gdlib.callgraph.calls` returns it; no function may call itself, directly or through others.

    Returns
    -------
    matplotlib.axes.Axes
        The same ``ax``.

    Raises
    ------
    ValueError
        If ``calls`` is empty or runs in a circle.

    References
    ----------
    NetworkX, ``topological_generations`` and ``multipartite_layout``, which do the work.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = call_graph(Figure().subplots(), {"f": ["g"], "g": []})
    >>> sorted(text.get_text() for text in ax.texts if text.get_text())
    ['f', 'g']
    """
    import networkx as nx  # which nothing else here needs

    graph = nx.DiGraph((caller, callee) for caller, callees in calls.items() for callee in callees)
    graph.add_nodes_from(calls)
    if not graph:
        raise ValueError("calls is empty: there is no function to draw")
    if not nx.is_directed_acyclic_graph(graph):
        raise ValueError(f"calls runs in a circle: {nx.find_cycle(graph)}")
    columns: dict[int, list[str]] = {}
    height: dict[str, int] = {}
    for column, generation in enumerate(nx.topological_generations(graph)):
        # Names at the height of their callers, so that few arrows cross.
        columns[column] = sorted(generation, key=lambda name: np.mean([height[c] for c in graph.pred[name]] or [0]))
        height |= {name: i for i, name in enumerate(columns[column])}
    place = nx.multipartite_layout(graph, subset_key=columns)
    box = {"boxstyle": "round", "facecolor": "white", "edgecolor": LINE}
    names = nx.draw_networkx_labels(graph, place, ax=ax, font_family="monospace", font_size=9, bbox=box, clip_on=False)
    for caller, callee in graph.edges:  # networkx's own arrows end at round nodes, not at the boxes
        ends = {"patchA": names[caller].get_bbox_patch(), "patchB": names[callee].get_bbox_patch()}
        ax.annotate("", place[callee], place[caller], arrowprops={"arrowstyle": "-|>", "color": "0.4", **ends})
    ax.update_datalim(list(place.values()))
    ax.margins(0.2)
    ax.autoscale_view()
    ax.set_axis_off()
    return ax
