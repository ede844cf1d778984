"""Tables as people have them, of pandas and Dask, handed over as they are."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from gdlib.descent import descend
from gdlib.large.blocks import ArrayBlocks
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix, least_squares
from gdlib.scaling import standardize

HOUSES = pd.DataFrame(
    {"size": [1.0, None, 3.0, 4.0], "rooms of it": [1, 2, 2, 5], "price": [4.0, 5.0, 6.0, 9.0]}
).dropna()
X, Y = HOUSES[["size", "rooms of it"]].to_numpy(float), HOUSES["price"].to_numpy(float)


def of_dask(table):
    import dask.dataframe as dd

    return dd.from_pandas(table, npartitions=2)


@pytest.mark.parametrize(
    "made",
    [pd.DataFrame, of_dask, pd.DataFrame.convert_dtypes, lambda table: table.astype({"rooms of it": "category"})],
    ids=["pandas", "Dask", "nullable", "categories"],
)
def test_a_table_is_taken_as_its_numbers(made):
    table = made(HOUSES)
    columns, prices = table[["size", "rooms of it"]], table["price"]
    wanted = MeanSquaredError.from_data(X, Y)
    for loss in (
        MeanSquaredError.from_data(columns, prices),
        MeanSquaredError.from_blocks(ArrayBlocks(columns, prices)),
        MeanSquaredError.from_blocks([(columns, prices)]),
    ):
        np.testing.assert_array_equal(loss.gram, wanted.gram)
        np.testing.assert_array_equal(loss.moment, wanted.moment)
    np.testing.assert_array_equal(least_squares(columns, prices).theta, least_squares(X, Y).theta)
    np.testing.assert_array_equal(design_matrix(prices), design_matrix(Y))
    np.testing.assert_array_equal(standardize(columns)[0], standardize(X)[0])


def test_columns_of_truth_values_and_of_decimals_beside_others_are_numbers():
    exact = [Decimal("1.50"), Decimal("-2.25"), Decimal("3.00")]
    table = pd.DataFrame({"new": [True, False, True], "tax": exact, "size": [1.0, 2.0, 3.0]})
    np.testing.assert_array_equal(standardize(table)[0], standardize([[1, 1.5, 1], [0, -2.25, 2], [1, 3, 3]])[0])


@pytest.mark.parametrize(
    "start",
    [pd.Index([1, 2]), pd.Series([1.0, 2.0]), pd.array([1, 2], dtype="Int64")],
    ids=["Index", "Series", "array"],
)
def test_a_start_may_be_of_pandas(start):
    loss = MeanSquaredError.from_data(X, Y)
    np.testing.assert_array_equal(descend(loss, start, 0.01, 5).trajectory, descend(loss, [1, 2], 0.01, 5).trajectory)


MISSING = {
    "NaN": [1.0, np.nan, 3.0],
    "NA of whole numbers": pd.array([1, pd.NA, 3], dtype="Int64"),
    "NA of truth values": pd.array([True, pd.NA, False], dtype="boolean"),
    "None": pd.Series([1, None, 3], dtype=object),
    "NA": pd.Series([1, pd.NA, 3], dtype=object),
    "NaT": pd.to_datetime(["2020-01-01", None, "2021-01-01"]),
    "categories": pd.Categorical([1, None, 3]),
    "words": ["a", None, "b"],
}


@pytest.mark.parametrize("column", MISSING.values(), ids=MISSING)
@pytest.mark.parametrize("beside", [{}, {"size": [1.0, 2.0, 3.0]}, {"new": [True, False, True]}], ids=str)
def test_a_missing_value_of_a_table_is_refused_by_name(column, beside):
    table = pd.DataFrame({**beside, "odd": column})
    for call in (standardize, lambda X: MeanSquaredError.from_blocks(ArrayBlocks(X, Y))):
        with pytest.raises(ValueError, match=r"^X (of block 0 )?must (be|hold) "):
            call(table)
    with pytest.raises(ValueError, match=r"^y must (be|hold) "):
        least_squares(X, table["odd"])


def test_a_table_is_no_block():
    says = r"^block 0 must be a pair of X and y, but it is a {}$"
    with pytest.raises(ValueError, match=says.format("DataFrame")):
        MeanSquaredError.from_blocks([HOUSES[["size", "price"]]])  # whose two names would be a pair
    with pytest.raises(ValueError, match=says.format("str")):
        MeanSquaredError.from_blocks(HOUSES)
