"""Sphinx extension: the live figures of the notebooks live on their pages too, where no kernel runs.

A stored notebook keeps the arguments of a live figure beside its picture. Here the figure is made from them once
more, and the page gets the state of its widgets, which `live/runtime.js` brings to life in the picture's place, once
`live/start.js` says that somebody will look. Until then the figure's room is that of its skeleton: the same elements
under the same style, unseen and with nothing drawn in them.
"""

import hashlib
import json
import re
from pathlib import Path

import ipywidgets
import npm
from ipywidgets.embed import dependency_state
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from gdlib.widgets import LiveDescent, descent_explorer
from gdlib.widgets.controls import MIME_TYPE

STATE = "application/vnd.jupyter.widget-state+json"
PICTURE = r'<img [^>]*class="live live-(\d+)"[^>]*>'


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("source-read", make_live)
    app.connect("html-page-context", link_files)
    app.connect("html-page-context", add_skeletons, priority=600)  # once MyST-NB has added the state
    app.connect("builder-inited", bundle_runtime)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


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
            figure.explorer._esm = figure.explorer._css = ""  # live/runtime.js and live/style.css have them
            add_classes(described.setdefault("figure", {}), "live-figure")
            add_classes(described.setdefault("image", {}), "live", f"live-{len(figures)}")
            figures.append(figure)
    if figures:
        notebook["metadata"]["widgets"] = {STATE: page_state(figures)}
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
        npm.bundle(folder, runtime="live/runtime.js", style="live/style.css")
        start = (npm.WEB / "live" / "start.js").read_text(encoding="utf-8")
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


def add_skeletons(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object) -> None:
    """Lay behind each picture what keeps the room of its figure."""
    places = re.findall(PICTURE, context.get("body", ""))
    if not places:
        return
    state = next(file.attributes["body"] for file in context["script_files"] if file.attributes.get("type") == STATE)
    skeletons = dict(zip(places, npm.run("live/skeleton.mjs", *places, given=state).splitlines(), strict=True))

    def placed(picture: re.Match) -> str:
        skeleton = f'<div class="live-skeleton" aria-hidden="true" inert>{skeletons[picture[1]]}</div>'
        return f'<div class="live-place">{picture[0]}{skeleton}</div>'

    context["body"] = re.sub(PICTURE, placed, context["body"])
