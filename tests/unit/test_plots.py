from io import BytesIO
from itertools import combinations

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.path import Path

from gdlib import callgraph, plots, scratch, vectors
from gdlib.checking import check_gradient
from gdlib.descent import descend
from gdlib.losses import GemanMcClure, LogisticLoss, MeanSquaredError
from gdlib.regression import design_matrix

X, Y = [2, 3, 4, 5], [45, 65, 85, 105]
LOSSES = {
    "the article's": MeanSquaredError.from_data(design_matrix(X), Y),
    "noisy": MeanSquaredError.from_data(design_matrix(X), [40, 69, 80, 110]),
    "x with an offset": MeanSquaredError.from_data(design_matrix([2001, 2002, 2003, 2004]), Y),
    "small numbers": MeanSquaredError.from_data(design_matrix([1e-9, 2e-9, 3e-9]), [1e-12, 2e-12, 4e-12]),
}
LOSS = LOSSES["the article's"]
ROBUST = GemanMcClure(design_matrix(X), Y, scale=10)
LOGISTIC = LogisticLoss(design_matrix(X), [0, 1, 0, 1])
CALLS = {"f": ["g", "h"], "g": ["k"], "h": ["k"]}
ARTICLE = callgraph.calls(vectors, scratch)

ON_ALL_LOSSES = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)


@pytest.fixture
def ax():
    return Figure().subplots()


def drawn(ax, label):
    (artist,) = [artist for artist in [*ax.lines, *ax.collections] if artist.get_label() == label]
    return artist


def rendered(ax):
    """The picture as PNG; whatever matplotlib cannot draw fails or warns here, and a warning is an error."""
    buffer = BytesIO()
    ax.figure.savefig(buffer, format="png", dpi=20)
    return buffer.getvalue()


def inside(ax, points):
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x, y = np.transpose(points)
    return (left < x) & (x < right) & (bottom < y) & (y < top)


def overlap(boxes):
    return any(one.overlaps(other) for one, other in combinations(boxes, 2))


# data_and_line


@pytest.mark.parametrize("theta", [(1, 2), (-300, 2), (1e6, -1e6)])
def test_points_line_and_residuals_stand_where_x_y_and_theta_say(ax, theta):
    assert plots.data_and_line(ax, X, Y, theta) is ax
    points = [[x, y] for x, y in zip(X, Y, strict=True)]
    assert drawn(ax, "data").get_xydata().tolist() == points
    x, y = drawn(ax, "line").get_xydata().T
    np.testing.assert_allclose(y, theta[0] + theta[1] * x, rtol=1e-15)
    begins, ends = np.swapaxes(drawn(ax, "residuals").get_segments(), 0, 1)
    assert begins.tolist() == points
    assert ends.tolist() == [[x, theta[0] + theta[1] * x] for x in X]
    low, high = ax.get_ylim()
    assert low < min(*y, *Y) <= max(*y, *Y) < high


@pytest.mark.parametrize("x", [[2, 3, 4, 5], [7], [3, 3]], ids=["four", "one", "equal"])
def test_the_line_reaches_beyond_the_data_on_both_sides(ax, x):
    plots.data_and_line(ax, x, x, theta=[5, 20])
    ends = drawn(ax, "line").get_xdata()
    assert ends.min() < min(x) <= max(x) < ends.max()


# loss_over_epochs


def test_the_loss_is_drawn_over_epochs_counted_from_0_on_a_log_axis_that_leaves_out_a_0(ax):
    assert plots.loss_over_epochs(ax, [4.0, 0.0, 1.0, -0.0]) is ax
    assert ax.get_yscale() == "log"
    epochs, losses = drawn(ax, "loss").get_xydata().T
    assert epochs.tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(losses, [4, np.nan, 1, np.nan])


DIVERGING = descend(LOSS, [0, 0], 1.0, epochs=1000)


@pytest.mark.parametrize(
    "losses",
    [[0.0, 0.0], [1e-308, 1e308], [1e250, 1e300], [1e-300], DIVERGING.losses],
    ids=lambda losses: str(losses)[:20],
)
def test_any_losses_that_are_not_negative_can_be_drawn(ax, losses):
    plots.loss_over_epochs(ax, losses)
    assert rendered(ax).startswith(b"\x89PNG")


def test_a_loss_beyond_the_axis_leaves_it_at_the_top(ax):
    plots.loss_over_epochs(ax, [1.0, 1e302])
    low, high = ax.get_ylim()
    assert low < 1.0 < high < drawn(ax, "loss").get_ydata()[-1]


# marked_epochs


def test_every_marked_epoch_has_a_line_and_its_name_beside_it_which_covers_no_other(ax):
    marks = {"gradient": 2, "step": 2, "gain": 1}
    ax.figure.set_layout_engine("constrained")
    plots.loss_over_epochs(ax, [3.0, 2.0, 1.0])
    assert plots.marked_epochs(ax, marks) is ax
    rendered(ax)
    for text, (name, epoch) in zip(ax.texts, marks.items(), strict=True):
        assert set(drawn(ax, name).get_xdata()) == {epoch}
        assert (text.get_label(), text.get_text(), text.xy[0]) == (name, f"{name}: {epoch}", epoch)
    assert not overlap([text.get_window_extent() for text in ax.texts])


# directions_over_epochs and eigenvectors


@ON_ALL_LOSSES
def test_the_two_distances_are_those_along_the_eigenvectors(ax, loss):
    path = loss.minimum + np.multiply.outer([3.0, -2.0, 1.0], loss.eigenbasis[1] @ [5, 7]) * loss.minimum.max()
    assert plots.directions_over_epochs(ax, loss, path).get_yscale() == "log"
    for label, share in [("flat", 5), ("steep", 7)]:
        epochs, distances = drawn(ax, label).get_xydata().T
        assert epochs.tolist() == [0, 1, 2]
        np.testing.assert_allclose(distances, np.multiply(share, [3, 2, 1]) * loss.minimum.max(), rtol=1e-6)


def test_the_directions_of_a_descent_that_diverges_can_be_drawn(ax):
    plots.directions_over_epochs(ax, LOSS, np.vstack([DIVERGING.trajectory, LOSS.minimum]))
    assert rendered(ax).startswith(b"\x89PNG")


@ON_ALL_LOSSES
def test_each_axis_passes_through_the_minimum_along_its_eigenvector_and_out_of_the_picture(ax, loss):
    plots.contours(ax, loss, [[0, 0]])
    limits = ax.viewLim.frozen()
    assert plots.eigenvectors(ax, loss) is ax
    assert ax.viewLim.frozen().bounds == limits.bounds
    for label, direction in zip(["flat", "steep"], loss.eigenbasis[1].T, strict=True):
        ((first, last),) = drawn(ax, label).get_segments()
        np.testing.assert_allclose((first + last) / 2, loss.minimum, rtol=1e-6)
        along = (last - first) / np.linalg.norm(last - first)
        np.testing.assert_allclose(along, direction, atol=1e-6)
        assert not inside(ax, [first, last]).any()


# difference_errors


@pytest.mark.parametrize("loss", [LOSS, ROBUST, LOGISTIC], ids=["quadratic", "robust", "logistic"])
def test_the_errors_of_differences_are_those_of_the_check_and_its_step_is_marked(ax, loss):
    assert plots.difference_errors(ax, loss, [0.5, -0.5], 1e-3) is ax
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    for scheme, mark in zip(("forward", "central"), drawn(ax, "h").get_xydata().tolist(), strict=True):
        assert mark == [1e-3, check_gradient(loss, [0.5, -0.5], 1e-3, scheme).error]
        steps, errors = drawn(ax, scheme).get_xydata().T
        assert (steps[0], steps[-1]) == (pytest.approx(1e-14), pytest.approx(1))
        for step, error in list(zip(steps, errors, strict=True))[::16]:
            checked = check_gradient(loss, [0.5, -0.5], step, scheme).error
            assert error == checked or (np.isnan(error) and checked == 0)


# contours


def rings(ax):
    (collection,) = [artist for artist in ax.collections if isinstance(artist, LineCollection)]
    return collection.get_segments()


@ON_ALL_LOSSES
@pytest.mark.parametrize("start", ["origin", "minimum"])
def test_every_ring_is_a_line_of_equal_loss_higher_than_the_last_and_shows(ax, loss, start):
    path = [[0, 0]] if start == "origin" else [loss.minimum]
    assert plots.contours(ax, loss, path) is ax
    assert drawn(ax, "minimum").get_xydata().tolist() == [loss.minimum.tolist()]
    assert inside(ax, [*path, loss.minimum]).all()
    levels = []
    for ring in rings(ax):
        losses = loss.values(ring)
        np.testing.assert_allclose(losses, losses[0], rtol=1e-6)
        np.testing.assert_allclose(loss.values((ring[1:] + ring[:-1]) / 2), losses[0], rtol=1e-3)
        assert Path(ring).intersects_bbox(ax.viewLim, filled=False)
        levels.append(losses[0])
    assert len(levels) > 5
    assert np.diff(levels).min() > 0


def test_the_path_goes_through_every_epoch_from_its_start_and_is_in_view_beside_another(ax):
    path = descend(LOSS, [-50, 0], learning_rate=0.001, epochs=50).trajectory
    plots.contours(ax, LOSS, path)
    assert drawn(ax, "path").get_xydata().tolist() == path.tolist()
    assert drawn(ax, "start").get_xydata().tolist() == [[-50, 0]]
    plots.contours(ax, LOSS, [[30, 40]])
    assert inside(ax, [*path, [30, 40], LOSS.minimum]).all()


@pytest.mark.parametrize(("unit_x", "unit_y"), [(1e-6, 1), (1, 1e6)])
def test_other_units_change_the_numbers_and_not_the_picture(unit_x, unit_y):
    pictures = []
    for x, y in [(1, 1), (unit_x, unit_y)]:
        ax = Figure().subplots()
        loss = MeanSquaredError.from_data(design_matrix(np.multiply(X, x)), np.multiply(Y, y))
        plots.contours(ax, loss, [[0, 0]])
        pictures.append([(ring - ax.viewLim.min) / ax.viewLim.size for ring in rings(ax)])
    np.testing.assert_allclose(*pictures, rtol=0, atol=1e-6)


@pytest.mark.parametrize("y", [[0, 0], [2, 2], [-1, 1]], ids=["all 0", "slope 0", "intercept 0"])
def test_a_path_that_stays_at_0_gets_a_window_too(ax, y):
    loss = MeanSquaredError.from_data(design_matrix([-1, 1]), y)
    plots.contours(ax, loss, [loss.minimum])
    assert inside(ax, [loss.minimum]).all()
    assert np.ptp(rings(ax)[-1], axis=0).min() > 0.01


@pytest.mark.parametrize("loss", [ROBUST, LOGISTIC], ids=["robust", "logistic"])
def test_a_loss_that_is_no_quadratic_has_lines_of_equal_loss_too(ax, loss):
    plots.contours(ax, loss, [[0, 0], [6, 25]])
    (lines,) = [artist for artist in ax.collections if isinstance(artist, ContourSet)]
    assert len(lines.levels) > 5
    assert np.diff(np.log(lines.levels)) == pytest.approx(np.log(lines.levels[1] / lines.levels[0]))
    for level, line in zip(lines.levels, lines.get_paths(), strict=True):
        assert len(line.vertices)
        roots = [loss.value(place) ** 0.5 for place in line.vertices]
        np.testing.assert_allclose(roots, level, rtol=0.02, atol=lines.levels[-1] / 100)
    assert "minimum" not in [artist.get_label() for artist in ax.lines]


@pytest.mark.parametrize("loss", [LOSS, ROBUST], ids=["quadratic", "robust"])
def test_minima_that_are_known_are_marked_and_in_the_picture(ax, loss):
    plots.contours(ax, loss, [[0, 0]], minima=[[-70, 3], [4, 99]])
    assert drawn(ax, "minimum").get_xydata().tolist() == [[-70, 3], [4, 99]]
    assert inside(ax, [[0, 0], [-70, 3], [4, 99]]).all()


@pytest.mark.parametrize(
    ("loss", "path"),
    [
        (LOSS, descend(LOSS, [0, 0], 0.07, 1000).trajectory),
        (LOSS, DIVERGING.trajectory),
        (GemanMcClure(np.zeros((3, 2)), [1, 2, 3], scale=1), [[0, 0]]),
        (GemanMcClure(design_matrix(X), Y, scale=1e150), [[0, 0], [9e153, 0]]),
    ],
    ids=["diverging", "to the end of a float", "the same everywhere", "beyond a float in a corner"],
)
def test_what_is_steep_flat_or_endless_can_be_drawn(ax, loss, path):
    plots.contours(ax, loss, path)
    assert rendered(ax).startswith(b"\x89PNG")


# call_graph


def places(ax):
    return {text.get_text(): text.get_position() for text in ax.texts if text.get_text()}


def arrows(ax):
    """Each arrow as (from, to), in names."""
    name = {place: name for name, place in places(ax).items()}
    return [(name[tuple(text.xyann)], name[tuple(text.xy)]) for text in ax.texts if not text.get_text()]


@pytest.mark.parametrize("calls", [CALLS | {"alone": []}, {"alone": []}, ARTICLE], ids=["5", "1", "gdlib"])
def test_every_name_stands_left_of_what_it_calls_with_an_arrow_for_each_call(ax, calls):
    before = {caller: list(callees) for caller, callees in calls.items()}
    ax.figure.set(layout_engine="constrained", size_inches=(9, 4))
    assert plots.call_graph(ax, calls) is ax
    place = places(ax)
    assert set(place) == set(calls).union(*calls.values())
    assert sorted(arrows(ax)) == sorted((caller, callee) for caller in calls for callee in calls[caller])
    assert all(place[caller][0] < place[callee][0] for caller, callee in arrows(ax))
    rendered(ax)
    assert not overlap([text.get_bbox_patch().get_window_extent() for text in ax.texts if text.get_text()])
    assert calls == before


# What is refused, and what is left alone

OF_THREE = MeanSquaredError.from_data(np.eye(3), [1, 2, 3])
SINGULAR = MeanSquaredError.from_data(design_matrix([3, 3]), [1, 2])


@pytest.mark.parametrize(
    ("plot", "arguments", "words"),
    [
        (plots.data_and_line, (X, Y[:3], [0, 0]), "x and y must be equally many, but x has 4 numbers and y has 3"),
        (plots.loss_over_epochs, ([1.0, -2.0, -0.5],), r"losses must not be negative, but losses\[1\] is -2.0"),
        (plots.marked_epochs, ({"gradient": 1, "step": 1.5},), "step must be a whole number, 0 or more"),
        (plots.difference_errors, (LOSS, [1, 2], 0), "difference must be positive"),
        (plots.difference_errors, (LOSS, [1e154, 0], 0.1), "leaves the range of a float"),
        (plots.difference_errors, (3, [0, 0], 0.1), "^loss must be an instance with value"),
        (plots.eigenvectors, (3,), "but the loss is a int$"),
        (plots.eigenvectors, (ROBUST,), "only a MeanSquaredError has eigenvectors, but the loss is a GemanMcClure"),
        (plots.eigenvectors, (OF_THREE,), "over two parameters, but the loss has 3"),
        (plots.eigenvectors, (SINGULAR,), "singular"),
        (plots.directions_over_epochs, (ROBUST, [[0, 0]]), "only a MeanSquaredError has eigenvectors"),
        (plots.directions_over_epochs, (SINGULAR, [[0, 0]]), "singular"),
        (plots.directions_over_epochs, (LOSS, [[0, 0, 0]]), "the loss has 2 and the trajectory 3"),
        (plots.contours, (3, [[0, 0]]), "^loss must be an instance with value"),
        (plots.contours, (LOSS, [[0, 0, 0]]), "the loss has 2 and the trajectory 3"),
        (plots.contours, (OF_THREE, [[0, 0, 0]]), "the loss has 3 and the trajectory 3"),
        (plots.contours, (SINGULAR, [[0, 0]]), "singular"),
        (plots.contours, (LOSS, [[0, 0], [1e200, 0]]), r"the loss at trajectory\[1\] leaves the range of a float"),
        (plots.contours, (LOSS, [[0, 0]], [[0, 0, 0]]), "the loss has 2 and the table of minima 3"),
        (plots.call_graph, ({},), "calls is empty"),
        (plots.call_graph, ({"f": ["f"]},), r"calls runs in a circle: .*'f'"),
        (plots.call_graph, ({"a": ["f"], "f": ["g"], "g": ["f"]},), r"calls runs in a circle: .*'f'"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_cannot_be_drawn_is_refused(plot, arguments, words):
    with pytest.raises(ValueError, match=words):
        plot(Figure().subplots(), *arguments)


def test_no_plot_changes_what_it_is_given(ax):
    given = {"x": np.array(X, float), "y": np.array(Y, float), "theta": np.array([1.0, 2.0])}
    given |= {"losses": np.array([2.0, 0.0]), "path": np.zeros((2, 2))}
    before = {name: array.copy() for name, array in given.items()}
    plots.data_and_line(ax, given["x"], given["y"], given["theta"])
    plots.contours(ax, LOSS, given["path"])
    plots.loss_over_epochs(ax, given["losses"])
    rendered(ax)
    assert all(np.array_equal(given[name], before[name]) for name in given)
