"""A live figure that draws the descent of somebody's own step: on a page of its own, with Python to answer it."""

import json
import re

import pytest
from figure import box, handle, show_alone
from playwright.sync_api import expect

from gdlib._own_step import path_of
from gdlib.datasets import four_inputs
from gdlib.widgets import DescentExplorer

X, Y = zip(*four_inputs(), strict=True)


def step_with(gradient_of=lambda gradient: gradient):
    """A step whose gradient is changed."""

    def my_step(points, theta, learning_rate):
        slope, intercept = theta
        errors = [(slope * x + intercept - y, x) for x, y in points]
        along = [sum(2 * e * x for e, x in errors) / len(points), sum(2 * e for e, _ in errors) / len(points)]
        return [t - learning_rate * g for t, g in zip(theta, gradient_of(along), strict=True)]

    return my_step


RIGHT = step_with()
HALF = step_with(lambda gradient: [g / 2 for g in gradient])


def fails(points, theta, learning_rate):
    if theta[0] > 5:
        return 1 / 0
    return RIGHT(points, theta, learning_rate)


@pytest.fixture
def alone(browser):
    """Open a page with nothing but a figure, and a step that Python runs for it; None: there is no Python."""
    opened, wrong = [], []

    def open_page(step, width=900, **settings):
        given = {"start": [0, 0], "learning_rate": 0.01, "epochs": 20, "max_epochs": 50, **settings}
        explorer = DescentExplorer(X, Y, step=step or RIGHT, **given)
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.set_default_timeout(30_000)
        opened.append(page)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.expose_function("python", lambda ask: json.dumps(path_of(step, **json.loads(ask))))
        if step is None:
            page.add_init_script("window.isHeld = true")
        show_alone(page, explorer, linkable=True, own="my_step")
        return page

    yield open_page
    for page in opened:
        page.close()
    assert wrong == []


def said(page):
    return page.locator(".gd-own")


def paths(page, panel):
    """The corners of gdlib's path and of the one that is drawn strongly."""
    return [
        page.locator(f".gd-{panel} {line}").first.get_attribute("points")
        for line in (".gd-area > .gd-reference", ".gd-area > .gd-path")
    ]


def entry(page, panel, name):
    return page.locator(f".gd-{panel} .gd-entry", has=page.get_by_text(name, exact=True))


def test_what_is_different_is_said_at_every_rate(alone):
    page = alone(fails)
    typed = box(page, "learning rate")
    for rate, sentence in [
        ("0.002", "my_step stopped in step 6 (fails, line"),
        ("0.06", "my_step stopped in step 2 (fails, line"),
    ]:
        typed.fill(rate)
        typed.press("Enter")
        expect(said(page)).to_contain_text(f"Your steps are gdlib's, to rounding. {sentence}")
        expect(said(page)).to_contain_text("with ZeroDivisionError: division by zero.")
    assert "undefined" not in said(page).inner_text()
    expect(page.locator(".gd-how")).not_to_be_empty()


def test_both_descents_are_drawn_and_the_numbers_are_those_of_the_step(alone):
    page = alone(HALF)
    expect(said(page)).to_contain_text("half as long")
    for panel in ("surface", "losses"):
        reference, own = paths(page, panel)
        assert reference
        assert own
        assert reference != own
        expect(entry(page, panel, "gdlib's")).to_be_visible()
    half_the_rate = DescentExplorer(X, Y, start=[0, 0], learning_rate=0.005, epochs=20)
    slope = page.locator(".gd-numbers .gd-number").first.inner_text()
    assert float(slope) == pytest.approx(half_the_rate.theta[1], rel=6e-4)
    # What is known of rates is known of gdlib's steps.
    expect(page.locator(".gd-rates-known button").first).to_be_hidden()
    page.locator(".gd-terms summary").click()
    expect(page.locator(".gd-at")).to_have_text("At epoch 20, the step to epoch 21, as gdlib takes it.")


def test_until_python_answers_the_figure_is_gdlibs_and_says_so(alone):
    page = alone(None)
    expect(said(page)).to_have_text(re.compile("^This is gdlib's descent. Run the cell that makes my_step"))
    assert paths(page, "surface")[0] in (None, "")
    expect(entry(page, "surface", "gdlib's")).to_be_hidden()
    slope = page.locator(".gd-numbers .gd-number").first
    gdlibs = DescentExplorer(X, Y, start=[0, 0], learning_rate=0.01, epochs=20)
    assert float(slope.inner_text()) == pytest.approx(gdlibs.theta[1], rel=6e-4)
    expect(said(page)).to_have_text("my_step has not answered yet: Python may be busy, or not be there.")
    handle(page, "learning rate").press("ArrowRight")  # and it goes on
    expect(handle(page, "learning rate")).to_have_attribute("aria-valuetext", "0.0102")


def test_no_slider_waits_for_python_which_is_asked_for_the_newest_state_alone(alone):
    page = alone(HALF)
    expect(said(page)).to_contain_text("half as long")
    page.evaluate("window.isHeld = true")
    rate = handle(page, "learning rate")
    for _ in range(10):
        rate.press("ArrowRight")
    expect(rate).to_have_attribute("aria-valuetext", "0.0126")
    (first,) = page.evaluate("held")
    page.evaluate("isHeld = false, python(held[0]).then(told => tell({ asked: held[0], ...JSON.parse(told) }))")
    expect(said(page)).to_contain_text("half as long")
    newest = DescentExplorer(X, Y, start=[0, 0], learning_rate=0.0126 / 2, epochs=20)
    slope = page.locator(".gd-numbers .gd-number").first
    expect(slope).to_have_text(f"{newest.theta[1]:#.4g}")
    assert 0.01 < json.loads(first)["learning_rate"] < 0.0126  # moves within one frame are asked about once
    assert page.evaluate("held.length") == 1


def test_a_point_that_moves_has_the_step_asked_again(alone):
    page = alone(HALF)
    expect(said(page)).to_contain_text("half as long")
    before = paths(page, "surface")
    page.locator(".gd-dot").first.press("ArrowUp")
    page.wait_for_function(
        "before => document.querySelector('.gd-area > .gd-path').getAttribute('points') !== before", arg=before[1]
    )
    expect(said(page)).to_contain_text("half as long")


def test_a_step_that_has_become_another_one_is_asked_again(alone):
    steps = [HALF, RIGHT]
    page = alone(lambda *given: steps[0](*given))
    expect(said(page)).to_contain_text("half as long")
    steps.pop(0)
    page.evaluate("tell({ again: true })")
    expect(said(page)).to_contain_text("to rounding")


def test_what_is_taken_along_says_that_the_step_is_not_in_it(alone):
    page = alone(HALF)
    expect(said(page)).to_contain_text("half as long")
    for button in ("Copy as Python", "Link to this"):
        page.get_by_role("button", name=button).click()
        expect(page.locator(".gd-notice")).to_contain_text("It has gdlib's steps: your my_step is not in it.")


@pytest.mark.parametrize("width", [320, 390, 900])
def test_the_sentences_have_room(alone, width):
    page = alone(step_with(lambda gradient: [gradient[0] + 1e-250, 3e-5 - gradient[1] ** 3 * 1e-12]), width)
    expect(said(page)).to_contain_text("from there would lead to")
    inside, room = page.evaluate(
        """() => {
          const words = document.querySelector(".gd-own"), range = document.createRange();
          range.selectNodeContents(words);
          return [range, words.parentElement].map(each => each.getBoundingClientRect().bottom);
        }"""
    )
    assert inside <= room + 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
