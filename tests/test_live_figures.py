"""What the build makes of a stored notebook's live figures."""

import json
from pathlib import Path
from types import SimpleNamespace

import npm
import pytest
from figure import shifts_of
from live_figures import STATE, make_live
from notebooks import NOTEBOOKS
from playwright.sync_api import expect
from serve import serving
from small_book import build, configuration
from sphinx.errors import ExtensionError

from gdlib.widgets import descent_explorer
from gdlib.widgets.controls import MIME_TYPE
from gdlib.widgets.explorer import RULES, SWITCHES


@pytest.fixture(autouse=True, scope="module")
def packages():
    npm.install()


pytestmark = pytest.mark.book
ARGUMENTS = {"x": [2, 4, 5], "y": [45, 85, 105], "start": [0, 0]}
WIDGETS = Path(descent_explorer.__code__.co_filename).parent

# What makes a figure higher, and the classes that say so.
KINDS = {
    "least": ({}, ""),
    "momentum": ({"rule": "nesterov"}, "sliders-1"),
    "two-rules": ({"rules": ["plain", "adam"]}, "lines-1 wide-lines-1"),
    "three-rules": ({"rules": ["plain", "heavy ball", "nesterov"]}, "sliders-1 lines-2 wide-lines-1"),
    "searches": ({"rules": ["plain", "exact line search", "backtracking"]}, "lines-3 wide-lines-1"),
    "six-rules": ({"rules": list(RULES)}, "sliders-1 lines-4 wide-lines-2"),
    "batches": ({"batch_size": 1, "half": 50, "switches": ["shrinking"]}, "sliders-2 lines-1 wide-lines-1"),
    "standardised": ({"standardised": True}, "raw"),
    "switched": ({"switches": ["standardised"]}, "lines-1 wide-lines-1 raw"),
    "both-switches": ({"half": 50, "switches": list(SWITCHES)}, "lines-2 wide-lines-1 raw"),
    "rule-and-switch": ({"rules": ["plain", "adam"], "switches": ["standardised"]}, "lines-2 wide-lines-1 raw"),
    "directions": ({"panel": "directions"}, ""),
    "differences": ({"panel": "differences"}, "sliders-1"),
    "robust": ({"scale": 9.0}, ""),
    "stops": ({"stop_tolerance": 0.001}, "sliders-1 stops"),
    "all": (
        {"rules": list(RULES), "batch_size": 1, "half": 50, "switches": list(SWITCHES)}
        | {"panel": "differences", "stop_tolerance": 0.001},
        "sliders-5 lines-6 wide-lines-3 raw stops",
    ),
}


def read(notebook, name="a.ipynb"):
    source = [json.dumps(notebook)]
    app = SimpleNamespace(env=SimpleNamespace(doc2path=lambda docname: name))
    make_live(app, "a", source)
    return json.loads(source[0])


def stored(*arguments):
    outputs = [[{"data": {"image/png": "AA==", MIME_TYPE: each}}] for each in arguments]
    return {"cells": [{"metadata": {}, "outputs": output} for output in outputs], "metadata": {}}


def test_a_page_gets_the_whole_state_of_its_figures():
    page = read(stored(ARGUMENTS, ARGUMENTS | {"learning_rate": 0.01}))
    state = page["metadata"]["widgets"][STATE]["state"]
    figures = [model["state"] for model in state.values() if model["model_name"] == "AnyModel"]
    assert [figure["learning_rate"] for figure in figures] == [0.001, 0.01]
    assert [figure["linkable"] for figure in figures] == [True, False]
    for figure in figures:
        assert figure["_esm"] == figure["_css"] == ""  # all pages share them
    assert [model["model_name"] for model in state.values()].count("LinkModel") == 6
    assert [cell["metadata"]["mystnb"]["image"]["classes"] for cell in page["cells"]] == ["live live-0", "live live-1"]
    assert all(list(cell["outputs"][0]["data"]) == ["image/png"] for cell in page["cells"])


def test_every_model_that_a_state_speaks_of_is_in_it():
    state = read(stored(ARGUMENTS))["metadata"]["widgets"][STATE]["state"]
    spoken_of = {word.split('"')[0] for word in json.dumps(state).split("IPY_MODEL_")[1:]}
    assert spoken_of
    assert spoken_of <= set(state)


def test_the_state_is_the_same_in_every_build():
    assert read(stored(ARGUMENTS, ARGUMENTS)) == read(stored(ARGUMENTS, ARGUMENTS))


def test_a_notebook_without_a_live_figure_is_left_alone():
    notebook = {"cells": [{"metadata": {}, "outputs": [{"data": {"image/png": "AA=="}}]}], "metadata": {}}
    assert read(notebook) == notebook
    assert read({"cells": "no notebook"}, name="a.md") == {"cells": "no notebook"}


def test_arguments_that_make_no_figure_stop_the_build():
    with pytest.raises(ValueError, match="learning_rate must be positive"):
        read(stored(ARGUMENTS | {"learning_rate": -1}))


def test_two_live_figures_in_one_cell_stop_the_build():
    notebook = stored(ARGUMENTS)
    notebook["cells"][0]["outputs"] *= 2
    with pytest.raises(ExtensionError, match="a cell has room for one live figure"):
        read(notebook)


def test_the_landing_page_and_the_chapter_on_epochs_have_one():
    live = [path.stem for path in NOTEBOOKS if MIME_TYPE in path.read_text(encoding="utf-8")]
    assert {"index", "05-the-loop"} <= set(live)


# The room that a figure takes


@pytest.mark.parametrize(("settings", "classes"), KINDS.values(), ids=KINDS)
def test_a_picture_says_what_its_figure_is_higher_by(settings, classes):
    page = read(stored(ARGUMENTS | settings))
    described = page["cells"][0]["metadata"]["mystnb"]["figure"]["classes"]
    assert described.split() == ["live-figure", *(f"room-{name}" for name in classes.split())]


@pytest.fixture(scope="module")
def small_book(tmp_path_factory):
    """A book with a page for every kind of figure, built as the book is, and where it is served."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("target")
    (source / "_config.yml").write_text(configuration(), encoding="utf-8")
    chapters = "".join(f"  - file: {name}\n" for name in KINDS if name != "least")
    (source / "_toc.yml").write_text(f"format: jb-book\nroot: least\nchapters:\n{chapters}", encoding="utf-8")
    for name, (settings, _) in KINDS.items():
        bundle = descent_explorer(**ARGUMENTS | settings)._repr_mimebundle_()
        output = {"output_type": "display_data", "metadata": {}}
        output["data"] = {kind: bundle[kind] for kind in ("image/png", MIME_TYPE)} | {"text/plain": ""}
        figure = {"cell_type": "code", "id": "a", "execution_count": 1, "source": "figure", "outputs": [output]}
        figure["metadata"] = {"mystnb": {"figure": {"caption": "A figure.", "name": f"fig-{name}"}}}
        title, end = (
            {"cell_type": "markdown", "id": id, "metadata": {}, "source": text}
            for id, text in [("b", f"# {name}"), ("c", "What comes after. " * 99)]
        )
        notebook = {"cells": [title, figure, end], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        (source / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    built, pages = build(source, target)
    assert built.returncode == 0, built.stdout + built.stderr
    with serving(pages) as address:
        yield address


@pytest.mark.parametrize("width", [320, 690])  # where a figure is highest: the least of a column, and of two
@pytest.mark.parametrize("name", KINDS)
def test_the_picture_keeps_the_room_that_the_figure_takes(context, small_book, name, width):
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 1600})
    come = expect(page.locator(".gd-how")).not_to_be_empty
    assert shifts_of(page, f"{small_book}{name}.html", come) == []
    kept, taken = page.locator(".gd-box").evaluate(
        "e => { const kept = e.offsetHeight; e.style.height = 'auto'; return [kept, e.offsetHeight] }"
    )
    assert taken <= kept <= taken + 45  # a line of choices may be one less than there is room for
    page.close()
