"""The built pages in Firefox and in WebKit: they say nothing, ask nobody, and their figures live and count as gdlib."""

import json
import re
from contextlib import ExitStack
from typing import NamedTuple

import npm
import pytest
from dragging import PATH_LEAVES_THE_PANEL, Hand, follow
from engines import Engine, Firefox, NoEngine, WebKit, patient
from figure import CELLS, FIGURES, ONE_OF_A_KIND, expected, explorer, named, number
from serve import serving
from test_book import PAGES
from test_security import MADE_BY_SPHINX
from test_whole import FRAME, link

PHONE = 390


@pytest.fixture(scope="session")
def begin(tmp_path_factory, go_without):
    """Begin each engine once."""
    begun = {}
    with ExitStack() as left:

        def engine(kind):
            if kind not in begun:
                try:
                    begun[kind] = kind(tmp_path_factory.mktemp(kind.__name__), left)
                except NoEngine as problem:
                    go_without(problem, only_on="linux")
            return begun[kind]

        yield engine


@pytest.fixture(scope="module", params=[Firefox, WebKit], ids=lambda kind: kind.__name__)
def engine(request, begin):
    return begin(request.param)


class Opened(NamedTuple):
    """A page as an engine has it."""

    engine: Engine
    name: str
    host: str

    def wrong(self):
        """What was complained of since it was last asked, and what of another host was wanted."""
        complaints, addresses = self.engine.heard()
        return complaints + [each for each in addresses if not each.startswith((self.host, "data:", "blob:", "about:"))]


@pytest.fixture(scope="module", params=ONE_OF_A_KIND)
def live(request, engine, book_url):
    """A page with a figure on a phone, opened once for all that is asked of it."""
    engine.heard()
    engine.size(PHONE, 800)
    engine.open(f"{book_url}{request.param}.html")
    engine.ask("() => document.querySelector('img.live')?.scrollIntoView({ behavior: 'instant' })")
    engine.wait("() => document.querySelector('.gd-how')?.textContent")
    return Opened(engine, request.param, book_url)


# Every page


def fits(engine):
    return engine.ask("() => document.documentElement.scrollWidth <= innerWidth")


def test_a_page_of_every_kind_opens_without_a_word(engine, book_url, first_of_a_kind):
    engine.size(PHONE, 800)
    for name in first_of_a_kind(*(name for name in [*PAGES, *MADE_BY_SPHINX] if name not in FIGURES)):
        engine.heard()
        engine.open(f"{book_url}{name}.html")
        assert fits(engine), name
        assert Opened(engine, name, book_url).wrong() == [], name


def test_a_page_with_a_figure_opens_without_a_word(live):
    assert fits(live.engine)
    assert live.wrong() == []


def test_a_picture_unfolds_with_its_text(engine, book_url):
    engine.size(PHONE, 800)
    engine.open(f"{book_url}chapters/one-step-downhill.html")
    scenes = engine.ask("() => document.querySelectorAll('.scene').length")
    for scene in (3, scenes, 1):
        text = "document.querySelectorAll('.scene > p')[n - 1]"
        engine.ask(f"n => {text}.scrollIntoView({{ block: 'end', behavior: 'instant' }})", scene)
        engine.wait("n => document.querySelectorAll('.scene.shown').length === n", scene)


# The figures' numbers

TEXTS = "cells => [...document.querySelectorAll(cells)].map((cell) => cell.innerText)"
LEAD = """state => {
  window.drawn = false;
  const draw = () => requestAnimationFrame(() => requestAnimationFrame(() => (drawn = true)));
  addEventListener("hashchange", draw, { once: true });
  location.hash = state;
}"""


def agree(texts, figure):
    """Whether a figure shows gdlib's numbers to the last of the three or four digits that it writes."""
    numbers = expected(figure)
    shown = {name: (number(text), 5.1e-3 if "×" in text else 5.1e-4) for name, text in named(texts).items()}
    return {name: value for name, (value, _) in shown.items()} == {
        name: pytest.approx(numbers[name], rel=digits, abs=1e-9) for name, (_, digits) in shown.items()
    }


def test_a_figure_counts_as_gdlib_does(live):
    figure = explorer(live.name)
    low, high = figure.rate_range
    rate, epochs = float(f"{low * (high / low) ** 0.4:.3g}"), min(150, figure.max_epochs)
    live.engine.ask(LEAD, f"learning_rate={rate}&epochs={epochs}")
    live.engine.wait("() => drawn")
    shown = live.engine.ask(TEXTS, CELLS)[:5]  # of the page's first figure
    assert agree(shown, explorer(live.name, learning_rate=rate, epochs=epochs))
    assert live.wrong() == []


# Its sliders, on a wide screen

DRAWN = """() => {
  window.drawn = false;
  requestAnimationFrame(() => requestAnimationFrame(() => (drawn = true)));
}"""
HANDLE = """() => {
  const slider = document.querySelector("[data-setting=learning_rate] .gd-slider");
  slider.scrollIntoView({ block: "center", behavior: "instant" });
  const track = slider.getBoundingClientRect();
  const [left, right] = [track.x + 12, track.right - 12];
  const share = (slider.valueAsNumber - slider.min) / (slider.max - slider.min);
  return { at: [left + share * (right - left), track.y + track.height / 2], along: [left, right] };
}"""
SAID = "() => document.querySelector('[data-setting=learning_rate] .gd-slider').ariaValueText"


@pytest.mark.parametrize("live", ["chapters/noise-helps"], indirect=True)  # every figure has this slider
def test_a_slider_follows_keys_and_the_pointer(live):
    engine = live.engine
    engine.size(1280, 900)
    engine.ask(DRAWN)
    engine.wait("() => drawn")
    assert fits(engine)
    engine.ask("() => document.querySelector('[data-setting=learning_rate] .gd-slider').focus()")
    for key in ("Home", "ArrowRight"):
        said, numbers = engine.ask(SAID), engine.ask(TEXTS, CELLS)
        engine.press(key)
        engine.wait(f"said => ({SAID})() !== said", said)
        engine.wait(f"([cells, numbers]) => JSON.stringify(({TEXTS})(cells)) !== numbers", [CELLS, compact(numbers)])
    handle = engine.ask(HANDLE)
    left, right = handle["along"]
    goal = left + 0.4 * (right - left)
    engine.drag(handle["at"], (goal, handle["at"][1]))
    assert engine.ask(HANDLE)["at"][0] == pytest.approx(goal, abs=2)
    engine.wait(f"([cells, numbers]) => JSON.stringify(({TEXTS})(cells)) !== numbers", [CELLS, compact(numbers)])
    assert live.wrong() == []


# Its points


def mouse(engine):
    """The hand of an engine: each of its movements is over once the page has drawn what it changed."""

    def act(*steps):
        pointer = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
        engine.act(pointer | {"actions": steps})
        engine.ask(DRAWN)
        engine.wait("() => drawn")

    def to(x, y):
        return {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0}

    down, up = ({"type": f"pointer{way}", "button": 0} for way in ("Down", "Up"))
    return Hand(
        engine.ask,
        lambda x, y: act(to(x, y)),
        lambda: act(down),
        lambda: act(up),
        lambda x, y: act(to(x, y), down, up, down, up),
    )


def test_where_the_pointer_is_the_point_is(engine, book_url):
    engine.size(1280, 900)
    engine.open("about:blank")  # an address that differs by its end alone opens no page
    engine.open(book_url + "".join(PATH_LEAVES_THE_PANEL))
    engine.wait("() => document.querySelector('.gd-how')?.textContent")
    follow(mouse(engine))


def compact(texts):
    """As JavaScript's JSON.stringify writes it."""
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":"))


# What other engines do not do


# What is left aside: a declaration that an engine does not understand, once the values of its variables are in it.
NOT_UNDERSTOOD = """declarations => {
  const box = getComputedStyle(document.querySelector(".gd-figure"));
  const fill = (_, name, otherwise) => box.getPropertyValue(name) || otherwise || "unknown";
  return declarations.filter(([property, value]) => {
    const filled = value.replace(/var\\((--[\\w-]+)(?:,\\s*([^()]*))?\\)/g, fill);
    return !filled.includes("unknown") && !CSS.supports(property, filled);
  });
}"""
FOLDERS = [npm.WEB / folder for folder in ("theme", "theme/static", "runtime", "widget")]
STYLES = [path for folder in FOLDERS for path in folder.glob("*.css")]


def test_an_engine_understands_the_book_s_styles(engine, book_url):
    text = re.sub(r"/\*.*?\*/|!important", "", "".join(path.read_text(encoding="utf-8") for path in STYLES), flags=re.S)
    declarations = re.findall(r"(?<=[{;])\s*([a-z-]+)\s*:\s*([^;{}]+?)\s*(?=[;}])", text)
    engine.open(f"{book_url}index.html")
    engine.wait("() => document.querySelector('.gd-how')?.textContent")
    left_aside = engine.ask(NOT_UNDERSTOOD, [*declarations, ("color", "no colour")])
    # WebKit has no forced colours to adjust to.
    left_aside = [each for each in left_aside if each[0] != "forced-color-adjust"]
    assert left_aside == [["color", "no colour"]]


def heard_until(engine, address):
    """What was complained of before an address was asked for."""
    complaints = []

    def fetched():
        engine.ask("() => 0")  # so that the engine is heard out
        more, addresses = engine.heard()
        complaints.extend(more)
        return any(address in each for each in addresses)

    patient(fetched, f"{address} was not asked for")
    return complaints


@pytest.mark.parametrize("engine", [Firefox], ids=["Firefox"], indirect=True)  # others take no hint
def test_the_next_page_is_fetched_beforehand(engine, book_url):
    engine.heard()
    engine.open(f"{book_url}index.html")
    assert heard_until(engine, "chapters/three-points-and-a-line.html") == []


def test_a_page_opened_far_down_answers_at_once_and_its_terms_have_dots_below(engine, book_url):
    engine.open(f"{book_url}chapters/momentum.html#summary")
    assert engine.ask("() => Boolean(globalThis.toggleFullScreen)")  # the theme's scripts have run
    engine.wait("() => scrollY > 1000")
    look = """() => {
      const style = getComputedStyle(document.querySelector(".bd-article a.term"));
      return [style.textDecorationLine, style.textDecorationStyle];
    }"""
    assert engine.ask(look) == ["underline", "dotted"]


@pytest.mark.parametrize("engine", [Firefox], ids=["Firefox"], indirect=True)  # WebKit forgets there what 'self' is
def test_in_a_frame_without_an_origin_the_figure_comes_without_a_word(engine, book_url, tmp_path):
    frame = f'<!DOCTYPE html><title>A frame</title><iframe sandbox="allow-scripts" src="{book_url}index.html"></iframe>'
    (tmp_path / "index.html").write_text(frame, encoding="utf-8")
    with serving(tmp_path) as host:
        engine.heard()
        engine.open(host)
        assert heard_until(engine, "_static/live/live.js") == []


def test_in_a_frame_of_another_page_a_figure_draws_gdlibs_numbers_without_a_word(engine, book_url, tmp_path):
    address = f"{book_url}{link('index', epochs=12)}"
    (tmp_path / "index.html").write_text(FRAME.format(address.replace("&", "&amp;")), encoding="utf-8")
    with serving(tmp_path) as host:
        engine.heard()
        engine.size(1000, 800)
        engine.open(host)
        with engine.within_frame():
            engine.wait("() => document.querySelector('.gd-how')?.textContent")
            assert engine.ask("() => origin") == "null"
            assert agree(engine.ask(TEXTS, CELLS), explorer("index", epochs=12))
        complaints, asked = engine.heard()
    assert complaints == []
    assert [each for each in asked if not each.startswith((host, book_url, "data:", "blob:", "about:"))] == []


def test_the_code_of_a_page_runs(engine, book_url):
    engine.heard()
    engine.size(1280, 900)
    engine.open(f"{book_url}chapters/one-step-downhill.html")
    cell = "document.getElementById('cell-04-08')"
    stored = engine.ask(f"() => {cell}.querySelector('.cell_output').innerText")
    engine.ask(f"() => {cell}.querySelector('.run-bar button').click()")
    given = engine.wait(f"() => {cell}.querySelector('.run-printed')?.textContent.split('\\n')[4] === '' && 'whole'")
    assert given == "whole"
    assert engine.ask(f"() => {cell}.querySelector('.run-printed').textContent").strip() == stored.strip()
    assert engine.heard()[0] == []
