"""The questions of "When the curvature is known"."""

import math
from collections.abc import Callable

import numpy as np

from gdlib.checks._questions import Function, Number, Slip

Value = Callable[[np.ndarray], float]


def guarded_newton(value: Value, gradient: np.ndarray, hessian: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Newton's step, halved until the loss falls."""
    step = np.linalg.solve(hessian, gradient)
    while value(theta - step) > value(theta):
        step = step / 2
    return theta - step


def whole_step(value: Value, gradient: np.ndarray, hessian: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Not guarded."""
    return theta - np.linalg.solve(hessian, gradient)


def halved_gradient(value: Value, gradient: np.ndarray, hessian: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """A guarded step against the gradient."""
    step = gradient
    while value(theta - step) > value(theta):
        step = step / 2
    return theta - step


def halved_once(value: Value, gradient: np.ndarray, hessian: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """An `if` in the place of the `while`."""
    step = np.linalg.solve(hessian, gradient)
    return theta - (step / 2 if value(theta - step) > value(theta) else step)


def entries_divided(value: Value, gradient: np.ndarray, hessian: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Each entry by its own curvature, as if the valley did not lie aslant."""
    step = gradient / np.diag(hessian)
    while value(theta - step) > value(theta):
        step = step / 2
    return theta - step


def place_halved(value: Value, gradient: np.ndarray, hessian: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """The new place is halved, and not the step to it."""
    there = theta - np.linalg.solve(hessian, gradient)
    while value(there) > value(theta):
        there = there / 2
    return there


def multiplied(value: Value, gradient: np.ndarray, hessian: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """A guarded step along the product with the Hessian."""
    return halved_gradient(value, hessian @ gradient, hessian, theta)


def uphill(value: Value, gradient: np.ndarray, hessian: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """A guarded step the other way."""
    return guarded_newton(value, -gradient, hessian, theta)


def root_bowl(theta: np.ndarray) -> float:
    """The square root of 1 + θᵀθ, which is almost straight far out."""
    return float(np.sqrt(1 + theta @ theta))


def valley(theta: np.ndarray) -> float:
    """The quadratic with the minimum (1, 2) and the Hessian [[2, 1], [1, 4]]."""
    away = theta - [1.0, 2.0]
    return float(away @ VALLEY @ away / 2)


VALLEY = np.array([[2.0, 1.0], [1.0, 4.0]])


def of_root_bowl(theta: np.ndarray) -> tuple[Value, np.ndarray, np.ndarray, np.ndarray]:
    """Arguments for a step on it."""
    root = root_bowl(theta)
    return root_bowl, theta / root, np.eye(len(theta)) / root - np.outer(theta, theta) / root**3, theta


def of_valley(theta: np.ndarray) -> tuple[Value, np.ndarray, np.ndarray, np.ndarray]:
    """Arguments for a step on it."""
    return valley, VALLEY @ (theta - [1.0, 2.0]), VALLEY, theta


def next_direction(direction: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Fletcher and Reeves' share of the old direction."""
    return -after + (after @ after) / (before @ before) * direction


QUESTIONS = {
    "tenth-of-newton": Number(
        expected=[0.05, 85.0],
        praise="A preconditioned descent has one clock, and its rate says which share of Newton's step it takes.",
        advice="A tenth of 0.5, and then the first power of 0.9 that makes 75 smaller than 0.01.",
        slips=[
            Slip([0.1, 40.0], "a rate of 0.1 takes a fifth of the step: it is at 0.5 that the whole of it is taken."),
            Slip([0.1, 85.0], "the epochs are right. The whole step is taken at 0.5, so what is a tenth of that?"),
            Slip(
                [0.05, 10.0], "ten steps would do if each were a tenth of the first. Each is a tenth of what is left."
            ),
            Slip(
                [0.05, math.log(0.01 / 75) / math.log(0.9)],
                "the calculation is right. Epochs are whole: after which one is the distance below 0.01?",
            ),
            Slip([0.05, 84.0], "very near: is the distance after 84 epochs below 0.01 already?"),
            Slip([0.05, 4.0], "0.1 is what an epoch takes off. What does it leave?"),
            Slip([85.0, 0.05], "the rate comes first, then the epochs."),
        ],
        tolerance=1e-4,
    ),
    "guarded-newton": Function(
        solution=guarded_newton,
        cases=[
            of_valley(np.array([4.0, -3.0])),
            of_root_bowl(np.array([0.5, 0.0])),
            of_root_bowl(np.array([3.0, -2.0])),
            of_root_bowl(np.array([0.0, 20.0])),
        ],
        praise="The whole step where it helps, a shorter one where it would overshoot.",
        advice="Solve hessian @ step = gradient, halve the step while the loss there is above, then return the place.",
        slips=[
            Slip(whole_step, "this takes the whole step always. From (3, -2) in the third trial it overshoots."),
            Slip(halved_gradient, "this shortens a step against the gradient. Divide by the Hessian first."),
            Slip(halved_once, "one halving is not always enough: put a `while` in the place of the `if`."),
            Slip(
                lambda value, gradient, hessian, theta: theta - guarded_newton(value, gradient, hessian, theta),
                "that is the shortened step. Take it from theta, and return the place where it leads.",
            ),
            Slip(place_halved, "this halves the new place, which draws it towards 0. Halve the step that leads there."),
            Slip(multiplied, "the gradient was multiplied by the Hessian. `np.linalg.solve` divides by it."),
            Slip(uphill, "the step is added. It points uphill, as the gradient does: take it from theta."),
            Slip(entries_divided, "each entry was divided by a curvature of its own. Solve the whole system instead."),
        ],
    ),
    "largest-hessian": Number(
        expected=44_721,
        praise="That is fewer than a small network has, and nothing else fits beside it.",
        advice="Divide the memory by eight bytes a number. So many numbers stand in a square table: its side?",
        slips=[
            Slip(2e9, "so many *numbers* fit. They stand in a table: how many rows has it?"),
            Slip(126_491, "that is the root of the bytes. A number takes eight of them."),
            Slip(1e9, "the table is square: its side is the root of what it holds, not half of it."),
            Slip(357_770, "a number takes eight bytes: divide by eight instead of multiplying."),
            Slip(46_340, "here a gigabyte is 10⁹ bytes, not 2³⁰."),
            Slip(63_245, "a Hessian is symmetric, and half of it would do. Here the whole table is meant."),
            Slip(44_722, "one too many: its square is above two billion."),
        ],
        tolerance=1e-5,
    ),
    "where-it-turns": Number(
        expected=1.0,
        praise="The whole step leads to minus the cube, which shrinks below 1 and grows above it.",
        advice="Write L' / L'' as theta times (1 + theta²), subtract it from theta, and see which starts get nearer.",
        slips=[
            Slip(2.0, "try 2 itself: the step leads to minus its cube, and that is farther out."),
            Slip(0.5, "from 0.5 it arrives, but not only from there. Try 0.9."),
            Slip(0.0, "that is the minimum. From how far away does the method find it?"),
            Slip(-1.0, "the sign does not matter for the size. Give the positive border."),
        ],
    ),
    "conjugate-direction": Function(
        solution=next_direction,
        cases=[
            (np.array([3.0, 1.0]), np.array([-3.0, -1.0]), np.array([1.0, -2.0])),
            (np.array([-1.0, 0.5]), np.array([2.0, -1.0]), np.array([0.5, 1.5])),
            (np.array([1.0, 2.0, -2.0]), np.array([-2.0, 0.0, 1.0]), np.array([0.0, 3.0, 0.5])),
        ],
        praise="A little of the old direction, so that the next step spoils nothing of the last one.",
        advice="Minus the new gradient, plus the old direction times the quotient of the two gradients' squares.",
        slips=[
            Slip(
                lambda direction, before, after: after + (after @ after) / (before @ before) * direction,
                "the new gradient points uphill: it needs a minus.",
            ),
            Slip(
                lambda direction, before, after: -after - (after @ after) / (before @ before) * direction,
                "the old direction is added, not taken off.",
            ),
            Slip(
                lambda direction, before, after: -after + (before @ before) / (after @ after) * direction,
                "the quotient is upside down: the new gradient's square is on top, so that a small one keeps less.",
            ),
            Slip(
                lambda direction, before, after: -after + np.linalg.norm(after) / np.linalg.norm(before) * direction,
                "these are the gradients' lengths. Their squares are wanted.",
            ),
            Slip(
                lambda direction, before, after: -after + after @ (after - before) / (before @ before) * direction,
                "so it would be the same where the two gradients are at right angles. The chapter takes only squares.",
            ),
            Slip(
                lambda direction, before, after: -before + (after @ after) / (before @ before) * direction,
                "the share is right. The gradient in front is the new one, `after`.",
            ),
            Slip(
                lambda direction, before, after: -after + direction,
                "here all of the old direction is kept. How large is the share?",
            ),
            Slip(
                lambda direction, before, after: -after,
                "this goes against the gradient alone, and zigzags. Keep a share.",
            ),
        ],
    ),
}
