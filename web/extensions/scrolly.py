"""Sphinx extension: a picture that unfolds while its reader scrolls.

Figures of the class ``scene`` that follow one another, each with a paragraph before it, become one such picture.
Without script, on paper and in a low window they stand as they are written: text and picture by turns. Elsewhere the
pictures lie one upon the other and stay, while the texts pass by. The script stands in the page behind them: it has run
before a browser draws what comes next, so that nothing moves.
"""

import npm
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.writers.html5 import HTML5Translator

SCRIPT = npm.WEB / "theme" / "scrolly.js"


class Scrolly(nodes.General, nodes.Element):
    """A picture that unfolds: its scenes, in their order."""


class Scene(nodes.General, nodes.Element):
    """A paragraph, and the cell whose figure it tells of."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("doctree-resolved", gather, priority=900)
    app.add_node(Scrolly, html=(visit_scrolly, depart_scrolly))
    app.add_node(Scene, html=(visit_scene, depart_scene))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def gather(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put scenes that follow one another into one element."""
    if app.builder.format != "html":
        return
    for figure in list(doctree.findall(nodes.figure)):
        if "scene" in figure["classes"]:
            figure["classes"].remove("scene")
            cell = figure
            while not isinstance(cell.parent, nodes.section):
                cell = cell.parent
            section, place = cell.parent, cell.parent.index(cell)
            text = section[place - 1]
            if not isinstance(text, nodes.paragraph):
                raise ExtensionError(f"{docname}: no paragraph stands before the scene {figure['ids']}")
            before = section[place - 2]
            del section[place - 1 : place + 1]
            if not isinstance(before, Scrolly):
                before = Scrolly()
                section.insert(place - 1, before)
            before += Scene("", text, cell)


def visit_scrolly(writer: HTML5Translator, scrolly: Scrolly) -> None:
    """Begin it; the style wants the number of the scenes."""
    writer.body.append(f'<div class="scrolly" style="--scenes: {len(scrolly)}">\n')


def depart_scrolly(writer: HTML5Translator, scrolly: Scrolly) -> None:
    """End it, and lay the script behind it."""
    writer.body.append(f"</div>\n<script>\n{SCRIPT.read_text(encoding='utf-8')}</script>\n")


def visit_scene(writer: HTML5Translator, scene: Scene) -> None:
    """Begin a scene with its number."""
    writer.body.append(f'<div class="scene" style="--scene: {scene.parent.index(scene) + 1}">\n')


def depart_scene(writer: HTML5Translator, scene: Scene) -> None:
    """End it."""
    writer.body.append("</div>\n")
