"""Sections for the curious fold, and keep what they hold."""

from types import SimpleNamespace

from bs4 import BeautifulSoup
from curious import fold
from docutils import nodes

APP = SimpleNamespace(builder=SimpleNamespace(format="html"))


def folded(title):
    """What a section with this title and two paragraphs becomes."""
    section = nodes.section("", nodes.title("", title), nodes.paragraph("", "One."), nodes.paragraph("", "Two."))
    document = nodes.document(None, None)
    document += section
    fold(APP, document, "a-page")
    return [child.astext() for child in section]


def test_a_section_for_the_curious_folds_and_another_stays():
    opening, title, *paragraphs, closing = folded("For the curious: why")
    assert opening == '<details class="curious"><summary>'
    assert title == "For the curious: why"
    assert paragraphs == ["</summary>", "One.", "Two."]
    assert closing == "</details>"
    assert folded("Not for the curious") == ["Not for the curious", "One.", "Two."]


def test_on_its_page_it_is_one_fold_with_its_cells_and_in_the_list_of_headings(book):
    page = BeautifulSoup((book / "chapters" / "least-squares.html").read_text(encoding="utf-8"), "html.parser")
    (curious,) = page.select("details.curious")
    assert curious.parent.name == "section"
    assert curious.select("summary > h2")
    assert len(curious.select(".cell")) == 2
    assert "condition number" in curious.get_text()
    assert page.select(f"nav a[href='#{curious.parent['id']}']")
