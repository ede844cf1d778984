"""The slides: each fits a projector's window, its figures are alive, and nothing is asked of another host."""

import json
import os
from io import BytesIO

import pytest
import slides
from barriers import barriers
from bs4 import BeautifulSoup
from notebooks import NOTEBOOKS, ROOT
from paper import parsed
from playwright.sync_api import expect
from pypdf import PdfReader
from serve import serving
from test_whole import FAULTS as FAULTS_OF_A_FIGURE

CHAPTERS = [path.stem for path in NOTEBOOKS if path.parent == ROOT / "chapters"]
ROOM = {"width": 1024, "height": 768}
SLIDES = ".slides section section"
PRESENT = ".slides > .present > .present"

PLACE = """frame => {
  const row = frame.closest("section");
  const index = e => [...e.parentElement.children].indexOf(e);
  return [index(row.parentElement), index(row)];
}"""

# Go to a slide, and have all of it shown.
GO = """async ([column, row]) => {
  const slide = document.querySelectorAll(".slides > section")[column].children[row];
  location.hash = `#/${column}/${row}`;
  for (let frame = 0; !slide.matches(".present > .present"); frame++) {
    if (frame === 1000) throw new Error(`slide ${column}, ${row} never came`);
    await new Promise(requestAnimationFrame);
  }
  await Promise.all([...document.fonts].map(font => font.load()));
  for (const e of document.querySelectorAll(".fragment")) e.classList.add("visible");
}"""

# What on some slides reaches beyond the slide or into the line at its bottom, or is cut; a formula says itself twice.
FAULTS = """async places => {
  const unseen = ".katex-mathml";
  const seen = e => e.checkVisibility({ visibilityProperty: true }) && !e.closest(unseen);
  const beyond = e => {
    const { left, right, top, bottom, width, height } = e.getBoundingClientRect();
    const floor = e.closest(".live") ? 768 : 728;
    return width && height && (left < 0 || right > 1024 || top < 0 || bottom > floor);
  };
  const cut = e => e.matches("pre, li, p, h2, .katex-html") && e.scrollWidth > e.clientWidth + 1;
  const wrong = [];
  for (const place of places) {
    await go(place);
    const slide = document.querySelectorAll(".slides > .present > .present :not(pre *, .katex-html *)");
    wrong.push(...[...slide].filter(e => seen(e) && (beyond(e) || cut(e))).map(e => e.outerHTML.slice(0, 200)));
  }
  return wrong;
}"""


@pytest.fixture(scope="module")
def folder(book, tmp_path_factory):
    """The decks of the built book; the command is given paths as `make` gives them, from where it runs."""
    target = tmp_path_factory.mktemp("slides")
    assert slides.main(os.path.relpath(book), os.path.relpath(target)) == 0
    return target


@pytest.fixture(scope="module")
def address(folder):
    with serving(folder) as url:
        yield url


@pytest.fixture
def show(context, address):
    """Open a page in a projector's window; nothing may be said in its console, and no other host be asked."""
    pages, wrong = [], []

    def shown(name):
        page = context.new_page()
        pages.append(page)
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith((address, "data:")) or wrong.append(asked.url))
        page.set_viewport_size(ROOM)
        page.goto(f"{address}{name}", wait_until="load")
        page.evaluate(f"globalThis.go = {GO}; 0")
        return page

    yield shown
    for page in pages:
        page.close()
    assert wrong == []


def places(page):
    """The column and the row of every slide."""
    rows = page.locator(".slides > section").evaluate_all("columns => columns.map(column => column.children.length)")
    return [(column, row) for column, count in enumerate(rows) for row in range(count)]


def live(page):
    """The live figure of the slide that is shown, once it is there."""
    frame = page.locator(f"{PRESENT} iframe").content_frame
    expect(frame.locator(".gd-how")).not_to_be_empty()
    return frame


# What is on them


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_deck_has_the_chapters_figures_questions_and_summary_and_no_solution(book, folder, name):
    chapter, deck = parsed(book / "chapters" / f"{name}.html"), parsed(folder / f"{name}.html")
    for thing in chapter.select(".exercise, .solution"):
        thing.decompose()

    def texts(page, selector):
        return [" ".join(each.get_text().replace("#", "").split()) for each in page.select(selector)]

    assert texts(deck, "h1") == texts(chapter, "article h1")
    assert texts(deck, "figcaption") == texts(chapter, "article figcaption")
    assert texts(deck, ".eqno") == texts(chapter, "article .eqno")
    assert texts(deck, ".question") == texts(chapter, "#quiz > p")
    assert len(deck.select(".right")) == len(deck.select(".question"))
    assert texts(deck, ".roomy li, .dense li") == texts(chapter, "#summary li")
    settings = [json.loads(script.string) for script in chapter.select("article .live-place script")]
    assert len(deck.select("iframe")) == len([each for each in settings if not each.get("own")])
    assert "check(" not in deck.get_text()
    assert [image["src"] for image in deck.select("img") if not image["alt"]] == []
    assert [image["src"] for image in deck.select("img") if not (folder / image["src"]).is_file()] == []


def test_the_index_leads_to_every_deck(folder):
    links = [link["href"] for link in parsed(folder / "index.html").select("a")]
    assert links == [f"{name}.html{view}" for name in CHAPTERS for view in ("", "?print-pdf")]


def test_the_sentence_that_leads_to_a_block_is_the_last_one():
    def led(paragraph):
        return slides.lead(BeautifulSoup(f"{paragraph}<div></div>", "html.parser").div)

    assert led("<p>Look. Now <b>see</b> this:</p>") == '<p class="lead">Now <b>see</b> this:</p>'
    assert led("<p>Look here. <b>See</b> a &lt; b at 0.5:</p>") == '<p class="lead"><b>See</b> a &lt; b at 0.5:</p>'
    assert led("<p>One <b>alone</b>.\n</p>") == '<p class="lead">One <b>alone</b>.</p>'
    assert led("<ul></ul>") == ""


def test_where_no_book_was_built_a_sentence_says_so(tmp_path):
    assert slides.main(str(tmp_path), str(tmp_path / "slides")) == (
        f"there is no built book in {tmp_path}: `make book` builds it"
    )


# In a room


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_slide_fits_a_projectors_window(show, name):
    page = show(f"{name}.html")
    wrong = page.evaluate(FAULTS, places(page))
    for frame in page.locator("iframe").all():
        page.evaluate("place => go(place)", frame.evaluate(PLACE))
        faults = live(page).locator("html").evaluate(FAULTS_OF_A_FIGURE)
        # The line at the bottom takes a twentieth of all.
        wrong += [fault for fault in faults if fault[0] not in ("small", "a small panel")]
        expect(live(page).locator(".gd-notice")).to_be_empty()
    assert wrong == []


def test_keys_go_through_the_slides_and_a_live_figure_has_its_own(show):
    page = show("momentum.html")
    page.keyboard.press("PageDown")
    expect(page.locator(f"{PRESENT} h1")).to_have_count(0)
    page.keyboard.press("PageUp")
    expect(page.locator(f"{PRESENT} h1")).to_contain_text("Momentum")
    page.evaluate("place => go(place)", page.locator("iframe").evaluate(PLACE))
    epochs = live(page).locator("[data-setting=epochs] .gd-typed")
    expect(epochs).to_have_value("200")
    live(page)
    page.mouse.click(1000, 600)  # the figure, beside its numbers
    page.keyboard.press("ArrowRight")
    expect(epochs).to_have_value("201")
    page.mouse.click(500, 750)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(live(page).locator("[data-setting=learning_rate] .gd-typed")).to_have_value("0.0309")


def test_on_paper_a_slide_has_a_page_and_all_is_dark_on_light_though_the_screen_is_not(show):
    page = show("momentum.html")
    count = page.locator(SLIDES).count()
    page.emulate_media(color_scheme="dark")
    page.goto(f"{page.url.partition('#')[0]}?print-pdf", wait_until="load")
    expect(page.locator(".pdf-page")).to_have_count(count)
    page.emulate_media(color_scheme="dark", media="print")
    for part, color in [(".pdf-page", "rgb(255, 255, 255)"), (".pdf-page li", "rgb(26, 29, 33)")]:
        kind = "backgroundColor" if part == ".pdf-page" else "color"
        found = page.locator(part).evaluate_all(f"parts => parts.map(part => getComputedStyle(part).{kind})")
        assert set(found) == {color}
    expect(page.locator(".live img")).to_be_visible()
    expect(page.locator(".live iframe")).to_be_hidden()
    pages = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert len(pages) == count
    assert [number for number, each in enumerate(pages, 1) if not each.extract_text().strip()] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_slides_are_accessible_in_both_schemes(show, scheme):
    page = show("three-points-and-a-line.html")
    page.emulate_media(color_scheme=scheme)
    for place in places(page):
        page.evaluate("place => go(place)", place)
        # What a page needs beside its slides is there from the first one on.
        assert barriers(page, f"document.querySelector('{PRESENT}')" if any(place) else "document") == [], place
