"""The questions of "A step that adapts"."""

import numpy as np

from gdlib.checks._questions import Choice, Function, Number, Slip

SHARES = np.array([0.1, 0.3, 0.5])
TO_GO = np.array([5 - -0.57, 21.49 - 20])  # of the intercept and of the slope, from the start of the figure

QUESTIONS = {
    "steps-of-one-length": Number(
        expected=TO_GO[0] / 0.1,
        praise="Adam's rate is a length, and the parameter that has farthest to go counts its steps.",
        advice="A step moves each parameter by about 0.1. How far has each to go, and which is there last?",
        slips=[
            Slip(TO_GO[1] / 0.1, "then the slope is there. Has the intercept arrived by that time?"),
            Slip(
                float(np.hypot(*TO_GO)) / 0.1,
                "that is the straight way from the start. Adam moves both parameters at once, each by its own step.",
            ),
            Slip(TO_GO.sum() / 0.1, "the two do not move in turn. In one step both of them move."),
            Slip(TO_GO[0] * 0.1, "how many steps of 0.1 fit into the distance? That is a quotient."),
        ],
        tolerance=1e-2,
    ),
    "loss-times-a-thousand": Choice(
        replies={
            "plain": "Its steps grow with the gradient, and Adam divides the gradient's size out.",
            "adam": "Adam divides each gradient by its recent size. What is left of a factor of 1000?",
            "both": "for one of them that is so. Which of the two divides a gradient by its own size?",
            "neither": "the minimum stays, but the ground is a thousand times as steep. Whose step notices that?",
        },
        correct="plain",
    ),
    "stopping-short": Function(
        solution=lambda gradient, hessian: 0.9 * (gradient @ gradient) / (gradient @ hessian @ gradient),
        cases=[
            (np.array([1.0, 0.0]), np.array([[2.0, 0.0], [0.0, 8.0]])),
            (np.array([3.0, -1.0]), np.array([[2.0, 7.0], [7.0, 27.0]])),
            (np.array([-150.0, -575.0]), np.array([[2.0, 7.0], [7.0, 27.0]])),
        ],
        praise="A little less than the best step, and the unlucky mixture does not come back.",
        advice="The exact rate is the slope along the direction divided by the curvature along it, and d is g here.",
        slips=[
            Slip(
                lambda gradient, hessian: (gradient @ gradient) / (gradient @ hessian @ gradient),
                "this goes all the way to the lowest point. Nine tenths of it are wanted.",
            ),
            Slip(
                lambda gradient, hessian: 0.9 * (gradient @ hessian @ gradient) / (gradient @ gradient),
                "the fraction is upside down: where the ground is more curved, the step should be shorter.",
            ),
            Slip(
                lambda gradient, hessian: 0.9 / np.linalg.eigvalsh(hessian)[-1],
                "this takes the largest curvature of all. The search needs the one along the gradient.",
            ),
        ],
    ),
    "how-far-a-share-lets-it": Number(
        expected=2 * (1 - SHARES),
        praise="The larger the share, the nearer it has to stay; at 0.5 the lowest point itself is the end.",
        advice="Set s * t - c * t**2 / 2 equal to share * s * t, divide by t, and compare with s / c.",
        slips=[
            Slip(1 - SHARES, "at a share of 0.5 this would refuse the lowest point itself. Where is the half of c?"),
            Slip(2 * SHARES, "this grows with the share. Does a search that asks for more accept longer steps?"),
            Slip([2, 2, 2], "up to there the loss falls at all. It has to fall by the share of the promise, too."),
            Slip([1, 1, 1], "that is the lowest point itself. A search that asks for little goes well beyond it."),
        ],
    ),
}
