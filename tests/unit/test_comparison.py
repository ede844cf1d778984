"""Every slip that has a name is known by it, at every rate, on points of every size."""

import random

import pytest

from gdlib._comparison import compare
from gdlib.scratch import descend

ARTICLE = [(2.0, 45.0), (3.0, 65.0), (4.0, 85.0), (5.0, 105.0)]


def points_of(seed):
    """Points, a start and a rate far below the limit: of sizes from a thousandth to a thousand."""
    draw = random.Random(seed)
    many, wide, high = draw.randint(3, 9), 10 ** draw.uniform(-3, 3), 10 ** draw.uniform(-3, 3)
    points = [(wide * draw.uniform(-1, 2), high * draw.uniform(-1, 2)) for _ in range(many)]
    start = [high / wide * draw.uniform(-1, 1), high * draw.uniform(-1, 1)]
    return points, start, 10 ** draw.uniform(-4, -0.5) / (1 + wide**2)


SETTINGS = [(ARTICLE, [-0.7, 0.7], rate) for rate in (1e-6, 1e-3, 0.03, 0.06, 0.08, 0.3, 0.9)]
SETTINGS += [points_of(seed) for seed in range(20)]


def gradient(points, theta):
    slope, intercept = theta
    errors = [(slope * x + intercept - y, x) for x, y in points]
    return sum(2 * e * x for e, x in errors) / len(points), sum(2 * e for e, _ in errors) / len(points)


def against(theta, gradient, rate):
    return [each - rate * slope for each, slope in zip(theta, gradient, strict=True)]


def times(*factors):
    """Steps so many times as long, in both parameters or each in its own."""
    slope, intercept = factors * (3 - len(factors))

    def step(points, theta, rate):
        along = gradient(points, theta)
        return against(theta, (slope * along[0], intercept * along[1]), rate)

    return step


def in_turn(points, theta, rate):
    for point in points:
        theta = against(theta, gradient([point], theta), rate)
    return theta


# Every slip: its step, and what is to be found. What depends on points or rate is a function of them.
SLIPS = {
    "none": (times(1), {"kind": "same"}),
    "uphill": (times(-1), {"kind": "factor", "factor": -1}),
    "without the 2": (times(0.5), {"kind": "factor", "factor": 0.5}),
    "the 2 twice": (times(2), {"kind": "factor", "factor": 2}),
    "uphill and without the 2": (times(-0.5), {"kind": "factor", "factor": -0.5}),
    "no step": (times(0), {"kind": "factor", "factor": 0}),
    "another length": (times(0.9), {"kind": "factor", "factor": 0.9}),
    "the sum": (
        lambda points, theta, rate: times(len(points))(points, theta, rate),
        lambda points, rate: {"kind": "factor", "factor": len(points)},
    ),
    "the rate left out": (
        lambda points, theta, rate: against(theta, gradient(points, theta), 1),
        lambda points, rate: {"kind": "factor", "factor": 1 / rate},
    ),
    "the slope never moves": (times(0, 1), {"kind": "factors", "factors": [0, 1]}),
    "the intercept never moves": (times(1, 0), {"kind": "factors", "factors": [1, 0]}),
    "the slope goes uphill": (times(-1, 1), {"kind": "factors", "factors": [-1, 1]}),
    "a 2 missing once": (times(1, 0.5), {"kind": "factors", "factors": [1, 0.5]}),
    "the gradient swapped": (
        lambda points, theta, rate: against(theta, gradient(points, theta)[::-1], rate),
        {"kind": "swapped"},
    ),
    "theta taken apart the wrong way round": (
        lambda points, theta, rate: against(theta, gradient(points, theta[::-1]), rate),
        {"kind": "swapped"},
    ),
    "all the wrong way round": (
        lambda points, theta, rate: against(theta[::-1], gradient(points, theta[::-1]), rate)[::-1],
        {"kind": "swapped"},
    ),
    "what is returned swapped": (
        lambda points, theta, rate: against(theta, gradient(points, theta), rate)[::-1],
        {"kind": "swapped"},
    ),
    "an x missing": (
        lambda points, theta, rate: against(theta, gradient(points, theta)[1:] * 2, rate),
        {"kind": "no x"},
    ),
    "the first point alone": (
        lambda points, theta, rate: against(theta, gradient(points[:1], theta), rate),
        {"kind": "point", "point": 1},
    ),
    "the last point alone": (
        lambda points, theta, rate: against(theta, gradient(points[-1:], theta), rate),
        lambda points, rate: {"kind": "point", "point": len(points)},
    ),
    "each point in turn": (in_turn, {"kind": "in turn"}),
}


def walked(step, points, start, rate, epochs=60):
    path = [list(start)]
    for _ in range(epochs):
        path.append(step(points, path[-1], rate))
        if max(map(abs, path[-1])) > 1e200:
            break
    return path


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_known_at_every_rate_and_on_points_of_every_size(name):
    step, wanted = SLIPS[name]
    for points, start, rate in SETTINGS:
        found = compare(points, rate, walked(step, points, start, rate))
        known = wanted(points, rate) if callable(wanted) else wanted
        assert found == {key: each if key == "kind" else pytest.approx(each, rel=1e-5) for key, each in known.items()}


def test_gdlibs_own_loop_is_the_same_whether_it_arrives_or_diverges():
    for rate in (1e-3, 0.06, 0.0694, 0.1):
        path = [[0, 0], *(theta for _, _, theta in descend(ARTICLE, [0, 0], rate, 200))]
        assert compare(ARTICLE, rate, path) == {"kind": "same"}


def test_what_no_slip_explains_is_shown_at_the_first_step_that_differs():
    def late(points, theta, rate):
        return against(theta, gradient(points, theta), rate / 2 if theta[0] > 10 else rate)

    path = walked(late, ARTICLE, [0, 0], 1e-3)
    first = next(k for k, theta in enumerate(path) if theta[0] > 10)
    found = compare(ARTICLE, 1e-3, path)
    assert (found["kind"], found["step"], found["led"]) == ("other", first + 1, path[first + 1])
    assert found["wanted"] == pytest.approx(against(path[first], gradient(ARTICLE, path[first]), 1e-3))

    assert compare(ARTICLE, 1e-3, [[0, 0], [-1, -7]])["kind"] == "uphill"
    assert compare(ARTICLE, 1e-3, [[0, 0], [1, 7]])["kind"] == "other"


def test_a_rate_that_is_there_twice_is_known_where_rounding_leaves_anything_of_it():
    for rate in (1e-3, 0.01, 0.3):
        path = walked(lambda points, theta, rate: times(rate)(points, theta, rate), ARTICLE, [0, 0], rate)
        assert compare(ARTICLE, rate, path) == {"kind": "factor", "factor": pytest.approx(rate, rel=1e-5)}


def test_at_the_minimum_every_factor_is_the_same_and_without_steps_nothing_is_known():
    assert compare(ARTICLE, 1e-3, [[20, 5], [20, 5]]) == {"kind": "same"}
    assert compare(ARTICLE, 1e-3, [[20, 5]]) is None
    assert compare([(0, 0), (1, 0)], 1e-3, [[0, 0], [0, 0]]) == {"kind": "same"}
    assert compare(ARTICLE, 1e-3, [[0, 0], [1e308, -1e308], [1e308, 1e308]]) is None
