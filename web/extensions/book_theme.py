"""Sphinx extension: the theme with the book's templates and style, and without what it would fetch from other hosts."""

from html import escape
from pathlib import Path

import npm
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.writers.html5 import HTML5Translator

THEME = npm.WEB / "theme"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.setup_extension("myst_nb")
    app.add_node(HideCodeCellNode, override=True, html=(open_fold, close_fold))
    app.connect("config-inited", configure)
    app.connect("builder-inited", bundle_icons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def configure(app: Sphinx, config: Config) -> None:
    """Add the book's own templates and style, and take Thebe out."""
    config.html_static_path.append(str(THEME / "static"))
    config.templates_path.insert(0, str(THEME / "templates"))  # before the themes'
    app.add_css_file("book.css")
    app.add_css_file("icons.css")
    remove_thebe(app)


def bundle_icons(app: Sphinx) -> None:
    """Lay the style that draws the theme's icons where the pages look for it."""
    if app.builder.format == "html":
        npm.bundle(Path(app.outdir) / "_static", icons="theme/icons.css")


def remove_thebe(app: Sphinx) -> None:
    """Thebe runs cells on a server elsewhere. Jupyter Book always loads it, and it declares a constant twice."""
    for listeners in app.events.listeners.values():
        listeners[:] = [listener for listener in listeners if listener.handler.__module__ != "sphinx_thebe"]
    app.registry.css_files[:] = [css for css in app.registry.css_files if css[0] != "sphinx-thebe.css"]


def open_fold(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """Begin a folded cell, named by the words on it: MyST-NB tells a screen reader the same words for all of them."""
    self.body.append(f'<details class="admonition hide {" ".join(node["classes"])}">\n<summary>\n')
    for state, words in (("collapsed", node["prompt_show"]), ("expanded", node["prompt_hide"])):
        self.body.append(f'<p class="{state} admonition-title">{escape(words)}</p>\n')
    self.body.append("</summary>\n")


def close_fold(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """End it."""
    self.body.append("</details>\n")
