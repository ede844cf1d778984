"""Sphinx extension: a table of how much of each chapter runs on its page, as ``live_code`` found when it read them."""

import class_time
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_node(Place)
    app.add_directive("runs-on-pages", Directive)
    app.connect("doctree-resolved", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class Place(nodes.General, nodes.Element):
    """Where the table will stand: what it says is known once all pages are read."""


class Directive(SphinxDirective):
    """The table."""

    def run(self) -> list[nodes.Node]:
        """A place for it."""
        return [Place()]


def share(cells: list[dict]) -> str:
    """How many of these cells run."""
    return f"{sum(not cell['absent'] for cell in cells)} of {len(cells)}"


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the table where it belongs."""
    for place in list(doctree.findall(Place)):
        table = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in (50, 25, 25)), cols=3)
        head = row(*(nodes.Text(text) for text in ("Chapter", "cells that run", "exercises that are checked")))
        body = nodes.tbody()
        for name in class_time.numbered_chapters():
            cells = [cell for cell in app.env.metadata.get(f"chapters/{name}", {}).get("code", ()) if cell["shown"]]
            if not any(not cell["absent"] for cell in cells):
                continue
            address = app.builder.get_relative_uri(docname, f"chapters/{name}")
            link = nodes.reference("", class_time.chapter(name).title, refuri=address, internal=True)
            exercises = [cell for cell in cells if cell["role"] == "exercise"]
            body += row(link, nodes.Text(share(cells)), nodes.Text(share(exercises)))
        table += [nodes.thead("", head), body]
        place.replace_self(nodes.table("", table, classes=["table"]))


def row(*entries: nodes.Node) -> nodes.row:
    """A row of a table."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", entry)) for entry in entries))
