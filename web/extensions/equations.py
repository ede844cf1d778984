"""Sphinx extension: every displayed formula has a number, so that a class, and a reader on paper, can point at it.

Sphinx numbers formulas that have a label, and a label in a notebook is text that JupyterLab would show. Here a formula
without one gets a name by its place on the page; ``math_numfig`` counts them through the book.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("config-inited", count_through_the_book)
    app.connect("doctree-read", number)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def count_through_the_book(app: Sphinx, config: Config) -> None:
    """Without this each page would begin with 1, and the book on paper would have many of them."""
    config.math_numfig = True


def number(app: Sphinx, doctree: nodes.document) -> None:
    """Name the formulas that have no label."""
    for place, formula in enumerate(doctree.findall(nodes.math_block), start=1):
        if not formula.get("number"):
            formula["number"] = place  # what is shown is its place in the book, which is known once all pages are read
            formula["ids"] = [f"equation-{place}"]
