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
from gdlib.spectrum import eigenvalues

X, Y = [2, 3, 4, 5], [45, 65, 85, 105]
LOSSES = {
    "the article's": MeanSquaredError.from_data(design_matrix(X), Y),
    "noisy": MeanSquaredError.from_data(design_matrix(X), [40, 69, 80, 110]),
    "x with an offset": MeanSquaredError.from_data(design_matrix([2001, 2002, 2003, 2004]), Y),
    "large numbers": MeanSquaredError.from_data(design_matrix([1e9, 2e9, 3e9]), [1e12, 2e12, 4e12]),
    "small numbers": MeanSquaredError.from_data(design_matrix([1e-9, 2e-9, 3e-9]), [1e-12, 2e-12, 4e-12]),
}
LOSS = LOSSES["the article's"]
ROBUST = GemanMcClure(design_matrix(X), Y, scale=10)
OTHERS = {"robust": ROBUST, "logistic": LogisticLoss(design_matrix(X), [0, 1, 0, 1])}
CALLS = {"f": ["g", "h"], "g": ["k"], "h": ["k"]}


@pytest.fixture
def ax():
    return Figure(layout="constrained").subplots()


def drawn(ax, label):
    (artist,) = [artist for artist in [*ax.lines, *ax.collections] if artist.get_label() == label]
    return artist


def rendered(ax):
    """The picture as PNG; whatever matplotlib cannot draw fails or warns here, and a warning is an error."""
    buffer = BytesIO()
    ax.figure.savefig(buffer, format="png", dpi=40)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("plot", "arguments"),
    [
        (plots.data_and_line, (X, Y, [5, 20])),
        (plots.loss_over_epochs, ([3.0, 2.0, 1.0],)),
        (plots.marked_epochs, ({"gradient": 3},)),
        (plots.contours, (LOSS, [[0, 0], [1, 1]])),
        (plots.contours, (ROBUST, [[0, 0], [1, 1]])),
        (plots.directions_over_epochs, (LOSS, [[0, 0], [1, 1]])),
        (plots.eigenvectors, (LOSS,)),
        (plots.difference_errors, (LOSS, [0, 0], 0.1)),
        (plots.call_graph, (CALLS,)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_plot_returns_the_ax_that_it_was_given(ax, plot, arguments):
    assert plot(ax, *arguments) is ax


# data_and_line


def test_the_data_are_drawn_where_they_are(ax):
    plots.data_and_line(ax, X, Y, theta=[1, 2])
    assert drawn(ax, "data").get_xydata().tolist() == [[x, y] for x, y in zip(X, Y, strict=True)]


@pytest.mark.parametrize("theta", [(5, 20), (0, 0), (-3.5, 0.25), (1e6, -1e6)])
def test_the_line_passes_where_theta_says(ax, theta):
    plots.data_and_line(ax, X, Y, theta)
    x, y = drawn(ax, "line").get_xydata().T
    np.testing.assert_allclose(y, theta[0] + theta[1] * x, rtol=1e-15)


@pytest.mark.parametrize("x", [[2, 3, 4, 5], [7], [3, 3]], ids=["four", "one", "equal"])
def test_the_line_reaches_beyond_the_data_on_both_sides(ax, x):
    plots.data_and_line(ax, x, x, theta=[5, 20])
    ends = drawn(ax, "line").get_xdata()
    assert ends.min() < min(x) <= max(x) < ends.max()


def test_every_residual_begins_on_its_point(ax):
    plots.data_and_line(ax, X, Y, theta=[1, 2])
    begins = [segment[0].tolist() for segment in drawn(ax, "residuals").get_segments()]
    assert begins == [[x, y] for x, y in zip(X, Y, strict=True)]


def test_every_residual_ends_on_the_line_below_or_above_its_point(ax):
    plots.data_and_line(ax, X, Y, theta=[1, 2])
    ends = [segment[1].tolist() for segment in drawn(ax, "residuals").get_segments()]
    assert ends == [[x, 1 + 2 * x] for x in X]


def test_the_whole_line_and_all_residuals_are_in_view(ax):
    plots.data_and_line(ax, X, Y, theta=[-300, 2])
    low, high = ax.get_ylim()
    line = drawn(ax, "line").get_ydata()
    assert low < line.min() < max(Y) < high


@pytest.mark.parametrize(
    ("x", "y", "theta", "words"),
    [
        (X, Y[:3], [0, 0], "x and y must be equally many, but x has 4 numbers and y has 3"),
        (X, Y, [1, 2, 3], "theta must hold 2 numbers.* holds 3"),
        (X, Y, 5, r"theta must be a list of numbers, but its shape is \(\)"),
        (X, Y, [0, np.nan], r"theta must be finite, but theta\[1\] is nan"),
        ([2, 3, np.inf, 5], Y, [0, 0], r"x must be finite, but x\[2\] is inf"),
        ([], [], [0, 0], "x is empty"),
        (X, ["a", "b", "c", "d"], [0, 0], "y must hold real numbers"),
    ],
)
def test_data_and_line_refuses_what_it_cannot_draw(ax, x, y, theta, words):
    with pytest.raises(ValueError, match=words):
        plots.data_and_line(ax, x, y, theta)


# loss_over_epochs


def test_the_loss_stands_on_a_log_axis(ax):
    assert plots.loss_over_epochs(ax, [3.0, 2.0, 1.0]).get_yscale() == "log"


def test_the_loss_is_drawn_over_epochs_counted_from_0(ax):
    plots.loss_over_epochs(ax, [30.0, 20.0, 10.0])
    assert drawn(ax, "loss").get_xydata().tolist() == [[0, 30], [1, 20], [2, 10]]


def test_a_loss_of_0_is_left_out_and_the_others_keep_their_epochs(ax):
    plots.loss_over_epochs(ax, [4.0, 0.0, 1.0, -0.0])
    epochs, losses = drawn(ax, "loss").get_xydata().T
    assert epochs[~np.isnan(losses)].tolist() == [0, 2]


@pytest.mark.parametrize(
    "losses",
    [[0.0, 0.0], [5.0], [1.0, 1e302], [1e-308, 1e308], [1e250, 1e300], [1e-300, 1e-250], [1e-300]],
    ids=str,
)
def test_any_losses_that_are_not_negative_can_be_drawn(ax, losses):
    plots.loss_over_epochs(ax, losses)
    assert rendered(ax).startswith(b"\x89PNG")


@pytest.mark.parametrize("learning_rate", [0.07, 0.25, 1.0])
def test_the_losses_of_a_descent_that_diverges_can_be_drawn(ax, learning_rate):
    plots.loss_over_epochs(ax, descend(LOSS, [0, 0], learning_rate, epochs=1000).losses)
    assert rendered(ax).startswith(b"\x89PNG")


def test_a_loss_beyond_the_axis_leaves_it_at_the_top(ax):
    plots.loss_over_epochs(ax, [1.0, 1e302])
    low, high = ax.get_ylim()
    assert low < 1.0 < high < drawn(ax, "loss").get_ydata()[-1]


@pytest.mark.parametrize(
    ("losses", "words"),
    [
        ([1.0, -2.0, -0.5], r"losses must not be negative, but losses\[1\] is -2.0"),
        ([1.0, np.nan], r"losses must be finite, but losses\[1\] is nan"),
        ([], "losses is empty"),
        ([[1.0], [2.0]], r"losses must be a list of numbers, but its shape is \(2, 1\)"),
    ],
)
def test_loss_over_epochs_refuses_what_is_no_loss(ax, losses, words):
    with pytest.raises(ValueError, match=words):
        plots.loss_over_epochs(ax, losses)


# marked_epochs


def test_every_marked_epoch_has_a_line_where_it_is_and_its_name_beside_it(ax):
    plots.loss_over_epochs(ax, [3.0, 2.0, 1.0])
    plots.marked_epochs(ax, {"gradient": 2, "step": 1})
    for name, epoch in {"gradient": 2, "step": 1}.items():
        assert set(drawn(ax, name).get_xdata()) == {epoch}
        (text,) = [text for text in ax.texts if text.get_label() == name]
        assert (text.get_text(), text.xy[0]) == (f"{name}: {epoch}", epoch)


def test_the_names_of_epochs_at_one_place_do_not_cover_one_another(ax):
    plots.marked_epochs(ax, {"gradient": 2, "step": 2, "gain": 2})
    rendered(ax)
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_no_epochs_are_marked_by_nothing(ax):
    plots.marked_epochs(ax, {})
    assert [*ax.lines, *ax.texts] == []


@pytest.mark.parametrize("epoch", [-1, 1.5, "3", None])
def test_marked_epochs_refuse_what_is_no_epoch(ax, epoch):
    with pytest.raises(ValueError, match="step must be a whole number, 0 or more"):
        plots.marked_epochs(ax, {"gradient": 1, "step": epoch})


# directions_over_epochs and eigenvectors


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_the_two_distances_are_those_along_the_eigenvectors(ax, loss):
    path = loss.minimum + np.multiply.outer([3.0, -2.0, 1.0], loss.eigenbasis[1] @ [5, 7]) * loss.minimum.max()
    plots.directions_over_epochs(ax, loss, path)
    for label, share in [("flat", 5), ("steep", 7)]:
        epochs, distances = drawn(ax, label).get_xydata().T
        assert epochs.tolist() == [0, 1, 2]
        np.testing.assert_allclose(distances, np.multiply(share, [3, 2, 1]) * loss.minimum.max(), rtol=1e-6)


def test_plain_descent_shrinks_the_two_distances_by_the_same_factors_every_epoch(ax):
    path = descend(LOSS, [0, 0], learning_rate=0.01, epochs=20).trajectory
    assert plots.directions_over_epochs(ax, LOSS, path).get_yscale() == "log"
    for label, eigenvalue in zip(["flat", "steep"], eigenvalues(LOSS), strict=True):
        distances = drawn(ax, label).get_ydata()
        np.testing.assert_allclose(distances[1:] / distances[:-1], 1 - 0.01 * eigenvalue, rtol=1e-6)


@pytest.mark.parametrize("learning_rate", [0.01, 0.1, 1.0])
def test_the_directions_of_any_descent_can_be_drawn(ax, learning_rate):
    run = descend(LOSS, [0, 0], learning_rate, epochs=1000)
    plots.directions_over_epochs(ax, LOSS, np.vstack([run.trajectory, LOSS.minimum]))
    assert rendered(ax).startswith(b"\x89PNG")


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_each_axis_passes_through_the_minimum_along_its_eigenvector_and_out_of_the_picture(ax, loss):
    plots.contours(ax, loss, [[0, 0]])
    limits = ax.viewLim.frozen()
    plots.eigenvectors(ax, loss)
    assert ax.viewLim.frozen().bounds == limits.bounds
    for label, direction in zip(["flat", "steep"], loss.eigenbasis[1].T, strict=True):
        ((first, last),) = drawn(ax, label).get_segments()
        np.testing.assert_allclose((first + last) / 2, loss.minimum, rtol=1e-6)
        along = (last - first) / np.linalg.norm(last - first)
        np.testing.assert_allclose(along, direction, atol=1e-6)
        assert not inside(ax, [first, last]).any()


@pytest.mark.parametrize(("plot", "arguments"), [(plots.directions_over_epochs, ([[0, 0]],)), (plots.eigenvectors, ())])
def test_a_loss_without_two_eigenvectors_is_refused(ax, plot, arguments):
    with pytest.raises(ValueError, match="only a MeanSquaredError has eigenvectors, but the loss is a GemanMcClure"):
        plot(ax, ROBUST, *arguments)
    with pytest.raises(ValueError, match="over two parameters, but the loss has 3"):
        plot(ax, MeanSquaredError.from_data(np.eye(3), [1, 2, 3]), *arguments)
    with pytest.raises(ValueError, match="singular"):
        plot(ax, MeanSquaredError.from_data(design_matrix([3, 3]), [1, 2]), *arguments)


@pytest.mark.parametrize(
    ("trajectory", "words"),
    [
        ([[0, 0, 0]], "the loss has 2 and the trajectory 3"),
        ([0, 0], r"trajectory must be a table of numbers.* its shape is \(2,\)"),
        ([[0, np.nan]], r"trajectory must be finite, but trajectory\[0, 1\] is nan"),
    ],
)
def test_directions_refuse_what_is_no_trajectory(ax, trajectory, words):
    with pytest.raises(ValueError, match=words):
        plots.directions_over_epochs(ax, LOSS, trajectory)


# difference_errors


@pytest.mark.parametrize("loss", [LOSS, *OTHERS.values()], ids=["quadratic", *OTHERS])
def test_the_errors_of_differences_are_those_of_the_check(ax, loss):
    plots.difference_errors(ax, loss, [0.5, -0.5], 0.01)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    for scheme in ("forward", "central"):
        steps, errors = drawn(ax, scheme).get_xydata().T
        assert (steps[0], steps[-1]) == (pytest.approx(1e-14), pytest.approx(1))
        for step, error in list(zip(steps, errors, strict=True))[::16]:
            checked = check_gradient(loss, [0.5, -0.5], step, scheme).error
            assert error == checked or (np.isnan(error) and checked == 0)


def test_the_step_is_marked_on_both_curves(ax):
    plots.difference_errors(ax, LOSS, [1, 2], 1e-3)
    errors = [check_gradient(LOSS, [1, 2], 1e-3, scheme).error for scheme in ("forward", "central")]
    assert drawn(ax, "h").get_xydata().tolist() == [[1e-3, error] for error in errors]


@pytest.mark.parametrize(
    ("theta", "difference", "words"),
    [
        ([1, 2, 3], 0.1, "theta must hold 2 numbers"),
        ([1, np.nan], 0.1, r"theta must be finite, but theta\[1\] is nan"),
        ([1, 2], 0, "difference must be positive"),
        ([1e154, 0], 0.1, "leaves the range of a float"),
    ],
)
def test_difference_errors_refuse_what_cannot_be_checked(ax, theta, difference, words):
    with pytest.raises(ValueError, match=words):
        plots.difference_errors(ax, LOSS, theta, difference)


# contours


def rings(ax):
    (collection,) = [artist for artist in ax.collections if isinstance(artist, LineCollection)]
    return collection.get_segments()


def inside(ax, points):
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x, y = np.transpose(points)
    return (left < x) & (x < right) & (bottom < y) & (y < top)


def test_the_path_goes_through_every_epoch(ax):
    path = descend(LOSS, [0, 0], learning_rate=0.001, epochs=50).trajectory
    plots.contours(ax, LOSS, path)
    assert drawn(ax, "path").get_xydata().tolist() == path.tolist()


def test_the_start_is_marked_where_the_path_begins(ax):
    plots.contours(ax, LOSS, [[-3, 7], [1, 2]])
    assert drawn(ax, "start").get_xydata().tolist() == [[-3, 7]]


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_the_minimum_is_marked_where_it_is(ax, loss):
    plots.contours(ax, loss, [[0, 0]])
    assert drawn(ax, "minimum").get_xydata().tolist() == [loss.minimum.tolist()]


@pytest.mark.parametrize("path", [[[0, 0]], [[0, 0], [30, 40]], LOSS.minimum[None, :]], ids=["left", "around", "at"])
def test_the_path_and_the_minimum_are_inside_the_picture(ax, path):
    plots.contours(ax, LOSS, path)
    assert inside(ax, [*path, LOSS.minimum]).all()


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_every_ring_is_a_line_of_equal_loss(ax, loss):
    plots.contours(ax, loss, [[0, 0]])
    for ring in rings(ax):
        levels = [loss.value(point) for point in ring]
        np.testing.assert_allclose(levels, levels[0], rtol=1e-6)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_no_ring_strays_from_its_level_between_its_points(ax, loss):
    plots.contours(ax, loss, [[0, 0]])
    for ring in rings(ax):
        halfway = (ring[1:] + ring[:-1]) / 2
        np.testing.assert_allclose([loss.value(point) for point in halfway], loss.value(ring[0]), rtol=1e-3)


def test_the_loss_rises_from_ring_to_ring(ax):
    plots.contours(ax, LOSS, [[0, 0]])
    levels = [LOSS.value(ring[0]) for ring in rings(ax)]
    assert len(levels) > 5
    assert np.diff(levels).min() > 0


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
@pytest.mark.parametrize("start", ["origin", "minimum"])
def test_every_ring_shows_in_the_picture(ax, loss, start):
    plots.contours(ax, loss, [[0, 0]] if start == "origin" else [loss.minimum])
    assert all(Path(ring).intersects_bbox(ax.viewLim, filled=False) for ring in rings(ax))


@pytest.mark.parametrize(("unit_x", "unit_y"), [(1e-6, 1), (1e6, 1), (1, 1e-6), (1, 1e6)])
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


def test_a_second_path_on_the_same_ax_leaves_the_first_in_view(ax):
    plots.contours(ax, LOSS, [[-50, 0]])
    plots.contours(ax, LOSS, [[0, 0]])
    assert inside(ax, [[-50, 0], [0, 0]]).all()


@pytest.mark.parametrize("epochs", [10, 100, 1000])
@pytest.mark.parametrize("learning_rate", [0.07, 0.1, 0.5, 1.0])
def test_the_path_of_a_descent_that_diverges_can_be_drawn(ax, learning_rate, epochs):
    plots.contours(ax, LOSS, descend(LOSS, [0, 0], learning_rate, epochs).trajectory)
    assert rendered(ax).startswith(b"\x89PNG")


@pytest.mark.parametrize("loss", OTHERS.values(), ids=OTHERS)
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


def test_a_loss_that_is_the_same_everywhere_has_no_lines_and_a_picture(ax):
    flat = GemanMcClure(np.zeros((3, 2)), [1, 2, 3], scale=1)
    plots.contours(ax, flat, [[0, 0]])
    assert rendered(ax).startswith(b"\x89PNG")


def test_a_loss_that_leaves_the_range_of_a_float_in_a_corner_is_drawn_where_it_does_not(ax):
    plots.contours(ax, GemanMcClure(design_matrix(X), Y, scale=1e150), [[0, 0], [9e153, 0]])
    assert rendered(ax).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("minima", "words"),
    [
        ([0, 0], r"minima must be a table of numbers.* its shape is \(2,\)"),
        ([[0, 0, 0]], "the loss has 2 and the table of minima 3"),
        ([[0, np.inf]], r"minima must be finite, but minima\[0, 1\] is inf"),
    ],
)
def test_contours_refuse_what_are_no_minima(ax, minima, words):
    with pytest.raises(ValueError, match=words):
        plots.contours(ax, LOSS, [[0, 0]], minima)


def test_contours_of_a_loss_of_three_parameters_are_refused(ax):
    loss = MeanSquaredError.from_data(np.eye(3), [1, 2, 3])
    with pytest.raises(ValueError, match="the loss has 3 and the trajectory 3"):
        plots.contours(ax, loss, [[0, 0, 0]])


def test_contours_of_a_loss_without_a_single_minimum_are_refused(ax):
    loss = MeanSquaredError.from_data(design_matrix([3, 3]), [1, 2])
    with pytest.raises(ValueError, match="singular"):
        plots.contours(ax, loss, [[0, 0]])


@pytest.mark.parametrize(
    ("trajectory", "words"),
    [
        ([[0, 0, 0]], "the loss has 2 and the trajectory 3"),
        ([0, 0], r"trajectory must be a table of numbers.* its shape is \(2,\)"),
        (np.empty((0, 2)), "trajectory is empty"),
        ([[0, 0], [0, np.inf]], r"trajectory must be finite, but trajectory\[1, 1\] is inf"),
        ([[0, 0], [1e200, 0]], r"the loss at trajectory\[1\] leaves the range of a float"),
    ],
)
def test_contours_refuse_what_is_no_trajectory(ax, trajectory, words):
    with pytest.raises(ValueError, match=words):
        plots.contours(ax, LOSS, trajectory)


# call_graph


def places(ax):
    return {text.get_text(): text.get_position() for text in ax.texts if text.get_text()}


def arrows(ax):
    """Each arrow as (from, to), in names."""
    name = {place: name for name, place in places(ax).items()}
    return [(name[tuple(text.xyann)], name[tuple(text.xy)]) for text in ax.texts if not text.get_text()]


@pytest.mark.parametrize("calls", [CALLS, {"alone": []}, callgraph.calls(vectors, scratch)], ids=["4", "1", "gdlib"])
def test_there_is_one_arrow_for_each_call(ax, calls):
    plots.call_graph(ax, calls)
    assert sorted(arrows(ax)) == sorted((caller, callee) for caller in calls for callee in calls[caller])


def test_every_name_is_drawn_callers_or_not(ax):
    plots.call_graph(ax, CALLS | {"alone": []})
    assert sorted(places(ax)) == ["alone", "f", "g", "h", "k"]


def test_every_caller_stands_left_of_what_it_calls(ax):
    place = places(plots.call_graph(ax, callgraph.calls(vectors, scratch)))
    assert all(place[caller][0] < place[callee][0] for caller, callee in arrows(ax))


def test_the_articles_names_do_not_cover_one_another(ax):
    ax.figure.set_size_inches(9, 4)
    plots.call_graph(ax, callgraph.calls(vectors, scratch))
    rendered(ax)
    boxes = [text.get_bbox_patch().get_window_extent() for text in ax.texts if text.get_text()]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_a_lone_function_can_be_drawn(ax):
    plots.call_graph(ax, {"alone": []})
    assert rendered(ax).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "calls", [{"f": ["f"]}, {"f": ["g"], "g": ["f"]}, {"a": ["f"], "f": ["g"], "g": ["h"], "h": ["f"]}], ids=[1, 2, 3]
)
def test_calls_in_a_circle_are_refused_by_name(ax, calls):
    with pytest.raises(ValueError, match=r"calls runs in a circle: .*'f'"):
        plots.call_graph(ax, calls)


def test_a_graph_without_functions_is_refused(ax):
    with pytest.raises(ValueError, match="calls is empty"):
        plots.call_graph(ax, {})


# all of them


@pytest.mark.parametrize(
    ("plot", "arguments"),
    [
        (plots.contours, ([[0, 0]],)),
        (plots.directions_over_epochs, ([[0, 0]],)),
        (plots.eigenvectors, ()),
        (plots.difference_errors, ([0, 0], 0.1)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_no_loss_is_refused(ax, plot, arguments):
    with pytest.raises(ValueError, match=r"(^loss must be an instance with value|but the loss is a int$)"):
        plot(ax, 3, *arguments)


def test_no_plot_changes_what_it_is_given(ax):
    given = {"x": np.array(X, float), "y": np.array(Y, float), "theta": np.array([1.0, 2.0])}
    given |= {"losses": np.array([2.0, 0.0]), "path": np.zeros((2, 2))}
    before = {name: array.copy() for name, array in given.items()}
    plots.data_and_line(ax, given["x"], given["y"], given["theta"])
    plots.contours(ax, LOSS, given["path"])
    plots.loss_over_epochs(ax, given["losses"])
    rendered(ax)
    assert all(np.array_equal(given[name], before[name]) for name in given)


def test_a_call_graph_leaves_the_calls_as_they_were(ax):
    calls = {caller: list(callees) for caller, callees in CALLS.items()}
    plots.call_graph(ax, calls)
    assert calls == CALLS
