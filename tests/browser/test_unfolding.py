"""A picture that unfolds: with its text, and all of it at once wherever it cannot."""

import pytest
import scrolly
from playwright.sync_api import expect

PAGE = "chapters/one-step-downhill.html"
WINDOWS = [(1280, 800), (390, 844), (320, 640)]
LOW = (844, 390)  # a phone on its side

SCENES = """() => [...document.querySelectorAll(".scene")].map((scene) => {
  const [text, picture] = ["p", "img"].map((name) => scene.querySelector(name).getBoundingClientRect());
  const cell = getComputedStyle(scene.querySelector(".cell"));
  return { text: text.toJSON(), picture: picture.toJSON(), opacity: cell.opacity, lasts: cell.transitionDuration };
})"""


@pytest.fixture
def page(open_page):
    return open_page(PAGE)


def stands_as_written(scenes):
    """Whether text and picture take turns, one below the other, and all are seen."""
    boxes = [scene[each] for scene in scenes for each in ("text", "picture")]
    edges = [edge for box in boxes for edge in (box["y"], box["bottom"])]
    return edges == sorted(edges) and {scene["opacity"] for scene in scenes} == {"1"}


def sized(size):
    return dict(zip(("width", "height"), size, strict=True))


def scroll(element, share):
    """Bring the top of an element to a share of the window's height."""
    move = "(e, share) => scrollBy({ top: e.getBoundingClientRect().top - share * innerHeight, behavior: 'instant' })"
    element.evaluate(move, share)


@pytest.mark.parametrize("size", WINDOWS, ids=str)
def test_the_picture_is_that_of_the_text_and_covers_none(page, size):
    page.set_viewport_size(sized(size))
    scroll(page.locator(".scrolly"), 0.2)
    text, cell = (page.locator(f".scene > {each}").first.bounding_box() for each in ("p", ".cell"))
    assert text["x"] + text["width"] < cell["x"] or text["y"] >= cell["y"] + cell["height"]
    wide = size[0] > 768
    assert page.locator(".scene").count() == 6
    for number in (1, 2, 5, 6, 4, 1):
        scroll(page.locator(".scene > p").nth(number - 1), 0.3 if wide else 0.8)
        expect(page.locator(".scene.shown")).to_have_count(number)
        scenes = page.evaluate(SCENES)
        text, picture = (scenes[number - 1][each] for each in ("text", "picture"))
        assert {scene["picture"]["y"] for scene in scenes} == {picture["y"]}
        assert 0 < picture["y"] < picture["bottom"] <= size[1]
        assert text["right"] < picture["x"] if wide else text["y"] > picture["bottom"]


def test_who_wants_no_motion_sees_none(page):
    assert {scene["lasts"] for scene in page.evaluate(SCENES)} == {"0.5s"}
    page.emulate_media(reduced_motion="reduce")
    assert {scene["lasts"] for scene in page.evaluate(SCENES)} == {"0s"}


def test_on_paper_and_in_a_low_window_it_stands_as_written(page):
    assert not stands_as_written(page.evaluate(SCENES))
    page.emulate_media(media="print")
    assert stands_as_written(page.evaluate(SCENES))
    page.emulate_media(media="screen")
    page.set_viewport_size(sized(LOW))
    assert stands_as_written(page.evaluate(SCENES))


def test_without_script_it_stands_as_written(browser, book_url):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{book_url}{PAGE}")
        for size in WINDOWS:
            page.set_viewport_size(sized(size))
            assert stands_as_written(page.evaluate(SCENES)), size


def test_to_a_screen_reader_it_is_text_and_described_pictures_in_their_order(page):
    told = page.locator(".scrolly").aria_snapshot()
    titles = page.locator(".scene > p > strong").all_inner_texts()
    pictures = [picture.get_attribute("alt") for picture in page.locator(".scene img").all()]
    places = [told.index(each) for pair in zip(titles, pictures, strict=True) for each in pair]
    assert places == sorted(places)


def test_its_script_is_small_and_on_its_page_alone(book):
    script = scrolly.SCRIPT.read_text(encoding="utf-8")
    assert len(script.encode()) < 2000
    pages = {path.relative_to(book).as_posix() for path in book.rglob("*.html") if script in path.read_text("utf-8")}
    assert pages == {PAGE}
