"""Every epoch of the article's descent in four ways; run as a script, how long the two on lists take.

The list functions below are in the article's style, after Joel Grus, *Data Science from Scratch* (MIT licence).
"""

import numpy as np
from side_by_side import machine, medians, require_agreement

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


if __name__ == "__main__":
    require_agreement("scratch.descend", by_scratch(1000), by_article(1000))
    seconds = medians({ARTICLE: by_article, "scratch.descend": by_scratch}, [1000] * 51)
    print(f"{machine()}; 1000 epochs on four points with their history, median of 51 interleaved runs, ms")
    for name, taken in seconds.items():
        print(f"  {name:<38}{1000 * taken:>10.3f}")
