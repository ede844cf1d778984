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
from bs4 import BeautifulSoup
from matplotlib.figure import Figure
from PIL import Image
from traitlets import TraitError

from gdlib._own_step import path_of
from gdlib.batches import MiniBatches
from gdlib.costs import COSTS, SquaredCost
from gdlib.descent import descend
from gdlib.losses import GemanMcClure, MeanSquaredError
from gdlib.rates import SEARCHES, Backtracking, ExactLineSearch, InverseTime
from gdlib.regression import design_matrix
from gdlib.rules import RULES, AdaGrad, Adam, AdamW, HeavyBall, Linear, Nesterov, RMSProp
from gdlib.scaling import standardize
from gdlib.scratch import gradient_step, linear_gradient
from gdlib.spectrum import regime
from gdlib.stopping import SmallGain, SmallGradient, SmallStep
from gdlib.vectors import vector_mean
from gdlib.widgets import DescentExplorer
from gdlib.widgets import explorer as explorers
from gdlib.widgets.explorer import MIME_TYPE
from gdlib.widgets.settings import CHOICES, SETTINGS, STATIC, taken
from gdlib.widgets.settings import KINDS as KINDS_OF_SETTING
from gdlib.widgets.still import mark_intercept, put_minimum_in_middle, valleys

X, Y = [2, 3, 4, 5], [45, 65, 85, 105]
DESIGN = design_matrix(X)
LOSS = MeanSquaredError.from_data(DESIGN, Y)
STANDARDISED = design_matrix(standardize(np.array(X)[:, None])[0][:, 0])
ROBUST = GemanMcClure(DESIGN, Y, 10)

# Every kind of figure: what it is made with, and what `descend` then runs on and with.
KINDS = {
    "plain": ({}, LOSS, 0.02, {}),
    "diverging": ({"learning_rate": 1.0, "epochs": 1000}, LOSS, 1.0, {}),
    "heavy ball": ({"rule": "heavy ball", "momentum": 0.8}, LOSS, 0.02, {"rule": HeavyBall(0.8)}),
    "nesterov": ({"rule": "nesterov", "momentum": 0.7}, LOSS, 0.02, {"rule": Nesterov(0.7)}),
    "adagrad": ({"rule": "adagrad"}, LOSS, 0.02, {"rule": AdaGrad()}),
    "rmsprop": ({"rule": "rmsprop"}, LOSS, 0.02, {"rule": RMSProp()}),
    "adam": ({"rule": "adam"}, LOSS, 0.02, {"rule": Adam()}),
    "adamw": ({"rule": "adamw"}, LOSS, 0.02, {"rule": AdamW()}),
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


# The figure's numbers


@pytest.mark.parametrize(("settings", "loss", "rate", "chosen"), KINDS.values(), ids=KINDS)
def test_every_kind_of_figure_has_the_numbers_of_its_descent(settings, loss, rate, chosen):
    explorer = DescentExplorer(X, Y, **{"start": [1, 2], "learning_rate": 0.02} | settings)
    run = descend(loss, [1, 2], rate, explorer.epochs, **chosen)
    np.testing.assert_allclose(explorer.run.trajectory, run.trajectory, rtol=1e-12)
    np.testing.assert_allclose(explorer.run.losses, run.losses, rtol=1e-12)
    assert explorer.theta.tolist() == explorer.run.trajectory[-1].tolist()
    # The raw parameters are the same line, for the x as they are.
    predicted = (STANDARDISED if explorer.standardised else DESIGN) @ explorer.theta
    np.testing.assert_allclose(DESIGN @ explorer.raw_theta, predicted, rtol=1e-12)


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


@pytest.mark.parametrize("name", ["heavy ball", "nesterov", "standardised", "a rate that could"])
def test_the_status_is_that_of_the_rule_and_the_loss(name):
    settings, loss, _, chosen = KINDS[name]
    for rate in (0.001, 0.03, 0.06, 0.3):
        explorer = DescentExplorer(X, Y, start=[0, 0], learning_rate=rate, **settings)
        assert explorer.status is regime(loss, rate, **chosen), rate


@pytest.mark.parametrize(
    "name", ["adam", "exact line search", "backtracking", "mini-batches", "a rate that shrinks", "robust"]
)
def test_where_no_regime_is_known_there_is_none(name):
    assert DescentExplorer(X, Y, start=[0, 0], **KINDS[name][0]).status is None


def test_the_explorer_follows_its_points_and_a_batch_is_at_most_all_that_are_left():
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


# What a trait is set to, and what it then holds.
TAKEN = [
    ("start", np.array([1, 2.5]), [1.0, 2.5]),
    ("start", (Fraction(1, 2), np.int8(2)), [0.5, 2.0]),
    ("start", np.ma.masked_array([1.0, 2.0]), [1.0, 2.0]),
    ("points", np.array([[1, 2], [3, 4], [5, 5]]), [[1.0, 2.0], [3.0, 4.0], [5.0, 5.0]]),
    ("points", [np.array([1, 2]), (3, np.float32(4))], [[1.0, 2.0], [3.0, 4.0]]),
    ("learning_rate", np.float32(0.5), 0.5),
    ("learning_rate", Decimal("0.25"), 0.25),
    ("epochs", np.uint8(7), 7),
    ("rate_range", (np.float64(0.25), 1), [0.25, 1.0]),
    ("zoom", np.float32(0.5), 0.5),
    ("stops", np.array([100, 200]), [100, 200]),
    ("stops", range(3), [0, 1, 2]),
    ("rule", np.str_("adam"), "adam"),
    ("rules", np.array(["plain", "adam"]), ["plain", "adam"]),
    ("momentum", Fraction(1, 2), 0.5),
    ("batch_size", np.int8(3), 3),
    ("seed", np.uint64(3), 3),
    ("standardised", np.True_, True),
    ("switches", np.array(["standardised"]), ["standardised"]),
    ("stop_tolerance", np.float32(0.5), 0.5),
]
# What no trait takes, as the constructor does not, and what is said of it.
POSITIVE = "must be positive and finite, but it is"
WHOLE = "must be a whole number, 0 or more, but it is"
SWITCH = "must be True or False, but it is"
RULE = f"must be one of {', '.join([*RULES, 'exact line search', 'backtracking'])}, but it is"
REFUSED = [
    *(("learning_rate", value, f"{POSITIVE} {value}") for value in (np.nan, 0.0)),
    *(("learning_rate", value, "must be a positive number, but") for value in ("fast", np.ma.masked)),
    ("learning_rate", 10**400, "is an integer beyond the range of a float"),
    *(("epochs", value, f"{WHOLE} {value!r}") for value in (-1, 7.0, np.array(7))),
    ("epochs", 1001, "must be at most max_epochs, 1000, but it is 1001"),
    ("max_epochs", 99, "epochs must be at most max_epochs, 99, but it is 100"),
    ("max_epochs", np.int64(10**6), "must be at most 100000, but it is 1000000"),
    *(("zoom", value, f"zoom must be from 0.1 to 1000000, but it is {value}") for value in (0.0999, 1_000_001)),
    ("zoom", 0, f"{POSITIVE} 0.0"),
    ("tolerance", 0, f"{POSITIVE} 0.0"),
    ("start", [0], "must hold 2 numbers, one a column of X, but it holds 1"),
    ("start", [1e200, 0], "leaves the range of a float"),
    *(("start", value, "start must ") for value in ("12", {1: 2}, [1, np.nan])),
    ("start", np.ma.masked_array([1, -999], mask=[False, True]), "must not be masked"),
    ("rate_range", [1, 0.1], "must be two positive numbers, the smaller first, but it is [1.0, 0.1]"),
    *(("rate_range", value, "rate_range must ") for value in ((0, 1), [0.1, np.ma.masked], 1)),
    *(("stops", value, "must be a list of epochs, but it is") for value in (100, "12", np.array(5))),
    *(("stops", value, WHOLE) for value in ([1.5], ["a"])),
    *(("rule", value, f"{RULE} {value!r}") for value in ("newton", np.array("adam"), None)),
    ("rules", ["adam"], "rule must be one of rules, adam, but it is 'plain'"),
    *(("rules", value, f"each of rules {RULE}") for value in (["plain", "sgd"], [["plain"]])),
    ("rules", ["plain", "plain"], "must hold each of its words once, but it is ['plain', 'plain']"),
    ("rules", "plain", "must be a list, but it is 'plain'"),
    ("momentum", np.float32(1), "must be a number from 0 to below 1, but it is"),
    ("momentum", Fraction(10**20 - 1, 10**20), "momentum must be a number from 0 to below 1"),
    *((name, -1, WHOLE) for name in ("batch_size", "seed", "half_life")),
    ("seed", 2**60, "must be at most"),
    *(("shrinking", value, SWITCH) for value in ("yes", np.array(False), 1)),
    ("standardised", 0.5, SWITCH),
    ("loss", "huber", "must be one of mean squared error, geman-mcclure, but it is 'huber'"),
    ("loss_scale", 0, POSITIVE),
    ("switches", ["momentum"], "each of switches must be one of standardised, shrinking, but it is 'momentum'"),
    ("switches", ["shrinking"], "half_life must be 1 or more where the reader can switch shrinking, but it is 0"),
    ("panel", "surface", "must be one of loss, directions, differences, but it is 'surface'"),
    ("difference", 0, f"{POSITIVE} 0.0"),
    ("stop_tolerance", -1, "must not be negative, but it is -1"),
    ("stop_tolerance", np.nan, "must be finite, but it is nan"),
]
# Points, which the constructor is given as x and y.
REFUSED_POINTS = [
    ([], "must be a table of numbers, one row a point, but its shape is (0,)"),
    ([[1, 2, 3]], "must be pairs of x and y, but their shape is (1, 3)"),
    ([[1, 2], [3]], "must be a table of numbers, one row a point, but its rows differ in length"),
    ([[1, 2], [np.nan, 3]], "must be finite, but points[1, 0] is nan"),
    ([[1, 2], [1, 3]], "so many lines fit equally well"),
    ([(1, 2), (3, np.ma.masked)], "must not be masked"),
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


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [*REFUSED, *(("points", *each) for each in REFUSED_POINTS)],
    ids=lambda value: repr(value)[:30],
)
def test_a_trait_refuses_what_the_constructor_refuses_and_keeps_what_it_had(explorer, name, value, said):
    before = getattr(explorer, name)
    with pytest.raises(TraitError, match=re.escape(said)):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before
    if name != "points":
        with pytest.raises((ValueError, TraitError), match=re.escape(said)):
            DescentExplorer(X, Y, **{"start": [0, 0]} | {name: value})


def test_home_is_where_it_was_made():
    home = {"points": [[2, 45], [3, 65], [4, 85], [5, 105]], "start": [1, 2], "learning_rate": 1e-3, "epochs": 100}
    home |= {"rule": "nesterov", "momentum": 0.8, "batch_size": 3, "seed": 4, "shrinking": True, "standardised": False}
    home |= {"difference": 0.01, "stop_tolerance": 1e-4, "zoom": 3.0}
    explorer = DescentExplorer(X, Y, half_life=9, **{name: home[name] for name in home if name != "points"})
    for name, value in {"points": [[0, 1], [1, 3]], "rule": "plain", "seed": 9, "standardised": True}.items():
        setattr(explorer, name, value)
    assert explorer.home == home


def test_the_table_has_no_words_that_nobody_reads():
    known = {"kind", "default", "of", "least", "most", "changeable", "shown", "slider"}
    assert {word for setting in SETTINGS.values() for word in setting} == known
    sliders = [setting["slider"] for setting in SETTINGS.values() if "slider" in setting]
    assert {word for slider in sliders for word in slider} == {"ends", "log", "step"}
    assert {setting["kind"] for setting in SETTINGS.values()} == set(KINDS_OF_SETTING)


def test_every_setting_is_in_the_docstring_and_no_other():
    said = re.search(r"Parameters\n-+\n(.*?)\n\n", inspect.getdoc(DescentExplorer), re.DOTALL)[1]
    names = {name for line in re.findall(r"^\S.*(?= :)", said, re.MULTILINE) for name in line.split(", ")}
    assert names == {"x", "y", "step"} | SETTINGS.keys() - {"points"}


def test_a_name_that_is_no_setting_is_refused_and_stops_beyond_the_last_epoch_are_left_out():
    with pytest.raises(TypeError, match=r"DescentExplorer has no settings \['half'\]; it has learning_rate, .*half_l"):
        DescentExplorer(X, Y, start=[0, 0], half=20)
    assert DescentExplorer(X, Y, start=[0, 0], max_epochs=500).stops == [100, 200]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"x": [1, 2]}, "x and y must be equally many, but x has 2 numbers and y has 4"),
        ({"x": [], "y": []}, "x is empty"),
        ({"batch_size": 5}, "batch_size must be at most the number of points, 4, but it is 5"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(changed, said):
    with pytest.raises(ValueError, match=said):
        DescentExplorer(**{"x": X, "y": Y, "start": [0, 0]} | changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"x": [3, 3, 3, 3]},
        {"x": [3, 3, 3, 3], "standardised": True},
        {"rules": ["heavy ball", "nesterov"]},
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


# A step of the caller's own


def half(points, theta, learning_rate):
    gradient = vector_mean([linear_gradient(x, y, theta) for x, y in points])
    return gradient_step(theta, gradient, -learning_rate / 2)


ASKED = {"points": [[2, 45], [3, 65]], "start": [1, 2], "learning_rate": 0.01, "epochs": 3}


@pytest.fixture
def sent(monkeypatch):
    """What any figure says to the browser."""
    said = []
    monkeypatch.setattr(DescentExplorer, "send", lambda explorer, content, buffers=None: said.append(content))
    return said


def ask(explorer, **asked):
    """Ask as the browser does."""
    explorer._handle_custom_msg({"ask": json.dumps(asked)}, [])


def test_a_step_of_ones_own_is_asked_for_a_state_and_only_its_name_is_shared(sent):
    explorer = DescentExplorer(X, Y, start=[1, 2], step=half)
    assert explorer.get_state()["own"] == "half"
    assert "step" not in explorer.get_state()
    sent.clear()
    ask(explorer, **ASKED)
    (told,) = sent
    assert json.loads(told.pop("asked")) == ASKED
    assert told == path_of(half, **ASKED)
    assert told["compared"] == {"kind": "factor", "factor": pytest.approx(0.5)}
    assert told["path"][0] == [1, 2]
    # gdlib's descent stays what it is.
    assert explorer.theta.tolist() == DescentExplorer(X, Y, start=[1, 2]).theta.tolist()


def test_a_figure_without_one_answers_nothing(sent):
    explorer = DescentExplorer(X, Y, start=[1, 2])
    ask(explorer, **ASKED)
    explorer._tell()
    assert (sent, explorer.own) == ([], "")


def test_the_browser_asks_again_when_the_step_is_another_one_and_after_each_cell(sent, monkeypatch):
    class Shell:
        class events:  # noqa: N801
            register = staticmethod(lambda event, call: called.append((event, call)))

    called = []
    monkeypatch.setattr(explorers, "get_ipython", Shell)
    explorer = DescentExplorer(X, Y, start=[1, 2], step=half)
    ((event, tell),) = called
    assert event == "post_run_cell"
    sent.clear()
    tell(None)
    explorer.step = lambda points, theta, learning_rate: theta
    assert sent == [{"again": True}] * 2
    assert explorer.own == "<lambda>"
    explorer.step = None
    tell(None)
    assert (len(sent), explorer.own) == (2, "")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"rule": "adam"}, "rule must be 'plain' beside a step of your own, .* but it is 'adam'"),
        ({"rules": ["plain", "adam"]}, "rules must be"),
        ({"batch_size": 2}, "batch_size must be 0"),
        ({"half_life": 20}, "half_life must be 0"),
        ({"standardised": True}, "standardised must be False"),
        ({"switches": ["standardised"]}, "switches must be"),
        ({"loss": "geman-mcclure"}, "loss must be 'mean squared error'"),
        ({"panel": "directions"}, "panel must be 'loss'"),
        ({"stop_tolerance": 0.1}, "stop_tolerance must be 0.0"),
        ({"max_epochs": 10_001}, "max_epochs must be at most 10000 beside a step of your own, but it is 10001"),
    ],
    ids=str,
)
def test_a_step_goes_with_plain_descent_alone(settings, said):
    with pytest.raises(TraitError, match=said):
        DescentExplorer(X, Y, start=[1, 2], step=half, **settings)
    explorer = DescentExplorer(X, Y, start=[1, 2], **settings)
    with pytest.raises(TraitError, match=said):
        explorer.step = half
    assert (explorer.step, explorer.own) == (None, "")
    if "switches" not in settings:
        explorer = DescentExplorer(X, Y, start=[1, 2], step=half)
        ((name, value),) = settings.items()
        with pytest.raises(TraitError, match=said):
            setattr(explorer, name, value)


@pytest.mark.parametrize("step", [3, "half", [1.0, 2.0]], ids=str)
def test_a_step_that_is_no_function_is_refused(step):
    with pytest.raises(TraitError, match="step must be a function of points, theta and learning_rate, but it is"):
        DescentExplorer(X, Y, start=[1, 2], step=step)


def test_the_name_of_a_step_is_stored_with_its_figure(monkeypatch):
    monkeypatch.setattr(explorers, "still", lambda explorer: b"no picture")
    explorer = DescentExplorer(X, Y, start=[1, 2], step=half)
    assert explorer._repr_mimebundle_()[0][MIME_TYPE]["own"] == "half"
    assert repr(explorer) == "DescentExplorer(4 points, start=[1.0, 2.0], step=half)"


# The controls


LOG_RATE = (-4.0, 0.0, "0.001")
# Settings, the sliders that there are for them beside those of every figure, and the one that stays in sight.
SLIDERS = [
    ({}, {}, "epochs"),
    ({"seed": 30, "momentum": 0.999, "difference": 3.0}, {}, "epochs"),
    ({"rule": "adam", "rules": ["plain", "adam"], "half_life": 5, "switches": ["shrinking"]}, {}, "epochs"),
    ({"rule": "heavy ball"}, {"momentum": (0, 0.99, "0.9")}, "momentum"),
    ({"rules": ["plain", "nesterov"], "momentum": 0.7328}, {"momentum": (0, 0.99, "0.7328")}, "momentum"),
    ({"batch_size": 2, "seed": 3}, {"batch_size": (1, 4, "2"), "seed": (0, 20, "3")}, "batch_size"),
    ({"panel": "differences", "difference": 1e-14}, {"difference": (-14, 0, "1e−14")}, "difference"),
    ({"stop_tolerance": 1e-8}, {"stop_tolerance": (-8, 0, "1e−8")}, "stop_tolerance"),
    (
        {"max_epochs": 400, "rate_range": (1e-3, 10)},
        {"epochs": (0, 400, "100"), "learning_rate": (-3, 1, "0.001")},
        "epochs",
    ),
]


def test_there_is_a_slider_for_what_matters_and_two_stay_in_sight():
    figures = [DescentExplorer(X, Y, start=[0, 0], **settings) for settings, _, _ in SLIDERS]
    told = [{name: getattr(figure, name) for name in [*SETTINGS, "home", "linkable"]} for figure in figures]
    drawn = npm.run("runtime/skeleton.mjs", given=json.dumps(told)).splitlines()
    for (settings, sliders, stay), skeleton in zip(SLIDERS, drawn, strict=True):
        page = BeautifulSoup(skeleton, "html.parser")
        found = {}
        for control in page.select(".gd-control"):
            slider, box = control.select("input")
            found[control["data-setting"]] = (float(slider["min"]), float(slider["max"]), box["value"])
        assert found == {"learning_rate": LOG_RATE, "epochs": (0, 1000, "100")} | sliders, settings
        in_sight = [each["data-setting"] for each in page.select(".gd-in-sight > .gd-control")]
        assert in_sight == ["learning_rate", stay], settings


def test_what_a_notebook_stores_makes_the_same_figure_again(monkeypatch):
    monkeypatch.setattr(explorers, "still", lambda explorer: b"no picture")
    settings = {"learning_rate": 0.02, "max_epochs": 400, "stops": [50], "rule": "nesterov"}
    settings |= {"rules": ("plain", "nesterov"), "momentum": 0.8, "batch_size": np.int64(2), "seed": 3}
    settings |= {"half_life": 10, "shrinking": np.bool_(False), "standardised": True, "loss": "geman-mcclure"}
    settings |= {"loss_scale": 2, "switches": ("standardised", "shrinking"), "panel": "differences"}
    settings |= {"difference": np.float64(0.01), "stop_tolerance": 0.001}
    live = DescentExplorer(X, Y, start=[1, 2], **settings)
    stored = json.loads(json.dumps(live._repr_mimebundle_()[0][MIME_TYPE]))
    assert stored.keys() == {"points", "start", *settings}
    x, y = zip(*stored.pop("points"), strict=True)
    again = DescentExplorer(x, y, **stored)
    ours = {name for name in DescentExplorer.class_trait_names(sync=True) if not name.startswith("_")}
    assert {"points", "start", "home", *settings} <= ours
    for name in ours - {"layout", "tabbable", "tooltip"}:
        assert getattr(again, name) == getattr(live, name)


PICTURES = [
    {},
    {"points": [[0, 1], [1, 3]], "stop_tolerance": 0.1, "loss": "geman-mcclure", "loss_scale": 10},
    {"panel": "directions", "standardised": True, "rule": "heavy ball", "loss": "mean squared error"},
    {"panel": "differences", "loss": "geman-mcclure", "loss_scale": 10},
]


def test_where_nothing_runs_a_picture_shows_the_state():
    live, pictures = DescentExplorer(X, Y, start=[0, 0]), set()
    for settings in PICTURES:
        with live.hold_trait_notifications():
            live.set_state(live.home | settings)
        pictures.add(live._repr_mimebundle_()[0]["image/png"])
    assert len(pictures) == len(PICTURES)
    assert {Image.open(BytesIO(base64.b64decode(picture))).size for picture in pictures} == {(750, 600)}


@pytest.mark.parametrize("zoom", [1, 64])
@pytest.mark.parametrize("start", [[0, 0], [-60, 0], [5, 20]])
def test_in_the_picture_the_minimum_is_in_the_middle_and_the_floor_runs_through_it(start, zoom):
    ax = Figure().subplots()
    put_minimum_in_middle(ax, LOSS, np.array(start), zoom)
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    np.testing.assert_allclose([(left + right) / 2, (bottom + top) / 2], [5, 20])
    assert zoom > 1 or (left < start[0] < right and bottom < start[1] < top)
    along, up = np.ptp(ax.lines[0].get_xydata(), axis=0)
    assert up / along == pytest.approx(abs(LOSS.eigenbasis[1][1, 0] / LOSS.eigenbasis[1][0, 0]))


def test_in_the_picture_the_intercept_is_marked_where_zero_is_not_far():
    ax = Figure().subplots()
    mark_intercept(ax, np.array(X), np.array(Y), np.array([5, 20]))
    assert ax.get_xlim()[0] == 0
    assert [text.get_text() for text in ax.texts] == ["intercept 5"]
    for x in (np.array(X) + 170, np.array(X) - 3):
        mark_intercept(far := Figure().subplots(), x, np.array(Y), np.array([5, 20]))
        assert not [*far.texts, *far.lines]


def test_the_picture_of_a_robust_loss_marks_its_two_deepest_valleys():
    x, y = np.arange(8), [0, 1, 2, 3, 4, 107, 116, 127]
    loss = GemanMcClure(design_matrix(x), y, 3)
    deepest, other = valleys(loss)
    assert loss.value(deepest) < loss.value(other)
    for bottom in (deepest, other):
        np.testing.assert_allclose(loss.gradient(bottom), 0, atol=1e-9)
        around = bottom + 1e-3 * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
        assert loss.values(around).min() > loss.value(bottom)
    np.testing.assert_allclose(deepest, [0, 1], atol=0.1)
    np.testing.assert_allclose(other, [56.7, 10], atol=1)
    np.testing.assert_allclose(valleys(GemanMcClure(DESIGN, Y, 20)), [[5, 20]])  # where there is one, one is marked


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


def test_the_script_renders_and_has_the_same_rules_losses_and_panels(tmp_path):
    (tmp_path / "explorer.mjs").write_bytes((STATIC / "explorer.js").read_bytes())  # one module, wherever it is
    asked = 'import figure from "./explorer.mjs"; console.log(typeof figure.render)'
    assert ask_node(asked, tmp_path) == "function\n"
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


def ask_node(script, folder):
    """What a module prints that may import those of a folder."""
    command = [npm.node(), "--input-type=module", "--eval", script]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False, cwd=folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout
