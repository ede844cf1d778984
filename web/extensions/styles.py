"""Sphinx extension: one style sheet for all pages, of the theme's and the book's, without the rules that none needs.

The text of a page waits for its styles. The theme and its companions bring a dozen files, of which the book needs a
third. Which rules those are is known once all pages are written: until then, the pages ask for the version `UNKNOWN`.
"""

import hashlib
from functools import partial
from pathlib import Path

import npm
from sphinx.application import Sphinx

ALL = "styles/all.css"
UNKNOWN = "?v=UNKNOWN"
THEMES = ["styles/theme.css", "styles/pydata-sphinx-theme.css"]  # which a template of the theme's asks for
ALONE = ("_static/live/", "_static/mathematics/")  # what only some pages need, and much of it


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    styles = dict.fromkeys(THEMES)
    app.connect("html-page-context", partial(link, styles), priority=950)
    app.connect("build-finished", partial(write, styles), priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": False}  # one process has to see all pages


def link(styles: dict, app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Let the page ask for one file in the place of most."""
    files = sorted(context["css_files"], key=lambda file: file.priority)
    alone = [file for file in files if file.filename.startswith(ALONE)]
    styles |= dict.fromkeys(file.filename.removeprefix("_static/") for file in files if file not in alone)
    context |= {"css_files": alone, "all_styles": context["pathto"](f"_static/{ALL}", 1) + UNKNOWN}


def write(styles: dict, app: Sphinx, exception: Exception | None) -> None:
    """Write the file, and its version into the pages."""
    if app.builder.format != "html" or exception:
        return
    book, target = Path(app.outdir), Path(app.outdir) / "_static" / ALL
    # Joined where the theme's own lie, whose addresses of fonts it keeps.
    imports = target.with_suffix(".in.css")
    imports.write_text("".join(f'@import "../{style}";\n' for style in styles), encoding="utf-8")
    npm.bundle(target.parent, all=str(imports))
    imports.unlink()
    style = npm.run("extensions/styles.mjs", book, given=target.read_text(encoding="utf-8"))
    target.write_text(style, encoding="utf-8")
    version = f"?v={hashlib.sha256(style.encode()).hexdigest()[:12]}"
    for page in book.rglob("*.html"):
        page.write_text(page.read_text(encoding="utf-8").replace(UNKNOWN, version), encoding="utf-8")
