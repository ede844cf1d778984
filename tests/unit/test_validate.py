"""What is one rule for all arguments: arrays that hide something, and numbers of other types than Python's."""

import math
from decimal import Decimal
from fractions import Fraction

import dask.array as da
import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse
from entries import ON_ALL_ENTRIES
from matplotlib.figure import Figure

from gdlib import _validate, plots, spectrum
from gdlib.batches import MiniBatches
from gdlib.checking import check_gradient
from gdlib.costs import GemanMcClureCost
from gdlib.descent import descend
from gdlib.large.blocks import ArrayBlocks
from gdlib.large.cluster import Cluster
from gdlib.large.streaming import MiniBlocks
from gdlib.losses import GemanMcClure, MeanSquaredError
from gdlib.rates import Backtracking, Cosine, InverseTime, StepDecay
from gdlib.regression import design_matrix, least_squares
from gdlib.rules import Adam, HeavyBall, Nesterov
from gdlib.scaling import Scaling
from gdlib.stopping import SmallGain, SmallGradient, SmallStep

X, Y = np.array([[1.0, 2.0], [1.0, 4.0], [1.0, 5.0]]), np.array([45.0, 85.0, 105.0])
LOSS = MeanSquaredError.from_data(X, Y)

# Masks: what is hidden is not counted, and is refused by its name and its place.

HIDDEN = np.ma.masked_array([[1.0, 2.0], [1.0, -999.0], [1.0, 5.0]], mask=[[0, 0], [0, 1], [0, 0]])
IN_OBJECTS = np.array([[1.0, 2.0], [1.0, None], [1.0, 5.0]], dtype=object)
IN_OBJECTS[1, 1] = np.ma.masked
TABLES_THAT_HIDE = {
    "array": HIDDEN,
    "array of whole numbers": HIDDEN.astype(int),
    "list of rows": list(HIDDEN),
    "list with the constant": [[1.0, 2.0], [1.0, np.ma.masked], [1.0, 5.0]],
    "tuples with the constant": ((1, 2), (1, np.ma.masked), (1, 5)),
    "array of objects": IN_OBJECTS,
    "Dask": da.from_array(HIDDEN.data, chunks=(1, 2)).map_blocks(lambda chunk: np.ma.masked_less(chunk, 0)),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("table", TABLES_THAT_HIDE.values(), ids=TABLES_THAT_HIDE)
def test_the_masked_entry_of_a_table_is_refused_with_its_place(table):
    with pytest.raises(
        ValueError, match=r"^T must not be masked: fill .* leave out its rows; the first is at \[1, 1\]$"
    ):
        _validate.array(table, "T", 2)


@ON_ALL_ENTRIES
@pytest.mark.parametrize("hide", [lambda values: values, list], ids=["array", "list"])
def test_a_masked_entry_is_refused_wherever_arrays_enter(entry, hide):
    name, shape, call = entry
    values = np.ma.masked_array(np.arange(1.0, 1 + math.prod(shape)).reshape(shape) ** 2)
    values[(-1,) * len(shape)] = np.ma.masked
    place = ", ".join(str(side - 1) for side in shape)
    with pytest.raises(ValueError, match=rf"^{name} must not be masked: .*; the first is at \[{place}\]$"):
        call(hide(values))


@ON_ALL_ENTRIES
def test_an_array_whose_mask_hides_nothing_is_taken(entry):
    _, shape, call = entry
    values = np.arange(1.0, 1 + math.prod(shape)).reshape(shape) ** 2
    call(np.ma.masked_array(values, mask=False))


@ON_ALL_ENTRIES
def test_a_sparse_array_is_refused_wherever_arrays_enter(entry):
    name, shape, call = entry
    values = np.arange(1.0, 1 + math.prod(shape)).reshape(shape)
    for kind in (scipy.sparse.csr_matrix, scipy.sparse.coo_array):
        with pytest.raises(
            ValueError, match=rf"^{name} must be .*, but it is a sparse {kind.__name__}: call its todense"
        ):
            call(kind(values))


def test_what_another_library_cannot_give_to_numpy_is_refused_with_its_reason():
    class Sparse:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("no automatic densification")

    for values in (Sparse(), [Sparse(), Sparse()]):
        with pytest.raises(
            ValueError, match=r"^x must be .*, but NumPy cannot read a \w+: no automatic densification$"
        ):
            design_matrix(values)


def test_a_list_of_any_depth_and_one_that_holds_itself_are_refused():
    deep: list = [1.0]
    for _ in range(5000):
        deep = [deep]
    itself: list = []
    itself.append(itself)
    for values in (deep, itself):
        with pytest.raises(ValueError, match=r"^x must be "):
            design_matrix(values)


# Numbers of every type


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
    assert found.dtype == float
    assert found.tolist() == wanted


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("odd", "says"),
    [
        (None, r"must be .*, but it holds None at \[1\]"),
        ("a", r"must be .*, but it holds 'a' at \[1\]"),
        (1j, r"must be .*, but it holds 1j at \[1\]"),
        (Decimal("NaN"), r"must be finite, but x\[1\] is nan"),
        (Decimal("sNaN"), r"must be finite, but x\[1\] is nan"),
        (Decimal("1e400"), r"must be finite, but x\[1\] is inf"),
        (Fraction(10**400, 3), "holds a number beyond the range of a float"),
        (-(10**400), "holds an integer beyond the range of a float"),
    ],
    ids=repr,
)
def test_what_is_no_finite_real_number_is_named(odd, says):
    with pytest.raises(ValueError, match=f"^x {says}$"):
        _validate.array(np.array([Fraction(1), odd], dtype=object), "x", 1)


@pytest.mark.filterwarnings("error")
def test_a_wide_float_beyond_the_range_of_a_float_is_no_warning():
    wide = np.array([np.longdouble("1e4000")])
    for state in ("warn", "raise"):
        with np.errstate(all=state), pytest.raises(ValueError, match=r"^x must be finite, but x\[0\] is inf$"):
            _validate.array(wide, "x", 1)


# Every parameter that is a number: what it makes of numbers of other types, by what comes out of it. `take` gets the
# number and returns what shows it.

AX = Figure().subplots
MAKERS = {
    "momentum of HeavyBall": lambda v: HeavyBall(v).momentum,
    "momentum of Nesterov": lambda v: Nesterov(v).momentum,
    "beta1": lambda v: Adam(beta1=v).beta1,
    "beta2": lambda v: Adam(beta2=v).beta2,
    "epsilon": lambda v: Adam(epsilon=v).epsilon,
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
    "rate of a schedule": lambda v: descend(LOSS, [0, 0], lambda k: v, 1).learning_rates[0],
}
EVALUATED = {  # what is compared with the answer to the float of the same number
    "learning_rate of regime": lambda v: spectrum.regime(LOSS, v),
    "learning_rate of trajectory": lambda v: spectrum.trajectory(LOSS, [0, 0], v, 3, HeavyBall(0.5)).tolist(),
    "learning_rate of epochs_to_tolerance": lambda v: spectrum.epochs_to_tolerance(LOSS, [0, 0], v / 16, 0.1),
    "tolerance of epochs_to_tolerance": lambda v: spectrum.epochs_to_tolerance(LOSS, [0, 0], 0.01, v),
    "learning_rate of start_from": lambda v: [part.tolist() for part in spectrum.start_from(LOSS, [0, 0], v, 1)],
    "half_digit": lambda v: [part.tolist() for part in spectrum.start_from(LOSS, [0, 0], 0.01, 1, v)],
    "step of check_gradient": lambda v: check_gradient(LOSS, [0, 0], v).error,
    "tolerance of steps_to": lambda v: descend(LOSS, [0, 0], 0.06, 99).steps_to([5, 20], v),
    "difference": lambda v: [
        line.get_ydata().tolist() for line in plots.difference_errors(AX(), LOSS, [0, 0], v).lines
    ],
}
REALS = [Fraction(1, 4), Decimal("0.25"), np.float32(0.25), np.float64(0.25), np.longdouble(0.25), np.float16(0.25)]


@pytest.mark.parametrize("value", REALS, ids=repr)
@pytest.mark.parametrize("take", MAKERS.values(), ids=MAKERS)
def test_a_real_number_of_any_type_is_kept_as_a_float(take, value):
    found = take(value)
    assert isinstance(found, float)
    assert found == take(0.25) == 0.25


@pytest.mark.parametrize("value", REALS[:3], ids=repr)
@pytest.mark.parametrize("take", EVALUATED.values(), ids=EVALUATED)
def test_a_real_number_of_any_type_gives_what_its_float_gives(take, value):
    assert take(value) == take(0.25)


NO_REALS = [
    np.array(0.25),
    np.array([0.25]),
    np.ma.masked,
    "0.25",
    None,
    1j,
    10**400,
    Fraction(10**400),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("Infinity"),
    np.float64("nan"),
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", NO_REALS, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("take", [*MAKERS.values(), *list(EVALUATED.values())[3:]], ids=[*MAKERS, *list(EVALUATED)[3:]])
def test_what_is_no_finite_real_number_is_refused_by_the_parameters_name(take, value):
    with pytest.raises(ValueError, match=r"^(the rate of step 0|\w+) (must|is) .*"):
        take(value)


@pytest.mark.parametrize(
    "make",
    [HeavyBall, Nesterov, lambda v: Adam(beta1=v), lambda v: StepDecay(1, 1, v), lambda v: Backtracking(shrink=v)],
)
def test_a_share_that_rounds_to_1_is_none(make):
    for value in (Fraction(10**20 - 1, 10**20), Decimal("0.99999999999999999999")):
        with pytest.raises(ValueError, match=r" must be a number from 0 to below 1, but it is "):
            make(value)


WHOLES = {
    "half_life": lambda v: InverseTime(0.1, v).half_life,
    "every": lambda v: StepDecay(0.1, v, 0.5).every,
    "steps": lambda v: Cosine(0.1, v).steps,
    "size of MiniBatches": lambda v: MiniBatches(np.ones((300, 1)), np.ones(300), v, 0).size,
    "seed of MiniBatches": lambda v: MiniBatches(X, Y, 1, v).seed,
    "size of MiniBlocks": lambda v: MiniBlocks(v).size,
    "seed of MiniBlocks": lambda v: MiniBlocks(1, v).seed,
    "mixed of MiniBlocks": lambda v: MiniBlocks(1, 0, v).mixed,
    "rows of ArrayBlocks": lambda v: ArrayBlocks(X, Y, v).size,
    "n": lambda v: MeanSquaredError(v, [[1]], [1], 1).n,
    "epochs of descend": lambda v: descend(LOSS, [0, 0], 0.01, v).epochs,
    "epochs of trajectory": lambda v: len(spectrum.trajectory(LOSS, [0, 0], 0.01, v)) - 1,
}


@pytest.mark.parametrize("value", [np.uint8(255), np.int64(255)], ids=repr)
@pytest.mark.parametrize("take", WHOLES.values(), ids=WHOLES)
def test_a_whole_number_of_numpy_is_kept_as_pythons(take, value):
    assert type(take(value)) is int
    assert take(value) == 255


@pytest.mark.parametrize(
    "value",
    [2.0, np.float64(2), Fraction(2), Decimal(2), np.array(2), "2", -1, 10**400],
    ids=lambda value: repr(value)[:20],
)
@pytest.mark.parametrize("take", WHOLES.values(), ids=WHOLES)
def test_what_is_no_whole_number_is_refused(take, value):
    with pytest.raises(ValueError, match=r"^\w+ (must be a whole number|is an integer beyond the range of a float)"):
        take(value)


# Schedules

SCHEDULES = [InverseTime(0.1, np.uint8(255)), StepDecay(0.1, np.uint8(255), 0.5), Cosine(0.1, np.uint8(255))]
PLAIN = [InverseTime(0.1, 255), StepDecay(0.1, 255, 0.5), Cosine(0.1, 255)]


@pytest.mark.parametrize(("schedule", "plain"), list(zip(SCHEDULES, PLAIN, strict=True)), ids=repr)
def test_a_schedule_of_few_bits_does_not_wrap(schedule, plain):
    for k in (0, 200, 254, 255, 256, 1000, 10**6):
        assert schedule(k) == plain(k)
    assert schedule(np.uint8(200)) == plain(200)


@pytest.mark.parametrize("k", [-1, 1.5, "3", None, np.array(3), 10**400], ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
def test_the_step_of_a_schedule_is_a_whole_number(schedule, k):
    with pytest.raises(ValueError, match=r"^k (must be a whole number, 0 or more|is an integer beyond the range)"):
        schedule(k)


@pytest.mark.parametrize("first", [1e308, 1.79e308, 5e-324, 0.1])
def test_no_rate_of_a_wave_is_above_its_first(first):
    rate = Cosine(first, 7)
    assert rate(0) == first
    assert all(0 <= rate(k) <= first for k in range(9))


# What is no number at all


@pytest.mark.parametrize("stop", [np.array(1.0), 1.0, Decimal(1), np.float64(1), [np.array(1.0)]], ids=repr)
def test_a_number_is_no_stopping_rule(stop):
    with pytest.raises(ValueError, match=r"^stop must be an instance with met, but it is "):
        descend(LOSS, [0, 0], 0.01, 3, stop=stop)


@pytest.mark.parametrize("value", [Fraction(1, 2), np.array(1.0), None, "loss"], ids=repr)
def test_a_number_is_no_loss_no_function_and_no_path(value):
    with pytest.raises(ValueError, match=r"^loss must be an instance with value"):
        descend(value, [0, 0], 0.01, 3)
    with pytest.raises(ValueError, match=r"^function must be one of X and y, but it is "):
        ArrayBlocks(X, Y).map(value)
    with pytest.raises(ValueError, match=r"^of must make a loss of X and y, but it is "):
        MiniBatches(X, Y, 1, 0, value)


@pytest.mark.parametrize("silence", [0, -1, math.nan, 1e300, "60", None, 10**400], ids=lambda value: repr(value)[:20])
def test_a_silence_that_no_clock_measures_is_refused(silence):
    with pytest.raises(ValueError, match=r"^silence (must be|is an integer beyond)"):
        Cluster(silence=silence)


@pytest.mark.parametrize(
    ("mean", "deviation", "says"),
    [
        ([0.0], [0.0], r"deviation must be positive, .* but deviation\[0\] is 0:"),
        ([0.0, 1.0], [1.0, -1.0], r"deviation must be positive, .* but deviation\[1\] is -1:"),
        ([0.0], [1.0, 1.0], "mean and deviation must hold a number a column each, but 1 and 2"),
        ([None], [1.0], "mean must be a list of numbers, but it holds None"),
        ([0.0], 1.0, "deviation must be a list of numbers, but its shape is"),
    ],
)
def test_a_scaling_that_could_not_be_undone_is_refused(mean, deviation, says):
    with pytest.raises(ValueError, match=f"^{says}"):
        Scaling(mean, deviation)


def test_a_scaling_of_lists_is_one():
    assert Scaling([Fraction(1, 2)], [2]).transform([[4.5]]).tolist() == [[2.0]]


def test_least_squares_of_fractions_and_decimals_are_those_of_their_floats():
    fractions = [[Fraction(entry) for entry in row] for row in X]
    decimals = [Decimal(entry) for entry in Y]
    np.testing.assert_array_equal(least_squares(fractions, decimals).theta, least_squares(X, Y).theta)
