"""Sphinx extension: the live figures of the notebooks live on their pages too, where no kernel runs.

A stored notebook keeps the arguments of a live figure beside its picture. Here the figure is made from them once
more, and the page gets the state of its widgets, which `runtime/runtime.js` brings to life in the picture's place, once
`runtime/start.js` says that somebody will look. Until then the figure's room is that of its skeleton: the same elements
under the same style, unseen and with nothing drawn in them.
"""

import hashlib
import json
from pathlib import Path

import ipywidgets
import npm
from docutils import nodes
from ipywidgets.embed import dependency_state
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.writers.html5 import HTML5Translator

from gdlib.widgets import LiveDescent, descent_explorer
from gdlib.widgets.controls import MIME_TYPE

STATE = "application/vnd.jupyter.widget-state+json"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("source-read", make_live)
    app.connect("html-page-context", link_files)
    app.connect("doctree-resolved", place_skeletons)
    app.add_node(LivePlace, html=(visit_place, depart_place))
    app.connect("builder-inited", bundle_runtime)
    return {"parallel_read_safe": False, "parallel_write_safe": True}  # what is read leaves skeletons in this process


def make_live(app: Sphinx, docname: str, source: list[str]) -> None:
    """Give a notebook the state of its live figures, and mark each one's picture with the id of its view."""
    if not str(app.env.doc2path(docname)).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    figures = []
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            arguments = output.get("data", {}).pop(MIME_TYPE, None)  # the page has no use for it
            if arguments is None:
                continue
            described = cell["metadata"].setdefault("mystnb", {})
            if "live-figure" in described.get("figure", {}).get("classes", ""):
                raise ExtensionError(f"{docname}: a cell has room for one live figure, but one has two")
            figure = descent_explorer(**arguments)
            figure.explorer.linkable = not figures  # an address has room for one
            figure.explorer._esm = figure.explorer._css = ""  # runtime/runtime.js and runtime/style.css have them
            add_classes(described.setdefault("figure", {}), "live-figure")
            add_classes(described.setdefault("image", {}), "live", f"live-{len(figures)}")
            figures.append(figure)
    if figures:
        state = page_state(figures)
        notebook["metadata"]["widgets"] = {STATE: state}
        places = map(str, range(len(figures)))
        skeletons = npm.run("runtime/skeleton.mjs", *places, given=json.dumps(state)).splitlines()
        app.env.metadata[docname]["skeletons"] = skeletons
        source[0] = json.dumps(notebook)


def add_classes(described: dict[str, str], *classes: str) -> None:
    """Classes beside those that the author gave."""
    described["classes"] = " ".join([*described.get("classes", "").split(), *classes])


def page_state(figures: list[LiveDescent]) -> dict:
    """The state of all widgets of a page, under ids that are the same in every build; a figure's is its place."""
    state = dependency_state(figures, drop_defaults=False)
    names = {figure.model_id: str(place) for place, figure in enumerate(figures)}
    names |= {model: f"w{place}" for place, model in enumerate(m for m in state if m not in names)}
    text = json.dumps(state)
    for model, name in names.items():
        text = text.replace(model, name)
    ipywidgets.Widget.close_all()
    return {"version_major": 2, "version_minor": 0, "state": json.loads(text)}


def bundle_runtime(app: Sphinx) -> None:
    """Lay what brings the figures to life where their pages look for it."""
    if app.builder.format == "html":
        folder = Path(app.outdir) / "_static" / "live"
        npm.bundle(folder, runtime="runtime/runtime.js", style="runtime/style.css")
        start = (npm.WEB / "runtime" / "start.js").read_text(encoding="utf-8")
        (folder / "start.js").write_text(start.replace("RUNTIME", f'"{runtime(app)}"'), encoding="utf-8")


def runtime(app: Sphinx) -> str:
    """The runtime's address beside `start.js`, another one for each version, so that no browser keeps an old one."""
    content = (Path(app.outdir) / "_static" / "live" / "runtime.js").read_bytes()
    return f"runtime.js?v={hashlib.sha256(content).hexdigest()[:12]}"


def link_files(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Link the widgets' style where there is a widget, and ask for the runtime early where one comes first."""
    opening, found, _ = context.get("body", "").partition('class="live ')
    if found:
        app.add_css_file("live/style.css")
        if "<h2" not in opening:
            address = context["pathto"](f"_static/live/{runtime(app)}", 1)
            context["metatags"] += f'\n<link rel="preload" as="script" fetchpriority="low" href="{address}">'


class LivePlace(nodes.General, nodes.Element):
    """A live figure's picture, with what keeps the room of the figure behind it; no search looks into that."""


def place_skeletons(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Lay behind each picture the skeleton of its figure."""
    if app.builder.format != "html":
        return
    for picture in list(doctree.findall(nodes.image)):
        if "live" in picture["classes"]:
            (number,) = (int(name[len("live-") :]) for name in picture["classes"] if name.startswith("live-"))
            place = LivePlace("", skeleton=app.env.metadata[docname]["skeletons"][number])
            picture.parent.replace(picture, place)
            place += picture


def visit_place(writer: HTML5Translator, place: LivePlace) -> None:
    """Begin the place; its picture is written as any other."""
    writer.body.append('<div class="live-place">')


def depart_place(writer: HTML5Translator, place: LivePlace) -> None:
    """Lay the skeleton behind the picture."""
    writer.body.append(f'<div class="live-skeleton" aria-hidden="true" inert>{place["skeleton"]}</div></div>')
