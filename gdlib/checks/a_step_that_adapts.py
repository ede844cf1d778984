"""The questions of "A step that adapts"."""

import numpy as np

from gdlib.checks._questions import Choice, Function, Number, Slip

SHARES = np.array([0.1, 0.3, 0.5])

QUESTIONS = {
    "a-hair-above-the-limit": Choice(
        replies={
            "whole": "It looks at the loss and not at a limit. One shorter step now and then is all it needs.",
            "half": "that would be so if it knew the limit. It asks for a fall of the loss: when is that refused?",
            "both": "how fast does the steep part grow at 0.07, by which factor a step? How long until the loss rises?",
        },
        correct="whole",
    ),
    "stopping-short": Function(
        solution=lambda gradient, hessian: 0.9 * (gradient @ gradient) / (gradient @ hessian @ gradient),
        cases=[
            (np.array([1.0, 0.0]), np.array([[2.0, 0.0], [0.0, 8.0]])),
            (np.array([3.0, -1.0]), np.array([[2.0, 7.0], [7.0, 27.0]])),
            (np.array([-150.0, -575.0]), np.array([[2.0, 7.0], [7.0, 27.0]])),
        ],
        praise="A little less than the best step, and the unlucky mixture does not come back.",
        advice="The exact rate is the slope along the direction divided by the curvature along it, and d is g here. "
        "Both are single numbers, made with @.",
        slips=[
            Slip(
                lambda gradient, hessian: 0.9 * np.linalg.norm(gradient) / (gradient @ hessian @ gradient),
                "the norm is the root of what is wanted above: the slope along the gradient is g @ g.",
            ),
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
