"""Sphinx extension: the live figures of the notebooks live on their pages too, where no kernel runs.

A stored notebook keeps the arguments of a live figure beside its picture. Here the figure is made from them once
more, and the page gets the state of its widgets, which `live/runtime.js` brings to life in the picture's place, once
`live/start.js` says that somebody will look.
"""

import hashlib
import json
from pathlib import Path

import ipywidgets
import npm
from ipywidgets.embed import dependency_state
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from gdlib.widgets import LiveDescent, descent_explorer
from gdlib.widgets.controls import MIME_TYPE

STATE = "application/vnd.jupyter.widget-state+json"

# Pixels: the least width of a figure on a phone and of one in two columns; what a choice in explorer.css takes at most
# without its letters, each of them, and what is between two choices.
NARROW, WIDE = 272, 640
LABEL, LETTER, GAP = 48, 8, 6


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("source-read", make_live)
    app.connect("html-page-context", link_files)
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
            add_classes(described.setdefault("figure", {}), "live-figure", *room(figure))
            add_classes(described.setdefault("image", {}), "live", f"live-{len(figures)}")
            figures.append(figure)
    if figures:
        notebook["metadata"]["widgets"] = {STATE: page_state(figures)}
        source[0] = json.dumps(notebook)


def add_classes(described: dict[str, str], *classes: str) -> None:
    """Classes beside those that the author gave."""
    described["classes"] = " ".join([*described.get("classes", "").split(), *classes])


def room(figure: LiveDescent) -> list[str]:
    """Classes for all that makes a figure higher than the least; style.css adds up the room for it."""
    explorer = figure.explorer
    numbers = {
        "sliders": len(figure.more),
        "lines": _lines(explorer.rules, explorer.switches, NARROW),
        "wide-lines": _lines(explorer.rules, explorer.switches, WIDE),
    }
    parts = {
        "raw": explorer.standardised or "standardised" in explorer.switches,
        "stops": explorer.stop_tolerance > 0,
    }
    found = [f"{name}-{number}" for name, number in numbers.items() if number] + [name for name in parts if parts[name]]
    return [f"room-{name}" for name in found]


def _lines(rules: list[str], switches: list[str], width: int) -> int:
    """How many lines the choices take at most; where they do not fit in one, the switches begin on another."""
    choices = ["rule", *rules] if rules else []
    boxes = [f"{name} rate" for name in switches]  # or "x", which is shorter
    together = _filled(choices + boxes, width)
    return together if together <= 1 else _filled(choices, width) + _filled(boxes, width)


def _filled(labels: list[str], width: int) -> int:
    """How many lines labels fill one after another."""
    lines, left = 0, 0
    for label in labels:
        needed = LABEL + LETTER * len(label)
        if needed > left:
            lines, left = lines + 1, width
        left -= needed + GAP
    return lines


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
