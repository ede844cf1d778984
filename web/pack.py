"""Sphinx extension: a page asks for what it uses, in few requests, and keeps the place of what comes late.

The theme and its companions bring every page some twenty small files. What a page does not use is left out. The styles,
which its text waits for, become one file with the rules that the book's pages need. Scripts wait for the text, and stay
files of their own: what fails in one ends that one alone. Pictures take fewer bytes and say their size, and code has no
element for what looks like the text around it.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterable
from itertools import chain, groupby
from pathlib import Path
from urllib.parse import unquote

import npm
from PIL import Image
from sphinx.application import Sphinx

# A part of a file's name, or of a script's text, and what the body of a page that uses it holds.
USED_BY = {
    "katex": r'<span class="katex',
    "sphinx-design": r'class="[^"]*\bsd-',
    "design-tabs": r'class="[^"]*\bsd-tab',
    "toggle": r'class="([^"]* )?(toggle|dropdown)[ "]',
}

# icons.css draws the theme's icons; what it brings for that is a fourth of the book. language_data.js holds
# the stemmers, too.
UNUSED = [
    "vendor",
    *(f"scripts/fontawesome.js{end}" for end in ("", ".map", ".LICENSE.txt")),
    *(f"{name}-stemmer.js" for name in ("base", "english")),
]

STYLE = r'<link\b[^>]*\bhref="(?P<root>[./]*)_static/(?P<path>(?!katex|live)[^"?]+\.css)[^"]*"[^>]*>\s*'
# A sixth of the styles names the characters of a font of icons; icons.css draws those that the book shows.
FONT_ICONS = r'(?:\.fa-[\w-]+:before,?)+\{content:"[^"}]*"\}|@font-face\{[^}]*Font\\? ?Awesome[^}]*\}'
EARLY = "documentation_options"  # which what stands in the page adds to
WORD = r"[\w-]+"
TOKEN = r'<span class="(\w+)">([^<]*)</span>'
TOKENS = f"{TOKEN}(?: *{TOKEN})*"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("html-page-context", defer, priority=950)
    app.connect("build-finished", pack, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def drop_unused(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Leave out the styles and scripts that nothing on the page needs."""
    unused = [name for name, use in USED_BY.items() if not re.search(use, context.get("body", ""))]
    for files in (context["css_files"], context["script_files"]):
        named = ((file, f"{file.filename} {file.attributes.get('body')}") for file in files)
        files[:] = [file for file, names in named if not any(name in names for name in unused)]


def defer(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Let every script wait until the page is read."""
    for script in context["script_files"]:
        if script.filename and EARLY not in script.filename:
            script.attributes["defer"] = "defer"


def pack(app: Sphinx, exception: Exception | None) -> None:
    """Put one file in the place of several, on every page."""
    if app.builder.format != "html" or exception:
        return
    static = Path(app.outdir) / "_static"
    for unused in UNUSED:
        shutil.rmtree(static / unused) if (static / unused).is_dir() else (static / unused).unlink(missing_ok=True)
    pages = {page: page.read_text(encoding="utf-8") for page in Path(app.outdir).rglob("*.html")}
    styles = Styles(static, words(pages.values(), static))
    look = looks((static / "pygments.css").read_text(encoding="utf-8"))
    for page, text in pages.items():
        head, end, body = text.partition("</head>")
        body = pack_code(pack_pictures(body, page), look)
        page.write_text(styles.pack(head) + end + body, encoding="utf-8")


def words(pages: Iterable[str], static: Path) -> set[str]:
    """All that a page or a script could name an element, a class or an attribute by."""
    scripts = (script.read_text(encoding="utf-8") for script in static.rglob("*.js"))
    return {word for text in chain(pages, scripts) for word in re.findall(WORD, text)}


class Styles:
    """The style sheets of the theme and the book, as one and without the rules for what no page has."""

    def __init__(self, static: Path, words: set[str]) -> None:
        self.static, self.words = static, words
        self.names: dict[str, str] = {}

    def pack(self, head: str) -> str:
        """One in the place of all, where the first of them stood."""
        found = list(re.finditer(STYLE, head))
        if not found:
            return head
        one = f'<link rel="stylesheet" href="{found[0]["root"]}_static/styles/{self.needed(found)}.css">\n'
        return head[: found[0].start()] + one + re.sub(STYLE, "", head[found[0].end() :])

    def needed(self, found: list[re.Match]) -> str:
        """The name of the file with the rules that the pages need."""
        sources = fingerprint(self.static, found)
        if sources not in self.names:
            whole = self.joined(sources, [style["path"] for style in found])
            used = sorted(self.words.intersection(re.findall(WORD, whole)))
            self.names[sources] = f"pack-{sources}-{hashlib.sha256(' '.join(used).encode()).hexdigest()[:12]}"
            packed = self.static / "styles" / f"{self.names[sources]}.css"
            packed.write_text(npm.run("purge.mjs", given=json.dumps([whole, used])), encoding="utf-8")
        return self.names[sources]

    def joined(self, sources: str, paths: list[str]) -> str:
        """All their rules."""
        # It is made beside the theme's own, whose addresses of fonts it keeps.
        folder = self.static / "styles"
        imports, joined = folder / f"{sources}.in.css", folder / f"{sources}.css"
        imports.write_text("".join(f'@import "../{path}";\n' for path in paths), encoding="utf-8")
        npm.bundle(folder, **{sources: str(imports)})
        whole = joined.read_text(encoding="utf-8")
        imports.unlink()
        joined.unlink()
        return re.sub(FONT_ICONS, "", whole)


def looks(style: str) -> dict[str, tuple[str, ...]]:
    """How each class of code looks in Pygments' style, by day and by night; nothing where it looks like no class."""
    text = dict(re.findall(r"^(.*\.highlight) \{[^}]*\b(color: #\w+)", style, re.M))
    found: dict[str, tuple[str, ...]] = {}
    for day, token, look in re.findall(r"^(.*\.highlight) \.(\w+) \{ (.*) \}", style, re.M):
        found[token] = found.get(token, ()) + ((f"{day} {look}",) if look != text[day] else ())
    return found


def pack_code(body: str, look: dict[str, tuple[str, ...]]) -> str:
    """Code with one element for neighbours that look the same and none for plain text: a third fewer on a page."""

    def looked(token: tuple[str, str, str]) -> str | tuple[str, ...]:
        return look.get(token[1], token[1])

    def one(tokens: re.Match) -> str:
        packed = ""
        for same, group in groupby(re.findall(f"( *){TOKEN}", tokens[0]), looked):
            (space, name, first), *others = group
            text = first + "".join(between + other for between, _, other in others)
            packed += space + (f'<span class="{name}">{text}</span>' if same else text)
        return packed

    def code(found: re.Match) -> str:
        return re.sub(TOKENS, one, found[0].replace("<span></span>", ""))

    return re.sub(r'<div class="highlight"><pre>.*?</pre>', code, body, flags=re.S)


def pack_pictures(body: str, page: Path) -> str:
    """Every picture as WebP, a fifth smaller, with its width and height, so that nothing moves when it comes."""

    def packed(picture: re.Match) -> str:
        png = page.parent / unquote(picture["src"])
        webp = png.with_suffix(".webp")
        with Image.open(png) as image:
            if not webp.exists():  # another page has it too
                image.convert("RGBA" if image.has_transparency_data else "RGB").save(webp, lossless=True)
            width, height = image.size
        return f'<img width="{width}" height="{height}" {picture["before"]}{picture["src"][:-4]}.webp"'

    return re.sub(r'<img (?=alt=)(?P<before>[^>]*\bsrc=")(?P<src>[./]*_images/[^"]+\.png)"', packed, body)


def fingerprint(static: Path, found: list[re.Match]) -> str:
    """What changes with the files, so that a browser never keeps an old one."""
    return hashlib.sha256(b"".join((static / file["path"]).read_bytes() for file in found)).hexdigest()[:12]
