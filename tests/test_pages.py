"""The built pages in a real browser, with every other host refused."""

from pathlib import Path

import pytest
from figure import wait_until
from test_book import PAGES

# Each width and each colour scheme once; what goes wrong in one of them seldom depends on the other.
VIEWS = {"desktop, light": (1280, "light"), "phone, dark": (320, "dark")}
AXE = Path(__file__).parent.parent / "web" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module", params=VIEWS)
def opened(request, browser, book_url):
    """A browser window of one width and colour scheme, and what went wrong in it."""
    width, scheme = VIEWS[request.param]
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    refused, said = [], []

    def only_the_book(route):
        if route.request.url.startswith(book_url):
            route.continue_()
        else:
            refused.append(route.request.url)
            route.abort()

    context.route("**/*", only_the_book)
    context.on("weberror", lambda error: said.append(str(error.error)))
    context.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    yield context, refused, said
    context.close()


def visit(page, address):
    """Go there and wait for the live figures, which come after the text."""
    page.goto(address, wait_until="load")
    wait_until(page, "() => !document.querySelector('img.live')")


@pytest.mark.parametrize("name", [*PAGES, "search"])
def test_a_page_asks_no_other_host_says_nothing_in_the_console_fits_and_has_no_barrier(opened, book_url, name):
    context, refused, said = opened
    refused.clear()
    said.clear()
    page = context.new_page()
    visit(page, f"{book_url}{name}.html")
    page.evaluate("document.fonts.ready")
    fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    broken = page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)")
    page.evaluate(AXE.read_text(encoding="utf-8"))  # no page lets a script be added
    violations = page.evaluate("axe.run().then(found => found.violations)")
    page.close()
    assert fits, "the page scrolls sideways"
    assert broken == []
    assert refused == []
    assert said == []
    assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in violations] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_reader_into_the_dark(browser, scheme, book_url):
    page = browser.new_page(color_scheme=scheme)
    page.goto(f"{book_url}index.html", wait_until="load")
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    page.close()


def test_a_solution_is_folded_until_it_is_asked_for(browser, book_url):
    page = browser.new_page()
    page.goto(f"{book_url}chapters/01-three-points-and-a-line.html", wait_until="load")
    summary = page.locator("summary", has_text="Solution to Exercise 1")
    answer = page.get_by_text("Right. One miss of 15")
    assert not answer.is_visible()
    summary.focus()
    page.keyboard.press("Enter")
    assert answer.is_visible()
    page.close()
