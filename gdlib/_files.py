"""Files that are written whole or not at all."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["written_whole"]


@contextmanager
def written_whole(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A file to write, which takes the name once it is complete and on the disk.

    If anything goes wrong before, a full disk for one, a file of this name stays what it was, and nothing else is left.
    What replaces a file has its permissions. A link stays a link: the file that it leads to is replaced.

    Raises
    ------
    OSError
        If there is something else than a file of this name, or no file can be written there.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "notes.txt"
    >>> with written_whole(path) as file:
    ...     _ = file.write(b"all of it")
    ...     path.exists()
    False
    >>> path.read_bytes()
    b'all of it'
    """
    path = Path(path).resolve()
    if path.exists() and not path.is_file():  # such as a device, which a file would replace
        raise OSError(errno.EINVAL, "this is no file that could be replaced", str(path))
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
