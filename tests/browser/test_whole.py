"""The page with nothing but a figure, for a room and for other people's pages."""

import pytest
from barriers import barriers
from figure import FIGURES, FRAMES, box, explorer, handle, lead, moved, reads, wait_until
from playwright.sync_api import expect
from serve import serving
from slides import written

SIZES = [(1024, 768), (1920, 1080)]


def link(name, **changes):
    """All that a figure of the book is made of, as a page's address says it."""
    told = FIGURES[name] | changes
    points = [list(point) for point in zip(told["x"], told["y"], strict=True)]
    told = {"points": points} | {key: value for key, value in told.items() if key not in ("x", "y")}
    return "figure.html#" + "&".join(f"{key}={written(setting)}" for key, setting in told.items())


@pytest.fixture
def show(open_page):
    """Open the page with a figure."""

    def shown(address):
        page = open_page(address)
        expect(page.locator(".gd-how")).not_to_be_empty()
        return page

    return shown


# In a room: what is cut off, covered, too small or to be scrolled for.
FAULTS = """() => {
  const wrong = [];
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth || page.scrollHeight > innerHeight) wrong.push("the page scrolls");
  const unseen = "h1, .gd-said, .gd-longest, g[style*='display: none']";
  const seen = e => e.checkVisibility({ visibilityProperty: true }) && !e.closest(unseen);
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (words.nextNode()) {
    const { data, parentElement } = words.currentNode;
    if (!data.trim() || !seen(parentElement)) continue;
    if (parseFloat(getComputedStyle(parentElement).fontSize) < 14) wrong.push(["small", data]);
    range.selectNode(words.currentNode);
    const place = range.getBoundingClientRect();
    if (!place.width) continue; // not drawn
    const holder = parentElement.closest("svg, button, td, th, .gd-room, .gd-panel, .gd-figure");
    const inside = holder.getBoundingClientRect();
    const spare = 0.35 * parseFloat(getComputedStyle(parentElement).fontSize); // letters are lower than their box
    if (place.left < inside.left - 1 || place.right > inside.right + 1.5
      || place.top < inside.top - spare || place.bottom > inside.bottom + spare) wrong.push(["cut", data]);
  }
  const blocks = [...document.querySelectorAll(
    ".gd-control, .gd-rates-known, .gd-player, .gd-choices, .gd-panel, .gd-reading, .gd-stops, .gd-buttons, .gd-terms"
  )].filter(seen).map(e => [e, e.getBoundingClientRect()]).filter(([, place]) => place.height);
  blocks.forEach(([one, a], i) => {
    const room = Math.min(a.left, a.top, innerWidth - a.right, innerHeight - a.bottom);
    if (room < 0) wrong.push(["outside", one.className]);
    if (one.scrollHeight > one.clientHeight + 1) wrong.push(["scrolls", one.className]);
    for (const [other, b] of blocks.slice(i + 1))
      if (
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1
      )
        wrong.push(["cover one another", one.className, other.className]);
  });
  for (const plot of document.querySelectorAll(".gd-drawing > svg")) {
    const { width, height } = plot.getBoundingClientRect();
    if (width < innerWidth / 4 || height < innerHeight / 4) wrong.push(["a small panel", width, height]);
  }
  return wrong;
}"""


def test_every_figure_of_the_book_fills_a_projectors_window_with_nothing_cut_and_gdlibs_numbers(show):
    page = show(link("index"))
    for name in FIGURES:
        lead(page, link(name).partition("#")[2])
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(FRAMES)
            assert page.evaluate(FAULTS) == [], (name, width)
        expect(page.locator(".gd-notice")).to_be_empty()
        reads(page, explorer(name))


def test_a_readers_link_is_taken_too_and_what_makes_no_sense_is_said(show):
    page = show("figure.html#points=1,1;2,5;3,4&learning_rate=0.05&epochs=12")
    expect(page.locator(".gd-dot")).to_have_count(3)
    expect(box(page, "epochs")).to_have_value("12")
    page = show("figure.html#learning_rate=-1&epochs=5&colour=red")
    expect(page.locator(".gd-notice")).to_contain_text("“learning_rate” in the link was left aside")
    expect(page.locator(".gd-notice")).to_contain_text("“colour” in the link was left aside")
    expect(box(page, "epochs")).to_have_value("5")
    expect(page.locator(".gd-keys")).to_be_hidden()


# A lecturer's keys


def test_a_lecture_goes_from_state_to_state_by_the_keys_of_a_presenter(show):
    whole = [link("index", epochs=epochs).partition("#")[2] for epochs in (0, 7, 9)]
    page = show("figure.html#" + "/".join([whole[0], f"{whole[1]}&colour=red", whole[2]]))
    epochs, notice = box(page, "epochs"), page.locator(".gd-notice")
    expect(page.locator(".gd-keys")).to_contain_text("Page Down or Up to the next or previous state")
    for key, epoch, place in [
        ("PageUp", "0", 1),
        ("PageDown", "7", 2),
        ("ArrowRight", "8", 2),
        ("PageDown", "9", 3),
        ("PageDown", "9", 3),
        ("PageUp", "7", 2),  # as it was, not as it was left
    ]:
        page.keyboard.press(key)
        expect(epochs).to_have_value(epoch)
        expect(notice).to_contain_text(f"State {place} of 3.")
    expect(notice).to_contain_text("“colour” in the link was left aside")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Home")
    expect(epochs).to_have_value("7")
    lead(page, whole[2])
    expect(epochs).to_have_value("9")
    expect(notice).to_be_empty()


def test_keys_go_through_the_epochs_and_leave_alone_what_has_keys_of_its_own(show):
    page = show(link("momentum" if "momentum" in FIGURES else "chapters/momentum"))
    epochs, press = box(page, "epochs"), page.keyboard.press
    for key, epoch in [("ArrowRight", "201"), ("ArrowLeft", "200"), ("ArrowLeft", "199"), ("PageDown", "200")]:
        moved(page, lambda key=key: press(key))
        expect(epochs).to_have_value(epoch)
    for key, epoch in [("PageDown", "1000"), ("PageUp", "200"), ("PageUp", "100"), ("PageUp", "20"), ("PageUp", "0")]:
        moved(page, lambda key=key: press(key))
        expect(epochs).to_have_value(epoch)
    press(" ")
    expect(page.get_by_role("button", name="Pause the epochs")).to_be_visible()
    wait_until(page, "() => document.querySelector('[data-setting=epochs] .gd-typed').value > 10")
    press(" ")
    expect(page.get_by_role("button", name="Play the epochs")).to_be_visible()
    moved(page, lambda: press("Home"))
    expect(epochs).to_have_value("200")

    rate = handle(page, "learning rate")
    rate.focus()
    for key, said in [("ArrowRight", "0.0309"), ("PageDown", "0.0245"), ("Home", "0.0005")]:
        moved(page, lambda key=key: press(key))
        expect(rate).to_have_attribute("aria-valuetext", said)
    dot = page.locator(".gd-dot").first
    dot.focus()
    before = dot.get_attribute("aria-label")
    moved(page, lambda: press("ArrowRight"))
    assert dot.get_attribute("aria-label") != before
    press(" ")
    page.get_by_role("radio", name="plain").focus()
    moved(page, lambda: press("ArrowRight"))
    expect(page.get_by_role("radio", name="heavy ball")).to_be_checked()
    fold = page.locator(".gd-terms summary")
    fold.focus()
    press(" ")
    expect(page.locator(".gd-terms")).to_have_attribute("open", "")
    press(" ")
    epochs.focus()
    for key in ("Home", "ArrowRight", "PageDown", ",", " "):
        press(key)
    expect(handle(page, "epochs")).to_have_attribute("aria-valuetext", "200")
    press("Escape")
    jump = page.get_by_role("button", name="Epoch 20", exact=True)
    jump.focus()
    moved(page, lambda: press(" "))  # presses it, and plays nothing
    expect(epochs).to_have_value("20")
    expect(page.get_by_role("button", name="Play the epochs")).to_be_visible()
    moved(page, lambda: press("ArrowRight"))
    expect(epochs).to_have_value("21")


# For every reader


def test_it_is_accessible_follows_the_systems_colours_and_fits_a_phone(show):
    page = show(link("chapters/momentum"))
    grounds = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        wait_until(page, "scheme => document.documentElement.dataset.theme === scheme", scheme)
        assert barriers(page) == [], scheme
        grounds.append(page.evaluate("getComputedStyle(document.querySelector('.gd-data text')).fill"))
    assert grounds[0] != grounds[1]
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate(FRAMES)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate("document.documentElement.scrollHeight") > 1000
    narrow = page.locator(".gd-drawing > svg").evaluate_all(
        "plots => plots.map(plot => plot.getBoundingClientRect().height)"
    )
    assert min(narrow) > 150


def test_from_a_disk_it_comes_too(context, book):
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text))
    page.goto((book / "figure.html").as_uri() + "#epochs=7")
    expect(box(page, "epochs")).to_have_value("7")
    page.close()
    assert wrong == []


# In a frame of another page, without an origin and without storage

FRAME = """<!doctype html><title>A page</title><link rel="icon" href="data:,">
<iframe sandbox="allow-scripts" width="900" height="700" src="{}"></iframe>"""


def test_in_a_sandboxed_frame_it_draws_gdlibs_numbers_without_a_word_and_asks_nobody(context, book_url, tmp_path):
    address = f"{book_url}{link('index', epochs=12)}"
    (tmp_path / "index.html").write_text(FRAME.format(address.replace("&", "&amp;")), encoding="utf-8")
    page, wrong, asked = context.new_page(), [], []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    with serving(tmp_path) as host:
        page.goto(host)
        frame = page.frames[1]
        expect(frame.locator(".gd-how")).not_to_be_empty()
        assert frame.evaluate("origin") == "null"
        reads(frame, explorer("index", epochs=12))
        frame.get_by_role("button", name="Copy as Python").click()
        expect(frame.get_by_role("textbox", name="Text to copy")).to_be_visible()
        expect(frame.locator(".gd-notice")).to_contain_text("does not let the figure copy")
        frame.get_by_role("button", name="Link to this").click()
    page.close()
    assert wrong == []
    assert [each for each in asked if not each.startswith((host, book_url))] == []
