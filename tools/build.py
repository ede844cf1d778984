"""Build the book so that what is served is always a whole one.

python tools/build.py BUILD_DIR

Jupyter Book works in ``BUILD_DIR/work`` and remembers there what it need not do again; a build that ended without a
warning is then put into the place of ``BUILD_DIR/html`` at once. One that failed or was interrupted leaves that as it
was, and the next begins anew, since what such a build remembers cannot be trusted. Two builds in one folder wait for
each other.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock
from sphinx_book import PROGRAM

ROOT = Path(__file__).parent.parent
# Every warning is said, and then fails the build.
BUILD = [*PROGRAM, "build", str(ROOT), "-W", "-n", "--keep-going"]


def build(target: Path) -> int:
    """Build and publish; the exit code of Jupyter Book."""
    work, unfinished = target / "work", target / "work" / "unfinished"
    target.mkdir(parents=True, exist_ok=True)
    with FileLock(target / ".lock"):
        if unfinished.exists():
            shutil.rmtree(work)
        work.mkdir(exist_ok=True)
        unfinished.touch()
        code = subprocess.run([*BUILD, "--path-output", work], check=False).returncode
        if code == 0:
            unfinished.unlink()
            publish(work / "_build" / "html", target / "html")
    return code


def publish(built: Path, place: Path) -> None:
    """Put a copy of a built book into its place. What was there goes once the new one is whole."""
    new, old = place.with_suffix(".new"), place.with_suffix(".old")
    for left_over in (new, old):
        shutil.rmtree(left_over, ignore_errors=True)
    shutil.copytree(built, new)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def main(folder: str) -> int:
    """Run as a command."""
    target = Path(folder).resolve()
    code = build(target)
    print(f"\nThe book is in {target / 'html'}" if code == 0 else "\nNothing was published", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
