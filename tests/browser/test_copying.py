"""Texts that a reader takes along, where the browser allows it and where it does not."""

import npm
import pytest

HOST = "https://figure.test/"
TEXT = "x = [2, 4, 5]\nprint(x)\n"
PAGE = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="explorer.css">
<div class="gd-figure" onkeydown="this.dataset.pressed = event.key"></div>
<script type="module">
  import { copy, showText } from "./copying.js";
  Object.assign(globalThis, { copy, figure: document.querySelector("div"), showText });
</script>"""


@pytest.fixture
def page(browser):
    """A page with the module, on a host of its own."""

    def answer(route):
        name = route.request.url.removeprefix(HOST)
        if name:
            route.fulfill(path=npm.WEB / "widget" / name)
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    with browser.new_context(viewport={"width": 320, "height": 600}) as context:
        context.route(f"{HOST}**", answer)
        yield context.new_page()


def test_a_text_goes_to_the_clipboard_where_the_browser_lets_it(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=HOST)
    page.goto(HOST)
    assert page.evaluate("text => copy(text)", TEXT) is True
    assert page.evaluate("navigator.clipboard.readText()") == TEXT


@pytest.mark.parametrize(
    "without",
    [
        "Object.defineProperty(navigator, 'clipboard', { value: undefined })",  # as on a page of plain http
        "navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError'))",
    ],
)
def test_where_it_does_not_the_text_is_shown_selected_and_can_be_folded_away(page, without):
    page.add_init_script(without)
    page.goto(HOST)
    assert page.evaluate("text => copy(text)", TEXT) is False
    for text in ("another", TEXT):
        page.evaluate("text => showText(figure, text)", text)
    box = page.get_by_role("textbox", name="Text to copy")
    assert box.count() == 1
    assert box.input_value() == TEXT
    assert page.evaluate("getSelection().toString()") == TEXT
    page.keyboard.press("x")
    assert box.input_value() == TEXT
    assert page.evaluate("figure.dataset.pressed") is None  # keys of the figure and of a notebook are not meant
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert page.evaluate("document.activeElement.getBoundingClientRect().height") >= 24
    page.keyboard.press("Enter")
    assert not box.is_visible()
