"""What is one rule for all arguments, wherever they enter gdlib: arrays, numbers and whole numbers of every type."""

import math
import re
from decimal import Decimal
from fractions import Fraction
from functools import partial
from tempfile import TemporaryDirectory

import dask.array as da
import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse
from matplotlib.figure import Figure

from gdlib import _validate, plots, regression, spectrum
from gdlib.batches import MiniBatches
from gdlib.checking import check_gradient, finite_differences
from gdlib.costs import GemanMcClureCost, SquaredCost
from gdlib.descent import descend
from gdlib.large.blocks import ArrayBlocks, total
from gdlib.large.cluster import Cluster
from gdlib.large.npy import write_npy
from gdlib.large.streaming import MiniBlocks, loss_and_gradient
from gdlib.large.streaming import descend as descend_over_blocks
from gdlib.losses import GemanMcClure, LogisticLoss, MeanSquaredError
from gdlib.rates import Backtracking, Cosine, InverseTime, StepDecay
from gdlib.rules import AdaGrad, Adam, AdamW, HeavyBall, Nesterov, RMSProp
from gdlib.scaling import Scaling, standardize
from gdlib.stopping import SmallGain, SmallGradient, SmallStep
from gdlib.widgets import DescentExplorer

X, Y = np.array([[1.0, 2.0], [1.0, 4.0], [1.0, 5.0]]), np.array([45.0, 85.0, 105.0])
LOSS, ROBUST = MeanSquaredError.from_data(X, Y), GemanMcClure(X, Y, 10)
RUN = descend(LOSS, [0, 0], 0.06, 99)
DATA = ArrayBlocks(X, Y)

pytestmark = pytest.mark.filterwarnings("error")


def refuses(call, value, says):
    said = None
    try:
        call(value)
    except ValueError as refusal:
        said = str(refusal)
    assert said is not None, f"{value!r} was taken"
    assert re.search(says, said), f"{value!r}: {said}"


# Everywhere that an array enters: the argument's name, the shape that it is to have, and the calls.


def draw(function, *arguments):
    return function(Figure().subplots(), *arguments)


def written(X, y):
    with TemporaryDirectory() as folder:
        write_npy(f"{folder}/X.npy", f"{folder}/y.npy", [(X, y)])


TABLE, VECTOR, PARAMETERS = (3, 2), (3,), (2,)
SCALING = Scaling([0, 0], [1, 1])
PAIRS = (
    regression.normal_equation,
    regression.least_squares,
    MeanSquaredError.from_data,
    partial(MiniBatches, size=1, seed=0),
    partial(GemanMcClure, scale=1),
)
BLOCKS = (
    lambda X, y: total([(X, y)], lambda X, y: (len(X),)),
    lambda X, y: MeanSquaredError.from_blocks([(X, y)]),
    lambda X, y: loss_and_gradient([(X, y)], SquaredCost(), [0, 0]),
    written,
)
OF_POINTS = (
    lambda x, y: draw(plots.data_and_line, x, y, [0, 0]),
    partial(DescentExplorer, start=[0, 0]),
)
OF_THETA = [
    LOSS.value,
    LOSS.gradient,
    ROBUST.value,
    LogisticLoss(X, [0, 1, 0]).hessian_at,
    partial(check_gradient, LOSS),
    partial(finite_differences, LOSS),
    partial(loss_and_gradient, DATA, SquaredCost()),
    lambda theta: spectrum.start_from(LOSS, theta, 0.001, 3),
    lambda theta: draw(plots.data_and_line, Y, Y, theta),
    lambda theta: draw(plots.difference_errors, LOSS, theta, 0.1),
]
OF_A_START = [
    lambda start: descend(LOSS, start, 0.01, 1),
    lambda start: descend_over_blocks(DATA, SquaredCost(), start, 0.01, 1),
    lambda start: spectrum.trajectory(LOSS, start, 0.01, 1),
    lambda start: spectrum.epochs_to_tolerance(LOSS, start, 0.01, 1),
    partial(DescentExplorer, Y, Y),
]
ENTRIES = [
    (name, shape, call)
    for name, shape, calls in [
        ("x", VECTOR, [regression.design_matrix, *(lambda x, f=f: f(x=x, y=Y) for f in OF_POINTS)]),
        ("x", TABLE, [regression.design_matrix]),
        ("y", VECTOR, [lambda y, f=f: f(x=Y, y=y) for f in OF_POINTS]),
        ("X", TABLE, [lambda X, f=f: f(X, Y) for f in PAIRS]),
        ("y", VECTOR, [lambda y, f=f: f(X, y) for f in PAIRS]),
        ("X", TABLE, [standardize, SCALING.transform, lambda X: LogisticLoss(X, [0, 1, 0])]),
        ("Z", TABLE, [SCALING.inverse]),
        ("mean", PARAMETERS, [lambda mean: Scaling(mean, [1, 1])]),
        ("deviation", PARAMETERS, [lambda deviation: Scaling([0, 0], deviation)]),
        ("theta", VECTOR, [SCALING.translate]),
        ("moment", (1,), [lambda b: regression.solve_normal([[1]], b), lambda b: MeanSquaredError(1, [[1]], b, 1)]),
        ("gram", (1, 1), [lambda G: regression.solve_normal(G, [1]), lambda G: MeanSquaredError(1, G, [1], 1)]),
        ("X of block 0", TABLE, [lambda X, f=f: f(X, Y) for f in BLOCKS]),
        ("X of block 0", TABLE, [lambda X: list(DATA.map(lambda *_: (X, Y)))]),
        ("X in blocks", TABLE, [lambda X: ArrayBlocks(X, Y)]),
        ("y in blocks", VECTOR, [lambda y: ArrayBlocks(X, y)]),
        ("y of block 0", VECTOR, [lambda y, f=f: f(X, y) for f in BLOCKS]),
        ("theta", PARAMETERS, OF_THETA),
        ("start", PARAMETERS, OF_A_START),
        ("target", PARAMETERS, [lambda target: RUN.steps_to(target, 1)]),
        ("losses", VECTOR, [partial(draw, plots.loss_over_epochs)]),
        ("trajectory", TABLE, [partial(draw, plots.directions_over_epochs, LOSS), partial(draw, plots.contours, LOSS)]),
        ("minima", TABLE, [lambda minima: draw(plots.contours, ROBUST, [[0, 0]], minima)]),
    ]
    for call in calls
]


@pytest.mark.parametrize(("name", "shape", "call"), ENTRIES, ids=[f"{i} {entry[0]}" for i, entry in enumerate(ENTRIES)])
def test_wherever_an_array_enters_what_is_none_is_refused_by_its_name(name, shape, call):
    finite, name = "block" not in name, name.removesuffix(" in blocks")  # in blocks a NaN shows in the sums
    good = np.arange(1.0, 1 + math.prod(shape)).reshape(shape) ** 2
    call(np.ma.masked_array(good, mask=False))  # a mask that hides nothing
    last, masked, holed = tuple(side - 1 for side in shape), np.ma.masked_array(good), good.copy()
    masked[last], holed[last] = np.ma.masked, math.nan
    for hidden in (masked, list(masked)):
        refuses(call, hidden, rf"^{name} must not be masked: .*; the first is at {re.escape(str(list(last)))}$")
    refuses(call, scipy.sparse.coo_array(good), rf"^{name} must be .*, but it is a sparse coo_array: call its todense")
    refuses(call, good.astype(str), f"^{name} must hold real numbers, but its type is <U")
    refuses(call, [None], rf"^{name} must be .*, but (it holds None|its shape is)")
    refuses(call, good[None, None], rf"^{name} must .*, but (its shape is|it has) \(1, 1, ")
    if finite:
        refuses(call, holed, f"^{name} must be finite, but .*is nan")


@pytest.mark.parametrize(
    ("name", "call"),
    [(name, call) for name, shape, call in ENTRIES if name in ("theta", "start", "target") and shape == PARAMETERS],
)
def test_parameters_of_another_number_are_refused_with_it(name, call):
    for d in (1, 3):
        refuses(call, [1.0] * d, rf"^(in block 0: theta|{name}) must hold 2 numbers, .*but it holds {d}")


# What an array is


HIDDEN = np.ma.masked_array([[1.0, 2.0], [1.0, -999.0], [1.0, 5.0]], mask=[[0, 0], [0, 1], [0, 0]])
IN_OBJECTS = np.array([[1.0, 2.0], [1.0, None], [1.0, 5.0]], dtype=object)
IN_OBJECTS[1, 1] = np.ma.masked
TABLES_THAT_HIDE = {
    "array of whole numbers": HIDDEN.astype(int),
    "list of rows": list(HIDDEN),
    "tuples with the constant": ((1, 2), (1, np.ma.masked), (1, 5)),
    "array of objects": IN_OBJECTS,
    "Dask": da.from_array(HIDDEN.data, chunks=(1, 2)).map_blocks(lambda chunk: np.ma.masked_less(chunk, 0)),
}


@pytest.mark.parametrize("table", TABLES_THAT_HIDE.values(), ids=TABLES_THAT_HIDE)
def test_the_masked_entry_of_a_table_is_refused_with_its_place(table):
    says = r"^T must not be masked: fill .* leave out its rows; the first is at \[1, 1\]$"
    refuses(lambda table: _validate.array(table, "T", 2), table, says)


def bad_entries(place):
    """What a list or table of numbers cannot hold at ``place``."""
    return [
        ("a", " must hold real numbers, but its type is <U"),
        (1j, " must hold real numbers, but its type is complex128"),
        (None, " must be a .*, but it holds None"),
        (10**400, " holds an integer beyond the range of a float"),
        *((x, rf" must be finite, but .*\[{place}\] is {x}") for x in (math.nan, math.inf, -math.inf)),
    ]


BAD = [
    ([], r"( is empty:| must be .*, but) its shape is \(0,\)"),
    ("12", " must hold real numbers, but its type is <U"),
    (None, " must be a .*, but it holds None"),
    (3.0, r" must be a .*, but its shape is \(\)"),
    ([[1.0], [2.0, 3.0]], " must be a .*, but its rows differ in length"),
    ([[[1.0]]], r" must be a .*, but its shape is \(1, 1, 1\)"),
]
BAD_TABLES = [
    *(([[1.0, 2.0], [entry, 4.0]], says) for entry, says in bad_entries("1, 0")),
    ([[], []], r" is empty: its shape is \(2, 0\)"),
    ([1.0, 2.0], r" must be a table of numbers, .*, but its shape is \(2,\)"),
]


def test_what_is_no_list_or_table_of_numbers_is_refused():
    for value, says in [*(([1.0, entry], says) for entry, says in bad_entries("1")), *BAD]:
        refuses(lambda value: _validate.array(value, "x", 1), value, f"^x{says}")
    for value, says in [*BAD_TABLES, *BAD]:
        refuses(lambda value: _validate.array(value, "T", 2), value, f"^T{says}")


def test_an_x_and_a_y_of_different_lengths_are_refused():
    for pair in (*PAIRS, LogisticLoss):
        refuses(
            lambda y, pair=pair: pair(X, y),
            [0, 1],
            "^X and y must have one row a point each, but X has 3 rows and y has 2",
        )


def test_what_another_library_cannot_give_to_numpy_is_refused_with_its_reason():
    class Sparse:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("no automatic densification")

    for values in (Sparse(), [Sparse(), Sparse()]):
        refuses(regression.design_matrix, values, r"^x must be .*, but NumPy cannot read a \w+: no automatic dens")


def test_a_list_of_any_depth_and_one_that_holds_itself_are_refused():
    deep: list = [1.0]
    for _ in range(5000):
        deep = [deep]
    itself: list = []
    itself.append(itself)
    for values in (deep, itself):
        with pytest.raises(ValueError, match=r"^x must be "):
            regression.design_matrix(values)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (
            [Fraction(1, 3), Decimal("0.25"), True, np.True_, np.float32(0.1), 10**20],
            [1 / 3, 0.25, 1, 1, float(np.float32(0.1)), 1e20],
        ),
        (np.array([1, 2], np.longdouble), [1, 2]),
        (pa.array([1, 2]), [1, 2]),
    ],
    ids=["mixed", "longdouble", "arrow"],
)
def test_real_numbers_of_every_type_become_floats(values, wanted):
    found = _validate.array(values, "x", 1)
    assert (found.dtype, found.tolist()) == (float, wanted)


@pytest.mark.parametrize(
    ("odd", "says"),
    [
        (None, r"must be .*, but it holds None at \[1\]"),
        (1j, r"must be .*, but it holds 1j at \[1\]"),
        (Decimal("sNaN"), r"must be finite, but x\[1\] is nan"),
        (Decimal("1e400"), r"must be finite, but x\[1\] is inf"),
        (Fraction(10**400, 3), "holds a number beyond the range of a float"),
        (-(10**400), "holds an integer beyond the range of a float"),
    ],
    ids=repr,
)
def test_what_is_no_finite_real_number_is_named(odd, says):
    values = np.array([Fraction(1), odd], dtype=object)
    refuses(lambda values: _validate.array(values, "x", 1), values, f"^x {says}$")


def test_a_wide_float_beyond_the_range_of_a_float_is_no_warning():
    for state in ("warn", "raise"):
        with np.errstate(all=state), pytest.raises(ValueError, match=r"^x must be finite, but x\[0\] is inf$"):
            _validate.array(np.array([np.longdouble("1e4000")]), "x", 1)


# Every parameter that is a number, by its name: what a call makes of it.

KEPT = {
    "momentum of HeavyBall": lambda v: HeavyBall(v).momentum,
    "momentum of Nesterov": lambda v: Nesterov(v).momentum,
    "beta1": lambda v: Adam(beta1=v).beta1,
    "beta2": lambda v: Adam(beta2=v).beta2,
    "epsilon": lambda v: Adam(epsilon=v).epsilon,
    "epsilon of AdaGrad": lambda v: AdaGrad(v).epsilon,
    "beta of RMSProp": lambda v: RMSProp(v).beta,
    "epsilon of RMSProp": lambda v: RMSProp(epsilon=v).epsilon,
    "weight_decay": lambda v: AdamW(weight_decay=v).weight_decay,
    "first of InverseTime": lambda v: InverseTime(v, 5)(0),
    "first of StepDecay": lambda v: StepDecay(v, 5, 0.5)(0),
    "factor of StepDecay": lambda v: StepDecay(1, 5, v)(5),
    "first of Cosine": lambda v: Cosine(v, 5)(0),
    "first of Backtracking": lambda v: Backtracking(v).first,
    "shrink of Backtracking": lambda v: Backtracking(shrink=v).shrink,
    "slope of Backtracking": lambda v: Backtracking(slope=v).slope,
    "tolerance of SmallGradient": lambda v: SmallGradient(v).tolerance,
    "tolerance of SmallStep": lambda v: SmallStep(v).tolerance,
    "tolerance of SmallGain": lambda v: SmallGain(v).tolerance,
    "scale of GemanMcClure": lambda v: GemanMcClure(X, Y, v).scale,
    "scale of GemanMcClureCost": lambda v: GemanMcClureCost(v).scale,
    "sum_of_squares": lambda v: MeanSquaredError(1, [[1]], [1], v).sum_of_squares,
    "learning_rate of descend": lambda v: descend(LOSS, [0, 0], v, 1).learning_rate,
    "the rate of a schedule": lambda v: descend(LOSS, [0, 0], lambda k: v, 1).learning_rates[0],
}
EVALUATED = {  # what is compared with the answer to the float of the same number
    "learning_rate of regime": lambda v: spectrum.regime(LOSS, v),
    "learning_rate of trajectory": lambda v: spectrum.trajectory(LOSS, [0, 0], v, 3, HeavyBall(0.5)).tolist(),
    "learning_rate of epochs_to_tolerance": lambda v: spectrum.epochs_to_tolerance(LOSS, [0, 0], v, 0.1),
    "tolerance of epochs_to_tolerance": lambda v: spectrum.epochs_to_tolerance(LOSS, [0, 0], 0.01, v),
    "learning_rate of start_from": lambda v: [part.tolist() for part in spectrum.start_from(LOSS, [0, 0], v, 1)],
    "half_digit": lambda v: [part.tolist() for part in spectrum.start_from(LOSS, [0, 0], 0.01, 1, v)],
    "step of check_gradient": lambda v: check_gradient(LOSS, [0, 0], v).error,
    "tolerance of steps_to": lambda v: RUN.steps_to([5, 20], v),
}
TAKES_A_NUMBER = pytest.mark.parametrize(("name", "take"), (KEPT | EVALUATED).items(), ids=KEPT | EVALUATED)
SHARES = {"momentum", "beta", "beta1", "beta2", "factor", "shrink", "slope"}
MAY_BE_0 = {"momentum", "beta", "beta1", "beta2", "half_digit", "sum_of_squares", "the rate", "weight_decay"}
NO_REALS = [np.array([0.25]), np.array(0.25), np.ma.masked, "0.25", None, 1j, 10**400, Fraction(10**400)]
NO_REALS += [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), -math.inf, np.float64("nan")]


@TAKES_A_NUMBER
def test_a_real_number_of_any_type_is_taken_for_its_float(name, take):
    wanted = take(0.25)
    for value in (Fraction(1, 4), Decimal("0.25"), np.float32(0.25), np.longdouble(0.25)):
        assert take(value) == wanted, repr(value)
        assert name not in KEPT or (type(take(value)), take(value)) == (type(wanted), 0.25), repr(value)


@TAKES_A_NUMBER
def test_what_is_no_finite_real_number_of_its_range_is_refused_by_the_parameters_name(name, take):
    name = name.partition(" of ")[0]
    odd = NO_REALS + [-0.1] * (name != "sum_of_squares") + [0] * (name not in MAY_BE_0)
    if name in SHARES:  # what rounds to 1, too
        odd += [1, Fraction(10**20 - 1, 10**20), Decimal("0.99999999999999999999")]
    for value in odd:
        refuses(take, value, rf"^{name}\b.* (must|is) .*")


WHOLES = {
    "half_life": lambda v: InverseTime(0.1, v).half_life,
    "every": lambda v: StepDecay(0.1, v, 0.5).every,
    "steps": lambda v: Cosine(0.1, v).steps,
    "size of MiniBatches": lambda v: MiniBatches(np.ones((300, 1)), np.ones(300), v, 0).size,
    "size of MiniBlocks": lambda v: MiniBlocks(v).size,
    "rows of ArrayBlocks": lambda v: ArrayBlocks(X, Y, v).size,
    "n": lambda v: MeanSquaredError(v, [[1]], [1], 1).n,
    "seed of MiniBatches": lambda v: MiniBatches(X, Y, 1, v).seed,
    "seed of MiniBlocks": lambda v: MiniBlocks(1, v).seed,
    "mixed of MiniBlocks": lambda v: MiniBlocks(1, 0, v).mixed,
    "epochs of descend": lambda v: descend(LOSS, [0, 0], 0.01, v).epochs,
    "epochs of trajectory": lambda v: len(spectrum.trajectory(LOSS, [0, 0], 0.01, v)) - 1,
    "epochs of start_from": lambda v: spectrum.start_from(LOSS, [0, 0], 1e-9, v) and int(v),
}


@pytest.mark.parametrize(("name", "take"), WHOLES.items(), ids=WHOLES)
def test_a_whole_number_of_numpy_is_kept_as_pythons_and_what_is_none_refused(name, take):
    for value in (np.uint8(255), np.int64(255)):
        assert (type(take(value)), take(value)) == (int, 255)
    name = name.partition(" of ")[0]
    least = 0 if name in ("seed", "epochs") else 1
    for value in (2.0, np.float64(2), Fraction(2), Decimal(2), np.array(2), "2", 1j, math.nan, least - 1):
        refuses(take, value, rf"^{name} must be a whole number, {least} or more, but it is ")
    refuses(take, 10**400, rf"^{name} is an integer beyond the range of a float")


# Schedules


@pytest.mark.parametrize("make", [partial(InverseTime, 0.1), partial(StepDecay, 0.1, factor=0.5), partial(Cosine, 0.1)])
def test_a_schedule_of_few_bits_does_not_wrap_and_asks_for_whole_steps(make):
    schedule, plain = make(np.uint8(255)), make(255)
    assert [schedule(k) for k in (0, np.uint8(200), 255, 256, 10**6)] == [plain(k) for k in (0, 200, 255, 256, 10**6)]
    for k in (-1, 1.5, "3", None, np.array(3), 10**400):
        refuses(schedule, k, r"^k (must be a whole number, 0 or more|is an integer beyond the range)")


# What is no number at all


def test_a_number_is_no_loss_no_function_and_no_stopping_rule():
    for value in (Fraction(1, 2), np.array(1.0), None, "loss"):
        refuses(lambda value: descend(value, [0, 0], 0.01, 3), value, "^loss must be an instance with value")
        refuses(lambda value: descend(LOSS, [0, 0], 0.01, 3, stop=[value]), value, "^stop must be an instance with met")
        refuses(ArrayBlocks(X, Y).map, value, "^function must be one of X and y, but it is ")
        refuses(lambda value: MiniBatches(X, Y, 1, 0, value), value, "^of must make a loss of X and y, but it is ")


def test_a_silence_that_no_clock_measures_is_refused():
    for silence in (0, -1, math.nan, 1e300, "60", None, 10**400):
        refuses(lambda silence: Cluster(silence=silence), silence, "^silence (must be|is an integer beyond)")
