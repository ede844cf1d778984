"""Sphinx extension: every page says what it may load and run, and a browser keeps it to that.

A page loads the book's own files and runs the scripts that stood in it when it was built; those are named by their
hashes. What somebody else puts into it later does not run, and nothing is asked of another host. The policy is in the
page itself, since not every host can send it along, right behind the character set, which a browser wants to know
within the first kilobyte.
"""

import base64
import hashlib
import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

# In a page opened from a disk, browsers differ in whether 'self' is a file beside it. Elsewhere none opens a file:.
OWN = "'self' file:"

SCRIPT = re.compile(r"<script\b(?![^>]*\b(?:src|type)=)[^>]*>(.*?)</script>", re.S)  # another type is data
STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.S)
CHARACTER_SET = re.compile(r'(?<=<head>)\s*<meta charset="utf-8" ?/?>')


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("config-inited", lambda app, config: app.add_js_file("buttons.js", priority=300))
    app.connect("build-finished", protect, priority=999)  # once nothing changes any more
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def protect(app: Sphinx, exception: Exception | None) -> None:
    """Give every page its policy."""
    if app.builder.format != "html" or exception:
        return
    for path in Path(app.outdir).rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        if "<head>" not in page:  # a template of the theme's
            continue
        place = CHARACTER_SET.search(page)
        if not place:
            raise ExtensionError(f"{path}: no <meta charset> begins the head, so there is no place for a policy")
        meta = f'\n<meta http-equiv="Content-Security-Policy" content="{policy(page)}">'
        path.write_text(page[: place.end()] + meta + page[place.end() :], encoding="utf-8")


def policy(page: str) -> str:
    """What a page needs, and no more."""
    scripts = [OWN, *hashes(SCRIPT, page)]
    if 'class="live ' in page:
        scripts.append("blob:")  # a figure's own script is a text among its widgets' state until it is imported
    allowed = {
        "default-src": OWN,  # what none of the others is about: a page that Firefox fetches beforehand
        "script-src": " ".join(scripts),
        "style-src": " ".join([OWN, *hashes(STYLE, page)]),
        "style-src-attr": "'unsafe-inline'",  # where each piece of a formula and of a figure stands
        "img-src": f"{OWN} data:",
        "font-src": f"{OWN} data:",
        "connect-src": OWN,  # the search reads the pages that it found
        "child-src": "'none'",  # frames and workers
        "media-src": "'none'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": OWN,
    }
    return "; ".join(f"{kind} {sources}" for kind, sources in allowed.items())


def hashes(kind: re.Pattern, page: str) -> list[str]:
    """The hashes of all elements of a kind, each once."""
    texts = dict.fromkeys(kind.findall(page))
    return [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts]
