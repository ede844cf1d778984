"""What the build makes of a stored notebook's live figures."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from live_figures import STATE, make_live
from notebooks import NOTEBOOKS
from sphinx.errors import ExtensionError

from gdlib.widgets import descent_explorer
from gdlib.widgets.controls import MIME_TYPE

ARGUMENTS = {"x": [2, 4, 5], "y": [45, 85, 105], "start": [0, 0]}
WIDGETS = Path(descent_explorer.__code__.co_filename).parent


def read(notebook, name="a.ipynb"):
    source = [json.dumps(notebook)]
    depends_on = []
    app = SimpleNamespace(env=SimpleNamespace(doc2path=lambda docname: name, note_dependency=depends_on.append))
    make_live(app, "a", source)
    notebook = json.loads(source[0])
    if "widgets" in notebook.get("metadata", {}):  # it is read again when what draws its figure has changed
        assert {str(WIDGETS / "explorer.js"), str(WIDGETS / "explorer.css")} <= set(depends_on)
    return notebook


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
        assert figure["_esm"] == (WIDGETS / "explorer.js").read_text(encoding="utf-8")
        assert figure["_css"] == (WIDGETS / "explorer.css").read_text(encoding="utf-8")
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
