"""Sphinx extension: what the built book is made of besides itself, and on what terms.

The page that says ``{licences}`` lists every package of which something lies in ``_static``, and the fonts that the
book is printed in; the file licences.txt there holds their licences in full. Versions, authors and texts come from what
is installed; what is written down here is which files are whose, and a test holds that against the built book.
"""

import json
import re
from functools import cache
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from zipfile import Path as ZipPath
from zipfile import ZipFile

import live_code
import live_figures
import mathematics
import npm
import wheels
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

# The files in _static of each package from PyPI.
PYPI = {
    "sphinx": "basic.css doctools.js documentation_options.js file.png language_data.js minus.png plus.png "
    "searchtools.js sphinx_highlight.js",
    "pygments": "pygments.css",
    "sphinx-book-theme": "images/logo_* locales/* sbt-webpack-macros.html scripts/sphinx-book-theme.* "
    "styles/sphinx-book-theme.*",
    "pydata-sphinx-theme": "scripts/pydata-sphinx-theme.* styles/pydata-sphinx-theme.* styles/theme.css "
    "webpack-macros.html",
    "myst-nb": "mystnb.*.css",
    "sphinx-copybutton": "check-solid.svg copy-button.svg copybutton.css copybutton.js copybutton_funcs.js",
    "sphinx-design": "design-tabs.js sphinx-design.min.css",
    "sphinx-exercise": "exercise.css",
    "sphinx-togglebutton": "togglebutton.css togglebutton.js",
}
# What those bring along of others. The copyrights are those in the files.
BROUGHT = {
    "bootstrap": ("Copyright 2011-2024 The Bootstrap Authors", "styles/pydata-sphinx-theme.css"),
    "clipboard.js": ("Copyright Zeno Rocha", "clipboard.min.js"),
}
# From npm: what is not bundled into one of the book's own files.
NPM = {**mathematics.FILES, "pyodide": "python/core/*"}
BUNDLES = {**live_figures.BUNDLES, **live_code.AT_ONCE, **live_code.LATER, "icons": "theme/icons.css"}
# Pyodide is Python and a little more, and has the text of neither's licence in its package; axe-core has the one's.
PYODIDE = "Copyright the Pyodide contributors and Mozilla"
# The book's own, and what is packed of all of these.
OWN = (
    "book.css favicon.svg icons.css licences.txt live/* python/*.css python/*.js python/*.whl "
    "python/pages/* reference.css search.js styles/all.css"
)

MIT = """Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


class Part(NamedTuple):
    """A package of which something is in the built book."""

    name: str
    version: str
    licence: str
    text: str

    @property
    def holder(self) -> str:
        """The first line of the licence that says whose it is."""
        found = re.search(r"^[ *]*(?:MIT License )?((?:Copyright|©|\(c\)) .*\w.*)$", self.text, re.I | re.M)
        return found[1].strip() if found else ""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_directive("licences", Licences)
    app.connect("build-finished", write_texts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class Licences(SphinxDirective):
    """A table of all parts, and where their licences are."""

    def run(self) -> list[nodes.Node]:
        """Make them."""
        rows = [(part.name, part.version, part.licence, part.holder) for part in parts()]
        table = nodes.table("", nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in (3, 1, 2, 4)), cols=4))
        head, body = nodes.thead("", row(("What", "Version", "Licence", "Whose"))), nodes.tbody("", *map(row, rows))
        table[0].extend([head, body])
        texts = "../" * self.env.docname.count("/") + "_static/licences.txt"
        link = nodes.reference("", "all of them in full", internal=True, refuri=texts)
        return [table, nodes.paragraph("", "", nodes.Text("The licences are here: "), link, nodes.Text("."))]


def row(cells: tuple[str, ...]) -> nodes.row:
    """A row of a table."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", cell)) for cell in cells))


@cache  # for the page and for the texts; nothing is installed while a book is built
def parts() -> list[Part]:
    """Every package of which something is in the built book, by name."""
    fonts = (f"@fontsource/{font.name}" for font in (npm.MODULES / "@fontsource").iterdir())  # the paper's
    named = {*NPM, *fonts, *bundled()}
    brought = [Part(name, "", "MIT", f"{holder}\n\n{MIT}") for name, (holder, _) in BROUGHT.items()]
    packages = wheels.carried()
    laid = [from_wheel(wheels.path_of(entry)) for entry in packages.values()]
    if live_code.FIGURES in live_code.imported(packages):
        laid.append(from_pypi(live_code.FIGURES))
    found = [*map(from_pypi, PYPI), *map(from_npm, named), *brought, *laid, pythons()]
    return sorted(found, key=lambda part: part.name.lstrip("@").lower())


def pythons() -> Part:
    """Python itself, which is in Pyodide."""
    version = json.loads(wheels.LOCK.read_text(encoding="utf-8"))["info"]["python"]
    text = (npm.WEB / "python" / "licences" / "python.txt").read_text(encoding="utf-8")
    return Part("Python", version, "PSF-2.0", f"Copyright Python Software Foundation\n\n{text}")


def bundled() -> set[str]:
    """The packages from npm that are in the book's bundles, as the bundler says."""
    with TemporaryDirectory() as folder:
        inputs = npm.bundle(Path(folder), **BUNDLES)
    packages = (re.search(r".*node_modules/((?:@[^/]+/)?[^/]+)/", path) for path in inputs)
    return {package[1] for package in packages if package}


def from_pypi(name: str) -> Part:
    """What an installed distribution says of itself."""
    return of_distribution(distribution(name))


def from_wheel(path: Path) -> Part:
    """What a wheel says of itself, which the pages carry."""
    with ZipFile(path) as wheel:
        (about,) = {name.partition("/")[0] for name in wheel.namelist() if re.match(r"[^/]+\.dist-info/", name)}
    return of_distribution(PathDistribution(ZipPath(path, f"{about}/")))


def of_distribution(packed: Distribution) -> Part:
    """What a distribution says of itself."""
    about = packed.metadata
    known = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier", []) if line.startswith("License ::")]
    licence = about.get("License-Expression") or ", ".join(known) or about["License"].splitlines()[0]
    return Part(about["Name"], packed.version, licence, licence_of(packed))


def licence_of(installed: Distribution) -> str:
    """The text of a distribution's licence."""
    files = [file for file in installed.files or [] if re.fullmatch(r"(?:LICEN[CS]E|COPYING)(?:\.\w+)?", file.name)]
    own = [file for file in files if ".dist-info" in str(file)]
    if not own and isinstance(installed.locate_file("."), ZipPath):  # the same package, as it is installed here
        return licence_of(distribution(installed.name))
    if not own:
        raise ExtensionError(f"{installed.name}: no licence is installed with it")
    return own[0].read_text(encoding="utf-8")


def from_npm(name: str) -> Part:
    """What an installed package says of itself; some that are under the MIT licence leave its text out."""
    folder = npm.MODULES / name
    about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    files = sorted(file for file in folder.iterdir() if re.fullmatch(r"licen[cs]e(?:[.-]\w+)?", file.name, re.I))
    if files:
        text = files[0].read_text(encoding="utf-8")
    elif name == "pyodide":
        text = f"{PYODIDE}\n\n{(npm.MODULES / 'axe-core' / 'LICENSE').read_text(encoding='utf-8')}"
    elif about["license"] == "MIT":
        author = about["author"]
        text = f"Copyright {author if isinstance(author, str) else author['name']}\n\n{MIT}"
    else:
        raise ExtensionError(f"{name}: its licence, {about['license']}, is not in its package")
    return Part(name, about["version"], about["license"], text)


def write_texts(app: Sphinx, exception: Exception | None) -> None:
    """Lay all licences in full beside the pages."""
    if app.builder.format != "html" or exception:
        return
    texts = [f"{part.name} {part.version}".strip() + f"\n{part.licence}\n\n{part.text.strip()}\n" for part in parts()]
    rule = f"\n{'=' * 80}\n\n"
    (Path(app.outdir) / "_static" / "licences.txt").write_text(rule.join(texts), encoding="utf-8")
