"""The search in the built pages: whatever is asked is answered, and what is marked can be unmarked."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(
    "words",
    [
        "__proto__",
        "hasOwnProperty momentum constructor",
        "",
        "the of and",
        "é Ö ß ü 学习",
        "<script>alert(1)</script>",
        'a.*(b|[c"\\',
        "x" * 4000,
        "momentum " * 400,
    ],
)
def test_whatever_is_asked_is_answered(open_page, words):
    page = open_page(f"search.html?q={quote(words)}")
    expect(page.locator("#search-results")).to_contain_text(
        re.compile("^Type a word|^Search Results(Search finished, found [0-9]+ page|Your search did not match)"),
        timeout=30_000,  # results come one after another, and single letters have hundreds
    )


# The marks


def marks(page):
    return page.locator("article .highlighted")


@pytest.mark.parametrize("way", ["Enter", "Escape", "click"])
def test_what_the_search_marked_can_be_unmarked(open_page, way):
    page = open_page("search.html?q=valley")
    page.locator("#search-results li a", has_text="Momentum").first.click()
    expect(marks(page).first).to_be_visible()
    assert "highlight" not in page.url
    hide = page.get_by_role("link", name="Hide Search Matches")
    hide.click() if way == "click" else hide.press(way)
    expect(hide).to_have_count(0)
    expect(marks(page)).to_have_count(0)


def test_words_are_marked_where_the_results_lead_and_nowhere_else(open_page):
    results = open_page("search.html?q=steepest%20valley")
    links = results.locator("#search-results li > a")
    expect(links.first).to_be_visible()
    other = open_page("chapters/momentum.html")
    other.evaluate("new Promise((done) => setTimeout(done, 100))")  # Sphinx waits for 10 ms
    assert marks(other).count() == 0
    results.locator("#search-results p.search-summary:not(:empty)").wait_for()
    assert [link for link in links.all() if "?highlight=steepest+valley" not in link.get_attribute("href")] == []


# The field


@pytest.mark.parametrize("name", ["index", "search"])  # a field of its own, and the one on the page
@pytest.mark.parametrize("width", [320, 1280])
def test_the_magnifier_stands_beside_what_is_typed(open_page, name, width):
    page = open_page(f"{name}.html")
    page.set_viewport_size({"width": width, "height": 800})
    page.keyboard.press("Control+k")
    form = page.locator("form.bd-search:visible")
    icon, field = (form.locator(each).bounding_box() for each in ("i", "input"))
    assert icon["x"] + icon["width"] <= field["x"]
