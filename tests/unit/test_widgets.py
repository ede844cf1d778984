import base64
import inspect
import json
import re
import subprocess
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

import npm
import numpy as np
import pytest
import widget
from ipywidgets.embed import dependency_state
from PIL import Image
from traitlets import TraitError

from gdlib.batches import MiniBatches
from gdlib.costs import COSTS, SquaredCost
from gdlib.descent import descend
from gdlib.losses import GemanMcClure, MeanSquaredError
from gdlib.rates import SEARCHES, Backtracking, ExactLineSearch, InverseTime
from gdlib.regression import design_matrix
from gdlib.rules import RULES, Adam, HeavyBall, Linear, Nesterov
from gdlib.scaling import standardize
from gdlib.spectrum import regime
from gdlib.stopping import SmallGain, SmallGradient, SmallStep
from gdlib.widgets import DescentExplorer, descent_explorer
from gdlib.widgets.controls import MIME_TYPE
from gdlib.widgets.settings import CHOICES, SETTINGS, SHOWN, STATIC, taken
from gdlib.widgets.settings import KINDS as KINDS_OF_SETTING
from gdlib.widgets.still import still, valleys

X, Y = [2, 3, 4, 5], [45, 65, 85, 105]
DESIGN = design_matrix(X)
LOSS = MeanSquaredError.from_data(DESIGN, Y)
STANDARDISED = design_matrix(standardize(np.array(X)[:, None])[0][:, 0])
ROBUST = GemanMcClure(DESIGN, Y, 10)

# Every kind of figure: what it is made with, and what `descend` then runs on and with.
KINDS = {
    "heavy ball": ({"rule": "heavy ball", "momentum": 0.8}, LOSS, 0.02, {"rule": HeavyBall(0.8)}),
    "nesterov": ({"rule": "nesterov", "momentum": 0.7}, LOSS, 0.02, {"rule": Nesterov(0.7)}),
    "adam": ({"rule": "adam"}, LOSS, 0.02, {"rule": Adam()}),
    "exact line search": ({"rule": "exact line search"}, LOSS, ExactLineSearch(), {}),
    "backtracking": ({"rule": "backtracking"}, LOSS, Backtracking(0.02), {}),
    "mini-batches": ({"batch_size": 3, "seed": 5}, LOSS, 0.02, {"batches": MiniBatches(DESIGN, Y, 3, 5)}),
    "a rate that shrinks": ({"half_life": 20}, LOSS, InverseTime(0.02, 20), {}),
    "a rate that could": ({"half_life": 20, "shrinking": False}, LOSS, 0.02, {}),
    "standardised": ({"standardised": True}, MeanSquaredError.from_data(STANDARDISED, Y), 0.02, {}),
    "robust": ({"loss": "geman-mcclure", "loss_scale": 10}, ROBUST, 0.02, {}),
    "all at once": (
        {"rule": "nesterov", "batch_size": 2, "seed": 1, "half_life": 20, "standardised": True}
        | {"loss": "geman-mcclure", "loss_scale": 10},
        GemanMcClure(STANDARDISED, Y, 10),
        InverseTime(0.02, 20),
        {
            "rule": Nesterov(0.9),
            "batches": MiniBatches(STANDARDISED, Y, 2, 1, lambda X, y: GemanMcClure(X, y, 10)),
        },
    ),
}


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


@pytest.mark.parametrize(("settings", "loss", "rate", "chosen"), KINDS.values(), ids=KINDS)
def test_every_kind_of_figure_has_the_numbers_of_its_descent(settings, loss, rate, chosen):
    explorer = DescentExplorer(X, Y, start=[1, 2], learning_rate=0.02, **settings)
    run = descend(loss, [1, 2], rate, 100, **chosen)
    np.testing.assert_allclose(explorer.run.trajectory, run.trajectory, rtol=1e-12)
    np.testing.assert_allclose(explorer.run.losses, run.losses, rtol=1e-12)
    assert explorer.theta.tolist() == explorer.run.trajectory[-1].tolist()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rule", "plain"),
        ("momentum", 0.0),
        ("batch_size", 2),
        ("seed", 6),
        ("half_life", 9),
        ("shrinking", False),
        ("standardised", False),
        ("loss", "mean squared error"),
        ("loss_scale", 3.0),
    ],
)
def test_a_trait_that_is_set_later_counts_as_if_it_had_been_there_from_the_start(name, value):
    made = {"rule": "nesterov", "momentum": 0.7, "batch_size": 3, "seed": 5, "half_life": 20}
    made |= {"start": [1, 2], "learning_rate": 0.02, "standardised": True}
    made |= {"loss": "geman-mcclure", "loss_scale": 10}
    before, after = DescentExplorer(X, Y, **made), DescentExplorer(X, Y, **made | {name: value})
    assert before.theta.tolist() != after.theta.tolist()
    setattr(before, name, value)
    assert before.theta.tolist() == after.theta.tolist()


@pytest.mark.parametrize("standardised", [False, True])
def test_the_raw_parameters_are_the_same_line_for_the_x_as_they_are(standardised):
    explorer = DescentExplorer(X, Y, start=[0, 0], learning_rate=0.02, standardised=standardised)
    predicted = (STANDARDISED if standardised else DESIGN) @ explorer.theta
    np.testing.assert_allclose(DESIGN @ explorer.raw_theta, predicted, rtol=1e-12)


@pytest.mark.parametrize("rate", [0.001, 0.03, 0.06, 0.3])
@pytest.mark.parametrize("name", ["heavy ball", "nesterov"])
def test_with_momentum_the_status_is_the_rules_own(rate, name):
    settings, _, _, chosen = KINDS[name]
    explorer = DescentExplorer(X, Y, start=[0, 0], learning_rate=rate, **settings)
    assert explorer.status is regime(LOSS, rate, **chosen)


def test_a_standardised_figure_has_the_status_of_its_own_loss(explorer):
    explorer.learning_rate = 0.3
    assert explorer.status.name == "DIVERGES"
    explorer.standardised = True
    assert explorer.status.name == "CONVERGES"


def test_a_rate_that_could_shrink_has_a_status_while_it_does_not():
    explorer = DescentExplorer(X, Y, start=[0, 0], half_life=20)
    assert explorer.status is None
    explorer.shrinking = False
    assert explorer.status is regime(LOSS, 0.001)


@pytest.mark.parametrize(
    "settings",
    [
        {"rule": "adam"},
        {"rule": "exact line search"},
        {"rule": "backtracking"},
        {"batch_size": 2},
        {"batch_size": 4},
        {"loss": "geman-mcclure"},
    ],
    ids=str,
)
def test_where_no_regime_is_known_there_is_none(settings):
    assert DescentExplorer(X, Y, start=[0, 0], **settings).status is None


def test_the_explorer_follows_its_points(explorer):
    explorer.points = [[0, 1], [1, 3], [2, 5]]
    assert explorer.objective.minimum.round(12).tolist() == [1, 2]


def test_a_batch_is_at_most_all_points_that_are_left():
    explorer = DescentExplorer(X, Y, start=[0, 0], batch_size=4)
    explorer.points = [[2, 45], [3, 65]]
    assert explorer.batch_size == 4
    batches = MiniBatches(DESIGN[:2], Y[:2], 2, 0)
    run = descend(MeanSquaredError.from_data(DESIGN[:2], Y[:2]), [0, 0], 0.001, 100, batches=batches)
    assert explorer.theta.tolist() == run.theta.tolist()


def test_where_each_stopping_rule_ends_the_descent():
    explorer = DescentExplorer(X, Y, start=[0, 0], learning_rate=0.03, epochs=7, max_epochs=900, stop_tolerance=0.01)
    assert explorer.run.epochs == 7
    for name, rule in [("gradient", SmallGradient), ("step", SmallStep), ("gain", SmallGain)]:
        run = descend(LOSS, [0, 0], 0.03, 900, stop=rule(0.01))
        assert run.stopped_by is not None
        assert explorer.stopped[name].trajectory.tolist() == run.trajectory.tolist()
    assert set(explorer.stopped) == {"gradient", "step", "gain"}
    explorer.stop_tolerance = 0.0
    assert explorer.stopped == {}


def test_an_array_or_a_tuple_will_do(explorer):
    other = DescentExplorer(np.array(X), tuple(Y), start=np.zeros(2), epochs=np.int64(100))
    assert (other.points, other.start, other.epochs) == (explorer.points, explorer.start, explorer.epochs)


# What a trait is set to, and what it then holds.
TAKEN = [
    ("start", np.array([1, 2.5]), [1.0, 2.5]),
    ("start", (1, 2), [1.0, 2.0]),
    ("start", [np.float32(1.5), np.int8(2)], [1.5, 2.0]),
    ("start", [Fraction(1, 2), Decimal("1.5")], [0.5, 1.5]),
    ("start", np.ma.masked_array([1.0, 2.0]), [1.0, 2.0]),
    ("points", np.array([[1, 2], [3, 4], [5, 5]]), [[1.0, 2.0], [3.0, 4.0], [5.0, 5.0]]),
    ("points", ((1, 2), (3, 4)), [[1.0, 2.0], [3.0, 4.0]]),
    ("points", [np.array([1, 2]), (3, np.float32(4))], [[1.0, 2.0], [3.0, 4.0]]),
    ("learning_rate", np.float32(0.5), 0.5),
    ("learning_rate", np.int64(1), 1.0),
    ("learning_rate", Fraction(1, 4), 0.25),
    ("learning_rate", Decimal("0.25"), 0.25),
    ("epochs", np.int64(7), 7),
    ("epochs", np.uint8(7), 7),
    ("max_epochs", np.int32(500), 500),
    ("tolerance", np.float16(0.5), 0.5),
    ("rate_range", np.array([0.001, 1.0]), [0.001, 1.0]),
    ("rate_range", (np.float64(0.25), 1), [0.25, 1.0]),
    ("stops", np.array([100, 200]), [100, 200]),
    ("stops", (100, np.int64(7)), [100, 7]),
    ("stops", range(3), [0, 1, 2]),
    ("rule", np.str_("adam"), "adam"),
    ("rules", np.array(["plain", "adam"]), ["plain", "adam"]),
    ("rules", ("adam", "plain"), ["adam", "plain"]),
    ("momentum", np.float32(0.5), 0.5),
    ("momentum", Fraction(1, 2), 0.5),
    ("batch_size", np.int8(3), 3),
    ("seed", np.uint64(3), 3),
    ("half_life", np.int16(3), 3),
    ("shrinking", np.False_, False),
    ("standardised", np.True_, True),
    ("loss", np.str_("geman-mcclure"), "geman-mcclure"),
    ("loss_scale", np.float32(2), 2.0),
    ("switches", np.array(["standardised"]), ["standardised"]),
    ("panel", np.str_("directions"), "directions"),
    ("difference", np.float32(0.5), 0.5),
    ("stop_tolerance", np.float32(0.5), 0.5),
]
# What no trait takes, as the constructor does not.
REFUSED = [
    *(("start", value) for value in (np.array([1, 2, 3]), np.array(1.0), "12", None, {1: 2}, [1, np.ma.masked])),
    ("start", np.ma.masked_array([1, -999], mask=[False, True])),
    ("start", np.array([1, np.nan])),
    *(("learning_rate", value) for value in (np.array(0.1), np.float32("nan"), None, np.ma.masked, 10**400, "0.1")),
    *(("epochs", value) for value in (7.0, np.float64(7), np.array(7), Fraction(7), 10**400, None, "7")),
    *(("max_epochs", value) for value in (500.0, np.int64(10**6))),
    *(("rate_range", value) for value in (np.array([1, 2, 3]), np.ma.masked_array([0.1, 1], mask=[True, False]), 1)),
    *(("stops", value) for value in (np.array([1.5]), ["a"], 100, "12", [-1], np.array(5), None)),
    *(("rule", value) for value in (np.array("adam"), np.array(["adam"]), None, 1)),
    *(("rules", value) for value in ("plain", np.array(["sgd"]), [["plain"]], 1)),
    *(("momentum", value) for value in (np.float32(1), Fraction(10**20 - 1, 10**20), np.array(0.5))),
    *(("batch_size", value) for value in (2.0, np.array(2), np.int8(-1))),
    *(("seed", value) for value in (2**60, np.float64(3))),
    *(("half_life", value) for value in (2.0, np.int64(-2))),
    *(("shrinking", value) for value in (0, np.array(False), None, np.int64(1))),
    *(("standardised", value) for value in (1, "yes")),
    *(("loss", value) for value in ("huber?", np.array("geman-mcclure"), 0)),
    *(("loss_scale", value) for value in (np.float32(-1), 0, np.array(1.0))),
    *(("switches", value) for value in ("standardised", np.array(["rule"]))),
    *(("panel", value) for value in (np.array("loss"), None)),
    *(("difference", value) for value in (np.float32(0), np.array(0.1))),
    *(("stop_tolerance", value) for value in (np.float32(-1), np.array(0.1))),
]


def plainly(value):
    """Whether it is made of Python's own values alone, which is what a browser is sent."""
    return (
        all(map(plainly, value)) if type(value) is list else isinstance(value, str) or type(value) in (bool, int, float)
    )


@pytest.mark.parametrize(("name", "value", "held"), TAKEN, ids=lambda value: repr(value)[:30])
def test_a_trait_takes_what_the_constructor_takes(explorer, name, value, held):
    setattr(explorer, name, value)
    assert getattr(explorer, name) == held
    assert plainly(getattr(explorer, name))
    json.dumps(explorer.get_state(name))
    if name != "points":
        made = DescentExplorer(X, Y, **{"start": [0, 0]} | {name: value})
        assert getattr(made, name) == held
        json.dumps(made.get_state([name, "home"]))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("name", "value"), REFUSED, ids=lambda value: repr(value)[:30])
def test_what_the_constructor_refuses_no_trait_takes(explorer, name, value):
    before = getattr(explorer, name)
    with pytest.raises(TraitError):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before
    with pytest.raises((ValueError, TraitError)):
        DescentExplorer(X, Y, **{"start": [0, 0]} | {name: value})


@pytest.mark.parametrize(
    "value", [np.ma.masked_array([[1, 2], [3, 4]], mask=[[0, 0], [0, 1]]), [(1, 2), (3, np.ma.masked)]]
)
def test_points_that_hide_a_number_are_refused(explorer, value):
    with pytest.raises(TraitError, match=r"^points must not be masked: .*; the first is at \[1, 1\]$"):
        explorer.points = value
    assert len(explorer.points) == 4


def test_home_is_where_it_was_made():
    home = {
        "points": [[2, 45], [3, 65], [4, 85], [5, 105]],
        "start": [1, 2],
        "learning_rate": 1e-3,
        "epochs": 100,
        "rule": "nesterov",
        "momentum": 0.8,
        "batch_size": 3,
        "seed": 4,
        "shrinking": True,
        "standardised": False,
        "difference": 0.01,
        "stop_tolerance": 1e-4,
    }
    asked = {name: value for name, value in home.items() if name not in ("points", "start")}
    explorer = DescentExplorer(X, Y, start=[1, 2], half_life=9, **asked)
    explorer.learning_rate, explorer.epochs, explorer.points, explorer.start = 0.01, 7, [[0, 1], [1, 3]], [3, 4]
    explorer.rule, explorer.momentum, explorer.batch_size, explorer.seed = "plain", 0.1, 1, 9
    explorer.shrinking, explorer.standardised, explorer.difference, explorer.stop_tolerance = False, True, 1.0, 0.0
    assert explorer.home == home


def test_the_table_has_no_words_that_nobody_reads():
    known = {"kind", "default", "of", "most", "changeable", "shown", "slider"}
    assert {word for setting in SETTINGS.values() for word in setting} == known
    sliders = [setting["slider"] for setting in SETTINGS.values() if "slider" in setting]
    assert {word for slider in sliders for word in slider} == {"ends", "log", "step", "format"}
    assert {setting["kind"] for setting in SETTINGS.values()} == set(KINDS_OF_SETTING)
    assert {by for setting in SETTINGS.values() for by in setting.get("shown", ())} == set(SHOWN)


def test_every_setting_is_in_the_docstring_and_no_other():
    said = re.search(r"Parameters\n-+\n(.*?)\n\n", inspect.getdoc(DescentExplorer), re.DOTALL)[1]
    names = {name for line in re.findall(r"^\S.*(?= :)", said, re.MULTILINE) for name in line.split(", ")}
    assert names == {"x", "y"} | SETTINGS.keys() - {"points"}


def test_a_name_that_is_no_setting_is_refused():
    with pytest.raises(TypeError, match=r"DescentExplorer has no settings \['half'\]; it has learning_rate, .*half_l"):
        descent_explorer(X, Y, start=[0, 0], half=20)


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
        ("learning_rate", "fast", "learning_rate must be a positive number, but it is 'fast'"),
        ("epochs", -1, "epochs must be a whole number, 0 or more, but it is -1"),
        ("epochs", 1001, "epochs must be at most max_epochs, 1000, but it is 1001"),
        ("epochs", 1.5, "epochs must be a whole number, 0 or more, but it is 1.5"),
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
        (
            "rule",
            "adagrad",
            "rule must be one of plain, heavy ball, nesterov, adam, exact line search, backtracking, but",
        ),
        ("rules", ["adam"], "rule must be one of rules, adam, but it is 'plain'"),
        (
            "rules",
            ["plain", "sgd"],
            "each of rules must be one of plain, heavy ball, nesterov, adam, exact line search,",
        ),
        ("rules", ["plain", "plain"], "rules must hold each of its words once, but it is ['plain', 'plain']"),
        ("momentum", 1, "momentum must be a number from 0 to below 1, but it is 1"),
        ("momentum", -0.1, "momentum must be a number from 0 to below 1, but it is -0.1"),
        ("momentum", np.nan, "momentum must be a number from 0 to below 1, but it is nan"),
        ("batch_size", -1, "batch_size must be a whole number, 0 or more, but it is -1"),
        ("seed", -1, "seed must be a whole number, 0 or more, but it is -1"),
        ("half_life", -1, "half_life must be a whole number, 0 or more, but it is -1"),
        ("shrinking", 0.5, "shrinking must be True or False, but it is 0.5"),
        ("standardised", "yes", "standardised must be True or False, but it is 'yes'"),
        ("loss", "huber", "loss must be one of mean squared error, geman-mcclure, but it is 'huber'"),
        ("loss_scale", -1, "loss_scale must be positive and finite, but it is -1.0"),
        ("loss_scale", np.inf, "loss_scale must be positive and finite, but it is inf"),
        ("switches", ["momentum"], "each of switches must be one of standardised, shrinking, but it is 'momentum'"),
        ("switches", ["shrinking"], "half_life must be 1 or more where the reader can switch shrinking, but it is 0"),
        ("panel", "surface", "panel must be one of loss, directions, differences, but it is 'surface'"),
        ("difference", 0, "difference must be positive and finite, but it is 0.0"),
        ("stop_tolerance", -1, "stop_tolerance must not be negative, but it is -1"),
        ("stop_tolerance", np.nan, "stop_tolerance must be finite, but it is nan"),
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
        ({"rate_range": (0, 1)}, "rate_range must be two positive numbers, the smaller first, but it is"),
        ({"rule": "adagrad"}, "rule must be one of plain, .* but it is 'adagrad'"),
        ({"rules": "plain"}, "rules must be a list, but it is 'plain'"),
        ({"rules": [1]}, "each of rules must be one of plain, .* but it is 1"),
        ({"momentum": 1}, "momentum must be a number from 0 to below 1, but it is 1"),
        ({"momentum": 0.995, "rule": "nesterov"}, "momentum must lie on its slider, 0.0 to 0.99, but it is 0.995"),
        ({"batch_size": 5}, "batch_size must be at most the number of points, 4, but it is 5"),
        ({"batch_size": 2.0}, "batch_size must be a whole number, 0 or more, but it is 2.0"),
        ({"batch_size": 2, "seed": 21}, "seed must lie on its slider, 0 to 20, but it is 21"),
        ({"seed": -1}, "seed must be a whole number, 0 or more, but it is -1"),
        ({"half_life": -1}, "half_life must be a whole number, 0 or more, but it is -1"),
        ({"half_life": 2.5}, "half_life must be a whole number, 0 or more, but it is 2.5"),
        ({"shrinking": 1}, "shrinking must be True or False, but it is 1"),
        ({"standardised": "no"}, "standardised must be True or False, but it is 'no'"),
        ({"loss": "absolute"}, "loss must be one of mean squared error, geman-mcclure, but it is 'absolute'"),
        ({"loss_scale": -1}, "loss_scale must be positive and finite, but it is -1.0"),
        ({"loss_scale": "1"}, "loss_scale must be a positive number, but it is '1'"),
        ({"switches": ["rule"]}, "each of switches must be one of standardised, shrinking, but it is 'rule'"),
        ({"panel": "all"}, "panel must be one of loss, directions, differences, but it is 'all'"),
        ({"difference": 0}, "difference must be positive and finite, but it is 0.0"),
        ({"difference": 2, "panel": "differences"}, "difference must lie on its slider, 1e-14 to 1.0, but it is 2.0"),
        ({"stop_tolerance": -1}, "stop_tolerance must not be negative, but it is -1"),
        ({"stop_tolerance": 1e-9}, "stop_tolerance must lie on its slider, 1e-08 to 1.0, but it is 1e-09"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(changed, said):
    with pytest.raises(ValueError, match=said):
        descent_explorer(**{"x": X, "y": Y, "start": [0, 0]} | changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"x": [3, 3, 3, 3]},
        {"x": [3, 3, 3, 3], "standardised": True},
        {"epochs": 1001},
        {"rules": ["heavy ball", "nesterov"]},
        {"switches": ["shrinking"]},
        {"loss": "geman-mcclure", "panel": "directions"},
        {"loss": "geman-mcclure", "rule": "exact line search"},
        {"loss": "geman-mcclure", "rules": ["plain", "exact line search"]},
        {"loss": "geman-mcclure", "loss_scale": 1e-200},
    ],
    ids=str,
)
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


@pytest.mark.parametrize(
    ("settings", "sliders"),
    [
        ({}, {}),
        ({"seed": 30, "momentum": 0.999, "difference": 3.0}, {}),
        ({"rule": "adam", "rules": ["plain", "adam"], "half_life": 5, "switches": ["shrinking", "standardised"]}, {}),
        ({"rule": "heavy ball"}, {"momentum": (0.9, 0, 0.99)}),
        ({"rules": ["plain", "nesterov"], "momentum": 0.5}, {"momentum": (0.5, 0, 0.99)}),
        ({"batch_size": 2, "seed": 3}, {"batch_size": (2, 1, 4), "seed": (3, 0, 20)}),
        ({"panel": "differences", "difference": 1e-14}, {"difference": (1e-14, -14, 0)}),
        ({"stop_tolerance": 1e-8}, {"stop_tolerance": (1e-8, -8, 0)}),
    ],
    ids=str,
)
def test_there_is_a_slider_for_what_matters_and_it_is_linked(settings, sliders):
    live = descent_explorer(X, Y, start=[0, 0], **settings)
    assert {name: (slider.value, slider.min, slider.max) for name, slider in live.more.items()} == sliders
    *above, in_sight, _ = live.children
    assert set(live.more.values()) < {*above, *in_sight.children}
    models = dependency_state([live], drop_defaults=False).values()
    links = [(each["state"]["source"], each["state"]["target"]) for each in models if each["model_name"] == "LinkModel"]
    named = {"learning_rate": live.learning_rate, "epochs": live.epochs} | live.more
    for name, slider in named.items():
        assert ([f"IPY_MODEL_{slider.model_id}", "value"], [f"IPY_MODEL_{live.explorer.model_id}", name]) in links


def test_the_learning_rate_stays_next_to_its_marks_and_what_the_figure_is_about_stays_with_it():
    live = descent_explorer(X, Y, start=[0, 0], rule="heavy ball", batch_size=1)
    *above, in_sight, figure = live.children
    assert figure is live.explorer
    assert in_sight.children == (live.more["momentum"], live.learning_rate)
    assert above[1:] == [live.more["seed"], live.more["batch_size"]]
    *above, in_sight, _ = descent_explorer(X, Y, start=[0, 0]).children
    assert above == []
    assert live.epochs.description in {child.description for child in in_sight.children[0].children[1:]}


def test_what_a_notebook_stores_makes_the_same_figure_again():
    settings = {
        "learning_rate": 0.02,
        "max_epochs": 400,
        "stops": [50],
        "rule": "nesterov",
        "rules": ("plain", "nesterov"),
        "momentum": 0.8,
        "batch_size": np.int64(2),
        "seed": 3,
        "half_life": 10,
        "shrinking": np.bool_(False),
        "standardised": True,
        "loss": "geman-mcclure",
        "loss_scale": 2,
        "switches": ("standardised", "shrinking"),
        "panel": "differences",
        "difference": np.float64(0.01),
        "stop_tolerance": 0.001,
    }
    live = descent_explorer(X, Y, start=[1, 2], **settings)
    again = descent_explorer(**json.loads(json.dumps(live._repr_mimebundle_()[MIME_TYPE])))
    assert again.arguments == live.arguments
    ours = {name for name in DescentExplorer.class_trait_names(sync=True) if not name.startswith("_")}
    assert {"points", "start", "home", *settings} <= ours
    for name in ours - {"layout", "tabbable", "tooltip"}:
        assert getattr(again.explorer, name) == getattr(live.explorer, name)


def test_where_nothing_runs_a_picture_is_shown(live):
    picture = Image.open(BytesIO(base64.b64decode(live._repr_mimebundle_()["image/png"])))
    assert picture.size == (750, 600)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learning_rate", 1.0),
        ("epochs", 1000),
        ("points", [[0, 1], [1, 3]]),
        ("start", [3, 4]),
        ("rule", "adam"),
        ("batch_size", 1),
        ("half_life", 1),
        ("standardised", True),
        ("loss", "geman-mcclure"),
        ("panel", "directions"),
        ("panel", "differences"),
        ("stop_tolerance", 0.1),
    ],
)
def test_the_picture_shows_the_state(explorer, name, value):
    before = still(explorer)
    setattr(explorer, name, value)
    assert still(explorer) != before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("panel", ["loss", "directions", "differences"])
def test_every_kind_of_figure_has_a_picture(kind, panel):
    settings = {"panel": panel, "stop_tolerance": 0.1} | KINDS[kind][0]
    if panel == "directions":
        settings["loss"] = "mean squared error"
    explorer = DescentExplorer(X, Y, start=[1, 2], learning_rate=0.02, **settings)
    assert still(explorer).startswith(b"\x89PNG")


def test_the_picture_of_a_robust_loss_marks_its_two_deepest_valleys():
    x = [0, 1, 2, 3, 4, 5, 6, 7]
    y = [0, 1, 2, 3, 4, 107, 116, 127]
    loss = DescentExplorer(x, y, start=[0, 0], loss="geman-mcclure", loss_scale=3).objective
    deepest, other = valleys(loss)
    assert loss.value(deepest) < loss.value(other)
    for bottom in (deepest, other):
        np.testing.assert_allclose(loss.gradient(bottom), 0, atol=1e-9)
        around = bottom + 1e-3 * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
        assert loss.values(around).min() > loss.value(bottom)
    np.testing.assert_allclose(deepest, [0, 1], atol=0.1)
    np.testing.assert_allclose(other, [56.7, 10], atol=1)


def test_where_there_is_one_valley_one_is_marked():
    loss = DescentExplorer(X, Y, start=[0, 0], loss="geman-mcclure", loss_scale=20).objective
    np.testing.assert_allclose(valleys(loss), [[5, 20]])


# The script


def test_what_is_bundled_is_what_the_modules_make():
    assert {path.name: path.read_bytes() for path in STATIC.glob("*")} == widget.made()


def test_a_stale_bundle_is_named(tmp_path, monkeypatch, capsys):
    for path in STATIC.glob("*"):
        (tmp_path / path.name).write_bytes(path.read_bytes() + b" " * (path.suffix == ".css"))
    (tmp_path / "old.js").touch()
    monkeypatch.setattr(widget, "STATIC", tmp_path)
    assert widget.main(["--check"]) == 1
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "gdlib/widgets/static/explorer.css",
        "gdlib/widgets/static/old.js",
    ]
    assert widget.main([]) == widget.main(["--check"]) == 0


TABLES = """
import { LOSSES } from "./mathematics/losses.js";
import { RULES } from "./mathematics/rules.js";
import { PANELS, SLIDERS } from "./messages.js";
const having = (table, name) => Object.keys(table).filter((each) => table[each][name]);
const rules = { momentum: having(RULES, "momentum"), limit: having(RULES, "limit"), search: having(RULES, "search") };
const known = { rules: Object.keys(RULES), losses: Object.keys(LOSSES), sliders: Object.keys(SLIDERS), panels: PANELS };
console.log(JSON.stringify({ ...known, ...rules, quadratic: having(LOSSES, "quadratic") }));
"""


def test_the_browser_has_the_same_rules_losses_and_panels():
    found = json.loads(ask_node(TABLES, npm.WEB / "widget"))
    assert found["rules"] == list(CHOICES["rules"])
    assert found["momentum"] == [name for name, rule in RULES.items() if "momentum" in taken(rule)]
    assert found["limit"] == [name for name, rule in RULES.items() if issubclass(rule, Linear)]
    assert found["search"] == list(SEARCHES)
    assert found["losses"] == list(CHOICES["losses"])
    assert found["quadratic"] == [name for name, cost in COSTS.items() if cost is SquaredCost]
    assert found["sliders"] == [name for name, setting in SETTINGS.items() if "slider" in setting]
    drawn = {path.stem for path in (npm.WEB / "widget" / "panels").glob("*.js")}
    assert drawn == set(found["panels"]) == {"data", "surface", *CHOICES["panels"]}


def test_the_whole_script_is_one_module_that_renders(tmp_path):
    (tmp_path / "explorer.mjs").write_bytes((STATIC / "explorer.js").read_bytes())
    asked = 'import figure from "./explorer.mjs"; console.log(typeof figure.render)'
    assert ask_node(asked, tmp_path) == "function\n"


def ask_node(script, folder):
    """What a module prints that may import those of a folder."""
    command = [npm.node(), "--input-type=module", "--eval", script]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False, cwd=folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout
