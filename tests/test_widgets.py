import base64
from io import BytesIO

import ipywidgets
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image
from traitlets import TraitError

from gdlib import plots
from gdlib.spectrum import max_learning_rate
from gdlib.widgets import descent_sliders, figure
from gdlib.widgets.figure import DescentFigure

X, Y = [2, 3, 4, 5], [45, 65, 85, 105]
VIEW = "application/vnd.jupyter.widget-view+json"


def make_figure(x=X, y=Y, start=(0, 0), max_epochs=1000):
    return DescentFigure(x, y, start, max_epochs)


@pytest.fixture(scope="module")
def shared():
    """One figure for the tests that may come after any other move, as a reader's do."""
    return make_figure()


@pytest.fixture
def sliders():
    return descent_sliders(X, Y, start=[0, 0])


def pixels(png):
    return np.asarray(Image.open(BytesIO(png)))


def artist(drawn, name):
    """One of the artists that move; the figure keeps them to itself."""
    return drawn._artists[name]


# The figure: what it draws


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9], ids=str)
def test_the_line_passes_where_theta_says_whatever_the_unit_of_y(unit):
    drawn = make_figure(y=np.multiply(Y, unit))
    drawn.draw(learning_rate=0.01, epochs=100)
    x, y = artist(drawn, "line").get_xydata().T
    intercept, slope = drawn.run.theta
    np.testing.assert_allclose(y, intercept + slope * x, rtol=1e-12)


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9], ids=str)
def test_the_path_is_the_trajectory_whatever_the_unit_of_y(unit):
    drawn = make_figure(y=np.multiply(Y, unit))
    drawn.draw(learning_rate=0.01, epochs=100)
    assert artist(drawn, "path").get_xydata().tolist() == drawn.run.trajectory.tolist()


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9], ids=str)
def test_the_curve_of_the_losses_begins_in_view_whatever_the_unit_of_y(unit):
    drawn = make_figure(y=np.multiply(Y, unit))
    drawn.draw(learning_rate=0.01, epochs=100)
    curve = artist(drawn, "loss")
    low, high = curve.axes.get_ylim()
    assert low < curve.get_ydata()[0] < high


def test_the_residuals_run_from_the_data_to_the_line(shared):
    shared.draw(learning_rate=0.01, epochs=5)
    expected = plots.residual_segments(shared.x, shared.y, shared.run.theta)
    np.testing.assert_allclose(artist(shared, "residuals").get_segments(), expected, rtol=1e-12)


def test_the_curve_is_the_loss_of_every_epoch(shared):
    shared.draw(learning_rate=0.01, epochs=5)
    assert artist(shared, "loss").get_xydata().tolist() == [[k, loss] for k, loss in enumerate(shared.run.losses)]


def test_a_loss_of_0_is_left_out_of_the_curve():
    drawn = make_figure(y=[0, 0, 0, 0])
    drawn.draw(learning_rate=0.01, epochs=2)
    assert np.isnan(artist(drawn, "loss").get_ydata()).all()


def test_the_picture_says_the_headline_and_the_outcome(shared):
    shared.draw(learning_rate=0.01, epochs=5)
    assert artist(shared, "words").get_text() == f"{shared.headline}\n{shared.outcome}"


def test_the_headline_says_where_the_descent_stands(shared):
    shared.draw(learning_rate=0.01, epochs=1)
    intercept, slope = shared.run.theta
    loss = shared.run.losses[-1]
    assert shared.headline == f"Rate 0.01, 1 epochs: slope {slope:.4g}, intercept {intercept:.4g}, loss {loss:.3g}"


def test_a_far_line_still_crosses_0_where_it_does(shared):
    shared.draw(learning_rate=0.1, epochs=500)
    (x_0, x_1), (y_0, y_1) = artist(shared, "line").get_data()
    intercept, slope = shared.run.theta
    assert x_0 - y_0 * (x_1 - x_0) / (y_1 - y_0) == pytest.approx(-intercept / slope, rel=1e-9)


@pytest.mark.parametrize("learning_rate", [0.1, 0.5, 1.0])
def test_nothing_is_drawn_from_so_far_that_rounding_would_move_it_by_a_pixel(shared, learning_rate):
    shared.draw(learning_rate, epochs=1000)
    for points in [artist(shared, "line"), artist(shared, "path")]:
        panel = points.axes.viewLim.size
        assert (np.ptp(points.get_xydata(), axis=0) <= 1e9 * panel).all()


def test_the_path_of_a_descent_that_diverges_is_drawn_until_it_is_out_of_sight(shared):
    shared.draw(learning_rate=0.1, epochs=1000)
    drawn = artist(shared, "path").get_xydata()
    assert drawn.tolist() == shared.run.trajectory[: len(drawn)].tolist()
    assert len(drawn) > 10


# The figure: blitting


def test_the_background_holds_nothing_that_moves():
    drawn = make_figure(start=(3, 4))
    line = np.array(to_rgb(plots.LINE)) * 255
    before = drawn.draw(learning_rate=0.01, epochs=10)
    for name in ("line", "residuals", "path", "loss", "words"):
        artist(drawn, name).set_visible(False)
    blue = [(pixels(png)[..., :3] == line.round()).all(axis=-1).any() for png in (before, drawn._png())]
    assert blue == [True, False]


@pytest.mark.parametrize("epochs", [0, 1, 300, 1000])
@pytest.mark.parametrize("learning_rate", [0.001, 0.02, 0.07])
def test_a_moved_figure_equals_a_new_one_even_after_it_diverged(shared, learning_rate, epochs):
    shared.draw(learning_rate=0.01, epochs=7)
    shared.draw(learning_rate=1.0, epochs=1000)
    moved = shared.draw(learning_rate, epochs)
    assert moved == make_figure().draw(learning_rate, epochs)


def test_the_same_move_twice_gives_the_same_bytes(shared):
    assert shared.draw(0.01, 100) == shared.draw(0.01, 100)


@pytest.mark.parametrize(("learning_rate", "epochs"), [(0.02, 100), (0.01, 99), (1.0, 1000)])
def test_another_rate_or_number_of_epochs_gives_another_picture(shared, learning_rate, epochs):
    assert shared.draw(0.01, 100) != shared.draw(learning_rate, epochs)


def test_a_move_builds_no_figure_and_no_artist(monkeypatch):
    drawn = make_figure()
    before = drawn._canvas.figure.findobj()
    monkeypatch.setattr(figure, "Figure", None)  # to build one now would be an error
    drawn.draw(learning_rate=0.05, epochs=700)
    assert [id(part) for part in drawn._canvas.figure.findobj()] == [id(part) for part in before]


# The figure: divergence


@pytest.mark.parametrize("epochs", [1, 10, 100, 1000])
@pytest.mark.parametrize("learning_rate", [0.0694, 0.07, 0.1, 0.3, 0.5, 1.0])
def test_past_the_stable_limit_the_words_say_diverges_and_the_picture_decodes(shared, learning_rate, epochs):
    assert learning_rate > max_learning_rate(shared.loss)
    picture = pixels(shared.draw(learning_rate, epochs))
    assert shared.outcome.startswith("Diverges")
    assert picture.shape == (640, 750, 4)


@pytest.mark.parametrize("learning_rate", [0.001, 0.05, 0.0693])
def test_below_the_stable_limit_the_words_do_not_say_diverges(shared, learning_rate):
    assert learning_rate < max_learning_rate(shared.loss)
    shared.draw(learning_rate, epochs=1000)
    assert shared.outcome == "Not there yet: the gradient is not 0."


@pytest.mark.parametrize("learning_rate", [0.001, 1.0])
def test_after_0_epochs_the_descent_stands_at_its_start_at_any_rate(learning_rate):
    drawn = make_figure(start=(3, 4))
    picture = pixels(drawn.draw(learning_rate, epochs=0))
    assert drawn.run.theta.tolist() == [3, 4]
    assert picture.shape == (640, 750, 4)


def test_a_descent_that_begins_at_the_minimum_has_converged():
    drawn = make_figure(start=(5, 20))
    drawn.draw(learning_rate=0.01, epochs=1)
    assert drawn.outcome.startswith("Converged")


def test_a_diverged_picture_is_said_in_another_colour(shared):
    shared.draw(learning_rate=0.01, epochs=10)
    calm = artist(shared, "words").get_color()
    shared.draw(learning_rate=1.0, epochs=10)
    assert artist(shared, "words").get_color() != calm


@pytest.mark.parametrize(
    "given",
    [
        {"y": [40, 69, 80, 110], "start": (-2.5, 22.1)},  # as good as at the minimum, of a loss that is not 0 there
        {"y": [0, 0, 0, 0]},
        {"y": [7, 7, 7, 7], "start": (1, 1)},
        {"y": [-45, -65, -85, -105]},
        {"x": [2001, 2002, 2003, 2004]},
        {"x": [1e9, 2e9, 3e9, 4e9]},
        {"max_epochs": 0},
    ],
    ids=str,
)
def test_any_data_with_a_single_best_line_can_be_drawn_calm_and_diverged(given):
    drawn = make_figure(**given)
    calm = max_learning_rate(drawn.loss) / 2
    assert pixels(drawn.draw(calm, epochs=1000)).shape == (640, 750, 4)
    assert pixels(drawn.draw(1000 * calm, epochs=1000)).shape == (640, 750, 4)


# The figure: what it is given


def test_the_figure_changes_no_array_that_it_is_given():
    given = [np.array(X, float), np.array(Y, float), np.zeros(2)]
    make_figure(*given).draw(learning_rate=1.0, epochs=100)
    assert [array.tolist() for array in given] == [X, Y, [0, 0]]


def test_the_figure_keeps_its_data_when_the_caller_changes_the_arrays():
    given = [np.array(X, float), np.array(Y, float), np.zeros(2)]
    drawn = make_figure(*given)
    before = drawn.draw(0.01, 10)
    for array in given:
        array += 1
    assert drawn.draw(0.01, 10) == before


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"y": Y[:3]}, "x and y must be equally many, but x has 4 numbers and y has 3"),
        ({"x": [2, 3, 4, np.nan]}, r"x must be finite, but x\[3\] is nan"),
        ({"start": [1, 2, 3]}, "start must hold 2 numbers.* holds 3"),
        ({"max_epochs": -1}, "epochs must be a whole number, 0 or more, but it is -1"),
        ({"max_epochs": 1.5}, "epochs must be a whole number, 0 or more, but it is 1.5"),
        ({"x": [3, 3, 3, 3]}, "singular"),
    ],
)
def test_a_figure_of_nonsense_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        make_figure(**given)


@pytest.mark.parametrize(
    ("learning_rate", "epochs", "words"),
    [
        (0.0, 10, "learning_rate must be positive and finite, but it is 0.0"),
        (np.nan, 10, "learning_rate must be positive and finite, but it is nan"),
        ("0.1", 10, "learning_rate must be a positive number, but it is '0.1'"),
        (0.1, -1, "epochs must be a whole number, 0 or more, but it is -1"),
        (0.1, 1.5, "epochs must be a whole number, 0 or more, but it is 1.5"),
    ],
)
def test_a_refused_move_leaves_the_figure_as_it_was(shared, learning_rate, epochs, words):
    before, run = shared.draw(0.01, 10), shared.run
    with pytest.raises(ValueError, match=words):
        shared.draw(learning_rate, epochs)
    assert shared.run is run
    assert shared._png() == before


# The sliders


def test_the_sliders_first_picture_is_the_one_of_the_values_they_show(sliders):
    assert sliders.picture.value == make_figure().draw(sliders.learning_rate.value, sliders.epochs.value)


@pytest.mark.parametrize(("slider", "value"), [("learning_rate", 0.05), ("epochs", 700)])
def test_moving_a_slider_redraws_the_picture_at_its_new_value(sliders, slider, value):
    before = sliders.picture.value
    getattr(sliders, slider).value = value
    assert sliders.picture.value != before
    assert sliders.picture.value == make_figure().draw(sliders.learning_rate.value, sliders.epochs.value)


@pytest.mark.parametrize(("slider", "value"), [("learning_rate", 0.05), ("epochs", 700)])
def test_moving_a_slider_builds_no_widget(sliders, slider, value, monkeypatch):
    children = [id(child) for child in sliders.children]
    monkeypatch.setattr(ipywidgets.Widget, "open", None)  # to build one now would be an error
    getattr(sliders, slider).value = value
    assert [id(child) for child in sliders.children] == children


def test_the_picture_and_the_words_are_among_what_is_shown(sliders):
    assert list(sliders.children) == [sliders.learning_rate, sliders.epochs, sliders.words, sliders.picture]


@pytest.mark.parametrize("learning_rate", [0.001, 1.0])
def test_a_screen_reader_is_told_what_the_picture_says(sliders, learning_rate):
    sliders.learning_rate.value = learning_rate
    said = f"{sliders.figure.headline}. {sliders.figure.outcome}"
    assert sliders.words.value == f'<span role="status">{said}</span>'


def test_moving_the_rate_past_the_limit_and_back_tells_both(sliders):
    sliders.learning_rate.value = 0.5
    past = sliders.words.value
    sliders.learning_rate.value = 0.01
    assert ("Diverges" in past, "Diverges" in sliders.words.value) == (True, False)


def test_the_learning_rates_slider_is_logarithmic_from_a_ten_thousandth_to_1(sliders):
    slider = sliders.learning_rate
    assert isinstance(slider, ipywidgets.FloatLogSlider)
    assert [slider.base**slider.min, slider.base**slider.max] == pytest.approx([1e-4, 1])


def test_the_epochs_slider_runs_from_0_to_1000(sliders):
    assert isinstance(sliders.epochs, ipywidgets.IntSlider)
    assert (sliders.epochs.min, sliders.epochs.max) == (0, 1000)


def test_max_epochs_ends_the_epochs_slider_and_the_epoch_axis():
    sliders = descent_sliders(X, Y, start=[0, 0], epochs=20, max_epochs=50)
    axis = artist(sliders.figure, "loss").axes.get_xlim()
    assert (sliders.epochs.max, axis) == (50, (0, 50))


@pytest.mark.parametrize("learning_rate", [1e-4, 0.03, 1])
def test_the_rates_slider_begins_where_it_is_told_to(learning_rate):
    sliders = descent_sliders(X, Y, start=[0, 0], learning_rate=learning_rate)
    assert sliders.learning_rate.value == sliders.figure.run.learning_rate == pytest.approx(learning_rate)


@pytest.mark.parametrize("epochs", [0, 1000])
def test_the_epochs_slider_begins_where_it_is_told_to(epochs):
    sliders = descent_sliders(X, Y, start=[0, 0], epochs=epochs)
    assert sliders.epochs.value == sliders.figure.run.epochs == epochs


def test_a_slider_given_nonsense_leaves_the_picture_as_it_was(sliders):
    before = sliders.picture.value
    with pytest.raises(TraitError):
        sliders.epochs.value = "many"
    assert sliders.picture.value == before


def test_the_mimebundle_names_the_view_of_this_widget(sliders):
    assert sliders._repr_mimebundle_()[VIEW]["model_id"] == sliders.model_id


def test_the_mimebundle_holds_the_present_picture_for_where_no_kernel_runs(sliders):
    sliders.epochs.value = 500
    assert base64.b64decode(sliders._repr_mimebundle_()["image/png"]) == sliders.picture.value


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"learning_rate": 1e-5}, "learning_rate must lie on its slider, 0.0001 to 1, but it is 1e-05"),
        ({"learning_rate": 2}, "learning_rate must lie on its slider, 0.0001 to 1, but it is 2"),
        ({"learning_rate": "fast"}, "learning_rate must be a positive number, but it is 'fast'"),
        ({"epochs": 1001}, "epochs must lie on its slider, 0 to 1000, but it is 1001"),
        ({"epochs": -1}, "epochs must be a whole number, 0 or more, but it is -1"),
        ({"epochs": 2.5}, "epochs must be a whole number, 0 or more, but it is 2.5"),
        ({"x": [3, 3, 3, 3]}, "singular"),
    ],
)
def test_sliders_that_would_begin_with_nonsense_are_refused(given, words):
    with pytest.raises(ValueError, match=words):
        descent_sliders(**{"x": X, "y": Y, "start": [0, 0]} | given)
