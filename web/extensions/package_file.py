"""Sphinx extension: the book's package as a file beside its first page, for whoever has a notebook and not the package.

Another gdlib is on PyPI, so that name does not lead to this one; a file from the book does, also from its offline
edition.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

ROOT = Path(__file__).parent.parent.parent
EARLIEST = "315532800"  # the first date of a zip: a fixed one makes the same bytes of the same package


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("build-finished", put_beside)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def put_beside(app: Sphinx, failure: Exception | None) -> None:
    """Build the wheel, where pages were built."""
    if failure is None and app.builder.format == "html":
        build(Path(app.outdir))


def build(target: Path) -> None:
    """Build the wheel into a folder, of a copy of what it is made of: a build leaves folders there."""
    with TemporaryDirectory() as folder:
        source, made = Path(folder, "source"), Path(folder, "made")
        source.mkdir()
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, source)
        shutil.copytree(ROOT / "gdlib", source / "gdlib", ignore=shutil.ignore_patterns("__pycache__"))
        command = [sys.executable, "-m", "uv", "build", "--wheel", "--offline", "--no-build-isolation"]
        command += ["--python", sys.executable, "--out-dir", str(made), str(source)]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": EARLIEST}
        built = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if built.returncode:
            raise ExtensionError(f"the package could not be built:\n{built.stderr}")
        for wheel in made.glob("*.whl"):
            shutil.copy(wheel, target)
