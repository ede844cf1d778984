"""Small books for the tests of the book's extensions, built as the book is."""

import json
import os
import subprocess

from notebooks import ROOT
from sphinx_book import PROGRAM


def configuration(old="", new=""):
    """The book's own, for sources that lie elsewhere and have no icon, with one piece of it replaced."""
    text = (ROOT / "_config.yml").read_text(encoding="utf-8").replace("favicon: images/favicon.svg", "favicon: ''")
    assert old in text
    return text.replace(old, new).replace(": web\n", f": {json.dumps((ROOT / 'web').as_posix())}\n")


def build(source, target, *options, **variables):
    """The finished build and the folder of its pages; of the variables for books, it knows those that are given."""
    command = [*PROGRAM, "build", source, *options, "--path-output", target]
    environment = {name: text for name, text in os.environ.items() if not name.startswith("BOOK_")} | variables
    built = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    return built, target / "_build" / "html"
