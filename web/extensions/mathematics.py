"""Sphinx extension: formulas are rendered while the book is built, so that a page needs no script to show them.

The renderer is KaTeX from npm. Only this file and the script beside it know so: to the rest of the book, a formula is
an element of the class ``math`` with MathML inside, and what draws it is in ``_static/mathematics``.
"""

import base64
import json
import shutil
import subprocess
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path

import npm
from docutils import nodes
from fontTools import subset
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

SCRIPT = Path(__file__).with_suffix(".cjs")
PACKAGE = npm.MODULES / "katex"
FILES = {PACKAGE.name: "mathematics/*"}  # whose the files in _static are
STYLE = "mathematics/style.css"

# The fonts that every page with formulas needs come with its style: a formula that changes its font later would
# move the text around it.
INLINE_FONTS = ["KaTeX_Main-Regular", "KaTeX_Math-Italic", "KaTeX_Size1-Regular", "KaTeX_Size2-Regular"]
LOAD_FONTS = """
for (const font of ["1em KaTeX_Main", "italic 1em KaTeX_Math", "1em KaTeX_Size1", "1em KaTeX_Size2"])
  document.fonts.load(font);
"""
OWN_STYLE = """
div.math {
  position: relative;
  padding-right: 2.5em;
}

/* A formula wider than a phone goes on in the next line after a relation or an operator; what cannot, scrolls. */
div.math > .katex-display {
  flex-grow: 1;
  margin: 1.2em 0;
}

.katex-display > .katex {
  max-width: 100%;
}

div.math .katex-display > .katex {
  white-space: normal;
}

.katex-display > .katex > .katex-html {
  max-width: 100%;
  overflow-x: auto;
  overflow-y: hidden;
  padding: 3px 2px 1px;
}

@media (max-width: 360px) {
  .katex-display {
    font-size: 0.72em;
  }
}

/* While a page arrives, a browser may have half of a formula's MathML, and Firefox complains of it. What is for the eye
   comes after it. */
.katex-mathml:not(:has(+ .katex-html)) {
  display: none;
}

/* The number stands at the right, half-way down. */
.eqno {
  position: absolute;
  right: 0;
  height: 100%;
  padding: 0 1px 5px 5px;
}

.eqno::before {
  display: inline-block;
  height: 100%;
  vertical-align: middle;
  content: "";
}

.eqno .headerlink {
  display: none;
  padding-left: 0.3em;
  font-size: 14px;
}

.eqno:hover .headerlink {
  display: inline-block;
  margin-right: -1.05em;
  visibility: visible;
}
"""

logger = logging.getLogger(__name__)
characters: set[str] = set()  # of all formulas so far


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_html_math_renderer("npm", inline_renderers=(visit_inline, None), block_renderers=(visit_block, None))
    app.connect("config-inited", configure)
    app.connect("doctree-read", render_all)
    app.connect("env-updated", write_style)
    app.connect("html-page-context", link_style)
    return {"parallel_read_safe": False, "parallel_write_safe": False}  # one process renders


def configure(app: Sphinx, config: Config) -> None:
    """Make this the renderer in the place of MathJax, which Sphinx would fetch from another host."""
    config.html_math_renderer = "npm"


# Formulas


@cache
def renderer() -> subprocess.Popen:
    """Node with the script. It ends when its input does, so that nothing is left of a build that was killed."""
    command = [npm.node(), SCRIPT]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")


@cache
def rendered(formula: str, display: bool) -> str:
    """The formula as HTML and MathML; ValueError with the renderer's words where it is none."""
    process = renderer()
    print(json.dumps([formula, display]), file=process.stdin, flush=True)
    answer = json.loads(process.stdout.readline())
    if "error" in answer:
        raise ValueError(answer["error"])
    characters.update(unescape(answer["html"]))  # with those of the markup, which are but letters
    return answer["html"]


def render_all(app: Sphinx, doctree: nodes.document) -> None:
    """Render a page's formulas as soon as it is read: the fonts, which come before the first page, need all of them."""
    for kind in (nodes.math, nodes.math_block):
        for node in doctree.findall(kind):
            try:
                rendered(node.astext(), kind is nodes.math_block)
            except ValueError as problem:
                logger.warning("%s", problem, location=node)


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in a line."""
    self.body.append(f"{self.starttag(node, 'span', '', CLASS='math')}{rendered(node.astext(), False)}</span>")
    raise nodes.SkipNode


def visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula with its number."""
    self.body.append(self.starttag(node, "div", "", CLASS="math"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, _("Permalink to this equation"))
        self.body.append("</span>")
    self.body.append(f"{rendered(node.astext(), True)}</div>")
    raise nodes.SkipNode


# Style and fonts


def write_style(app: Sphinx, env: BuildEnvironment) -> None:
    """Lay the renderer's style and fonts where the pages look for them; every browser of today reads woff2."""
    if app.builder.format != "html":
        return
    style = (PACKAGE / "dist" / "katex.min.css").read_text(encoding="utf-8")
    fonts, target = PACKAGE / "dist" / "fonts", Path(app.outdir, "_static", STYLE).parent
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    for name in INLINE_FONTS:
        font = base64.b64encode(fewer_glyphs(fonts / f"{name}.woff2")).decode()
        style = style.replace(f"url(fonts/{name}.woff2)", f"url(data:font/woff2;base64,{font})")
    (target / "style.css").write_text(style + OWN_STYLE, encoding="utf-8")
    for font in fonts.glob("*.woff2"):
        shutil.copy(font, target / "fonts")


def fewer_glyphs(font: Path) -> bytes:
    """The font with the characters of the book's formulas alone."""
    options = subset.Options(flavor="woff2", hinting=False, layout_features=["*"], notdef_outline=True)
    loaded, smaller = subset.load_font(font, options), BytesIO()
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(characters))
    subsetter.subset(loaded)
    subset.save_font(loaded, smaller, options)
    return smaller.getvalue()


def link_style(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Bring the style to pages with formulas, and ask for the fonts before the first formula is laid out."""
    if doctree and any(doctree.findall(lambda node: isinstance(node, nodes.math | nodes.math_block))):
        app.add_css_file(STYLE)
        app.add_js_file(None, body=LOAD_FONTS)
