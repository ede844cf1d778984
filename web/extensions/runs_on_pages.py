"""Sphinx extension: a table of how much of each page runs on it, and how much of what it prints it can prove."""

import json
from pathlib import Path

import class_time
import wheels
from docutils import nodes
from live_code import imported, stored_text, understood
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

HEAD = (
    "Chapter",
    "cells",
    "with Python alone",
    "with NumPy, SciPy, Matplotlib and scikit-learn",
    "exercises checked here",
)


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


def able(notebook: dict, packages: set[str]) -> str:
    """How many of its cells run where these packages are, and how many of them print text to compare."""
    run = [stored for stored, cell in understood(notebook, packages) if not cell.absent]
    return f"{len(run)} run, {sum(bool(stored_text(stored)) for stored in run)} proved"


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the table where it belongs."""
    for place in list(doctree.findall(Place)):
        body = nodes.tbody()
        for name in class_time.numbered_chapters():
            notebook = json.loads(Path(app.srcdir, "chapters", f"{name}.ipynb").read_text(encoding="utf-8"))
            here = [cell for _, cell in understood(notebook, imported(wheels.carried()))]
            exercises = [cell for cell in here if cell.role == "exercise"]
            address = app.builder.get_relative_uri(docname, f"chapters/{name}")
            body += row(
                nodes.reference("", class_time.chapter(name).title, refuri=address, internal=True),
                nodes.Text(str(len(here))),
                *(nodes.Text(able(notebook, imported(packages))) for packages in ({}, wheels.wanted())),
                nodes.Text(f"{sum(not cell.absent for cell in exercises)} of {len(exercises)}"),
            )
        table = nodes.tgroup("", *(nodes.colspec(colwidth=20) for _ in HEAD), cols=len(HEAD))
        table += [nodes.thead("", row(*map(nodes.Text, HEAD))), body]
        place.replace_self(nodes.table("", table, classes=["table"]))


def row(*entries: nodes.Node) -> nodes.row:
    """A row of a table."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", entry)) for entry in entries))
