"""Sphinx extension: the code of the notebooks runs on their pages, in a Python that the book carries.

Each cell of code gets its id, and a class that says whether it can run here; the sources of all cells of a page,
those included that it does not show, lie in a file that is asked for once the reader wants to run one. Python itself is
Pyodide's core, from npm, beside the pages; nothing of it is loaded before that.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

import npm
import wheels
from cell_needs import Cell, understand
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from gdlib._files import written_whole

ROOT = Path(__file__).parent.parent.parent
FOLDER = "_static/python"
PYODIDE = npm.MODULES / "pyodide"

# What is bundled for the pages, by the names of the files: what every page with code loads, and what waits for a click.
AT_ONCE = {"start": "python/start.js", "style": "python/style.css"}
LATER = {name: f"python/{name}.js" for name in ("session", "editor", "worker", "figure")}
CORE = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"]
LIBRARY = "python_stdlib.zip"
LOCK = "pyodide-lock.json"
FIGURES = "traitlets"  # what live figures are made of, in plain Python

GATE = re.compile(r"^`{3,}\{(exercise|solution)-(start|end)\}", re.M)
EARLIEST = "315532800"  # 1980, when the times of zips begin
NO_INPUT = {"remove-cell", "remove-input"}


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("builder-inited", lay_python)
    app.connect("source-read", mark_cells)
    app.connect("doctree-resolved", name_cells)
    app.connect("html-page-context", link_files)
    return {"parallel_read_safe": False, "parallel_write_safe": True}


def mark_cells(app: Sphinx, docname: str, source: list[str]) -> None:
    """Say of each cell of code which it is and whether it can run, and keep what is needed to run it."""
    if not str(app.env.doc2path(docname)).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    found = understood(notebook, imported(wheels.carried()))
    shown = {cell.id for stored, cell in found if not NO_INPUT & set(stored["metadata"].get("tags", ()))}
    if not any(cell.id in shown and not cell.absent for _, cell in found):
        return
    for stored, cell in found:
        stored["metadata"].setdefault("tags", []).append(f"cell-{cell.id}")
        if not cell.absent:
            stored["metadata"]["tags"].append(f"runs-{cell.role}")
    unable = [(stored, cell) for stored, cell in found if cell.id in shown and cell.absent]
    needed = sorted({f"needs-{package}" for _, cell in unable for package in cell.absent})
    for stored in {cell.role: stored for stored, cell in reversed(unable) if cell.role != "solution"}.values():
        stored["metadata"]["tags"] += ["says-why", *needed]  # said once in the text, and once where exercises begin
    app.env.metadata[docname]["code"] = [
        {
            "id": cell.id,
            "source": cell.source,
            "role": cell.role,
            "shown": cell.id in shown,
            "stored": stored_text(stored),
            "before": cell.before,
            "prelude": "\n".join(cell.prelude),
            "makes": sorted(cell.makes),
            "needs": sorted(cell.packages),
            "absent": cell.absent,
        }
        for stored, cell in found
    ]
    source[0] = json.dumps(notebook)


def name_cells(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Make of the class that says which cell it is an id, so that a link can lead there."""
    for cell in doctree.findall(nodes.container):
        for name in [name for name in cell["classes"] if name.startswith("tag_cell-")]:
            cell["classes"].remove(name)
            cell["ids"].append(name.removeprefix("tag_"))


def understood(notebook: dict, packages: set[str]) -> list[tuple[dict, Cell]]:
    """The cells of code as a notebook stores them, each with what it needs where these packages are at hand."""
    found = [(cell, role) for cell, role in with_roles(notebook["cells"]) if cell["cell_type"] == "code"]
    cells = [Cell(stored["id"], text_of(stored["source"]), role) for stored, role in found]
    understand(cells, packages)
    return [(stored, cell) for (stored, _), cell in zip(found, cells, strict=True)]


def with_roles(cells: list[dict]) -> list[tuple[dict, str]]:
    """The cells, and whether each stands in the text, an exercise or a solution."""
    found, role = [], "text"
    for cell in cells:
        if cell["cell_type"] == "markdown":
            for kind, edge in GATE.findall(text_of(cell["source"])):
                role = kind if edge == "start" else "text"
        found.append((cell, role))
    return found


def text_of(lines: str | list[str]) -> str:
    """A text as a notebook stores it."""
    return lines if isinstance(lines, str) else "".join(lines)


def stored_text(cell: dict) -> str | None:
    """What the notebook says that a cell printed and was worth; None if there is more than text."""
    said = ""
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            said += text_of(output["text"])
        elif output["output_type"] == "execute_result" and set(output["data"]) == {"text/plain"}:
            said += text_of(output["data"]["text/plain"]) + "\n"
        else:
            return None
    return said


def link_files(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Write a page's cells, and link the script and the style where there are any."""
    cells = app.env.metadata.get(pagename, {}).get("code")
    if not cells or app.builder.format != "html":
        return
    folder = Path(app.outdir, FOLDER)
    packages = wheels.carried()
    data = {"cells": cells, "files": core_files(folder), "packages": package_files(packages)}
    text = json.dumps(data, ensure_ascii=False)
    path = folder / "pages" / f"{pagename}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    version = hashlib.sha256(text.encode()).hexdigest()[:8]
    app.add_css_file("python/style.css")
    app.add_js_file("python/start.js", loading_method="defer", **{"data-cells": f"pages/{pagename}.json?v={version}"})


# What the pages carry


def library() -> Path:
    """Python's standard library, the modules that it starts with compiled; made once for all books built here."""
    made_of = (npm.WEB / "compiled.mjs", npm.WEB / "python" / "runner.py", *map(PYODIDE.joinpath, [*CORE, LIBRARY]))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in made_of)).hexdigest()
    kept = npm.WEB / ".compiled" / f"{digest}.zip"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        with written_whole(kept) as file, TemporaryDirectory() as folder:
            npm.run("compiled.mjs", Path(folder, LIBRARY))
            file.write(Path(folder, LIBRARY).read_bytes())
    return kept


def lay_python(app: Sphinx) -> None:
    """Lay Python, the book's package and the scripts where the pages look for them."""
    if app.builder.format != "html":
        return
    folder = Path(app.outdir, FOLDER)
    npm.bundle(folder, **AT_ONCE)
    npm.bundle(folder, as_modules=True, **LATER)
    core = folder / "core"
    core.mkdir(parents=True, exist_ok=True)
    for name in CORE:
        shutil.copy(PYODIDE / name, core)
    shutil.copy(library(), core / LIBRARY)
    packages = wheels.carried()
    for entry in packages.values():
        shutil.copy(wheels.path_of(entry), core)
    lock = json.loads(wheels.LOCK.read_text(encoding="utf-8"))
    (core / LOCK).write_text(json.dumps(lock | {"packages": packages}), encoding="utf-8")
    make_wheel(folder)
    for wheel in folder.glob("*.whl"):
        shutil.copy(wheel, app.outdir)  # beside the first page, for whoever has a notebook and not the package
    if FIGURES in imported(packages):
        pack(FIGURES, folder)


def core_files(folder: Path) -> dict[str, int]:
    """What a page's Python is made of, and the bytes of each file."""
    files = [*(folder / "core" / name for name in [*CORE, LIBRARY, LOCK]), *folder.glob("*.whl")]
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}


def package_files(packages: dict[str, wheels.Entry]) -> dict[str, dict]:
    """What else the pages carry: the file of each package, its bytes, what it depends on and what it is imported as."""
    return {
        name: {
            "file": entry["file_name"],
            "size": wheels.path_of(entry).stat().st_size,
            "depends": entry["depends"],
            "imports": entry["imports"],
        }
        for name, entry in packages.items()
    }


def imported(packages: dict[str, wheels.Entry]) -> set[str]:
    """The names that these packages are imported by, and those of what a live figure needs beside them."""
    names = {name for entry in packages.values() for name in entry["imports"]}
    return names | ({"anywidget", FIGURES} if names >= {"numpy", "matplotlib"} else set())


def make_wheel(folder: Path) -> None:
    """The book's package as a wheel, made of a copy so that nothing is left among the sources."""
    with TemporaryDirectory() as copy:
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, copy)
        shutil.copytree(ROOT / "gdlib", Path(copy, "gdlib"), ignore=shutil.ignore_patterns("__pycache__"))
        build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
        command = [sys.executable, "-c", build, str(folder.absolute())]
        environment = os.environ | {"SOURCE_DATE_EPOCH": EARLIEST}  # the same bytes of the same sources
        made = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    if made.returncode:
        raise ExtensionError(f"no wheel could be made of gdlib:\n{made.stdout}{made.stderr}")


def pack(name: str, folder: Path) -> None:
    """An installed package in plain Python, as a wheel."""
    installed = distribution(name)
    with ZipFile(folder / f"{name}-{installed.version}-py3-none-any.whl", "w", ZIP_DEFLATED) as wheel:
        for file in installed.files or ():
            if file.suffix == ".py" and not {"tests", ".."} & set(file.parts):
                wheel.write(file.locate(), file.as_posix())
