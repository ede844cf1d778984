"""On a page of the book, the code of a cell drives the figure below it, by the Python that the page carries."""

import json
import re

import pytest
from figure import box, handle
from notebooks import ROOT
from playwright.sync_api import expect
from test_live_code import COMES, Cell

PAGES = {"one-step-downhill": ("your-step", "one_step"), "the-loop": ("your-loop", "one_epoch")}


def sources(page):
    """The code of a page's cells, by their names."""
    notebook = json.loads((ROOT / "chapters" / f"{page}.ipynb").read_text(encoding="utf-8"))
    return {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}


class Driven:
    """A page whose reader edits a cell, and the figure below it."""

    def __init__(self, context, book_url, name):
        cell, self.step = PAGES[name]
        self.source = sources(name)[f"{cell}-code"]
        self.page = context.new_page()
        self.page.goto(f"{book_url}chapters/{name}.html", wait_until="load")
        self.page.evaluate(
            """figure => {
          for (const place of document.querySelectorAll(".live-place")) if (!place.closest(figure)) place.remove();
        }""",
            f"[id='cell-{cell}-figure']",
        )
        self.cell = Cell(self.page, f"{cell}-code")
        self.page.locator(f"[id='cell-{cell}-figure']").scroll_into_view_if_needed()
        self.said = self.page.locator(".gd-own")
        expect(self.said).not_to_be_empty()

    def run(self, old="", new=""):
        assert old in self.source
        self.cell.run(self.source.replace(old, new, 1))


@pytest.fixture
def driven(context, book_url):
    opened = []

    def open_page(name):
        opened.append(Driven(context, book_url, name))
        return opened[-1]

    yield open_page
    for each in opened:
        each.page.close()


@pytest.mark.parametrize("name", PAGES)
def test_until_its_cell_has_run_the_figure_is_gdlibs_and_then_it_is_the_readers(driven, name):
    asked = []
    page = driven(name)
    page.page.on("request", lambda request: asked.append(request.url))
    expect(page.said).to_have_text(re.compile(f"^This is gdlib's descent. Run the cell that makes {page.step}, "))
    handle(page.page, "learning rate").press("ArrowRight")
    expect(page.said).to_have_text(re.compile("^This is gdlib's descent."))
    assert [url for url in asked if "/python/" in url] == []
    page.cell.press("Run")
    expect(page.said).to_contain_text("Your steps are gdlib's, to rounding.", timeout=COMES)


def test_what_the_reader_changes_is_seen_and_said_at_every_rate(driven):
    page = driven("one-step-downhill")
    for old, new, sentence in [
        ("-learning_rate", "learning_rate", "Your steps go uphill: a sign?"),
        ("[2 * error * x, 2 * error]", "[error * x, error]", "half as long as gdlib's: a 2?"),
        ("    wishes", "    1 / 0\n    wishes", "(one_step, line 13) with ZeroDivisionError: division by zero."),
        ("    wishes", "    while True:\n        pass\n    wishes", "one_step was stopped after 3 seconds, in step 1"),
        ("", "", "Your steps are gdlib's, to rounding."),
        ("vector_mean(wishes)", "wishes[0]", "Your steps follow point 1 alone, not the mean of all."),
    ]:
        page.run(old, new)
        expect(page.said).to_contain_text(sentence, timeout=COMES)
    rate = box(page.page, "learning rate")
    rate.fill("0.02")
    rate.press("Enter")
    path = page.page.locator(".gd-surface .gd-area > .gd-earlier")
    before = path.get_attribute("points")
    page.page.locator(".gd-dot").first.press("ArrowUp")
    expect(path).not_to_have_attribute("points", before)
    expect(page.said).to_contain_text("Your steps follow point 1 alone")
    page.cell.press("Back to the book's")
    expect(page.said).to_have_text(re.compile("^This is gdlib's descent."))


def test_when_python_is_stopped_the_figure_is_gdlibs_again_until_the_cell_runs(driven):
    page = driven("the-loop")
    page.run()
    expect(page.said).to_contain_text("to rounding", timeout=COMES)
    page.cell.write("while True:\n    pass")
    page.cell.press("Run")
    expect(page.cell.said).to_have_text("Running.", timeout=COMES)
    page.cell.press("Stop")
    page.cell.ends()
    expect(page.said).to_have_text(re.compile("^This is gdlib's descent."))
    page.run()
    expect(page.said).to_contain_text("to rounding", timeout=COMES)
