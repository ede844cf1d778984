"""Sphinx extension: code has elements only where it has colours; names and brackets look like plain text, and are it.

A chapter has thousands of them, and every element of a page costs a phone time.
"""

from functools import cache

from pygments.formatters import HtmlFormatter
from pygments.styles import get_style_by_name
from pygments.token import Text, _TokenType
from sphinx.application import Sphinx
from sphinx.highlighting import PygmentsBridge

STYLES = ("a11y-high-contrast-light", "a11y-high-contrast-dark")  # the theme's, by day and by night


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    PygmentsBridge.html_formatter = ColouredOnly
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class ColouredOnly(HtmlFormatter):
    """HTML in which what looks like plain text has no element."""

    def _get_css_classes(self, ttype: _TokenType) -> str:
        return "" if is_plain(ttype) else super()._get_css_classes(ttype)


@cache
def is_plain(ttype: _TokenType) -> bool:
    """Whether a kind of token looks like any other text, by day and by night."""
    return all(look(style, ttype) == look(style, Text) for style in STYLES)


def look(style: str, ttype: _TokenType) -> dict:
    """How a style draws a kind of token; one that it does not know, as the wider kind that it belongs to."""
    known = dict(get_style_by_name(style))
    while ttype not in known:
        ttype = ttype.parent
    return known[ttype]
