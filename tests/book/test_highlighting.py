"""Code: elements for what has a colour of its own, and for nothing else."""

import re

from highlighting import STYLES, ColouredOnly, look
from pygments import highlight
from pygments.lexers import PythonLexer
from pygments.token import Keyword


def test_names_and_brackets_are_plain_text_and_words_of_python_are_not():
    html = highlight("for name in (1, other):\n    pass", PythonLexer(), ColouredOnly())
    assert re.findall(r'<span class="\w+">([^<]+)</span>', html) == ["for", "in", "1", "pass"]
    assert "(<span" in html


def test_the_styles_are_the_theme_s(book):
    rules = (book / "_static" / "pygments.css").read_text(encoding="utf-8")
    for mode, style in zip(("light", "dark"), STYLES, strict=True):
        (shown,) = re.findall(rf'^html\[data-theme="{mode}"\] \.highlight \.k \{{ color: #(\w+)', rules, re.M)
        assert shown.lower() == look(style, Keyword)["color"].lower()
