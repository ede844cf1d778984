"""Sphinx extension: sections for the curious, which fold.

A section whose title begins with "For the curious" becomes a ``<details>`` with its title as what is seen of it. In a
notebook, and on paper, it is a section as any other.
"""

from docutils import nodes
from sphinx.application import Sphinx

BEGINNING = "For the curious"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("doctree-resolved", fold, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def fold(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put what opens and what closes around title and content of such sections."""
    if app.builder.format != "html":
        return
    for section in list(doctree.findall(nodes.section)):
        title, *content = section.children
        if title.astext().startswith(BEGINNING):
            section.children = []
            section += [
                html('<details class="curious"><summary>'),
                title,
                html("</summary>"),
                *content,
                html("</details>"),
            ]


def html(text: str) -> nodes.raw:
    """A piece of the page as it is written."""
    return nodes.raw("", text, format="html")
