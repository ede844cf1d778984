"""Sphinx extension: the live figures of the notebooks live on their pages too, where no kernel runs.

A stored notebook keeps the settings of a live figure beside its picture. Here they go into the page, where
`runtime/live.js` makes the figure in the picture's place. Until then the figure's room is that of its skeleton: the
same elements under the same style, unseen and with nothing drawn in them.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import npm
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.writers.html5 import HTML5Translator

from gdlib.widgets.explorer import MIME_TYPE
from gdlib.widgets.settings import SETTINGS

# What is bundled for the pages, by the names of the files.
BUNDLES = {
    "live": "runtime/live.js",
    "style": "runtime/style.css",
}
WHOLE = {"whole": "runtime/whole.js", "whole-style": "runtime/whole.css"}


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("source-read", make_live)
    app.connect("env-updated", keep_room)
    app.connect("html-page-context", link_files)
    app.connect("html-collect-pages", add_whole)
    app.connect("doctree-resolved", lay_settings)
    app.add_node(LivePlace, html=(visit_place, depart_place))
    app.connect("builder-inited", bundle_runtime)
    return {"parallel_read_safe": False, "parallel_write_safe": True}  # what is read leaves figures in this process


def make_live(app: Sphinx, docname: str, source: list[str]) -> None:
    """Take the settings of a notebook's live figures, and mark each one's picture with its place among them."""
    if not str(app.env.doc2path(docname)).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    figures: list[dict] = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            told = output.get("data", {}).pop(MIME_TYPE, None)
            if told is None:
                continue
            described = cell["metadata"].setdefault("mystnb", {})
            if "live-figure" in described.get("figure", {}).get("classes", ""):
                raise ExtensionError(f"{docname}: a cell has room for one live figure, but one has two")
            add_classes(described.setdefault("figure", {}), "live-figure")
            add_classes(described.setdefault("image", {}), "live", f"live-{len(figures)}")
            figures.append(on_a_page(told, linkable=not figures))  # an address has room for one
    if figures:
        app.env.metadata[docname]["figures"] = figures
        source[0] = json.dumps(notebook)


def keep_room(app: Sphinx, env: BuildEnvironment) -> None:
    """Give every figure its skeleton once all pages are read, so that node starts once for all of them."""
    pages = [told for told in env.metadata.values() if "figures" in told]
    figures = [figure for told in pages for figure in told["figures"]]
    if figures:
        skeletons = iter(npm.run("runtime/skeleton.mjs", given=json.dumps(figures)).splitlines())
        for told in pages:
            told["figures"] = [(figure, next(skeletons)) for figure in told["figures"]]


def add_classes(described: dict[str, str], *classes: str) -> None:
    """Classes beside those that the author gave."""
    described["classes"] = " ".join([*described.get("classes", "").split(), *classes])


def on_a_page(told: dict, linkable: bool) -> dict:
    """What the model of a figure holds on a page, beside what is as when nothing is said."""
    defaults = {name: setting.get("default") for name, setting in SETTINGS.items()}
    home = {name: (defaults | told)[name] for name, setting in SETTINGS.items() if setting.get("changeable")}
    return defaults | told | {"home": home, "linkable": linkable}


def bundle_runtime(app: Sphinx) -> None:
    """Lay what brings the figures to life where their pages look for it."""
    if app.builder.format == "html":
        npm.bundle(Path(app.outdir) / "_static" / "live", **BUNDLES)


def add_whole(app: Sphinx) -> list[tuple[str, dict, str]]:
    """The page with nothing but a figure, which its address describes.

    Its script and its style stand in it: in a frame without an origin, WebKit takes no file for the page's own.
    """
    with TemporaryDirectory() as folder:
        npm.bundle(Path(folder), **WHOLE)
        context = {path.suffix[1:]: path.read_text(encoding="utf-8") for path in Path(folder).iterdir()}
    return [("figure", context, "figure.html")]


def link_files(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Link script and style where there is a figure."""
    if 'class="live ' in context.get("body", ""):
        app.add_css_file("live/style.css")
        app.add_js_file("live/live.js", loading_method="defer")


class LivePlace(nodes.General, nodes.Element):
    """A live figure's picture, with its settings and what keeps its room behind it; no search looks into these."""


def lay_settings(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Lay behind each picture the settings and the skeleton of its figure."""
    if app.builder.format != "html":
        return
    for picture in list(doctree.findall(nodes.image)):
        if "live" in picture["classes"]:
            (number,) = (int(name[len("live-") :]) for name in picture["classes"] if name.startswith("live-"))
            settings, skeleton = app.env.metadata[docname]["figures"][number]
            place = LivePlace("", settings=settings, skeleton=skeleton)
            picture.parent.replace(picture, place)
            place += picture


def visit_place(writer: HTML5Translator, place: LivePlace) -> None:
    """Begin the place; its picture is written as any other."""
    writer.body.append('<div class="live-place">')


def depart_place(writer: HTML5Translator, place: LivePlace) -> None:
    """Lay settings and skeleton behind the picture."""
    settings = json.dumps(place["settings"], separators=(",", ":")).replace("<", "\\u003c")  # whatever ends a script
    writer.body.append(f'<div class="live-skeleton" aria-hidden="true" inert>{place["skeleton"]}</div>')
    writer.body.append(f'<script type="application/json">{settings}</script></div>')
