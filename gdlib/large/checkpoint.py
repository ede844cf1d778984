"""A file that a long descent goes on from."""

import errno
import hashlib
import json
import os
from dataclasses import dataclass, fields, is_dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np

from gdlib import _validate
from gdlib._files import written_whole

__all__ = ["Checkpoint"]

_FORMAT = "gdlib descent 2"
_MADE_BY, _STATE = "made_by", "state"


@dataclass(frozen=True)
class Checkpoint:
    """Where a descent keeps what it needs to go on: arrays, and values that JSON can write.

    The file takes its name once it is complete, so that a run that is ended while it writes leaves the last one whole.

    Parameters
    ----------
    path : path
        Of a ``.npz`` file, in a folder that is there.

    Raises
    ------
    ValueError
        If ``path`` is none.
    FileNotFoundError
        If the folder is not there.

    Examples
    --------
    >>> import tempfile
    >>> kept = Checkpoint(Path(tempfile.mkdtemp()) / "run.npz")
    >>> kept.load(made_by={"rule": "Plain()"}) is None
    True
    >>> kept.save({"rule": "Plain()"}, {"epoch": 3}, {"theta": np.array([1.0, 2.0])})
    >>> kept.load(made_by={"rule": "Plain()"})
    ({'epoch': 3}, {'theta': array([1., 2.])})
    """

    path: str | os.PathLike[str]

    def __post_init__(self) -> None:
        if not _validate.path(self.path, "path").parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "there is no such folder for a checkpoint", str(self.path))

    def save(self, made_by: dict[str, Any], state: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        """Write all of it in place of what the file held."""
        texts = {
            _MADE_BY: json.dumps({"format": _FORMAT, "arrays": sorted(arrays), **made_by}),
            _STATE: json.dumps(state),
        }
        with written_whole(self.path) as file:
            contents = {name: np.array(text) for name, text in texts.items()}
            np.savez(file, **contents, **arrays)  # type: ignore[arg-type]  # mypy: a name might be allow_pickle

    def load(self, made_by: dict[str, Any]) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None:
        """The state and the arrays, or None where there is no file yet.

        Raises
        ------
        ValueError
            If the file is torn, is no such file, or was made by another descent; the message says which, and what
            differs.
        """
        path = Path(self.path)
        if not path.exists():
            return None
        if not path.is_file() or path.read_bytes()[:2] != b"PK":
            raise ValueError(f"{path} is no checkpoint of a descent: delete it to begin anew")
        try:
            with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                if damaged := file.zip.testzip():  # NumPy reads only as far as a header says, and may miss damage
                    raise ValueError(f"bad CRC-32 of {damaged}")
                read = {name: file[name] for name in file.files}
            found, state = (json.loads(str(read.pop(name))) for name in (_MADE_BY, _STATE))
            is_ours = found.pop("format") == _FORMAT
            if is_ours and found.pop("arrays") != sorted(read):
                raise ValueError("arrays are missing")
        except Exception as error:  # damaged zip files raise errors of any kind
            kind = "is no checkpoint of a descent" if isinstance(error, KeyError) else "is torn"
            raise ValueError(f"{path} {kind} ({error}): delete it to begin anew") from None
        if not is_ours:
            raise ValueError(f"{path} was written by another version of gdlib: delete it to begin anew")
        for name, wanted in made_by.items():
            if found.get(name) != json.loads(json.dumps(wanted)):
                raise ValueError(
                    f"{path} was made by another descent: its {name} is {found.get(name)}, but here it is {wanted}"
                )
        return state, read


def described(value: Any, name: str) -> str:
    """What a value is made of: the same text in every process, for equal numbers of any type, and for no other value.

    Raises
    ------
    ValueError
        If its ``repr`` does not tell: it holds an address in memory, or leaves something out.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Integral):
        return repr(int(value))
    if isinstance(value, Real):
        number = float(value)
        return repr(int(number) if number.is_integer() else number)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        digest = hashlib.sha256(np.ascontiguousarray(value, dtype=float).data).hexdigest()
        return f"array of shape {value.shape} with SHA-256 {digest}"
    if is_dataclass(value) and not isinstance(value, type):
        parts = (f"{field.name}={described(getattr(value, field.name), name)}" for field in fields(value))
        return f"{type(value).__qualname__}({', '.join(parts)})"
    if isinstance(value, list | tuple):
        return f"[{', '.join(described(part, name) for part in value)}]"
    text = repr(value)
    if " at 0x" in text or "..." in text:
        raise ValueError(
            f"a checkpoint could not tell the {name} {text} from another one: make it a dataclass, "
            "or give it a __repr__ that holds all it is made of"
        )
    return text
