"""The questions of "Momentum"."""

import numpy as np

from gdlib.checks._questions import Choice, Function, Number, Slip
from gdlib.datasets import four_inputs
from gdlib.descent import descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.spectrum import best_heavy_ball, best_nesterov

X, Y = np.array(four_inputs(), dtype=float).T
LOSS = MeanSquaredError.from_data(design_matrix(X), Y)
NESTEROV, BALL = (
    descend(LOSS, [0, 0], rate, epochs=200, rule=rule).losses
    for rate, rule in (best_nesterov(LOSS), best_heavy_ball(LOSS))
)

State = tuple[np.ndarray, np.ndarray]  # theta and the velocity


def textbook_step(theta: np.ndarray, velocity: np.ndarray, rate: float, momentum: float) -> State:
    """The gradient is taken at the place ahead, the step from theta."""
    velocity = momentum * velocity + LOSS.gradient(theta - rate * momentum * velocity)
    return theta - rate * velocity, velocity


def gradient_here(theta: np.ndarray, velocity: np.ndarray, rate: float, momentum: float) -> State:
    """The heavy ball."""
    velocity = momentum * velocity + LOSS.gradient(theta)
    return theta - rate * velocity, velocity


def gradient_behind(theta: np.ndarray, velocity: np.ndarray, rate: float, momentum: float) -> State:
    """The sign of the look ahead is wrong."""
    velocity = momentum * velocity + LOSS.gradient(theta + rate * momentum * velocity)
    return theta - rate * velocity, velocity


def step_from_ahead(theta: np.ndarray, velocity: np.ndarray, rate: float, momentum: float) -> State:
    """The velocity moves it twice."""
    ahead = theta - rate * momentum * velocity
    velocity = momentum * velocity + LOSS.gradient(ahead)
    return ahead - rate * velocity, velocity


def step_along_the_old(theta: np.ndarray, velocity: np.ndarray, rate: float, momentum: float) -> State:
    """The new velocity comes too late for the step."""
    return theta - rate * velocity, textbook_step(theta, velocity, rate, momentum)[1]


def rate_in_velocity(theta: np.ndarray, velocity: np.ndarray, rate: float, momentum: float) -> State:
    """The other habit of textbooks: the velocity is a step, with its rate and its sign."""
    velocity = momentum * velocity - rate * LOSS.gradient(theta - rate * momentum * velocity)
    return theta + velocity, velocity


def library_step(theta: np.ndarray, velocity: np.ndarray, rate: float, momentum: float) -> State:
    """The form of the chapter and of `gdlib`."""
    gradient = LOSS.gradient(theta)
    velocity = momentum * velocity + gradient
    return theta - rate * (gradient + momentum * velocity), velocity


QUESTIONS = {
    "a-tenth-of-the-rate": Number(
        expected=0.001 / (1 - 0.9),
        praise="Equal pushes add up to 1 / (1 - 0.9), ten times one of them.",
        advice="Equal pushes add up to a multiple of a single one: plain descent needs that multiple of the rate.",
        slips=[
            Slip(
                0.001, "at the ball's own rate plain descent has only the newest push. What do equal pushes add up to?"
            ),
            Slip(
                0.0001, "plain descent would creep still more slowly there. Which of the two pushes harder at one rate?"
            ),
            Slip(0.001 * 1.9, "1 + momentum is what two pushes come to. They go on adding up after the second."),
            Slip(
                0.001 / 1.9,
                "that is what gradients shrink to which take turns. Along the flat axis they are all alike.",
            ),
        ],
    ),
    "above-the-plain-limit": Choice(
        replies={
            "ball": "Momentum raises the heavy ball's limit, and lowers Nesterov's.",
            "nesterov": "looking ahead has a price: put 0.5 into both formulas and see which limit grows.",
            "both": "one of the two limits grows with the momentum, and the other shrinks. Put 0.5 into both formulas.",
            "neither": "braked swings may begin larger. Put 0.5 into both formulas: one limit lies above 0.08.",
        },
        correct="ball",
    ),
    "round-valley": Number(
        expected=[0.0, 1.0],
        praise="Where no direction is flatter than another there is nothing to remember.",
        advice="kappa of a round valley is 1. Put it into the formula of the best momentum, and run one epoch.",
        slips=[
            Slip(
                [best_heavy_ball(LOSS)[1].momentum, 82],
                "those are the values of the raw points, whose valley is long. Standardise x first.",
            ),
            Slip([0.0, 0.0], "the momentum is right. But at (0, 0) it is not there yet: a step has to be taken."),
            Slip(
                [1.0, 1.0], "with momentum 1 nothing of the velocity is ever lost. What is the root of kappa, less 1?"
            ),
        ],
        tolerance=1e-2,
    ),
    "climb-on-the-way": Number(
        expected=[NESTEROV.max() / NESTEROV[0], BALL.max() / BALL[0]],
        praise="Looking ahead brakes the climb before it has begun.",
        advice="For each of the two: the largest entry of `losses`, divided by the first.",
        slips=[
            Slip([BALL.max() / BALL[0], NESTEROV.max() / NESTEROV[0]], "Nesterov's multiple comes first in the list."),
            Slip([NESTEROV.max(), BALL.max()], "those are the highest losses. Divide each by the loss at the start."),
            Slip(
                [NESTEROV.max() / NESTEROV[1], BALL.max() / BALL[1]],
                "the loss at the start is losses[0]; losses[1] is that after one epoch.",
            ),
        ],
        tolerance=3e-3,
    ),
    "place-ahead": Function(
        solution=textbook_step,
        cases=[
            (np.array([0.0, 0.0]), np.array([0.0, 0.0]), 0.03, 0.9),
            (np.array([4.0, 18.0]), np.array([-10.0, 5.0]), 0.03, 0.9),
            (np.array([6.0, 21.0]), np.array([3.0, -40.0]), 0.02, 0.5),
        ],
        praise="That is Nesterov's rule as textbooks write it.",
        advice="First the place ahead, then the new velocity with the gradient there, then the step from theta.",
        slips=[
            Slip(gradient_here, "this takes the gradient at theta, and so it is the heavy ball. Look ahead first."),
            Slip(
                gradient_behind,
                "this looks behind: a step goes against the velocity, so the place ahead is theta minus it.",
            ),
            Slip(
                step_from_ahead, "the gradient is right, but the step should begin at theta and not at the place ahead."
            ),
            Slip(step_along_the_old, "the step still takes the old velocity. Compute the new one first."),
            Slip(
                rate_in_velocity,
                "here the velocity holds the rate and the minus. In this book it is made of gradients alone, and both "
                "come with the step.",
            ),
            Slip(
                library_step,
                "this is the form of the chapter, whose theta is the place ahead. Here it is the other one.",
            ),
        ],
    ),
}
