"""Build the book so that what is served is always a whole one.

python tools/build.py BUILD_DIR

Every build begins with an empty folder in ``BUILD_DIR/work``, so that nothing of an earlier one is in the book. What
ended without a warning then changes places with ``BUILD_DIR/html``; what failed or was killed leaves that as it was.
Where the content of all sources, and of the book that is there, is that of the last build, nothing is done. Two builds
in one folder wait for each other; Sphinx runs in this process and ends with it.
"""

import ctypes
import json
import os
import shutil
import sys
import traceback
from pathlib import Path
from tempfile import mkdtemp

import sphinx_book
from filelock import FileLock

from gdlib._files import written_whole

sys.path.append(str(Path(__file__).parent.parent / "web" / "extensions"))
from contents import digest

ROOT = Path(__file__).parent.parent
NOT_A_SOURCE = {"_build", "node_modules", "__pycache__"}


def build(target: Path) -> int:
    """Build and publish, where anything has changed; the exit code."""
    work, published = target / "work", target / "html"
    target.mkdir(parents=True, exist_ok=True)
    with FileLock(target / ".lock"):
        restore(published)
        wanted = {"sources": sources(target)}
        if made_of(work / "published.json") == wanted | {"pages": digest(published)}:
            print("\nNothing has changed since the last build", flush=True)
            return 0
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(exist_ok=True)
        pages = make_pages(Path(mkdtemp(dir=work)))  # a new one, since a killed build may still be writing into its own
        if pages is None:
            return 1
        wanted["pages"] = digest(pages)
        publish(pages, published)
        with written_whole(work / "published.json") as file:
            file.write(json.dumps(wanted).encode())
    return 0


def make_pages(folder: Path) -> Path | None:
    """Build in an empty folder, where every warning is said and then an error; where the pages are."""
    try:
        code = sphinx_book.run(["build", str(ROOT), "-W", "-n", "--keep-going", "--path-output", str(folder)])
    except Exception:
        traceback.print_exc()
        return None
    return None if code else folder / "_build" / "html"


def sources(target: Path) -> str:
    """What the pages depend on: the project's files and the versions of all that is installed."""

    def is_made(path: Path) -> bool:
        return path.name.startswith(".") or path.name in NOT_A_SOURCE or path == target

    installed = sorted(path.name for place in sys.path for path in Path(place).glob("*.dist-info"))
    return json.dumps([digest(ROOT, is_made), sys.version, installed])


def made_of(kept: Path) -> dict[str, str] | None:
    """What the last build kept of its sources and of the pages that it made."""
    return json.loads(kept.read_bytes()) if kept.exists() else None


def publish(pages: Path, place: Path) -> None:
    """Put a built book into its place. What was there is kept until the next build, for those who are reading it.

    Where the system can, the two folders change places in one step. Elsewhere, on Windows for one, there are two, and
    `restore` makes good what is ended between them.
    """
    shutil.rmtree(aside(place), ignore_errors=True)
    if place.exists() and exchange(pages, place):
        return
    if place.exists():
        place.rename(aside(place))
    pages.rename(place)


def restore(place: Path) -> None:
    """Bring back the book that was put aside by a build that was ended before the new one had its place."""
    if aside(place).exists() and not place.exists():
        aside(place).rename(place)


def aside(place: Path) -> Path:
    """Where a book is while it changes places with another in two steps."""
    return place.with_name(f"{place.name}.old")


def exchange(one: Path, other: Path) -> bool:
    """Let two folders change names at once; false where the system cannot."""
    system = ctypes.CDLL(None) if os.name == "posix" else None
    here, flag = -100, 2  # AT_FDCWD and RENAME_EXCHANGE on Linux; RENAME_SWAP on macOS
    if hasattr(system, "renameat2"):
        return system.renameat2(here, os.fsencode(one), here, os.fsencode(other), flag) == 0
    if hasattr(system, "renamex_np"):
        return system.renamex_np(os.fsencode(one), os.fsencode(other), flag) == 0
    return False


def main(folder: str) -> int:
    """Run as a command."""
    target = Path(folder).resolve()
    try:
        code = build(target)
    except OSError as problem:  # such as a full disk or, on Windows, a book that is being read
        print(problem)
        code = 1
    print(f"\nThe book is in {target / 'html'}" if code == 0 else "\nNothing was published", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
