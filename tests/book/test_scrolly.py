"""Scenes become a picture that unfolds."""

from types import SimpleNamespace

import pytest
from docutils import nodes
from scrolly import Scene, Scrolly, gather
from sphinx.errors import ExtensionError

APP = SimpleNamespace(builder=SimpleNamespace(format="html"))


def cell(*classes):
    return nodes.container("", nodes.container("", nodes.figure("", classes=list(classes))))


def text():
    return nodes.paragraph("", "A text.")


def page(*children):
    """A section of a document, gathered."""
    section = nodes.section("", *children)
    document = nodes.document(None, None)
    document += section
    gather(APP, document, "a-page")
    return section


def test_scenes_that_follow_one_another_become_one_picture_and_others_another():
    section = page(text(), text(), cell("scene"), text(), cell("scene"), cell(), text(), cell("scene"))
    assert [type(child) for child in section] == [nodes.paragraph, Scrolly, nodes.container, Scrolly]
    assert [len(section[1]), len(section[3])] == [2, 1]
    for scene in section.findall(Scene):
        assert [type(child) for child in scene] == [nodes.paragraph, nodes.container]


def test_other_figures_stay_where_they_are():
    section = page(text(), cell(), text(), cell("live-figure"))
    assert [type(child) for child in section] == [nodes.paragraph, nodes.container] * 2


@pytest.mark.parametrize("before", [(), (cell(),)], ids=["nothing", "a cell"])
def test_a_scene_without_a_text_is_refused(before):
    with pytest.raises(ExtensionError, match=r"a-page: no paragraph stands before the scene"):
        page(*before, cell("scene"))
