"""What is in a folder, in one number: two folders have the same only if no file of theirs differs."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path


def digest(folder: Path, leave_out: Callable[[Path], bool] = lambda path: False) -> str:
    """A digest of the names and the bytes of all files in a folder, but for those files and folders left out."""
    found = hashlib.sha256()
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not leave_out(Path(place, name)))
        for path in (Path(place, name) for name in sorted(files)):
            if not leave_out(path):
                content = path.read_bytes()
                # With its length, so that no file can end in what looks like the next one.
                found.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
                found.update(content)
    return found.hexdigest()
