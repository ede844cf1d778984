"""NumPy, SciPy, Matplotlib and scikit-learn for the Python of the pages, in the wheels of Pyodide's own distribution.

python web/extensions/wheels.py

They lie in web/wheels, where this puts them (`make wheels`); what was got once is kept. The lock of npm's package names
each file with its digest, and no other gets into a page. A book that is built without them says which cells need them.
"""

import hashlib
import json
import sys
from functools import cache
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import npm
from sphinx.errors import ExtensionError

from gdlib._files import written_whole

LOCK = npm.MODULES / "pyodide" / "pyodide-lock.json"
FOLDER = npm.WEB / "wheels"
WANTED = ("numpy", "scipy", "matplotlib", "scikit-learn")
DISTRIBUTION = "https://cdn.jsdelivr.net/pyodide/v{}/full/"
PATIENCE = 30  # seconds without a byte

Entry = dict[str, Any]  # of the lock: what a package is called, its file, digest, what it depends on


def wanted() -> dict[str, Entry]:
    """The packages that a page may carry, with all that these depend on, as the lock has them."""
    known = locked(LOCK)
    found: dict[str, Entry] = {}
    waiting = list(WANTED)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = known[name]
            waiting += known[name]["depends"]
    return found


@cache  # a build asks for each page
def locked(path: Path) -> dict[str, Entry]:
    """All packages of a lock."""
    return json.loads(path.read_text(encoding="utf-8"))["packages"]


def carried() -> dict[str, Entry]:
    """Those that lie in the folder with everything that they depend on."""
    there = {name: entry for name, entry in wanted().items() if path_of(entry).exists()}
    while lacking := [name for name, entry in there.items() if not there.keys() >= set(entry["depends"])]:
        for name in lacking:
            del there[name]
    for entry in there.values():
        path = path_of(entry)
        refuse_another(entry, digest_of(path, path.stat().st_mtime_ns))
    return there


@cache  # a build asks for each page
def digest_of(path: Path, changed: int) -> str:
    """The sha256 of a file that was last changed at this time."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def path_of(entry: Entry) -> Path:
    """Where a package's file lies."""
    return FOLDER / entry["file_name"]


def refuse_another(entry: Entry, digest: str) -> None:
    """Raise an error where this is not the sha256 of the file that the lock names."""
    if digest != entry["sha256"]:
        raise ExtensionError(
            f"{path_of(entry)} is refused: its sha256 is {digest}, and that of Pyodide's lock is {entry['sha256']}"
        )


def bring() -> str:
    """Get what is not there yet; a line about what the pages carry then."""
    FOLDER.mkdir(exist_ok=True)
    version = json.loads(LOCK.with_name("package.json").read_text(encoding="utf-8"))["version"]
    for entry in wanted().values():
        if path_of(entry).exists():
            continue
        address = DISTRIBUTION.format(version) + entry["file_name"]
        try:
            with urlopen(address, timeout=PATIENCE) as answer:
                content = answer.read()
        except (OSError, HTTPException) as problem:
            return f"{carries(carried())}: {address} is out of reach ({problem})"
        refuse_another(entry, hashlib.sha256(content).hexdigest())
        with written_whole(path_of(entry)) as file:
            file.write(content)
    return carries(carried())


def carries(packages: dict[str, Entry]) -> str:
    """What the pages carry, in words."""
    names = [f"{name} {entry['version']}" for name, entry in packages.items() if name in WANTED]
    return f"The pages carry {' and '.join(names) or 'plain Python alone'}"


def main() -> int:
    """Run as a command."""
    npm.install()
    try:
        print(bring())
    except ExtensionError as problem:
        print(problem)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
