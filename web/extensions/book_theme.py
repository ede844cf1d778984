"""Sphinx extension: the theme with the book's templates and style, and without what it would fetch from other hosts."""

from pathlib import Path

import npm
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

THEME = npm.WEB / "theme"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("config-inited", configure)
    app.connect("builder-inited", bundle_icons)
    app.connect("doctree-read", widen_first_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def configure(app: Sphinx, config: Config) -> None:
    """Add the book's own templates and style, and take Thebe out."""
    config.html_static_path.append(str(THEME / "static"))
    config.templates_path.insert(0, str(THEME / "templates"))  # before the themes'
    app.add_css_file("book.css")
    app.add_css_file("icons.css")
    remove_thebe(app)


def widen_first_page(app: Sphinx, doctree: nodes.document) -> None:
    """The figure of the first page has all the width: no list of headings stands beside it."""
    if app.env.docname == app.config.root_doc:
        app.env.metadata[app.env.docname]["html_theme.sidebar_secondary.remove"] = True


def bundle_icons(app: Sphinx) -> None:
    """Lay the style that draws the theme's icons where the pages look for it."""
    if app.builder.format == "html":
        npm.bundle(Path(app.outdir) / "_static", icons="theme/icons.css")


def remove_thebe(app: Sphinx) -> None:
    """Thebe runs cells on a server elsewhere. Jupyter Book always loads it, and it declares a constant twice."""
    for listeners in app.events.listeners.values():
        listeners[:] = [listener for listener in listeners if listener.handler.__module__ != "sphinx_thebe"]
    app.registry.css_files[:] = [css for css in app.registry.css_files if css[0] != "sphinx-thebe.css"]
