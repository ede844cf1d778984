"""Sphinx extension: a built page brings everything it needs and asks no other host for anything.

Mathematics is rendered when the book is built, by KaTeX from npm, whose style and fonts are copied beside the
pages. Node comes from PyPI, so a machine with Python alone can build the book. What the theme would fetch from
elsewhere is left out, and what it tells a screen reader is put right.
"""

import base64
import shutil
import socket
import subprocess
import time
from io import BytesIO
from pathlib import Path

import npm
from fontTools import subset
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinxcontrib import katex

# Which colours a reader wants is what the mode says, now. The theme begins with those of the last visit, and asks anew
# only in a late script.
LIGHT_OR_DARK = """
{
  const { dataset } = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  dataset.theme = ["light", "dark"].includes(dataset.mode) ? dataset.mode : system;
}
"""

KATEX = npm.MODULES / "katex" / "dist"
KATEX_COMMAND = katex.KaTeXServer.build_command

# The fonts that every page with formulas needs come with its style: a formula that changes its font later would
# move the text around it. They hold the characters that the book's formulas are made of, and no others; a test sees
# to it that none is missing.
CHARACTERS = "".join(map(chr, range(0x20, 0x7F))) + (
    "Δαβγδεηθκλμπρστφω∇∑∏√∥∣∗∂±·×⋅⋯⋮…≈≠≤≥≪≫∈→←⇒⟹⟸⟺−′()[]{}⟨⟩⌊⌋ˉ^\xa0\u200b"
)
INLINE_FONTS = ["KaTeX_Main-Regular", "KaTeX_Math-Italic", "KaTeX_Size1-Regular", "KaTeX_Size2-Regular"]
LOAD_FONTS = """
for (const font of ["1em KaTeX_Main", "italic 1em KaTeX_Math", "1em KaTeX_Size1", "1em KaTeX_Size2"])
  document.fonts.load(font);
"""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.setup_extension("sphinxcontrib.katex")
    app.connect("config-inited", configure)
    app.connect("builder-inited", copy_katex)
    app.connect("builder-inited", bundle_icons)
    app.connect("html-page-context", name_folds)
    app.connect("html-page-context", load_fonts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def configure(app: Sphinx, config: Config) -> None:
    """Point KaTeX at its npm package, add the book's own style and take Thebe out."""
    npm.install()
    katex.NODEJS_BINARY = str(npm.node())
    katex.KaTeXServer.start_server_process = start_katex
    katex.KaTeXServer.build_command = katex_command
    config.html_math_renderer = "katex"
    config.katex_prerender = True
    config.katex_js_path = str(npm.WEB / "katex.js")
    config.katex_css_path = "katex/katex.min.css"
    config.html_static_path.append(str(npm.WEB / "static"))
    config.templates_path.insert(0, str(npm.WEB / "templates"))  # before the themes'
    app.add_css_file("book.css")
    app.add_css_file("icons.css")
    app.add_js_file(None, body=LIGHT_OR_DARK)
    remove_thebe(app)


def katex_command(**place: object) -> list[str]:
    """KaTeX's server, as its package starts it, but ending with the build, even with one that is killed.

    Nothing is ever sent on its input, which the system closes then.
    """
    program, server, *options = KATEX_COMMAND(**place)
    watch = "process.stdin.on('close', () => process.exit()).resume(); require(process.argv[1])"
    return [program, "--eval", watch, server, *options]


def start_katex(rundir: Path, timeout: float) -> tuple[subprocess.Popen, socket.socket]:
    """Start KaTeX's server and ask until it answers; its package's own way may ask just before it listens, and fails.

    A port, by which the package asks often enough, takes 80 ms a formula: what is sent there in two parts waits for the
    other side to say that the first has come.
    """
    place, end = str(rundir / "katex.sock"), time.monotonic() + timeout
    command = katex.KaTeXServer.build_command(socket=place)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=rundir)
    while True:
        client = socket.socket(socket.AF_UNIX)
        try:
            client.connect(place)
            return process, client
        except (FileNotFoundError, ConnectionRefusedError):
            client.close()
            if time.monotonic() > end:
                process.kill()
                raise katex.KaTeXServer.timeout_error(timeout) from None
            time.sleep(0.001)


def copy_katex(app: Sphinx) -> None:
    """Lay KaTeX's style and fonts where the pages look for them; every browser of today reads woff2."""
    if app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static" / "katex"
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    style = (KATEX / "katex.min.css").read_text(encoding="utf-8")
    for name in INLINE_FONTS:
        font = base64.b64encode(fewer_glyphs(KATEX / "fonts" / f"{name}.woff2")).decode()
        style = style.replace(f"url(fonts/{name}.woff2)", f"url(data:font/woff2;base64,{font})")
    (target / "katex.min.css").write_text(style, encoding="utf-8")
    for font in KATEX.glob("fonts/*.woff2"):
        shutil.copy(font, target / "fonts")


def fewer_glyphs(font: Path) -> bytes:
    """The font with the glyphs of `CHARACTERS` alone."""
    options = subset.Options(flavor="woff2", hinting=False, layout_features=["*"], notdef_outline=True)
    loaded, smaller = subset.load_font(font, options), BytesIO()
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=CHARACTERS)
    subsetter.subset(loaded)
    subset.save_font(loaded, smaller, options)
    return smaller.getvalue()


def load_fonts(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Ask for the formulas' fonts before the first formula is laid out."""
    if '<span class="katex' in context.get("body", ""):
        app.add_js_file(None, body=LOAD_FONTS)


def bundle_icons(app: Sphinx) -> None:
    """Lay the style that draws the theme's icons where the pages look for it."""
    if app.builder.format == "html":
        npm.bundle(Path(app.outdir) / "_static", icons="icons.css")


def name_folds(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Let a folded cell go by the words on it; MyST-NB tells a screen reader the same words for all of them."""
    if "body" in context:
        context["body"] = context["body"].replace('<summary aria-label="Toggle hidden content">', "<summary>")


def remove_thebe(app: Sphinx) -> None:
    """Thebe runs cells on a server elsewhere. Jupyter Book always loads it, and it declares a constant twice."""
    for listeners in app.events.listeners.values():
        listeners[:] = [listener for listener in listeners if listener.handler.__module__ != "sphinx_thebe"]
    app.registry.css_files[:] = [css for css in app.registry.css_files if css[0] != "sphinx-thebe.css"]
