"""Parquet files as people have them: those that pandas, Dask and PyArrow write."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gdlib.large.parquet import ParquetBlocks
from gdlib.losses import MeanSquaredError

HOUSES = pd.DataFrame(
    {"size": [1.0, None, 3.0, 4.0], "rooms of it": [1, 2, 2, 5], "price": [4.0, 5.0, 6.0, 9.0]}
).dropna()
Y = HOUSES["price"].to_numpy(float)


def read(files, y="price", **columns):
    data = ParquetBlocks(files, y=y, **columns)
    pairs = [(X.copy(), y.copy()) for X, y in data]
    return list(data.columns), *(np.concatenate(parts) for parts in zip(*pairs, strict=True))


def assert_houses(found, columns=("size", "rooms of it")):
    names, values, prices = found
    assert names == list(columns)
    np.testing.assert_array_equal(values, HOUSES[list(columns)].to_numpy(float))
    np.testing.assert_array_equal(prices, Y)


def test_what_pandas_writes_has_no_index_among_its_columns(tmp_path):
    path = tmp_path / "houses.parquet"
    HOUSES.reset_index(drop=True).to_parquet(path)  # a range, which is no column of the file
    assert_houses(read(path))
    HOUSES.to_parquet(path)
    assert "__index_level_0__" in pq.read_schema(path).names
    assert_houses(read(path))
    assert_houses(read(path, X="rooms of it"), ["rooms of it"])
    assert_houses(read(path, X=pd.Index(["rooms of it", "size"])), ["rooms of it", "size"])


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # in Dask's code
def test_a_folder_that_dask_writes_is_read_without_its_index(tmp_path):
    import dask.dataframe as dd

    table = dd.from_pandas(HOUSES, npartitions=2)
    for name, each in (("index", table), ("no divisions", table.clear_divisions())):
        each.to_parquet(tmp_path / name)
        assert "__null_dask_index__" in pq.read_schema(tmp_path / name / "part.0.parquet").names
        assert_houses(read(tmp_path / name))


@pytest.mark.parametrize("index", ["__index_level_0__", "__index_level_12__", "__null_dask_index__"])
def test_where_nothing_is_said_about_an_index_its_name_tells(index, tmp_path):
    table = pa.table({index: [7, 8], "x": [1.0, 2.0], "price": [3.0, 4.0]})
    for kept in (None, {b"pandas": b"{}"}, {b"pandas": b"no JSON"}, {b"other": b"{}"}):
        pq.write_table(table.replace_schema_metadata(kept), tmp_path / "x.parquet")
        assert read(tmp_path / "x.parquet")[0] == ["x"]


def test_where_pandas_tells_of_its_index_no_name_is_guessed(tmp_path):
    table = HOUSES.rename(columns={"size": "__index_level_7__"}).set_index("rooms of it")
    table.to_parquet(tmp_path / "x.parquet")
    assert read(tmp_path / "x.parquet")[0] == ["__index_level_7__"]
    HOUSES.set_index(["size", HOUSES.index]).to_parquet(tmp_path / "x.parquet")
    assert read(tmp_path / "x.parquet")[0] == ["rooms of it"]
    assert_houses(read(tmp_path / "x.parquet", X=["size", "rooms of it"]))  # it may be asked for


EXACT = [Decimal("1.50"), Decimal("-2.25"), Decimal("3.00")]


TYPES = {
    "decimals": (pa.array(EXACT), [1.5, -2.25, 3]),
    "long decimals": (pa.array(EXACT, pa.decimal256(60, 2)), [1.5, -2.25, 3]),
    "categories of numbers": (pa.array([3, 4, 3]).dictionary_encode(), [3, 4, 3]),
    "truth values": (pa.array([True, False, True]), [1, 0, 1]),
    "half floats": (pa.array(np.array([1, 2, 3], "f2")), [1, 2, 3]),
}
GAPS = {
    "integers": pa.array([1, None, 3], pa.uint8()),
    "short floats": pa.array([1, None, 3], pa.float32()),
    "decimals": pa.array([EXACT[0], None, EXACT[1]]),
    "categories of numbers": pa.array([3.5, None, 3.5]).dictionary_encode(),
    "truth values": pa.array([True, None, False]),
    "whole numbers of pandas": pa.Array.from_pandas(pd.array([1, None, 3], dtype="Int64")),
}
NO_NUMBERS = {
    "times": pa.array([datetime.datetime(2020, 1, 1)] * 3),
    "durations": pa.array([datetime.timedelta(1)] * 3),
    "words": pa.array(["a", "b", "a"]),
    "categories of words": pa.array(["a", "b", "a"]).dictionary_encode(),
    "lists": pa.array([[1.0], [2.0], [3.0]]),
    "nothing": pa.nulls(3),
}


@pytest.mark.parametrize(("column", "wanted"), TYPES.values(), ids=TYPES)
def test_columns_of_every_real_type_are_read(column, wanted, tmp_path):
    pq.write_table(pa.table({"x": column, "price": column}), tmp_path / "x.parquet")
    _, values, prices = read(tmp_path / "x.parquet")
    assert values[:, 0].tolist() == prices.tolist() == wanted


@pytest.mark.parametrize("column", GAPS.values(), ids=GAPS)
def test_a_missing_value_of_every_type_is_named(column, tmp_path):
    table = pa.table({"one": [1.0] * 3, "x": column, "price": [1.0, 2.0, 3.0]})
    pq.write_table(table, tmp_path / "x.parquet", row_group_size=1)
    assert np.isnan(read(tmp_path / "x.parquet")[1]).tolist() == [[False, False], [False, True], [False, False]]
    with pytest.raises(ValueError, match=r"^X must be finite, but row 0 of block 1 holds nan in column 1$"):
        MeanSquaredError.from_blocks(ParquetBlocks(tmp_path / "x.parquet", y="price"))


@pytest.mark.parametrize("column", NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_a_column_without_numbers_is_refused_with_its_type(column, tmp_path):
    pq.write_table(pa.table({"x": column, "price": [1.0, 2.0, 3.0]}), tmp_path / "x.parquet")
    kind = str(column.type).split("<")[0].split("[")[0]
    says = rf"^column 'x' of .*x.parquet must hold real numbers, but its type is {kind}"
    with pytest.raises(ValueError, match=says):
        ParquetBlocks(tmp_path / "x.parquet", y="price")


def parted(folder, many):
    folder.mkdir()
    for i in range(many):
        pq.write_table(pa.table({"x": [float(i)], "price": [0.0]}), folder / f"part.{i}.parquet")
    return folder


def test_the_files_of_a_folder_come_in_the_order_of_their_numbers(tmp_path):
    folder = parted(tmp_path / "houses", 12)
    for name in ("_metadata", "_SUCCESS", ".part.3.parquet", "_part.4.parquet", "notes.txt"):
        (folder / name).write_text("no Parquet")
    assert read(folder)[1][:, 0].tolist() == list(range(12))
    assert read([folder, folder / "part.3.parquet"])[1][:, 0].tolist() == [*range(12), 3]
    assert read(str(folder))[1].shape == (12, 1)


@pytest.mark.parametrize("files", [3, None, [3], b"houses.parquet"], ids=lambda files: type(files).__name__)
def test_what_is_no_path_is_refused(files):
    with pytest.raises(ValueError, match=r"^(each of )?files must be a path( or a list of paths)?, but it is a "):
        ParquetBlocks(files, y="price")


def test_folders_that_are_no_table_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"is a folder without a file \*.parquet$"):
        ParquetBlocks(tmp_path, y="price")
    parted(tmp_path / "year=2020", 2)
    with pytest.raises(ValueError, match=r"has files in folders of their own, .*year=2020.* for one: give a list of "):
        ParquetBlocks(tmp_path, y="price")


def test_parquet_columns_come_in_the_order_asked_for_whatever_their_order_in_each_file(tmp_path):
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    pq.write_table(pa.table({"p": [1, 2, 3], "y": [True, False, True], "q.a b": [7.0, 8.0, 9.0]}), paths[0])
    other = pa.table({"extra": ["a"], "q.a b": [10], "q": [6], "y": [0], "p": [4]})
    with pq.ParquetWriter(paths[1], other.schema) as file:
        for rows in (other[:0], other, other[:0]):  # a group without rows is passed over
            file.write_table(rows)
    data = ParquetBlocks(list(map(str, paths)), y="y", X=["q.a b", "p"])
    assert [(X.tolist(), y.tolist()) for X, y in data] == [([[7, 1], [8, 2], [9, 3]], [1, 0, 1]), ([[10, 4]], [0])]


LINE = {"x": [1.0], "z": [2.0], "y": [3.0]}


@pytest.mark.parametrize(
    ("tables", "asked", "says"),
    [
        ([LINE], {"y": "w"}, "0.parquet has no column 'w', only 'x', 'z', 'y'$"),
        ([LINE], {"X": "area"}, "0.parquet has no column 'area', only 'x', "),
        ([LINE], {"X": [0]}, "has no column 0, only "),
        ([LINE], {"X": 0}, "^X must be names of columns, but it is 0$"),
        ([LINE], {"y": ["y"]}, r"^y must be the name of a column, but it is \['y'\]$"),
        ([LINE], {"X": "y"}, "^X must be columns beside 'y', which is what the model is to say, but it is among them$"),
        ([{"y": [2.0]}], {}, "there must be a column beside 'y', which is what the model is to say$"),
        ([LINE, {"x": [1.0], "y": [2.0]}], {}, "1.parquet has no column 'z', only 'x', 'y'$"),
        ([{"x": pa.array([], "f8"), "y": pa.array([], "f8")}], {}, "^the Parquet files hold no rows: there is nothing"),
        ([], {}, "^the Parquet files hold no rows: there is nothing to learn from$"),
    ],
)
def test_parquet_files_that_are_no_data_are_refused(tables, asked, says, tmp_path):
    paths = [tmp_path / f"{place}.parquet" for place in range(len(tables))]
    for path, columns in zip(paths, tables, strict=True):
        pq.write_table(pa.table(columns), path)
    with pytest.raises(ValueError, match=says):
        ParquetBlocks(paths, **{"y": "y"} | asked)


def test_a_parquet_file_with_two_columns_of_one_name_or_a_torn_one_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1.0])] * 3, ["x", "y", "x"]), path)
    with pytest.raises(ValueError, match=r"x.parquet has more than one column 'x': give each a name"):
        ParquetBlocks(path, y="y")
    whole = path.read_bytes()
    for left in (0, 3, 100, -1):
        path.write_bytes(whole[:left])
        with pytest.raises(ValueError, match=r"x.parquet is no Parquet file that can be read: "):
            ParquetBlocks(path, y="y")
