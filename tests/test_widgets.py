import base64
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from traitlets import TraitError

from gdlib.descent import descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.spectrum import regime
from gdlib.widgets import DescentExplorer, descent_explorer
from gdlib.widgets.controls import MIME_TYPE
from gdlib.widgets.still import still

X, Y = [2, 3, 4, 5], [45, 65, 85, 105]
LOSS = MeanSquaredError.from_data(design_matrix(X), Y)


@pytest.fixture
def explorer():
    return DescentExplorer(X, Y, start=[0, 0])


@pytest.fixture
def live():
    return descent_explorer(X, Y, start=[0, 0])


# The figure's numbers


@pytest.mark.parametrize(("rate", "epochs"), [(0.001, 0), (0.001, 1000), (0.06, 100), (0.07, 500), (1.0, 1000)])
def test_the_explorer_has_the_numbers_of_the_descent_that_it_shows(explorer, rate, epochs):
    explorer.learning_rate, explorer.epochs = rate, epochs
    run = descend(LOSS, [0, 0], rate, epochs)
    assert explorer.theta.tolist() == run.theta.tolist()
    assert explorer.run.losses.tolist() == run.losses.tolist()
    assert explorer.status is regime(LOSS, rate)


def test_the_explorer_follows_its_points(explorer):
    explorer.points = [[0, 1], [1, 3], [2, 5]]
    assert explorer.loss.minimum.round(12).tolist() == [1, 2]


def test_an_array_or_a_tuple_will_do(explorer):
    other = DescentExplorer(np.array(X), tuple(Y), start=np.zeros(2), epochs=np.int64(100))
    assert (other.points, other.start, other.epochs) == (explorer.points, explorer.start, explorer.epochs)


def test_home_is_where_it_was_made(explorer):
    made = dict(explorer.home)
    explorer.learning_rate, explorer.epochs, explorer.points = 0.01, 7, [[0, 1], [1, 3]]
    assert (
        explorer.home == made == {"points": [[2, 45], [3, 65], [4, 85], [5, 105]], "learning_rate": 1e-3, "epochs": 100}
    )


def test_stops_beyond_the_last_epoch_are_left_out():
    assert DescentExplorer(X, Y, start=[0, 0], max_epochs=500).stops == [100, 200]


# What makes no sense is refused, and nothing changes


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("learning_rate", np.nan, "learning_rate must be positive and finite, but it is nan"),
        ("learning_rate", np.inf, "learning_rate must be positive and finite, but it is inf"),
        ("learning_rate", -0.1, "learning_rate must be positive and finite, but it is -0.1"),
        ("learning_rate", 0, "learning_rate must be positive and finite, but it is 0.0"),
        ("learning_rate", "fast", "expected a float, not the str 'fast'"),
        ("epochs", -1, "epochs must be a whole number, 0 or more, but it is -1"),
        ("epochs", 1001, "epochs must be at most max_epochs, 1000, but it is 1001"),
        ("epochs", 1.5, "expected an int, not the float 1.5"),
        ("max_epochs", 99, "epochs must be at most max_epochs, 99, but it is 100"),
        ("max_epochs", 10**6, "max_epochs must be at most 100000, but it is 1000000"),
        ("tolerance", 0, "tolerance must be positive and finite, but it is 0.0"),
        ("points", [], "points must be a table of numbers, one row a point, but its shape is (0,)"),
        ("points", [[1, 2, 3]], "points must be pairs of x and y, but their shape is (1, 3)"),
        ("points", [[1, 2], [3]], "points must be a table of numbers, one row a point, but its rows differ in length"),
        ("points", [[1, 2], [np.nan, 3]], "points must be finite, but points[1, 0] is nan"),
        ("points", [[1, 2], [1, 3]], "so many lines fit equally well"),
        ("points", [[1, 2]], "so many lines fit equally well"),
        ("start", [0], "start must hold 2 numbers, one a column of X, but it holds 1"),
        ("start", [1e200, 0], "leaves the range of a float"),
        ("rate_range", [1, 0.1], "rate_range must be two positive numbers, the smaller first, but it is [1.0, 0.1]"),
    ],
)
def test_a_trait_refuses_what_makes_no_sense_and_keeps_what_it_had(explorer, name, value, said):
    before = getattr(explorer, name)
    with pytest.raises(TraitError) as refused:
        setattr(explorer, name, value)
    assert said in str(refused.value)
    assert getattr(explorer, name) == before


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"x": [1, 2]}, "x and y must be equally many, but x has 2 numbers and y has 4"),
        ({"x": [], "y": []}, "x is empty"),
        ({"start": [0, 0, 0]}, "start must hold 2 numbers"),
        ({"learning_rate": 2.0}, "learning_rate must lie on its slider, 0.0001 to 1.0, but it is 2.0"),
        ({"epochs": 2.5}, "epochs must be a whole number, 0 or more, but it is 2.5"),
        ({"stops": 100}, "stops must be a list of epochs, but it is 100"),
        ({"stops": [100, -1]}, "stops must be a whole number, 0 or more, but it is -1"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(changed, said):
    with pytest.raises(ValueError, match=said):
        descent_explorer(**{"x": X, "y": Y, "start": [0, 0]} | changed)


@pytest.mark.parametrize("changed", [{"x": [3, 3, 3, 3]}, {"epochs": 1001}, {"rate_range": (0, 1)}])
def test_arguments_that_only_together_make_no_sense_are_refused(changed):
    with pytest.raises(TraitError):
        DescentExplorer(**{"x": X, "y": Y, "start": [0, 0]} | changed)


# The controls


def test_the_sliders_begin_where_the_figure_does_and_end_where_it_ends():
    live = descent_explorer(X, Y, start=[0, 0], learning_rate=0.02, epochs=30, max_epochs=400, rate_range=(1e-3, 10))
    assert (live.learning_rate.value, live.epochs.value, live.play.value) == (0.02, 30, 30)
    assert (live.learning_rate.min, live.learning_rate.max) == (-3, 1)
    assert live.epochs.max == live.play.max == 400
    assert not live.play.playing


def test_what_a_notebook_stores_makes_the_same_figure_again():
    live = descent_explorer(X, Y, start=[1, 2], learning_rate=0.02, max_epochs=400, stops=[50])
    again = descent_explorer(**live._repr_mimebundle_()[MIME_TYPE])
    assert again.arguments == live.arguments
    for name in (
        "points",
        "start",
        "learning_rate",
        "epochs",
        "max_epochs",
        "tolerance",
        "rate_range",
        "stops",
        "home",
    ):
        assert getattr(again.explorer, name) == getattr(live.explorer, name)


def test_where_nothing_runs_a_picture_is_shown(live):
    picture = Image.open(BytesIO(base64.b64decode(live._repr_mimebundle_()["image/png"])))
    assert picture.size == (750, 600)


@pytest.mark.parametrize(("name", "value"), [("learning_rate", 1.0), ("epochs", 1000), ("points", [[0, 1], [1, 3]])])
def test_the_picture_shows_the_state(explorer, name, value):
    before = still(explorer)
    setattr(explorer, name, value)
    assert still(explorer) != before
