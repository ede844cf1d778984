"""Small books for the tests of the book's extensions, built as the book is."""

import json
import os
import subprocess
import sys

from notebooks import ROOT


def configuration(old="", new=""):
    """The book's own, for sources that lie elsewhere and have no icon, with one piece of it replaced."""
    text = (ROOT / "_config.yml").read_text(encoding="utf-8").replace("favicon: images/favicon.svg", "favicon: ''")
    assert old in text
    return text.replace(old, new).replace(": web\n", f": {json.dumps((ROOT / 'web').as_posix())}\n")


def build(source, target, *options, **variables):
    """The finished build and the folder of its pages; of the variables for books, it knows those that are given."""
    program = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    command = [*program, "build", source, *options, "--path-output", target]
    environment = {name: text for name, text in os.environ.items() if not name.startswith("BOOK_")} | variables
    built = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    return built, target / "_build" / "html"
