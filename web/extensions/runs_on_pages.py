"""Sphinx extension: a table of how much of each page runs on it, and how much of what it prints it can prove."""

import json
from pathlib import Path

import cell_needs
import class_time
import wheels
from docutils import nodes
from live_code import imported, stored_text, text_of, with_roles
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


def able(code: list[tuple[dict, str]], packages: set[str]) -> tuple[list[str], int]:
    """The roles of those cells that run where these packages are, and how many of them print text to compare."""
    cells = [cell_needs.Cell(cell["id"], text_of(cell["source"]), role) for cell, role in code]
    cell_needs.understand(cells, packages)
    run = [pair for pair, cell in zip(code, cells, strict=True) if not cell.absent]
    return [role for _, role in run], sum(bool(stored_text(cell)) for cell, _ in run)


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the table where it belongs."""
    for place in list(doctree.findall(Place)):
        body = nodes.tbody()
        for name in class_time.numbered_chapters():
            notebook = json.loads(Path(app.srcdir, "chapters", f"{name}.ipynb").read_text(encoding="utf-8"))
            code = [(cell, role) for cell, role in with_roles(notebook["cells"]) if cell["cell_type"] == "code"]
            editions = [able(code, imported(packages)) for packages in ({}, wheels.wanted())]
            here, _ = able(code, imported(wheels.carried()))
            address = app.builder.get_relative_uri(docname, f"chapters/{name}")
            body += row(
                nodes.reference("", class_time.chapter(name).title, refuri=address, internal=True),
                nodes.Text(str(len(code))),
                *(nodes.Text(f"{len(roles)} run, {texts} proved") for roles, texts in editions),
                nodes.Text(f"{here.count('exercise')} of {sum(role == 'exercise' for _, role in code)}"),
            )
        table = nodes.tgroup("", *(nodes.colspec(colwidth=20) for _ in HEAD), cols=len(HEAD))
        table += [nodes.thead("", row(*map(nodes.Text, HEAD))), body]
        place.replace_self(nodes.table("", table, classes=["table"]))


def row(*entries: nodes.Node) -> nodes.row:
    """A row of a table."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", entry)) for entry in entries))
