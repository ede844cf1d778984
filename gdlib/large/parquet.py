"""Blocks of Parquet files."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gdlib import _validate
from gdlib.large.blocks import Block, Blocks

if TYPE_CHECKING:
    import pyarrow

__all__ = ["ParquetBlocks"]


class ParquetBlocks(Blocks):
    """Blocks of Parquet files: each row group is one, so write them with groups that fit into memory.

    Parameters
    ----------
    files : path or list of paths
        With the same columns. A folder stands for the files ``*.parquet`` in it, in the order of their numbers.
    y : str
        The column that the model is to say.
    X : str or list of str, optional
        The columns that it says it from; by default, all others. An index of pandas, which it and Dask write as a
        column too, is none of them unless it is named.

    Raises
    ------
    ValueError
        If there are no rows; if a file lacks a column, has two of one name or one that holds no numbers, or is no
        Parquet file; if a folder holds no such files, or some in folders of their own; or if ``y`` is among ``X``.
    FileNotFoundError

    Notes
    -----
    Decimals are rounded to floats; truth values are 0 and 1; of categories that are numbers, these count.

    References
    ----------
    pandas, "Developer: Storing pandas DataFrame objects in Apache Parquet format", on the index.

    Examples
    --------
    >>> import tempfile, pyarrow, pyarrow.parquet
    >>> file = Path(tempfile.mkdtemp()) / "line.parquet"
    >>> table = pyarrow.table({"one": [1, 1, 1], "x": [2, 4, 5], "y": [45, 85, 105]})
    >>> pyarrow.parquet.write_table(table, file, row_group_size=2)
    >>> [X.tolist() for X, y in ParquetBlocks(file, y="y")]
    [[[1.0, 2.0], [1.0, 4.0]], [[1.0, 5.0]]]
    """

    dimension: int
    rows: int

    def __init__(self, files: Any, y: str, X: str | Sequence[str] | None = None) -> None:
        import pyarrow
        import pyarrow.parquet

        if not isinstance(y, str):
            raise ValueError(f"y must be the name of a column, but it is {y!r}")
        if isinstance(X, str):
            X = [X]
        elif not (X is None or isinstance(X, Iterable)):
            raise ValueError(f"X must be names of columns, but it is {X!r}")
        self._groups: list[tuple[Path, int]] = []
        self._sizes: list[int] = []
        self.rows = 0
        for path in _parquet_files(files):
            try:
                metadata = pyarrow.parquet.read_metadata(path)
            except pyarrow.ArrowInvalid as error:
                raise ValueError(f"{path} is no Parquet file that can be read: {error}") from None
            schema = metadata.schema.to_arrow_schema()
            if X is None:
                index = _index_of_pandas(schema)
                X = [name for name in schema.names if name != y and name not in index]
            X = list(X)
            for name in (*X, y):
                if name not in schema.names:
                    raise ValueError(f"{path} has no column {name!r}, only {', '.join(map(repr, schema.names))}")
                if schema.names.count(name) > 1:
                    raise ValueError(f"{path} has more than one column {name!r}: give each a name of its own")
                kind = schema.field(name).type
                if not _is_real(kind.value_type if pyarrow.types.is_dictionary(kind) else kind):
                    raise ValueError(f"column {name!r} of {path} must hold real numbers, but its type is {kind}")
            rows = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
            self._groups += [(path, group) for group, many in enumerate(rows) if many]
            self._sizes += filter(None, rows)
            self.rows += metadata.num_rows
        if not self.rows:
            raise ValueError("the Parquet files hold no rows: there is nothing to learn from")
        if not X:
            raise ValueError(f"there must be a column beside {y!r}, which is what the model is to say")
        if y in X:
            raise ValueError(f"X must be columns beside {y!r}, which is what the model is to say, but it is among them")
        self.columns, self.y, self.dimension = X, y, len(X)

    @property
    def sizes(self) -> list[int]:
        """See `gdlib.large.blocks.Blocks.sizes`."""
        return self._sizes

    def __len__(self) -> int:
        return len(self._groups)

    def stream(self, order: Iterable[int]) -> Iterator[Block]:
        """See `gdlib.large.blocks.Blocks.stream`; a missing value is read as NaN."""
        from pyarrow.parquet import ParquetFile

        path: Path | None = None
        file: Any = None
        for place in order:
            wanted, group = self._groups[place]
            if wanted != path:
                path, file = wanted, ParquetFile(wanted)
            table = file.read_row_group(group, columns=[*self.columns, self.y], use_threads=False)
            X = np.empty((len(table), self.dimension))
            for j, name in enumerate(self.columns):
                X[:, j] = _floats(table[name])
            yield X, _floats(table[self.y])


def _parquet_files(files: Any) -> list[Path]:
    """The files that are meant by a path or several."""
    if isinstance(files, str | os.PathLike):
        files = [files]
    elif not isinstance(files, Iterable):
        raise ValueError(f"files must be a path or a list of paths, but it is a {type(files).__name__}")
    found: list[Path] = []
    for path in (_validate.path(each, "each of files") for each in files):
        if not path.is_dir():
            found.append(path)
            continue
        inside = [file for file in path.rglob("*.parquet") if file.is_file() and not file.name.startswith((".", "_"))]
        if not inside:
            raise ValueError(f"{path} is a folder without a file *.parquet")
        deeper = [file for file in inside if file.parent != path]
        if deeper:  # their folders' names may stand for a column
            raise ValueError(f"{path} has files in folders of their own, {deeper[0]} for one: give a list of files")
        found += sorted(inside, key=lambda file: [(len(run), run) for run in re.split(r"(\d+)", file.name)])
    return found


def _index_of_pandas(schema: "pyarrow.Schema") -> set[str]:
    """The columns that are no columns of the table that was written, but its index."""
    try:
        known = json.loads((schema.metadata or {})[b"pandas"])["index_columns"]
        return {name for name in known if isinstance(name, str)}  # not a range, which is stored as a dict
    except (KeyError, TypeError, ValueError):  # no metadata, but only an index has these names
        return {name for name in schema.names if re.fullmatch(r"__index_level_\d+__|__null_dask_index__", name)}


def _is_real(kind: "pyarrow.DataType") -> bool:
    from pyarrow.types import is_boolean, is_decimal, is_floating, is_integer

    return any(is_this(kind) for is_this in (is_integer, is_floating, is_boolean, is_decimal))


def _floats(column: "pyarrow.ChunkedArray") -> np.ndarray:
    from pyarrow.types import is_dictionary

    if is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast("float64", safe=False).to_numpy()
