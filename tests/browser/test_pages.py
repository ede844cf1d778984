"""The built pages in a real browser, each opened once a view for all that is asked of it."""

import gzip
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlparse

import pytest
from barriers import barriers_of_a_kind
from figure import FIGURES, come, explorer, reads, shifts_while_loading, watch_shifts
from playwright.sync_api import expect
from test_book import PAGES

PHONE, TABLET, DESKTOP = (320, "dark"), (768, "light"), (1440, "light")
# Text stands in one narrow column or beside two others, where it is looked at once a kind: chapters without a figure,
# lists of terms, tables, code, a class and its methods. A figure may also have a width between.
NAMES = [*PAGES, "search"]
WIDE = ["three-points-and-a-line", "least-squares", "how-fast"]
WIDE = [f"chapters/{name}" for name in WIDE] + [f"reference/{name}" for name in ("notation", "api/lists", "api/data")]
VIEWS = [(name, *PHONE) for name in NAMES]
VIEWS += [(name, *DESKTOP) for name in NAMES if name in [*FIGURES, *WIDE, "teach/running", "search"]]
VIEWS += [(name, *TABLET) for name in ("index", "chapters/checking-a-gradient")]
MOST_BYTES = 500_000


class Opened(NamedTuple):
    """A page in one view, with what happened while it was loaded."""

    name: str
    page: Any
    sizes: dict[str, int]  # compressed, by path
    elsewhere: list[str]
    said: list[str]
    moved: list[float]


@pytest.fixture(scope="module")
def weight(book):
    """What of a file goes over the wire, in bytes."""

    @cache
    def weigh(path):
        body = (book / path.lstrip("/")).read_bytes()
        return len(body if path.endswith((".woff2", ".webp")) else gzip.compress(body))

    return weigh


@pytest.fixture(scope="module")
def window(context, book_url, weight):
    """A page that all are opened in, one after the other, and what happens in it."""
    page, sizes, elsewhere, said = context.new_page(), {}, [], []

    def weigh(response):
        if response.url.startswith(book_url):  # not what came with the page, such as a figure's own script
            path = urlparse(response.url).path
            sizes[path] = weight(path)

    def note(asked):
        if not asked.url.startswith((book_url, "data:", "blob:", "about:")):
            elsewhere.append(asked.url)

    page.on("request", note)
    page.on("response", weigh)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    watch_shifts(page)
    return page, sizes, elsewhere, said


@pytest.fixture(scope="module", params=VIEWS, ids=lambda view: "{}, {}, {}".format(*view))
def opened(request, window, book_url):
    name, width, scheme = request.param
    page, *happened = window
    page.goto("about:blank")  # so that nothing comes late of the page before
    for each in happened:
        each.clear()
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="no-preference")
    come_alive = (lambda: come(page)) if name in FIGURES else lambda: None
    moved = shifts_while_loading(page, f"{book_url}{name}.html", come_alive)
    return Opened(name, page, *happened, moved)


def test_a_page_asks_no_other_host_and_says_nothing_in_the_console(opened):
    assert opened.elsewhere == []
    assert opened.said == []


def test_a_page_is_light_and_brings_the_runtime_only_for_a_figure(opened):
    assert sum(opened.sizes.values()) <= MOST_BYTES, sorted(opened.sizes.items(), key=lambda item: -item[1])[:5]
    assert ("/_static/live/live.js" in opened.sizes) == (opened.name in FIGURES)


def test_nothing_on_a_page_moves_while_it_loads(opened):
    assert opened.moved == []


def test_a_page_fits_its_window_and_no_picture_is_missing(opened):
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert opened.page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)") == []


def test_a_figure_fits_its_place_and_a_thumb(opened):
    boxes = opened.page.locator(".gd-figure").all()
    assert bool(boxes) == (opened.name in FIGURES)
    for box in boxes:
        # What is drawn inside a panel is cut off at its edges.
        inside = "e => Math.max(...[...e.querySelectorAll(':not(svg *)')].map(c => c.getBoundingClientRect().bottom))"
        assert box.evaluate(inside) <= box.evaluate("e => e.getBoundingClientRect().bottom") + 1
        small = (
            "e => e.filter(b => b.offsetParent && Math.min(b.offsetWidth, b.offsetHeight) < 24).map(b => b.outerHTML)"
        )
        assert box.locator(":is(button, label, .gd-typed, .gd-slider)").evaluate_all(small) == []


def test_a_figure_has_gdlibs_numbers(opened):
    if opened.name in FIGURES:
        reads(opened.page.locator(".gd-figure").first, explorer(opened.name))


def test_a_page_has_no_barrier(opened, first_of_a_kind):
    width = opened.page.viewport_size["width"]
    # What differs on a desktop are colours and the layout, which the style sheets give to elements by their kinds; on a
    # tablet the room of the figure, which is measured above.
    first = opened.name in first_of_a_kind(*NAMES)
    if width == PHONE[0] or (width == DESKTOP[0] and first):
        assert barriers_of_a_kind(opened.page, colours=first) == []
    assert opened.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_reader_into_the_dark(context, scheme, book_url):
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{book_url}index.html", wait_until="load")
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    page.close()


def test_a_solution_is_folded_until_it_is_asked_for(open_page):
    page = open_page("chapters/three-points-and-a-line.html")
    summary = page.locator("summary", has_text="Solution to Exercise 1")
    answer = page.get_by_text("Right. One miss of 15")
    assert not answer.is_visible()
    summary.focus()
    page.keyboard.press("Enter")
    assert answer.is_visible()


def test_a_section_for_the_curious_unfolds_by_key(open_page):
    page = open_page("chapters/least-squares.html")
    shown = page.get_by_text("digits at risk: lstsq")
    assert not shown.first.is_visible()
    page.locator(".curious > summary").focus()
    page.keyboard.press("Enter")
    expect(shown.first).to_be_visible()
