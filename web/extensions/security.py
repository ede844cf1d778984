"""Sphinx extension: every page says what it may load and run, and a browser keeps it to that.

A page loads the book's own files and runs the scripts that stood in it when it was built; those are named by their
hashes. What somebody else puts into it later does not run, and nothing is asked of another host. The policy is in the
page itself, since not every host can send it along, and comes before everything that loads or runs. Its text is known
once nothing on the page changes any more; until then `PLACE` is there.
"""

import base64
import hashlib
from html.parser import HTMLParser
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

PLACE = '<meta http-equiv="Content-Security-Policy" content="UNKNOWN">'  # in templates/redirect.html, too

# In a page opened from a disk, browsers differ in whether 'self' is a file beside it. Elsewhere none opens a file:.
OWN = "'self' file:"

PYTHON = "python/start.js"  # which a page asks for if its code can run, by WebAssembly and in a worker


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("html-page-context", keep_place, priority=999)  # before what others say in the head
    app.connect("build-finished", protect, priority=999)  # once nothing changes any more
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def keep_place(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Keep the place of the policy, behind the character set."""
    context["metatags"] = f"\n{PLACE}{context.get('metatags', '')}"


def protect(app: Sphinx, exception: Exception | None) -> None:
    """Give every page its policy."""
    if app.builder.format != "html" or exception:
        return
    for path in Path(app.outdir).rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        if "<head>" not in page:  # a template of the theme's, or what leads from index.html elsewhere
            continue
        if PLACE not in page:
            raise ExtensionError(f"{path}: there is no place for a policy in its head")
        path.write_text(page.replace(PLACE, PLACE.replace("UNKNOWN", policy(page)), 1), encoding="utf-8")


def policy(page: str) -> str:
    """What a page needs, and no more."""
    inline = Inline()
    inline.feed(page)
    allowed = {
        "default-src": OWN,  # what none of the others is about: a page that Firefox fetches beforehand
        "script-src": " ".join([OWN, *inline.hashes["script"]]),
        "style-src": " ".join([OWN, *inline.hashes["style"]]),
        "style-src-attr": "'unsafe-inline'",  # where each piece of a formula and of a figure stands
        "img-src": f"{OWN} data:",
        "font-src": f"{OWN} data:",
        "connect-src": OWN,  # the search reads the pages that it found
        "child-src": "'none'",  # frames
        "media-src": "'none'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": OWN,
    }
    if PYTHON in page:
        allowed["script-src"] += " 'wasm-unsafe-eval'"
        allowed["worker-src"] = "'self'"
    return "; ".join(f"{kind} {sources}" for kind, sources in allowed.items())


class Inline(HTMLParser):
    """The hashes of the scripts and styles that stand in a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.hashes: dict[str, dict[str, None]] = {"script": {}, "style": {}}  # each once, in their order
        self.text: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element; a script of another type is data."""
        if tag in self.hashes and not {"src", "type"} & dict(attrs).keys():
            self.text = ""

    def handle_data(self, data: str) -> None:
        """Take a piece of its text."""
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        """End the element; none of these holds another."""
        if self.text is not None:
            digest = base64.b64encode(hashlib.sha256(self.text.encode()).digest()).decode()
            self.hashes[tag][f"'sha256-{digest}'"] = None
        self.text = None
