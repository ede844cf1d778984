"""Sphinx extension: a page asks for what it uses, in few requests, and keeps the place of what comes late.

The theme and its companions bring every page some twenty small files, each a round trip on a phone. What a page does
not use is left out; the styles become one file, and so do the scripts that stand in a row. Pictures take fewer bytes
and say their size.
"""

import hashlib
import re
from pathlib import Path
from urllib.parse import unquote

import npm
from PIL import Image
from sphinx.application import Sphinx
from sphinx.config import Config

# A part of a file's name, and what the body of a page that uses it holds.
USED_BY = {
    "katex": r'<span class="katex',
    "sphinx-design": r'class="[^"]*\bsd-',
    "design-tabs": r'class="[^"]*\bsd-tab',
    "togglebutton": r'class="[^"]*\b(toggle|dropdown)\b',
}

STYLE = r'<link\b[^>]*\bhref="(?P<root>[./]*)_static/(?P<path>(?!katex|live|styles/pack)[^"?]+\.css)[^"]*"[^>]*>\s*'
SCRIPT = r'<script src="(?P<root>[./]*)_static/(?P<path>(?!scripts/pack)[^"?]+\.js)[^"]*"></script>\s*'
# A sixth of the styles names the characters of a font of icons; icons.css draws those that the book shows.
FONT_ICONS = r'(?:\.fa-[\w-]+:before,?)+\{content:"[^"}]*"\}|@font-face\{[^}]*Font\\? ?Awesome[^}]*\}'
ROW_OF_SCRIPTS = f"(?:{re.sub('P<[a-z]+>', ':', SCRIPT)}){{2,}}"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_config_value("own_styles", "", "html")
    app.connect("config-inited", note_styles)
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("build-finished", pack, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def note_styles(app: Sphinx, config: Config) -> None:
    """When a style or script of ours changes, so does the name of the file it is in, and every page is written anew."""
    styles = [*sorted(npm.WEB.glob("static/*.*")), *sorted(npm.WEB.glob("*.css"))]
    config.own_styles = hashlib.sha256(b"".join(style.read_bytes() for style in styles)).hexdigest()


def drop_unused(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Leave out the styles and scripts that nothing on the page needs."""
    unused = [name for name, use in USED_BY.items() if not re.search(use, context.get("body", ""))]
    for files in (context["css_files"], context["script_files"]):
        files[:] = [file for file in files if not any(name in (file.filename or "") for name in unused)]


def pack(app: Sphinx, exception: Exception | None) -> None:
    """Put one file in the place of several, on every page that was written."""
    if app.builder.format != "html" or exception:
        return
    static = Path(app.outdir) / "_static"
    named = set()
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        head, end, body = text.partition("</head>")
        packed = pack_scripts(pack_styles(head, static), static) + end + pack_pictures(body, page)
        if packed != text:
            page.write_text(packed, encoding="utf-8")
        named.update(re.findall(r"pack-\w{12}", packed))
    for old in static.glob("s*/pack-*"):
        if old.name.split(".")[0] not in named:
            old.unlink()


def pack_styles(head: str, static: Path) -> str:
    """All style sheets of the theme and the book as one, where the first of them stood."""
    found = list(re.finditer(STYLE, head))
    if len(found) < 2:
        return head
    # It lies beside the theme's own, whose addresses of fonts it keeps.
    imports = "".join(f'@import "../{style["path"]}";\n' for style in found)
    name = f"styles/pack-{fingerprint(static, found)}"
    if not (static / f"{name}.css").exists():
        (static / f"{name}.in.css").write_text(imports, encoding="utf-8")
        npm.bundle(static, **{name: str(static / f"{name}.in.css")})
        (static / f"{name}.in.css").unlink()
        packed = static / f"{name}.css"
        packed.write_text(re.sub(FONT_ICONS, "", packed.read_text(encoding="utf-8")), encoding="utf-8")
    one = f'<link rel="stylesheet" href="{found[0]["root"]}_static/{name}.css">\n'
    return head[: found[0].start()] + one + re.sub(STYLE, "", head[found[0].end() :])


def pack_scripts(head: str, static: Path) -> str:
    """Every row of plain scripts as one."""

    def one(row: re.Match) -> str:
        found = list(re.finditer(SCRIPT, row[0]))
        name = f"scripts/pack-{fingerprint(static, found)}.js"
        sources = [(static / script["path"]).read_text(encoding="utf-8") for script in found]
        (static / name).write_text("\n;\n".join(sources), encoding="utf-8")
        return f'<script src="{found[0]["root"]}_static/{name}"></script>\n'

    return re.sub(ROW_OF_SCRIPTS, one, head)


def pack_pictures(body: str, page: Path) -> str:
    """Every picture as WebP, a fifth smaller, with its width and height, so that nothing moves when it comes."""

    def packed(picture: re.Match) -> str:
        png = page.parent / unquote(picture["src"])
        webp = png.with_suffix(".webp")
        with Image.open(png) as image:
            if not webp.exists() or webp.stat().st_mtime < png.stat().st_mtime:
                image.convert("RGBA" if image.has_transparency_data else "RGB").save(webp, lossless=True)
            width, height = image.size
        return f'<img width="{width}" height="{height}" {picture["before"]}{picture["src"][:-4]}.webp"'

    return re.sub(r'<img (?=alt=)(?P<before>[^>]*\bsrc=")(?P<src>[./]*_images/[^"]+\.png)"', packed, body)


def fingerprint(static: Path, found: list[re.Match]) -> str:
    """What changes with the files, so that a browser never keeps an old one."""
    return hashlib.sha256(b"".join((static / file["path"]).read_bytes() for file in found)).hexdigest()[:12]
