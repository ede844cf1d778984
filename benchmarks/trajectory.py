"""Every epoch of the article's descent in four ways: how long each takes, and whether they agree.

The list functions below are in the article's style, after Joel Grus, *Data Science from Scratch* (MIT licence).
"""

from collections.abc import Callable

import numpy as np
from side_by_side import machine, medians, print_table, require_agreement

from gdlib import scratch
from gdlib.datasets import four_inputs
from gdlib.descent import descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix
from gdlib.spectrum import trajectory

INPUTS = four_inputs()
START = [-0.427, -0.163]  # (slope, intercept), from which the article's 100 epochs come back
LEARNING_RATE = 0.001
ARTICLE = "article's style, lists of floats"

Vector = list[float]


def add(v: Vector, w: Vector) -> Vector:
    assert len(v) == len(w), "vectors must be the same length"
    return [v_i + w_i for v_i, w_i in zip(v, w)]  # noqa: B905  (the article's line)


def scalar_multiply(c: float, v: Vector) -> Vector:
    return [c * v_i for v_i in v]


def vector_sum(vectors: list[Vector]) -> Vector:
    assert vectors, "no vectors provided!"
    num_elements = len(vectors[0])
    assert all(len(v) == num_elements for v in vectors), "different sizes!"
    return [sum(vector[i] for vector in vectors) for i in range(num_elements)]


def vector_mean(vectors: list[Vector]) -> Vector:
    return scalar_multiply(1 / len(vectors), vector_sum(vectors))


def linear_gradient(x: float, y: float, theta: Vector) -> Vector:
    slope, intercept = theta
    error = slope * x + intercept - y
    return [2 * error * x, 2 * error]


def gradient_step(v: Vector, gradient: Vector, step_size: float) -> Vector:
    assert len(v) == len(gradient)
    return add(v, scalar_multiply(step_size, gradient))


def by_article(epochs: int) -> list[Vector]:
    theta = START
    history = [theta]
    for _ in range(epochs):
        grad = vector_mean([linear_gradient(x, y, theta) for x, y in INPUTS])
        theta = gradient_step(theta, grad, -LEARNING_RATE)
        history.append(theta)
    return history


def by_scratch(epochs: int) -> list[Vector]:
    return [START, *(theta for _, _, theta in scratch.descend(INPUTS, START, LEARNING_RATE, epochs))]


def loss() -> MeanSquaredError:
    """Made anew at every call: the time of reading the data belongs to the way that needs it."""
    x, y = zip(*INPUTS, strict=True)
    return MeanSquaredError.from_data(design_matrix(x), y)


def by_descent(epochs: int) -> np.ndarray:
    return descend(loss(), START[::-1], LEARNING_RATE, epochs).trajectory[:, ::-1]


def by_spectrum(epochs: int) -> np.ndarray:
    return trajectory(loss(), START[::-1], LEARNING_RATE, epochs)[:, ::-1]


def by_spectrum_of(ready: MeanSquaredError) -> Callable[[int], np.ndarray]:
    """The same where the loss is at hand, as it is when a slider moves."""
    return lambda epochs: trajectory(ready, START[::-1], LEARNING_RATE, epochs)[:, ::-1]


def compare(ways: dict, epochs: int, repeats: int) -> None:
    """Print the times of some ways; end the program if one of them disagrees with the article's."""
    title = f"{epochs} epochs on four points, whole history kept; median of {repeats} interleaved runs, ratio"
    print_table(title, medians(ways, [epochs] * repeats), against=ARTICLE)
    expected = by_article(epochs)
    for name, way in ways.items():
        if name != ARTICLE:
            print(f"  largest relative difference, {name}: {require_agreement(name, way(epochs), expected):.1e}")
    print()


if __name__ == "__main__":
    closed = {
        "spectrum.trajectory, from the points": by_spectrum,
        "spectrum.trajectory, from the loss": by_spectrum_of(loss()),
    }
    looped = {"gdlib.scratch.descend": by_scratch, "gdlib.descent.descend": by_descent}
    compare({ARTICLE: by_article} | looped | closed, epochs=1000, repeats=51)
    compare({ARTICLE: by_article} | closed, epochs=100_000, repeats=7)
    print(machine())
