"""The live figures on the built pages, driven in a browser as a reader drives them."""

import json
import re

import pytest
from figure import FIGURES, HOME, box, explorer, handle, moved, read, reads, wait_until
from playwright.sync_api import expect

from gdlib.widgets import DescentExplorer

# The numbers on the page are gdlib's


@pytest.mark.parametrize(("rate", "epochs"), [(0.001, 1000), (0.8, 1000)])
def test_a_link_opens_the_page_in_its_state_and_the_numbers_are_those_of_gdlib(visit, rate, epochs):
    page = visit(f"index.html#learning_rate={rate}&epochs={epochs}")
    expect(box(page, "epochs")).to_have_value(str(epochs))
    reads(page, explorer("index", learning_rate=rate, epochs=epochs))


def test_a_button_jumps_to_the_row_that_the_chapter_prints(visit):
    page = visit(f"{HOME}.html")
    printed = page.locator("div.output pre", has_text="gradient: slope").inner_text()
    for epochs in (200, 1000):
        row = re.search(rf"^ *{epochs} +(\S+) +(\S+) +(\S+) +(\S+)$", printed, re.M)
        page.get_by_role("button", name=f"Epoch {epochs:,}", exact=True).click()
        expect(handle(page, "epochs")).to_have_attribute("aria-valuetext", str(epochs))
        shown = read(page)
        assert (f"{shown['slope']:.2f}", f"{shown['intercept']:.2f}") == row.groups()[:2]


# The controls


def test_the_arrow_keys_home_and_end_move_a_slider_and_its_value_is_said(visit):
    page = visit("index.html#learning_rate=0.001")
    rate = handle(page, "learning rate")
    assert rate.get_attribute("aria-valuetext") == "0.001"
    rate.focus()
    for key, said in [("ArrowRight", "0.00102"), ("ArrowLeft", "0.001"), ("PageUp", "0.00126")]:
        moved(page, lambda key=key: page.keyboard.press(key))
        expect(rate).to_have_attribute("aria-valuetext", said)
    for key, said, regime in [("Home", "0.0001", "CONVERGES"), ("End", "1", "DIVERGES")]:
        moved(page, lambda key=key: page.keyboard.press(key))
        expect(rate).to_have_attribute("aria-valuetext", said)
        assert page.locator(".gd-how").get_attribute("data-regime") == regime


def test_a_slider_follows_the_mouse_all_the_way(visit):
    page = visit("index.html#learning_rate=0.001&epochs=30")
    rate = handle(page, "learning rate")
    track = rate.bounding_box()
    y = track["y"] + track["height"] / 2
    page.mouse.move(track["x"] + 12 + (track["width"] - 24) / 4, y)
    page.mouse.down()
    seen = set()
    for step in range(1, 30):
        page.mouse.move(track["x"] + 12 + (track["width"] - 24) * (1 / 4 + step / 40), y)
        page.evaluate("new Promise(requestAnimationFrame)")
        seen.add((page.locator(".gd-how").get_attribute("data-regime"), read(page)["loss"]))
    page.mouse.up()
    assert len(seen) > 20
    assert {regime for regime, _ in seen} == {"CONVERGES", "OSCILLATES", "DIVERGES"}


def test_the_marks_on_the_rate_stand_where_the_slider_would(visit):
    page = visit("index.html#learning_rate=0.06&epochs=30")
    limit = page.locator(".gd-marks .gd-limit").bounding_box()
    rate = handle(page, "learning rate")
    rate.focus()
    while page.locator(".gd-how").get_attribute("data-regime") != "DIVERGES":
        moved(page, lambda: page.keyboard.press("ArrowRight"))
    track = rate.bounding_box()
    low, high = (float(rate.get_attribute(name)) for name in ("min", "max"))
    middle = track["x"] + 12 + (track["width"] - 24) * (rate.evaluate("e => e.valueAsNumber") - low) / (high - low)
    assert 0 <= middle - limit["x"] - limit["width"] / 2 <= (track["width"] - 24) / 400 + 1  # an arrow key's step


def test_play_goes_on_until_it_is_stopped(visit):
    page = visit("index.html#epochs=30")
    epochs = handle(page, "epochs")
    page.get_by_role("button", name="Play the epochs").click()
    wait_until(page, "() => document.querySelector('[data-setting=epochs] .gd-typed').value > 60")
    page.get_by_role("button", name="Pause the epochs").click()
    page.get_by_role("button", name="Epoch 0", exact=True).click()
    expect(epochs).to_have_attribute("aria-valuetext", "0")


def test_what_has_changed_is_announced_once_it_rests(visit):
    page = visit("index.html#learning_rate=0.001&start=0,0")
    page.get_by_role("button", name="Epoch 1,000").click()
    said = page.locator(".gd-said[role=status]")
    expect(said).to_contain_text("1,000 epochs: slope 19.96, intercept 5.172")
    expect(said).to_contain_text("Converges")


# The points


def test_a_point_follows_mouse_and_keys_and_everything_follows_it(visit):
    page = visit("index.html")
    first = page.locator(".gd-dot").first
    box = first.bounding_box()
    page.mouse.move(box["x"] + 14, box["y"] + 14)
    page.mouse.down()
    page.mouse.move(box["x"] + 14, box["y"] + 44, steps=3)
    page.mouse.up()
    assert "y 45" not in first.get_attribute("aria-label")
    for _ in range(10):
        page.keyboard.press("ArrowUp")
    page.get_by_role("button", name="Link to this").click()
    points = page.url.partition("points=")[2]
    x, y = zip(*(map(float, point.split(",")) for point in points.split(";")), strict=True)
    assert y != tuple(FIGURES["index"]["y"])
    reads(page, DescentExplorer(**FIGURES["index"] | {"x": x, "y": y}))


def test_an_arrow_key_moves_a_point_along_one_axis_only(visit):
    page = visit("index.html#points=2.137,45.3;3,65;5,105")
    dot = page.locator(".gd-dot").first
    dot.focus()
    page.keyboard.press("ArrowUp")
    assert dot.get_attribute("aria-label").startswith("Point 1: x 2.137, y 48.00.")
    page.keyboard.press("ArrowRight")
    assert dot.get_attribute("aria-label").startswith("Point 1: x 2.200, y 48.00.")


def test_only_the_first_button_takes_a_point_and_a_press_alone_moves_none(visit):
    page = visit("index.html")
    dot = page.locator(".gd-dot").first
    label, box = dot.get_attribute("aria-label"), dot.bounding_box()
    for button, moved_by in (("right", 40), ("left", 0)):
        page.mouse.move(box["x"] + 20, box["y"] + 20)  # off its middle
        page.mouse.down(button=button)
        page.mouse.move(box["x"] + 20 + moved_by, box["y"] + 20)
        page.mouse.up(button=button)
        assert dot.get_attribute("aria-label") == label


def test_points_are_added_and_removed_down_to_two(visit):
    page = visit("index.html")
    dots = page.locator(".gd-dot")
    page.get_by_role("button", name="Add a point").click()
    expect(dots).to_have_count(5)
    expect(dots.last).to_be_focused()
    page.keyboard.press("Delete")
    expect(dots).to_have_count(4)
    page.locator(".gd-data .gd-drawing > svg").dblclick(position={"x": 150, "y": 60})
    expect(dots).to_have_count(5)
    for _ in range(5):
        page.get_by_role("button", name="Remove a point").click()
    expect(dots).to_have_count(2)
    expect(page.locator(".gd-notice")).to_have_text("A line takes two points at least.")
    page.get_by_role("button", name="Reset").click()
    expect(dots).to_have_count(4)


def test_points_above_one_another_are_said_and_can_be_parted_again(visit):
    page = visit("index.html#points=1,1;3,3")
    message = page.locator(".gd-message")
    expect(message).to_be_hidden()
    page.locator(".gd-dot").last.focus()
    for _ in range(4):  # of half a unit each
        page.keyboard.press("Shift+ArrowLeft")
    expect(message).to_contain_text("No single line is best")
    page.keyboard.press("ArrowRight")
    expect(message).to_be_hidden()
    assert "NaN" not in page.locator(".gd-figure").inner_text()


# The link


def test_the_link_of_a_state_leads_back_to_it(visit):
    page = visit("index.html")
    handle(page, "learning rate").focus()
    page.keyboard.press("PageUp")
    page.get_by_role("button", name="Epoch 200").click()
    page.get_by_role("button", name="Link to this").click()
    expect(page.locator(".gd-notice")).to_contain_text("address bar")
    again = visit(page.url.rpartition("/")[2])
    assert read(again) == read(page)


def test_what_a_link_does_not_name_is_as_it_was_at_first(visit):
    page = visit("index.html#epochs=700&points=1,1;2,3")
    expect(page.locator(".gd-dot")).to_have_count(2)
    page.evaluate("location.hash = 'epochs=5'")
    expect(page.locator(".gd-dot")).to_have_count(4)
    page.get_by_role("button", name="Reset").click()
    assert "#" not in page.url


# What should never come, comes


def respelled(page, change):
    """Serve the landing page with some of the figure's settings changed on the way."""

    def respell(route):
        head, tag, rest = route.fetch().text().partition('<script type="application/json">')
        settings, end, tail = rest.partition("</script>")
        told = json.dumps(json.loads(settings) | change)
        route.fulfill(body="".join([head, tag, told, end, tail]), content_type="text/html")

    page.route("**/index.html", respell)


@pytest.mark.parametrize(
    ("points", "start"),
    [
        ([[2, 45], [3, 65], [4, 86]], None),  # from the minimum, as gdlib computes it
        ([[-1e8, 0], [0, 1], [1e8, 3]], [0, 0]),
    ],
)
def test_whatever_is_drawn_is_drawn_with_numbers(context, book_url, points, start):
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    if start is None:
        start = DescentExplorer(*zip(*points, strict=True), start=[0, 0]).objective.minimum.tolist()

    respelled(page, {"points": points, "start": start})
    page.goto(f"{book_url}index.html")
    expect(page.locator(".gd-how")).not_to_be_empty()
    assert "NaN" not in page.locator(".gd-figure").inner_html()
    assert page.locator(".gd-rings circle:not(.gd-cut)").count() == 7
    page.close()
    assert wrong == []


def test_a_run_that_diverges_for_10000_epochs_neither_freezes_nor_says_nan(context, book_url):
    page = context.new_page()

    respelled(page, {"max_epochs": 10000})
    page.goto(f"{book_url}index.html#learning_rate=1&epochs=10000")
    expect(page.locator(".gd-when")).to_contain_text("the numbers are beyond the range of a float")
    figure = DescentExplorer(**FIGURES["index"] | {"learning_rate": 1.0, "epochs": 10000, "max_epochs": 10000})
    reads(page, figure)
    assert f"After epoch {figure.run.epochs} " in page.locator(".gd-when").inner_text()
    assert "NaN" not in page.locator(".gd-figure").inner_html()
    assert "Infinity" not in page.locator(".gd-figure").inner_html()
    handle(page, "learning rate").focus()
    page.keyboard.press("Home")
    expect(page.locator(".gd-how")).to_contain_text("Converges")
    page.close()


# When the figure comes to life


FAR = "chapters/a-step-that-adapts.html"  # its figure is more than ten windows down


def test_a_figure_waits_as_a_picture_until_its_reader_is_near(open_page):
    page = open_page(FAR)
    picture = page.locator("img.live")
    assert picture.is_visible()
    page.emulate_media(media="print")
    shape = picture.evaluate("e => e.offsetHeight / e.offsetWidth - e.naturalHeight / e.naturalWidth")
    assert shape == pytest.approx(0, abs=0.01)  # on paper, without the room of the figure that is not there
    page.emulate_media(media="screen")
    page.evaluate("scrollBy(0, document.querySelector('img.live').getBoundingClientRect().top - 1.5 * innerHeight)")
    expect(page.locator(".gd-how")).not_to_be_empty()
    assert page.locator(".gd-figure").bounding_box()["y"] > 900


def test_a_figure_comes_when_nobody_comes_near_it(context, book_url):
    page = context.new_page()
    page.clock.install(time=0)
    page.clock.pause_at(1)  # from now on only what is said here passes
    page.goto(f"{book_url}{FAR}")
    page.clock.run_for(4900)
    assert page.locator("img.live").is_visible()
    page.clock.run_for(200)
    expect(page.locator(".gd-how")).not_to_be_empty()
    assert page.evaluate("scrollY") == 0
    page.close()


def test_a_link_to_a_state_goes_to_the_figure_at_once(open_page):
    page = open_page(FAR)
    page.evaluate("location.hash = 'epochs=3'")
    expect(box(page, "epochs")).to_have_value("3", timeout=4000)
    assert page.locator(".gd-figure").bounding_box()["y"] < 900


# Every reader


def test_without_a_script_there_is_a_picture_with_the_same_caption(browser, book_url):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{book_url}index.html")
    picture = page.locator("figure img.live").first
    assert picture.is_visible()
    assert picture.bounding_box()["height"] < 800
    assert len(picture.get_attribute("alt")) > 100
    assert page.locator("figure:has(img.live) figcaption").first.is_visible()
    context.close()


def test_where_the_runtime_does_not_arrive_the_picture_stays(context, book_url):
    page = context.new_page()
    page.route("**/live/live.js*", lambda route: route.abort())
    page.goto(f"{book_url}index.html")
    assert page.locator("figure img.live").is_visible()
    page.close()


def test_the_figure_is_printed(visit):
    page = visit("index.html")
    page.emulate_media(media="print")
    for panel in ("data", "surface", "losses"):
        assert page.locator(f".gd-{panel} .gd-drawing > svg").is_visible()
    assert page.locator(".gd-numbers").is_visible()
    assert not page.get_by_role("button", name="Add a point").is_visible()


def test_no_icon_is_missing(context, book_url):
    for name in ("index", HOME, "search"):
        page = context.new_page()
        page.goto(f"{book_url}{name}.html", wait_until="load")
        icons = page.locator(":is(.fa-solid, .fas)").evaluate_all("e => e.map(i => getComputedStyle(i).maskImage)")
        assert len(icons) > 5
        assert [icon for icon in icons if not icon.startswith('url("data:image/svg+xml')] == []
        page.close()
