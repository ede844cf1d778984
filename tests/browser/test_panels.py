"""What a reader does with the drawings of the live figure beyond moving what is in sight, on a page of its own."""

from itertools import pairwise

import pytest
from dragging import POINT, START, Hand
from figure import FRAMES, show_alone

from gdlib.widgets import DescentExplorer

ARTICLE = {"x": [2, 3, 4, 5], "y": [45, 65, 85, 105]}
NOISY = {"x": [2, 3, 4, 5], "y": [40, 70, 80, 105]}


@pytest.fixture
def alone(browser):
    """Open a page with nothing but a figure of these settings."""
    opened = []

    def open_page(width=900, **settings):
        figure = DescentExplorer(**{**ARTICLE, "start": [-50, 20], "learning_rate": 0.02, "epochs": 300, **settings})
        page = browser.new_page(viewport={"width": width, "height": 900}, has_touch=True)
        opened.append(page)
        show_alone(page, figure, linkable=False)
        page.evaluate(FRAMES)
        return page

    yield open_page
    for page in opened:
        page.close()


def set_to(page, name):
    page.evaluate(FRAMES)
    return page.evaluate("name => state[name]", name)


def hand_of(page):
    return Hand(page.evaluate, page.mouse.move, page.mouse.down, page.mouse.up, page.mouse.dblclick)


def scale(page, panel):
    page.evaluate(FRAMES)
    return page.locator(f".gd-{panel} .gd-scale text").all_text_contents()


def frame(page, panel):
    hand_of(page).show(panel)
    return page.locator(f".gd-{panel} .gd-frame").bounding_box()


@pytest.mark.parametrize(("panel", "drawn", "number"), [("data", POINT, 3), ("surface", START, 0)])
def test_what_is_pulled_beyond_its_axes_has_them_grow_and_reset_brings_them_back(alone, panel, drawn, number):
    page = alone()
    hand, before = hand_of(page), scale(page, panel)
    box = frame(page, panel)
    hand.move(*hand.middle(drawn, number))
    hand.press()
    places = []
    for step in range(12):
        hand.move(box["x"] + box["width"] + 20 + step, box["y"] + box["height"] / 2)
        places.append(page.evaluate("panel => panel === 'data' ? state.points[3][0] : state.start[0]", panel))
        edge = frame(page, panel)
        assert abs(hand.middle(drawn, number)[0] - edge["x"] - edge["width"]) < 1.5  # it stays at the edge
    hand.release()
    assert places == sorted(set(places))  # each move further out
    assert all(later < 1.2 * earlier + 20 for earlier, later in pairwise(places))  # and no run
    grown = scale(page, panel)
    assert grown != before
    page.locator(f".gd-{panel} [tabindex]").nth(number).focus()
    page.keyboard.press("ArrowUp")
    assert scale(page, panel) == grown  # when dropped, they stay
    for _ in range(30):
        page.keyboard.press("Shift+ArrowUp")
    assert scale(page, panel) != grown  # a key pulls, too
    page.get_by_role("button", name="Reset").click()
    assert scale(page, panel) == before


def test_the_minimum_stays_in_the_middle_however_far_the_start_is_pulled(alone):
    page = alone()
    page.locator(".gd-start").focus()
    for _ in range(20):
        page.keyboard.press("Shift+ArrowLeft")
    left, top, width, height = hand_of(page).bounds(".gd-surface .gd-frame")
    x, y = hand_of(page).middle(".gd-surface .gd-area .gd-best")
    assert abs(x - left - width / 2) < 1
    assert abs(y - top - height / 2) < 1


def test_a_click_on_a_curve_over_the_epochs_goes_to_that_epoch_and_a_drag_follows(alone):
    for panel in ("loss", "directions"):
        page = alone(panel=panel)
        box = frame(page, "losses")
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 50)
        assert abs(set_to(page, "epochs") - 500) < 5
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 80)
        assert abs(set_to(page, "epochs") - 250) < 5
        page.mouse.move(box["x"] + box["width"] + 200, box["y"] + 80)
        assert set_to(page, "epochs") == 1000
        page.mouse.up()
        page.mouse.move(box["x"] + 20, box["y"] + 80)
        assert set_to(page, "epochs") == 1000
    page = alone(panel="differences")
    box = frame(page, "losses")
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 50)
    assert set_to(page, "epochs") == 300


def test_the_surface_is_magnified_by_buttons_keys_wheel_and_fingers(alone):
    page = alone()
    closer, further = (page.get_by_role("button", name=name) for name in ("Zoom in", "Zoom out"))
    closer.click()
    assert set_to(page, "zoom") == 2
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert set_to(page, "zoom") == 8
    page.locator(".gd-start").focus()
    page.keyboard.press("-")
    assert set_to(page, "zoom") == 4
    page.keyboard.press("0")
    assert set_to(page, "zoom") == 1
    for _ in range(4):
        further.click()
    assert set_to(page, "zoom") == 0.1
    assert further.get_attribute("aria-disabled") == "true"
    page.keyboard.press("0")
    box = frame(page, "surface")
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.wheel(0, -100)  # it has the focus
    assert set_to(page, "zoom") == pytest.approx(2**0.5, rel=1e-5)
    page.evaluate("document.activeElement.blur()")
    page.mouse.wheel(0, -100)
    assert set_to(page, "zoom") == pytest.approx(2**0.5, rel=1e-5)  # the page is scrolled
    box = frame(page, "surface")
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    assert set_to(page, "zoom") == 2
    touch = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 4
    for kind, apart in (("touchStart", 30), ("touchMove", 60), ("touchMove", 120)):
        points = [{"x": x + side * apart / 2, "y": y, "id": number} for number, side in enumerate((-1, 1))]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert set_to(page, "zoom") == 8


def test_whole_rings_are_seen_at_every_magnification(alone):
    page = alone(**NOISY)
    left, top, width, height = hand_of(page).bounds(".gd-surface .gd-frame")
    for zoom in (0.1, 1, 3, 1000, 1e6):
        page.evaluate("zoom => model.set('zoom', zoom)", zoom)
        page.evaluate(FRAMES)
        whole = 0
        for ring in page.locator(".gd-rings circle").all():
            box = ring.bounding_box()
            x, y = box["x"], box["y"]
            inside = x > left - 2 and y > top - 2
            whole += inside and x + box["width"] < left + width + 2 and y + box["height"] < top + height + 2
        assert whole >= 5, zoom


def test_the_next_step_is_drawn_downhill_and_in_its_length(alone):
    page = alone(epochs=0)
    hand = hand_of(page)
    left, top, *_ = hand.bounds(".gd-surface .gd-frame")
    shaft, tip = page.evaluate(
        "() => [...document.querySelectorAll('polyline.gd-arrow')].map(each => each.getAttribute('points').split(' '))"
    )
    assert (float(shaft[0]) + left, float(shaft[1]) + top) == pytest.approx(hand.middle(".gd-surface .gd-ring"), abs=1)
    page.evaluate("model.set('epochs', 1)")
    page.evaluate(FRAMES)
    assert (float(tip[2]) + left, float(tip[3]) + top) == pytest.approx(hand.middle(".gd-surface .gd-ring"), abs=1)


def test_a_step_too_short_to_be_seen_is_drawn_longer_and_said_to_be(alone):
    page = alone(epochs=0, learning_rate=1e-3)
    note = page.get_by_text("(drawn longer)")
    assert note.is_visible()
    page.evaluate("model.set('learning_rate', 0.05)")
    page.evaluate(FRAMES)
    assert page.get_by_text("next step").is_visible()
    assert note.is_hidden()
    page.evaluate("model.set('start', [5, 20])")  # the minimum
    page.evaluate(FRAMES)
    assert page.get_by_text("next step").is_hidden()


@pytest.mark.parametrize("width", [320, 900])
def test_the_intercept_is_marked_where_the_line_meets_zero_and_its_words_lie_in_the_panel_and_on_no_point(alone, width):
    for settings in ({"start": [0, 0], "epochs": 30}, {"start": [100, -10], "epochs": 0}, {**NOISY, "start": [5, 20]}):
        page = alone(width=width, **settings)
        left, top, wide, high = hand_of(page).bounds(".gd-data .gd-frame")
        words = page.locator(".gd-data .gd-uncut > text")
        assert words.text_content().startswith("intercept ")
        box = words.bounding_box()
        assert box["x"] >= left
        assert box["x"] + box["width"] <= left + wide
        assert box["y"] >= top - 1
        assert box["y"] + box["height"] <= top + high + 1
        for number in range(4):
            x, y = hand_of(page).middle(POINT, number)
            assert not (box["x"] < x < box["x"] + box["width"] and box["y"] < y < box["y"] + box["height"])
        assert page.locator(".gd-data .gd-scale text").first.text_content() in ("0", "0.0")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.evaluate(FRAMES)
    assert bool(words.text_content()) == (width == 900)  # where there is no room, there are none
    if width == 900:
        left, _, wide, _ = hand_of(page).bounds(".gd-data .gd-frame")
        box = words.bounding_box()
        assert box["x"] + box["width"] <= left + wide
