"""Sphinx extension: what autodoc makes of the package's docstrings, put right.

The fields of named tuples stand once, where their class explains them: Python gives each a docstring of its own, "Alias
for field number 0", which autodoc takes for an explanation.

Each docstring is read as a document of its own. What is made of it would keep that, and with it all that Sphinx knows
of the book, which would be stored and read again for every page of the reference.
"""

from docutils import nodes
from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("autodoc-skip-member", leave_out)
    app.connect("doctree-read", belong_to_the_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def leave_out(app: Sphinx, what: str, name: str, member: object, skip: bool, options: object) -> bool | None:
    """Say no to what has no docstring but Python's own; None leaves it to autodoc."""
    return True if (getattr(member, "__doc__", None) or "").startswith("Alias for field number") else None


def belong_to_the_page(app: Sphinx, doctree: nodes.document) -> None:
    """Let every node know the page that it is on and no other document."""
    for node in doctree.findall():
        node.document = doctree
