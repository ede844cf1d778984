"""Small books for the tests of the book's extensions, built as the book is."""

import json
import re
import subprocess

from notebooks import ROOT
from sphinx_book import PROGRAM


def configuration(changes=None):
    """The book's own, for sources that lie elsewhere and have no icon, with some pieces of it replaced."""
    text = (ROOT / "_config.yml").read_text(encoding="utf-8")
    for old, new in {"favicon: web/theme/favicon.svg": "favicon: ''", **(changes or {})}.items():
        assert old in text
        text = text.replace(old, new)
    return re.sub(r"(?<=: )web/extensions$", lambda place: json.dumps((ROOT / place[0]).as_posix()), text, flags=re.M)


def build(source, target, *options):
    """The finished build and the folder of its pages."""
    command = [*PROGRAM, "build", source, *options, "--path-output", target]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    return built, target / "_build" / "html"
