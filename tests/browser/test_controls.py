"""The figure's own controls: typed numbers, one epoch at a time, undo, the rates that its buttons set, and choices."""

import math
import re

import pytest
from figure import (
    FAMILY,
    FIGURES,
    HOME,
    MOMENTUM,
    SCALING,
    VALLEYS,
    box,
    explorer,
    handle,
    lead,
    moved,
    number,
    reads,
    show_alone,
)
from playwright.sync_api import expect

from gdlib.rules import RULES, HeavyBall, Plain
from gdlib.spectrum import Regime, epochs_to_tolerance, regime
from gdlib.widgets.settings import made


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def set_to(page, name, text):
    """Type a number into a box, and wait until the figure has taken it."""
    box(page, name).fill(text)
    moved(page, lambda: box(page, name).press("Enter"))
    expect(box(page, name)).to_have_value(text)


# Typed numbers


def test_a_typed_number_is_kept_to_the_digit_and_is_what_gdlib_counts_with(visit):
    page = visit(f"{HOME}.html")
    for rate in ("0.06897", "0.0123456789012345"):
        set_to(page, "learning rate", rate)
        expect(handle(page, "learning rate")).to_have_attribute("aria-valuetext", rate)
        reads(page, explorer(HOME, learning_rate=float(rate)))
    for text, kept in [("1e-3", "0.001"), (" 7 ", "7"), (".25", "0.25")]:
        name = "epochs" if kept == "7" else "learning rate"
        box(page, name).fill(text)
        box(page, name).press("Enter")
        expect(box(page, name)).to_have_value(kept)
    page.evaluate("new Promise(requestAnimationFrame)")
    reads(page, explorer(HOME, learning_rate=0.25, epochs=7))


# Keys that come faster than frames, as on a slow machine
THRICE = """() => {
  const slider = document.querySelector("[data-setting=learning_rate] .gd-slider");
  const key = { key: "ArrowRight", cancelable: true };
  for (let i = 0; i < 3; i++) slider.dispatchEvent(new KeyboardEvent("keydown", key));
}"""


def test_of_several_keys_within_a_frame_none_is_lost(visit):
    page = visit(f"{HOME}.html#learning_rate=0.01")
    moved(page, lambda: page.evaluate(THRICE))
    at_once = handle(page, "learning rate").get_attribute("aria-valuetext")
    set_to(page, "learning rate", "0.01")
    for _ in range(3):
        moved(page, lambda: handle(page, "learning rate").press("ArrowRight"))
    assert handle(page, "learning rate").get_attribute("aria-valuetext") == at_once


TYPED_ON = """async () => {
  const box = document.querySelector("[data-setting=learning_rate] .gd-typed");
  box.value = "0.02";
  box.dispatchEvent(new Event("change"));
  box.value = "0.0";
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  return [box.value, document.querySelector("[data-setting=learning_rate] .gd-slider").ariaValueText];
}"""


def test_what_is_typed_on_before_the_next_frame_stays(browser):
    page = browser.new_page()
    show_alone(page, explorer(HOME), linkable=False)
    assert page.evaluate(TYPED_ON) == ["0.0", "0.02"]
    page.close()


def test_a_typed_momentum_gives_the_epochs_that_gdlib_predicts(visit):
    page = visit(f"{MOMENTUM}.html#rule=heavy%20ball")
    set_to(page, "learning rate", "0.1195")
    set_to(page, "momentum", "0.7328")
    made = explorer(MOMENTUM, rule="heavy ball", learning_rate=0.1195, momentum=0.7328)
    reads(page, made)
    needed, other = (
        epochs_to_tolerance(made.objective, made.start, 0.1195, made.tolerance, HeavyBall(momentum))
        for momentum in (0.7328, 0.73)
    )
    assert needed != other  # as if the slider had rounded it
    expect(page.locator(".gd-when")).to_contain_text(f"from epoch {needed} on")


@pytest.mark.parametrize(
    ("name", "kept", "kind", "bad"),
    [
        ("learning rate", "0.001", "number from 0.0001 to 1", ["", "abc", "1e999", "-1", "0", "0,5", "١", "1.5"]),
        ("epochs", "100", "whole number from 0 to 1000", ["", "-1", "1,000", "1.5", "1001", "0x10", "9" * 400]),
    ],
)
def test_what_is_no_number_here_is_said_and_what_was_set_stays(visit, name, kept, kind, bad):
    page = visit(f"{HOME}.html")
    notice, typed = page.locator(".gd-notice"), box(page, name)
    for text in bad:
        typed.fill(text)
        typed.press("Enter")
        typed.blur()
        shown = text if len(text) < 40 else text[:39] + "…"
        expect(notice).to_have_text(f"“{shown}” is no {name} here: wanted is a {kind}.")
        expect(typed).to_have_value(kept)
    reads(page, explorer(HOME))
    typed.fill("12")
    typed.press("Escape")
    expect(typed).to_have_value(kept)
    typed.blur()
    expect(typed).to_have_value(kept)
    expect(button(page, "Undo")).to_be_disabled()


# One epoch at a time


def test_one_epoch_back_and_on_by_button_and_by_key_but_not_while_something_is_typed(visit):
    page = visit(f"{HOME}.html")
    epochs, typed = handle(page, "epochs"), box(page, "epochs")
    page.locator(".gd-dot").first.focus()
    presses = [
        (button(page, "One epoch on").click, 101),
        (lambda: page.keyboard.press("."), 102),
        (button(page, "One epoch back").click, 101),
        (lambda: page.keyboard.press(","), 100),
    ]
    for act, epoch in presses:
        moved(page, act)
        expect(epochs).to_have_attribute("aria-valuetext", str(epoch))
        reads(page, explorer(HOME, epochs=epoch))
    typed.fill("")
    page.keyboard.type("1.,5")
    expect(typed).to_have_value("1.,5")
    expect(epochs).to_have_attribute("aria-valuetext", "100")
    page.keyboard.press("Escape")
    for end, name, key in [("0", "One epoch back", ","), ("1000", "One epoch on", ".")]:
        typed.fill(end)
        typed.press("Enter")
        button(page, name).click()
        page.keyboard.press(key)
        expect(epochs).to_have_attribute("aria-valuetext", end)


# Undo


def points(page):
    """Where the points are, in the words that are read of them."""
    return page.locator(".gd-dot").evaluate_all("dots => dots.map(dot => dot.ariaLabel)")


def test_what_was_changed_is_taken_back_and_done_again(visit):
    page = visit(f"{HOME}.html")
    undo, epochs, rate = button(page, "Undo"), box(page, "epochs"), box(page, "learning rate")
    expect(undo).to_be_disabled()
    changes = [("epochs", "5"), ("learning rate", "0.01"), ("epochs", "6"), ("learning rate", "0.02")]
    for name, text in changes:
        set_to(page, name, text)
    page.locator(".gd-dot").first.focus()
    for act, now in [
        (undo.click, ("6", "0.01")),
        (lambda: page.keyboard.press("Control+z"), ("5", "0.01")),
        (lambda: page.keyboard.press("Control+y"), ("6", "0.01")),
        (lambda: page.keyboard.press("Control+Shift+z"), ("6", "0.02")),
        (lambda: page.keyboard.press("Control+z"), ("6", "0.01")),
    ]:
        moved(page, act)
        assert (epochs.input_value(), rate.input_value()) == now
    set_to(page, "learning rate", "0.03")  # what comes after is another future
    page.locator(".gd-dot").first.focus()
    page.keyboard.press("Control+y")
    assert rate.input_value() == "0.03"
    for now in [("6", "0.01"), ("5", "0.01"), ("5", "0.001"), ("100", "0.001")]:
        moved(page, lambda: page.keyboard.press("Control+z"))
        assert (epochs.input_value(), rate.input_value()) == now
    expect(undo).to_be_disabled()
    page.keyboard.press("Control+z")
    reads(page, explorer(HOME))


def test_a_drag_is_one_change_however_long_it_takes_and_so_are_reset_and_a_link(visit):
    page = visit(f"{HOME}.html")
    undo, home = button(page, "Undo"), points(page)
    page.evaluate(
        "() => { const now = performance.now.bind(performance); globalThis.later = 0;"
        " performance.now = () => now() + later; }"
    )

    def drag(x, y, across, down):
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(1, 5):
            page.evaluate("() => { later += 2000; }")  # the reader thinks
            moved(page, lambda step=step: page.mouse.move(x + across * step, y + down * step))
        page.mouse.up()

    def drag_up(locator):
        locator.evaluate("dot => dot.scrollIntoView({ block: 'center', behavior: 'instant' })")
        place = locator.bounding_box()
        drag(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2, 0, -5)

    dot = page.locator(".gd-dot > circle:not(.gd-grip)").first
    drag_up(dot)
    once = points(page)
    drag_up(dot)  # at once, and yet another
    twice = points(page)
    assert home != once != twice
    moved(page, undo.click)
    assert points(page) == once
    moved(page, undo.click)
    assert points(page) == home
    reads(page, explorer(HOME))
    expect(undo).to_be_disabled()

    rate = handle(page, "learning rate")
    rate.scroll_into_view_if_needed()
    track = rate.bounding_box()
    share = rate.evaluate("e => (e.valueAsNumber - e.min) / (e.max - e.min)")
    drag(track["x"] + 12 + (track["width"] - 24) * share, track["y"] + track["height"] / 2, 9, 0)
    dragged_to = box(page, "learning rate").input_value()
    assert float(dragged_to) > 0.001
    moved(page, button(page, "Reset").click)
    expect(box(page, "learning rate")).to_have_value("0.001")
    lead(page, "epochs=3&points=1,1;2,5")
    assert len(points(page)) == 2
    for wanted, rates in [(4, "0.001"), (4, dragged_to), (4, "0.001")]:
        moved(page, undo.click)
        assert len(points(page)) == wanted
        expect(box(page, "learning rate")).to_have_value(rates)
    expect(undo).to_be_disabled()


# What is known of the learning rate

STATES = [
    *({"learning_rate": 0.01, "epochs": epochs} for epochs in (0, 1, 30, 1000)),
    {"start": [5.0, 20.0], "epochs": 10},
    {"points": [[1e-3, 1.0], [2e-3, 5.0], [4e-3, 3.0]]},
    {"points": [[1.0, 1.0], [1.0 + 1e-4, 5.0]], "epochs": 1000},  # the fastest rate is nearly the one that diverges
    {"points": [[-2.0, 1.0], [2.0, 5.0]], "epochs": 1},
    {"points": [[-3.0, 1.0], [2.0, 5.0], [700.0, -5.0]], "start": [1.0, -1.0]},
]
NEAR = {"points": [[1.0, 1.0], [1.3, 5.0]]}
MOMENTA = [
    {"rule": rule, "momentum": momentum, "epochs": epochs} | more
    for rule, momentum, epochs, more in [
        ("heavy ball", 0.0, 1, NEAR),
        ("heavy ball", 0.5, 1000, {}),
        ("heavy ball", 0.9, 1, {}),
        ("heavy ball", 0.99, 1000, NEAR),
        ("nesterov", 0.0, 1000, {}),
        ("nesterov", 0.5, 1, NEAR),
        ("nesterov", 0.9, 1000, NEAR),
        ("nesterov", 0.99, 1, {}),
    ]
]
# The buttons' words, where they lie in a figure of 280 and of 1,200 pixels, and whether they leave their buttons.
BUTTONS = """async () => {
  const figure = document.querySelector(".gd-figure");
  const buttons = [...figure.querySelectorAll(".gd-rates-known button")];
  const wrong = [];
  for (const width of [280, 1200]) {
    figure.style.width = `${width}px`;
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const places = buttons.map(button => button.getBoundingClientRect());
    const all = figure.getBoundingClientRect();
    places.forEach((place, i) => {
      const words = document.createRange();
      words.selectNodeContents(buttons[i].querySelector(".gd-rate-known"));
      const drawn = words.getBoundingClientRect();
      const next = places[i + 1];
      if (place.left < all.left || place.right > all.right + 0.5) wrong.push([width, i, "outside"]);
      if (place.height < 24) wrong.push([width, i, "hard to hit"]);
      if (drawn.right > place.right || drawn.bottom > place.bottom + 0.5) wrong.push([width, i, "words are cut"]);
      if (next && next.top < place.bottom && next.left < place.right) wrong.push([width, i, "covered or swapped"]);
    });
  }
  figure.style.width = "";
  return [buttons.map(button => button.querySelector(".gd-rate-known").textContent), wrong];
}"""
WORDS = [
    r"(any|[\d.]+(?: × 10\S+)?): lowest loss after (1 epoch|[\d,]+ epochs)",
    r"([\d.]+(?: × 10\S+?)?)(?: with momentum ([\d.]+))?: fastest in the long run",
    r"([\d.]+(?: × 10\S+)?): from here on it diverges",
]


def written(setting):
    if isinstance(setting, list):
        rows = setting if isinstance(setting[0], list) else [setting]
        return ";".join(",".join(map(str, row)) for row in rows)
    return str(setting)


def below(rate):
    """A rate that is less by one in the last of its four digits."""
    return rate - 10 ** (math.floor(math.log10(rate)) - 3)


@pytest.mark.parametrize(("name", "states"), [(HOME, STATES), (MOMENTUM, MOMENTA)], ids=["plain", "momentum"])
def test_the_rates_on_buttons_are_gdlibs_to_the_digit_in_order_and_never_cover_one_another(visit, name, states):
    page = visit(f"{name}.html")
    for state in states:
        lead(page, "&".join(f"{key}={written(setting)}" for key, setting in state.items()))
        texts, wrong = page.evaluate(BUTTONS)
        assert wrong == [], state
        now, fastest, diverges = (re.fullmatch(*each) for each in zip(WORDS, texts, strict=True))
        shown = explorer(name, **state)
        rule = made(RULES.get(shown.rule, Plain), momentum=shown.momentum)
        limit = number(diverges[1])
        assert regime(shown.objective, limit, rule) is Regime.DIVERGES
        assert regime(shown.objective, below(limit), rule) is not Regime.DIVERGES
        best = made(RULES.get(shown.rule, Plain), momentum=float(fastest[2] or 0))
        assert regime(shown.objective, number(fastest[1]), best) is not Regime.DIVERGES
        assert (now[1] == "any") == (shown.epochs == 0 or shown.start == [5.0, 20.0])  # at the minimum already
        if now[1] != "any":
            assert regime(shown.objective, number(now[1]), rule) is not Regime.DIVERGES


def test_a_button_sets_what_it_says(visit):
    page = visit(f"{MOMENTUM}.html#rule=heavy%20ball&epochs=40")
    how = page.locator(".gd-how")
    for words, settings, status in [
        ("fastest in the long run", {"learning_rate": 0.1195, "momentum": 0.7328}, "OSCILLATES"),
        ("from here on it diverges", {}, "DIVERGES"),
        ("lowest loss after 40 epochs", {}, "OSCILLATES"),
    ]:
        pressed = page.get_by_role("button", name=words)
        rate = re.search(r"[\d.]+", pressed.inner_text())[0]
        moved(page, pressed.click)
        expect(box(page, "learning rate")).to_have_value(rate)
        assert float(rate) == settings.get("learning_rate", float(rate))
        reads(page, explorer(MOMENTUM, rule="heavy ball", epochs=40, momentum=0.7328, learning_rate=float(rate)))
        expect(how).to_have_attribute("data-regime", status)
    diverging = page.get_by_role("button", name="from here on it diverges").locator(".gd-rate-known")
    limit = number(diverging.inner_text().split(":")[0])
    set_to(page, "learning rate", f"{below(limit):.4g}")
    expect(how).to_have_attribute("data-regime", "OSCILLATES")


# Rules, a switch, and a start that moves


def test_a_reader_chooses_a_rule_by_mouse_and_by_keyboard(visit):
    page = visit(f"{FAMILY}.html")
    group = page.get_by_role("group", name="rule")
    for rule in FIGURES[FAMILY]["rules"]:
        radio = group.get_by_role("radio", name=rule, exact=True)
        radio.check()
        expect(radio).to_be_checked()
        page.evaluate("new Promise(requestAnimationFrame)")
        reads(page, explorer(FAMILY, rule=rule))
    first, second = FIGURES[FAMILY]["rules"][:2]
    group.get_by_role("radio", name=first, exact=True).check()
    page.keyboard.press("ArrowRight")
    expect(group.get_by_role("radio", name=second, exact=True)).to_be_checked()
    page.evaluate("new Promise(requestAnimationFrame)")
    reads(page, explorer(FAMILY, rule=second))


def test_the_second_slider_is_the_momentum_and_the_limit_follows_it(visit):
    page = visit(f"{MOMENTUM}.html#rule=heavy%20ball&momentum=0.5")
    limit = page.get_by_role("button", name="from here on it diverges")
    before = limit.inner_text()
    reads(page, explorer(MOMENTUM, rule="heavy ball", momentum=0.5))
    handle(page, "momentum").focus()
    moved(page, lambda: page.keyboard.press("ArrowRight"))
    reads(page, explorer(MOMENTUM, rule="heavy ball", momentum=0.51))
    assert limit.inner_text() != before


def test_standardised_the_rings_are_round_and_the_line_is_translated_back(visit):
    page = visit(f"{SCALING}.html#learning_rate=0.5&epochs=1")
    moved(page, lambda: page.get_by_role("checkbox", name="standardised x").check())
    figure = explorer(SCALING, standardised=True, learning_rate=0.5, epochs=1)
    reads(page, figure)
    raw = [number(text) for text in page.locator(".gd-raw td").all_inner_texts()]
    assert raw == pytest.approx(figure.raw_theta[::-1].tolist(), rel=1e-3)
    assert raw == pytest.approx([20, 5], rel=1e-3)
    expect(page.locator(".gd-when")).to_contain_text("from epoch 1 on")
    expect(page.locator(".gd-surface")).to_contain_text("(standardised)")


def test_the_start_moves_by_mouse_and_keys_and_the_valley_that_is_reached_with_it(visit):
    page = visit(f"{VALLEYS}.html")
    start = page.locator(".gd-start")
    start.scroll_into_view_if_needed()
    place, panel = start.bounding_box(), page.locator(".gd-surface .gd-area").bounding_box()
    page.mouse.move(place["x"] + 14, place["y"] + 14)
    page.mouse.down()
    page.mouse.move(panel["x"] + 0.4 * panel["width"], panel["y"] + 0.4 * panel["height"], steps=4)
    page.mouse.up()
    expect(start).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    page.get_by_role("button", name="Link to this").click()
    where = [float(entry) for entry in page.url.partition("start=")[2].split("&")[0].split(",")]
    assert where != FIGURES[VALLEYS]["start"]
    reads(page, explorer(VALLEYS, start=where))
    page.get_by_role("button", name="Reset").click()
    page.evaluate("new Promise(requestAnimationFrame)")
    reads(page, explorer(VALLEYS))
    assert "#" not in page.url
