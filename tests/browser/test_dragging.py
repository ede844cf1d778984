"""What a reader takes hold of in a live figure stays where the pointer is."""

import math

import pytest
from dragging import POINT, START, STATES, Hand, distances, follow
from figure import FRAMES, box, come, handle, wait_until


def mouse(page):
    return Hand(page.evaluate, page.mouse.move, page.mouse.down, page.mouse.up, page.mouse.dblclick)


@pytest.mark.parametrize(("name", "state"), STATES)
def test_where_the_pointer_is_the_point_is(visit, name, state):
    follow(mouse(visit(f"{name}{state}")))


@pytest.mark.parametrize(
    "magnified",
    [
        "document.documentElement.style.zoom = 1.5",
        "document.querySelector('.gd-figure').style.transform = 'scale(0.7)'",
    ],
)
def test_on_a_page_that_is_magnified_too(visit, magnified):
    page = visit("index.html")
    page.evaluate(magnified)
    page.evaluate(FRAMES)
    follow(mouse(page))


@pytest.fixture
def phone(browser, book_url):
    """A phone at the landing page: two of its pixels are one of the page."""
    opened = browser.new_context(
        viewport={"width": 390, "height": 800}, device_scale_factor=2, has_touch=True, is_mobile=True
    )
    page = opened.new_page()
    page.goto(f"{book_url}index.html")
    come(page)
    yield page
    opened.close()


def fingers(page):
    """What puts some fingers down, moves them and lifts them."""
    session = page.context.new_cdp_session(page)

    def touch(kind, *places):
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return touch


def test_a_finger_drags_a_point_and_not_the_page(phone):
    touch, at, down = fingers(phone), [0, 0], []

    def move(x, y):
        at[:] = x, y
        if down:
            touch("touchMove", at)

    def press():
        down.append(True)
        touch("touchStart", at)

    def release():
        down.clear()
        touch("touchEnd")

    hand = Hand(phone.evaluate, move, press, release, None)
    hand.show("data")
    scrolled = phone.evaluate("scrollY")
    for number in range(4):
        assert max(distances(hand, "data", POINT, number)) < 1
    assert phone.evaluate("scrollY") == scrolled
    hand.show("surface")
    assert max(distances(hand, "surface", START)) < 1


def test_a_second_finger_moves_nothing_and_the_first_goes_on(phone):
    hand, touch = mouse(phone), fingers(phone)
    hand.show("data")
    first, second = hand.middle(POINT, 0), hand.middle(POINT, 2)
    touch("touchStart", first)
    touch("touchStart", first, second)
    there = [first[0] + 20, first[1] - 90]
    touch("touchMove", there, [second[0], second[1] + 60])
    assert math.dist(hand.middle(POINT, 0), there) < 1
    assert hand.middle(POINT, 2) == second
    touch("touchEnd")


def test_whatever_happens_on_the_way_the_point_is_under_the_pointer(visit):
    page = visit("index.html#learning_rate=0.09")
    hand = mouse(page)
    for panel, drawn, others in (("data", POINT, 2), ("surface", START, 0)):
        hand.show(panel)
        x, y = hand.middle(drawn, others)
        taken = round(x), round(y)
        page.mouse.move(*taken)
        page.mouse.down()
        played = box(page, "epochs").input_value()
        page.evaluate("document.querySelector('.gd-play').click()")
        wait_until(page, "before => document.querySelector('[data-setting=epochs] .gd-typed').value !== before", played)
        for change, share in [
            ("0", (0.4, 0.3)),
            ("scrollBy({ top: 70, behavior: 'instant' })", (0.6, 0.7)),
            ("document.querySelector('.live-figure').style.width = '70%'", (0.2, 0.6)),
            ("document.querySelector('.live-figure').style.width = ''", (0.8, 0.2)),
        ]:
            page.evaluate(change)
            page.evaluate(FRAMES)
            target = hand.place(panel, share)
            page.mouse.move(*target)
            wanted = target[0] + x - taken[0], target[1] + y - taken[1]
            assert math.dist(hand.middle(drawn, others), wanted) < 1, change
        page.mouse.up()
        page.evaluate("document.querySelector('.gd-play').click()")  # pauses


def test_beyond_the_panel_a_point_goes_as_far_as_its_edge(visit):
    page = visit("index.html")
    hand = mouse(page)
    hand.show("data")
    left, top, width, height = hand.bounds(".gd-data .gd-frame")
    page.mouse.move(*hand.middle(POINT, 0))
    page.mouse.down()
    for x, y in [(left - 40, top + 30), (left + 50, top - 60), (left + width + 90, top + height + 50)]:
        page.mouse.move(x, y)
        edge = min(max(x, left), left + width), min(max(y, top), top + height)
        assert math.dist(hand.middle(POINT, 0), edge) < 2  # the pointer held it beside its middle
    page.mouse.up()


def test_a_double_click_beside_the_panel_adds_no_point(visit):
    page = visit("index.html")
    hand = mouse(page)
    hand.show("data")
    left, top, _, height = hand.bounds(".gd-data .gd-frame")
    for x, y in [(left - 20, top + 50), (left + 60, top + height + 15)]:
        page.mouse.dblclick(x, y)
        assert hand.count(POINT) == 4


def test_of_two_points_the_nearer_one_is_taken(visit):
    page = visit("index.html#points=2,45;2,48;5,105")
    hand = mouse(page)
    hand.show("data")
    for number in (0, 1):
        assert max(distances(hand, "data", POINT, number)) < 1


def test_a_point_has_the_values_that_the_axes_give_its_place(visit):
    page = visit("index.html")
    hand = mouse(page)
    hand.show("data")
    page.mouse.move(*hand.middle(POINT, 1))
    page.mouse.down()
    page.mouse.move(*hand.place("data", (0.43, 0.77)))
    page.mouse.up()
    page.get_by_role("button", name="Link to this").click()
    values = map(float, page.url.partition("points=")[2].split(";")[1].split(","))
    ticks = page.evaluate(
        """() => [...document.querySelectorAll(".gd-data .gd-rule")].map(rule => {
          const { left, top, width } = rule.getBoundingClientRect();
          return [width > 9, width > 9 ? top : left, Number(rule.nextSibling.textContent)];
        })"""
    )
    for axis, (value, pixel) in enumerate(zip(values, hand.middle(POINT, 1), strict=True)):
        (low, first), *_, (high, last) = sorted((at, place) for along, place, at in ticks if along == bool(axis))
        assert abs(first + (value - low) / (high - low) * (last - first) - pixel) < 1.5  # a rule is a pixel wide


@pytest.mark.parametrize("name", ["learning rate", "epochs"])
def test_a_sliders_handle_stays_under_the_pointer(visit, name):
    page = visit("index.html")
    slider = handle(page, name)
    slider.scroll_into_view_if_needed()

    track = slider.bounding_box()
    left, y, width = track["x"] + 12, track["y"] + track["height"] / 2, track["width"] - 24
    low, high = (float(slider.get_attribute(name)) for name in ("min", "max"))

    def place():
        return left + width * (slider.evaluate("e => e.valueAsNumber") - low) / (high - low)

    begin = place()
    off = begin - round(begin)
    page.mouse.move(round(begin), y)
    page.mouse.down()
    for share in (0.3, 0.31, 0.9, 0.05, 0.6):
        x = round(left + share * width)
        page.mouse.move(x, y)
        page.evaluate(FRAMES)
        assert abs(place() - x - off) < 1
    page.mouse.up()
