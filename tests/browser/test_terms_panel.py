"""The fold-out of the live figure that shows a step term by term, and the numbers that open it."""

import pytest
from barriers import barriers
from figure import CELLS, number
from playwright.sync_api import expect

FOCUSED = """() => {
  const { activeElement: cell } = document;
  const [columns, row] = [cell.closest("table").querySelectorAll("thead tr > *"), [...cell.parentElement.children]];
  return [cell.parentElement.dataset.name, columns[columns.length - row.length + row.indexOf(cell)].innerText];
}"""


def fold(page):
    return page.locator(".gd-terms")


def cells(page, name):
    """The numbers in a row of the fold-out."""
    return [number(text) for text in fold(page).locator(f"tr[data-name={name}] td").all_inner_texts() if text]


def test_a_number_opens_to_where_it_comes_from_and_escape_leads_back(visit):
    page = visit("index.html")
    name, place = "gradient, slope", ["means", "2 · error · x\nfor the slope"]
    button = page.locator(".gd-numbers").get_by_role("button", name=f"{name} ").first
    assert button.get_attribute("aria-label") == f"{name} {button.inner_text()}: where it comes from"
    assert button.bounding_box()["height"] >= 24
    button.press("Enter")
    assert page.evaluate(FOCUSED) == place
    expect(page.locator(":focus")).to_be_in_viewport()
    assert number(page.locator(":focus").inner_text()) == pytest.approx(number(button.inner_text()), rel=6e-4)
    page.keyboard.press("Escape")
    assert not fold(page).evaluate("details => details.open")
    expect(button).to_be_focused()


def test_it_is_opened_and_closed_by_keyboard_and_scrolled_where_it_is_wide(visit):
    page = visit("index.html")
    page.set_viewport_size({"width": 320, "height": 700})
    summary = fold(page).locator("summary")
    assert fold(page).locator("table").count() == 0
    summary.press("Enter")
    box = page.get_by_role("region", name="What each point adds to the loss and the gradient")
    expect(box).to_be_visible()
    page.keyboard.press("Tab")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    summary.press("Space")
    expect(box).to_be_hidden()


def test_it_follows_the_figure(visit):
    page = visit("index.html")
    fold(page).locator("summary").click()
    expect(fold(page).locator("table")).to_have_count(2)
    before = cells(page, "next")
    page.get_by_role("button", name="Epoch 200").click()
    expect(fold(page).locator(".gd-at")).to_have_text("At epoch 200, the step to epoch 201.")
    slope, _, intercept, *_ = [number(text) for text in page.locator(CELLS).all_inner_texts()]
    assert cells(page, "now") == pytest.approx([slope, intercept], rel=6e-4)
    assert cells(page, "next") != before
    points = fold(page).locator("tr[data-name^=point]")
    many = points.count()
    page.locator(".gd-dot").first.press("ArrowUp")
    page.get_by_role("button", name="Add a point").click()
    expect(points).to_have_count(many + 1)


def test_nothing_that_it_shows_keeps_anybody_out(visit):
    page = visit("index.html")
    page.set_viewport_size({"width": 320, "height": 900})
    fold(page).locator("summary").click()
    expect(fold(page).locator("table")).to_have_count(2)
    assert barriers(page, "'.gd-figure'") == []


def test_it_is_printed_if_it_is_open(visit):
    page = visit("index.html")
    page.emulate_media(media="print")
    expect(fold(page).locator("summary")).to_be_visible()
    fold(page).locator("summary").click()
    box = fold(page).locator(".gd-sheet").first
    expect(box.locator("table")).to_be_visible()
    assert box.evaluate("box => getComputedStyle(box).overflowX") == "visible"
