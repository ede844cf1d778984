"""Links to a state of a live figure: what is not understood is said, whatever else is drawn, and they lead there."""

import json
import random

import pytest
from figure import FRAMES, ONE_OF_A_KIND, come, explorer, lead, read, reads
from playwright.sync_api import expect

from gdlib.widgets import DescentExplorer


def test_what_is_not_understood_is_said_and_the_rest_is_done(visit):
    page = visit("index.html")
    for link, said, understood in [
        ("learning_rate=0.01&amp;epochs=300", "“amp;epochs” in the link was left aside", {"learning_rate": 0.01}),
        ("epochs=7&epochs=300", "“epochs” in the link was left aside: it is there twice", {"epochs": 7}),
        ("epochs=7&color=%E0%A4%A", "“color” in the link was left aside", {"epochs": 7}),
        ("learning_rate=NaN&epochs=200", "“learning_rate” in the link was left aside", {"epochs": 200}),
        ("points=1,2;1,3", "two x that differ", {}),
    ]:
        lead(page, link)
        expect(page.locator(".gd-notice")).to_contain_text(said)
        reads(page, explorer("index", **understood))


def test_a_place_on_the_page_and_a_search_are_no_links_to_a_state(open_page):
    page = open_page("index.html?highlight=rate&epoch=3#credits")
    assert page.evaluate("scrollY") > 0
    come(page)
    expect(page.locator(".gd-notice")).to_be_empty()


# Whatever a link asks for

SIZES = [5e-324, 1e-320, 1e-308, 5.9e-161, 1e-154, 1e-45, 1e-16, 1.0, 1e9, 1e40, 1e100, 1e150, 1e154, 1e200, 1.7e308]


def extreme_links(seed, many):
    """States of every kind at the ends of what a float holds, the same ones every time."""
    rng = random.Random(seed)

    def number(unit):
        if rng.random() < 0.1:
            return rng.choice(["0", "-0", "1e999", "1e-999", repr(rng.choice(SIZES))])
        return repr(max(-1.7e308, min(rng.choice([1, 1 + 1e-7]) * rng.randint(-9, 9) * unit, 1.7e308)))

    for _ in range(many):
        x, y, start = (rng.choice(SIZES) * 10.0 ** rng.randint(-9, 0) for _ in range(3))
        points = [f"{number(x)},{number(y)}" for _ in range(rng.choice([1, 2, 2, 3, 3, 30, 31]))]
        asked = {
            "points": ";".join(points),
            "start": f"{number(start)},{number(start)}",
            "learning_rate": rng.choice(["1e-4", "1", "0.06", number(1e-3)]),
            "epochs": rng.choice(["0", "1", "1000", "1e9", "-0"]),
            "momentum": rng.choice(["0", "0.99", "1e-300"]),
            "batch_size": rng.choice(["1", "2", "30"]),
            "rule": rng.choice(
                [
                    "plain",
                    "heavy%20ball",
                    "nesterov",
                    "adagrad",
                    "rmsprop",
                    "adam",
                    "adamw",
                    "exact%20line%20search",
                    "backtracking",
                ]
            ),
            "standardised": rng.choice(["true", "false"]),
            "difference": rng.choice(["1e-14", "1"]),
            "stop_tolerance": rng.choice(["1e-8", "1"]),
        }
        yield "&".join(f"{name}={text}" for name, text in asked.items() if rng.random() < 0.7).replace("+", "")


# What is wrong with a figure after each of some links and a key on what can be moved: numbers that a drawing does not
# take, words that are none, and a place with neither drawing nor words.
FAULTS = """async links => {
  const figure = document.querySelector(".gd-figure");
  const frame = () => new Promise(requestAnimationFrame);
  const none = /NaN|Infinity|undefined|null/;
  const taken = number => number === 0 || (Math.abs(number) < 1e30 && Math.abs(number) > 1e-30);
  const found = [];
  for (const link of links) {
    location.hash = link;
    for (let i = 0; i < 2; i++) await frame();
    for (const [moved, key] of [[".gd-dot", "ArrowUp"], [".gd-start", "ArrowLeft"]]) {
      const pressed = new KeyboardEvent("keydown", { key, cancelable: true, bubbles: true });
      figure.querySelector(moved)?.dispatchEvent(pressed);
    }
    const said = figure.querySelector(".gd-message").textContent;
    if (!said && !figure.querySelector(".gd-rings").children.length) found.push([link, "neither drawn nor said"]);
    if (said && none.test(said)) found.push([link, said]);
    if (said) continue;
    if (none.test(figure.innerText)) found.push([link, figure.innerText.match(/.*(NaN|Infinity|undefined|null).*/)[0]]);
    for (const element of figure.querySelectorAll("svg *"))
      for (const { name, value } of element.attributes) {
        const words = ["class", "aria-label"].includes(name);
        const numbers = (!words && value.match(/[+-]?\\d[\\d.]*(e[+-]?\\d+)?/g)) || [];
        if (none.test(value) || !numbers.map(Number).every(taken))
          found.push([link, `${name}="${value.slice(0, 80)}"`]);
      }
  }
  return found;
}"""


@pytest.mark.parametrize("name", ONE_OF_A_KIND)
def test_whatever_a_link_asks_for_is_drawn_with_numbers_or_said(visit, name):
    links = list(extreme_links(f"links to {name}", 20))
    page = visit(f"{name}.html")  # and what is said in its console fails the test
    assert page.evaluate(FAULTS, links) == []
    lead(page, "epochs=3")
    expect(page.locator(".gd-message")).to_be_hidden()
    assert read(page)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("1e-170,1;2e-170,3", "too small"),
        ("5.9e-161,1;1.2e-160,3", "too small"),
        ("1e200,1;2e200,3", "too large"),
        ("1,1e308;2,-1e308", "too large"),
    ],
)
def test_points_that_cannot_be_drawn_are_said_in_words(visit, points, said):
    page = visit("index.html")
    lead(page, f"points={points}")
    expect(page.locator(".gd-message")).to_contain_text(said)
    lead(page, "points=5.9e-161,1;3,2")
    expect(page.locator(".gd-message")).to_be_hidden()


# There

HOST = """<!doctype html><title>A page</title><div style="height: 5000px"></div><div class="host"></div>
<div style="height: 5000px"></div>"""

# Renders a figure before or after it is in its page. Where the ends of a detached element are reported as well, as some
# browsers do, that is before too.
RENDERED = """async ([state, order]) => {
  const wrong = [];
  addEventListener("error", event => wrong.push(event.message));
  if (order === "before, and observed") {
    const Real = ResizeObserver;
    globalThis.ResizeObserver = class extends Real {
      constructor(call) { super(call); this.call = call; }
      observe(element) {
        const nothing = [{ contentRect: { width: 0, height: 0 } }];
        if (!element.isConnected) requestAnimationFrame(() => this.call(nothing, this));
        super.observe(element);
      }
    };
  }
  const frames = async () => { for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame); };
  const { default: figure } = await import("/explorer.js");
  const el = document.createElement("div");
  const box = document.querySelector(".host");
  const model = { get: name => state[name], set: (name, value) => (state[name] = value), on() {}, save_changes() {} };
  const render = () => figure.render({ model, el, signal: new AbortController().signal });
  const steps = [render, () => box.append(el)];
  for (const step of order === "after" ? steps.reverse() : steps) { step(); await frames(); }
  return [box.getBoundingClientRect().top, innerHeight, scrollY, el.querySelector(".gd-how").textContent, wrong];
}"""


@pytest.mark.parametrize("order", ["before", "before, and observed", "after"])
def test_a_link_leads_to_its_figure_whether_it_is_rendered_before_it_is_in_its_page_or_after(context, order):
    figure = DescentExplorer([2, 3, 4, 5], [45, 65, 85, 105], start=[0, 0])
    figure.linkable = True
    state = {name: value for name, value in figure.get_state().items() if not name.startswith("_")}
    page = context.new_page()
    page.route("**/host", lambda route: route.fulfill(body=HOST, content_type="text/html"))
    page.route("**/explorer.js", lambda route: route.fulfill(body=figure._esm, content_type="text/javascript"))
    page.goto("http://127.0.0.1/host#epochs=3")
    top, height, scrolled, how, wrong = page.evaluate(RENDERED, [json.loads(json.dumps(state)), order])
    assert 0 <= top < height
    assert scrolled > 3000
    assert how
    assert wrong == []  # no loop of the observer of the figure's size either
    page.close()


# On a phone

COVERED = """() => {
  const box = document.querySelector(".gd-figure");
  const sticks = e => e !== box && (getComputedStyle(e).position === "sticky" || sticks(e.parentElement));
  const kept = [...box.querySelectorAll(".gd-control")].filter(sticks);
  const top = box.getBoundingClientRect().top + scrollY;
  let most = 0;
  for (let y = top - innerHeight; y < top + box.offsetHeight; y += 19) {
    scrollTo({ top: y, behavior: "instant" });
    const places = kept.map(e => e.getBoundingClientRect());
    places.forEach((one, i) => places.slice(i + 1).forEach(other => {
      most = Math.max(most, Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top));
    }));
  }
  document.querySelector(".gd-surface").scrollIntoView({ block: "center", behavior: "instant" });
  const seen = [...box.querySelectorAll(".gd-slider")].filter(handle => {
    const { x, y, width, height } = handle.getBoundingClientRect();
    return handle.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  });
  return [most, kept.length, seen.length, document.documentElement.scrollWidth];
}"""


@pytest.mark.parametrize("name", ONE_OF_A_KIND)
def test_two_sliders_stay_in_sight_neither_covers_the_other_and_the_page_fits(context, book_url, name):
    page = context.new_page()
    page.set_viewport_size({"width": 280, "height": 800})
    page.goto(f"{book_url}{name}.html")
    come(page)
    for width in (280, 390, 600):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(FRAMES)
        assert page.evaluate(COVERED) == [pytest.approx(0, abs=0.5), 2, 2, width]
    page.close()
