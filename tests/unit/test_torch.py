"""Every rule and schedule, and a hidden layer, against PyTorch's, step by step; `pytest -rP` shows the differences."""

import os
from pathlib import Path

import nbformat
import numpy as np
import pytest

from gdlib import autodiff, scratch
from gdlib.batches import MiniBatches
from gdlib.descent import descend
from gdlib.losses import GemanMcClure, LogisticLoss, MeanSquaredError
from gdlib.rates import Cosine, StepDecay
from gdlib.regression import design_matrix
from gdlib.rules import AdaGrad, Adam, AdamW, HeavyBall, Nesterov, Plain, RMSProp
from gdlib.vectors import vector_mean

pytestmark = pytest.mark.slow  # the import of PyTorch and of its optimizers alone takes seconds


@pytest.fixture(scope="module", autouse=True)
def pytorch():
    """PyTorch, imported only where these tests run; CI never goes without."""
    global torch
    if os.environ.get("CI"):
        import torch
    else:
        torch = pytest.importorskip("torch", reason="no torch: `make torch` brings it")


X = design_matrix([2, 3, 4, 5, 7, 8])
Y = np.array([47.0, 60.0, 88.0, 102.0, 149.0, 160.0])
LABELS = np.array([0.0, 1.0, 0.0, 0.0, 1.0, 1.0])
START = np.array([30.0, -4.0])

RULES = {
    "plain": (Plain(), lambda params, rate: torch.optim.SGD(params, rate)),
    "heavy ball 0.5": (HeavyBall(0.5), lambda params, rate: torch.optim.SGD(params, rate, momentum=0.5)),
    "nesterov 0.95": (Nesterov(0.95), lambda params, rate: torch.optim.SGD(params, rate, momentum=0.95, nesterov=True)),
    "adagrad": (AdaGrad(), lambda params, rate: torch.optim.Adagrad(params, rate)),
    "adagrad 1e-2": (AdaGrad(1e-2), lambda params, rate: torch.optim.Adagrad(params, rate, eps=1e-2)),
    "rmsprop": (RMSProp(), lambda params, rate: torch.optim.RMSprop(params, rate)),
    "rmsprop 0.9 1e-4": (RMSProp(0.9, 1e-4), lambda params, rate: torch.optim.RMSprop(params, rate, 0.9, 1e-4)),
    "adam": (Adam(), lambda params, rate: torch.optim.Adam(params, rate)),
    "adam 0.8 0.99 1e-4": (
        Adam(0.8, 0.99, 1e-4),
        lambda params, rate: torch.optim.Adam(params, rate, betas=(0.8, 0.99), eps=1e-4),
    ),
    "adamw": (AdamW(), lambda params, rate: torch.optim.AdamW(params, rate)),
    "adamw 0.3": (AdamW(weight_decay=0.3), lambda params, rate: torch.optim.AdamW(params, rate, weight_decay=0.3)),
}
ADAPTIVE = ["adagrad", "rmsprop", "adam", "adamw"]
LOSSES = {
    "squared": (
        MeanSquaredError.from_data(X, Y),
        lambda theta, rows: ((torch.tensor(X[rows]) @ theta - torch.tensor(Y[rows])) ** 2).mean(),
        0.01,
    ),
    "logistic": (
        LogisticLoss(X, LABELS),
        lambda theta, rows: torch.nn.functional.binary_cross_entropy_with_logits(
            torch.tensor(X[rows]) @ theta, torch.tensor(LABELS[rows])
        ),
        0.05,
    ),
    "Geman-McClure": (
        GemanMcClure(X, Y, 20),
        lambda theta, rows: (lambda squares: (squares / (1 + squares / 400)).mean())(
            (torch.tensor(X[rows]) @ theta - torch.tensor(Y[rows])) ** 2
        ),
        0.01,
    ),
}
ALL = slice(None)


def torch_trajectory(of, optimizer, rate, seen):
    """The parameters before and after every step of PyTorch's optimizer; its gradient is its own."""
    theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    steps = optimizer([theta], rate)
    way = [START]
    for rows in seen:
        steps.zero_grad()
        of(theta, rows).backward()
        steps.step()
        way.append(theta.detach().numpy().copy())
    return np.array(way)


def agree(name, ours, theirs):
    largest = np.abs(ours - theirs).max()
    print(f"{name:45} {len(ours) - 1:5} steps, largest difference {largest:.1e}")
    assert ours.shape == theirs.shape
    assert np.ptp(ours, axis=0).min() > 0.1  # it went somewhere
    assert largest < 1e-9


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        *((rule, "squared") for rule in RULES),  # a rule sees gradients, whatever they are of
        *(("nesterov 0.95", "logistic"), ("adam", "Geman-McClure")),
    ],
)
def test_a_rule_takes_pytorchs_steps(rule, name):
    (ours, optimizer), (loss, of, rate) = RULES[rule], LOSSES[name]
    # Where the wobble of such a rule does not die, it magnifies rounding without end: a shorter memory takes a smaller
    # rate.
    adaptive = {"rmsprop": 0.03, "rmsprop 0.9 1e-4": 0.01, "adam 0.8 0.99 1e-4": 0.03} | dict.fromkeys(ADAPTIVE, 0.3)
    rate = adaptive.get(rule, rate / 10 if "0.95" in rule else rate)
    run = descend(loss, START, rate, 60, ours)
    agree(f"{rule}, {name}", run.trajectory, torch_trajectory(of, optimizer, rate, [ALL] * 60))


@pytest.mark.parametrize(("rule", "size"), [("plain", 1), ("nesterov 0.95", 4), ("adam", 4)])
def test_a_rule_takes_pytorchs_steps_with_mini_batches(rule, size):
    (ours, optimizer), (loss, of, _) = RULES[rule], LOSSES["squared"]
    rate = 0.3 if rule in ADAPTIVE else 0.0005
    generator = np.random.default_rng(3)
    seen = [order[i : i + size] for order in (generator.permutation(6) for _ in range(15)) for i in range(0, 6, size)]
    run = descend(loss, START, rate, 15, ours, batches=MiniBatches(X, Y, size, seed=3))
    agree(f"{rule}, batches of {size}", run.trajectory, torch_trajectory(of, optimizer, rate, seen))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (StepDecay(0.1, 7, 0.3), lambda optimizer: torch.optim.lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.3)),
        (Cosine(0.1, 30), lambda optimizer: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=30)),
    ],
    ids=["step decay", "cosine"],
)
def test_a_schedule_is_pytorchs_own(ours, theirs):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1)
    schedule = theirs(optimizer)
    rates = []
    for _ in range(30):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    np.testing.assert_allclose([ours(k) for k in range(30)], rates, rtol=1e-14, atol=1e-15)


def test_softmax_in_its_chapter_is_pytorchs_cross_entropy():
    """The chapter on real data writes its own; its cell runs here as it stands there."""
    chapter = nbformat.read(Path(__file__).parents[2] / "chapters" / "real-data.ipynb", as_version=4)
    [cell] = [cell.source for cell in chapter.cells if cell.source.startswith("def softmax(")]
    own = {"np": np}
    exec(cell, own)
    generator = np.random.default_rng(0)
    design, classes = generator.normal(size=(30, 4)), generator.integers(3, size=30)
    for scale in (0.1, 1, 10):
        weights = generator.normal(scale=scale, size=(4, 3))
        theta = torch.tensor(weights, requires_grad=True)
        value = torch.nn.functional.cross_entropy(torch.tensor(design) @ theta, torch.tensor(classes))
        value.backward()
        labels = np.eye(3)[classes]
        assert own["species_loss"](weights, design, labels) == pytest.approx(value.item(), rel=1e-12)
        found = own["species_gradient"](weights, design, labels)
        np.testing.assert_allclose(found, theta.grad.numpy(), rtol=1e-9, atol=1e-12)


TENT = [(x, x + 0.5 if x <= 1 else 4.5 - 3 * x) for x in (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)]


def layer(x, theta, bend):
    """A hidden layer of units (height, slope, shift) and an intercept, for numbers, values and tensors."""
    return theta[-1] + sum(theta[k] * bend(theta[k + 1] * x + theta[k + 2]) for k in range(0, len(theta) - 1, 3))


@pytest.mark.parametrize(("units", "bend"), [(1, "tanh"), (2, "relu"), (6, "tanh")])
def test_the_gradient_of_a_hidden_layer_is_pytorchs(units, bend):
    for theta in np.random.default_rng(units).uniform(-2, 2, (10, 3 * units + 1)):
        there = torch.tensor(theta, requires_grad=True)
        sum((layer(x, there, getattr(torch, bend)) - y) ** 2 for x, y in TENT).backward()
        here = autodiff.gradient(
            lambda theta: sum((layer(x, theta, getattr(autodiff, bend)) - y) ** 2 for x, y in TENT), theta
        )
        np.testing.assert_allclose(here, there.grad.numpy(), rtol=1e-9, atol=1e-9)


def test_a_hidden_layer_takes_pytorchs_steps():
    start = np.random.default_rng(0).uniform(-1, 1, 10)
    x, y = torch.tensor(TENT, dtype=torch.float64).T
    there = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.SGD([there], 0.1)
    theta, ours, theirs = start.tolist(), [start], [start]

    def point_gradient(x, y, theta):
        return autodiff.gradient(lambda theta: (layer(x, theta, autodiff.tanh) - y) ** 2, theta)

    for _ in range(200):
        grad = vector_mean([point_gradient(*point, theta) for point in TENT])
        theta = scratch.gradient_step(theta, grad, -0.1)
        ours.append(theta)
        optimizer.zero_grad()
        ((layer(x, there, torch.tanh) - y) ** 2).mean().backward()
        optimizer.step()
        theirs.append(there.detach().numpy().copy())
    agree("hidden layer", np.array(ours), np.array(theirs))
