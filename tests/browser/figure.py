"""A live figure on a built page, as its tests find it and read it."""

import json

import nbformat
import pytest
from notebooks import NOTEBOOKS, ROOT
from playwright.sync_api import expect

from gdlib.widgets import DescentExplorer
from gdlib.widgets.explorer import MIME_TYPE
from gdlib.widgets.settings import SETTINGS


def _figures():
    """The arguments of the first live figure, to which links lead, of every page that has one."""
    found = {}
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                if told := output.get("data", {}).get(MIME_TYPE):
                    x, y = map(list, zip(*told.pop("points"), strict=True))
                    told.pop("own", None)  # a page has the name of its reader's step, and not the step
                    found.setdefault(path.relative_to(ROOT).with_suffix("").as_posix(), {"x": x, "y": y} | told)
    return found


FIGURES = _figures()
# Until what was changed is drawn.
FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def _one_of_a_kind():
    """The first page of those whose figures are drawn by the same code, and differ in numbers."""
    kinds = {}
    for name, told in FIGURES.items():
        parts = [told.get(part) for part in ("panel", "loss", "rules", "switches", "batch_size", "stop_tolerance")]
        kinds.setdefault(repr(parts), name)
    return list(kinds.values())


ONE_OF_A_KIND = _one_of_a_kind()
HOME, SCALING, MOMENTUM, FAMILY, VALLEYS = (
    f"chapters/{name}"
    for name in ("the-loop", "feature-scaling", "momentum", "the-adaptive-family", "beyond-straight-lines")
)


def explorer(name, **changes):
    """The same figure in Python, with some traits set as on the page."""
    made = DescentExplorer(**FIGURES[name])
    for trait, value in changes.items():
        setattr(made, trait, value)
    return made


def come(page):
    """Go to the page's first figure, which waits for somebody to come near, and back to the top once it is there."""
    page.evaluate("document.querySelector('img.live')?.scrollIntoView({ behavior: 'instant' })")
    expect(page.locator(".gd-how").first).not_to_be_empty()
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")


def handle(page, name):
    return page.get_by_role("slider", name=name, exact=True)


def box(page, name):
    """What a number is typed into."""
    return page.get_by_role("textbox", name=f"{name}, typed", exact=True)


def number(written):
    """What the figure writes for people, as a float."""
    plain = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
    return float(written.translate(plain).replace(" × 10", "e"))


CELLS = ".gd-numbers:not(.gd-stops) tbody tr:not(.gd-raw) td"


def read(page):
    """The numbers in the figure's table."""
    return named(map(number, page.locator(CELLS).all_inner_texts()))


def named(numbers):
    """The numbers in the figure's table by their names."""
    return dict(zip(["slope", "gradient slope", "intercept", "gradient intercept", "loss"], numbers, strict=True))


def moved(page, change):
    """Do something and wait until the figure has been drawn again."""
    before = page.locator(".gd-figure").inner_html()
    change()
    wait_until(page, "before => document.querySelector('.gd-figure').innerHTML !== before", before)


def wait_until(page, condition, argument=None):
    """Wait until a function of the page says so; Playwright's own wait would evaluate text, which no page allows."""
    page.evaluate(
        f"""argument => new Promise((done, fail) => {{
          const end = performance.now() + 30000;
          const look = () => {{
            if (({condition})(argument)) done();
            else if (performance.now() > end) fail(new Error("it never came"));
            else requestAnimationFrame(look);
          }};
          look();
        }})""",
        argument,
    )


def lead(page, state):
    """Follow a link to another state of the page's figure, and wait until it is drawn."""
    page.evaluate(
        """state => new Promise(done => {
          const drawn = () => requestAnimationFrame(() => requestAnimationFrame(done));
          const before = location.href;
          location.hash = state;
          if (location.href === before) done();
          else addEventListener("hashchange", drawn, { once: true });
        })""",
        state,
    )


def expected(figure):
    """The numbers that gdlib has for the figure's table."""
    intercept, slope = figure.theta
    gradient = figure.objective.gradient(figure.theta)
    return named([slope, gradient[1], intercept, gradient[0], figure.objective.value(figure.theta)])


def reads(page, figure):
    """Whether the page and gdlib show the same four digits."""
    numbers = expected(figure)
    assert read(page) == {name: pytest.approx(number, rel=6e-3, abs=1e-9) for name, number in numbers.items()}
    if figure.status:
        assert page.locator(".gd-how").get_attribute("data-regime") == figure.status.name


def shifts_of(page, address, come=lambda: None):
    """What moves while a page is loaded, and until what it waits for has come; one number a move."""
    watch_shifts(page)
    return shifts_while_loading(page, address, come)


def watch_shifts(page):
    """Have a page note what moves in it, each time that it is loaded as for the first time."""
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.add_init_script(
        "window.shifts = []; new PerformanceObserver(list => shifts.push(...list.getEntries().map(e => e.value)))"
        ".observe({type: 'layout-shift', buffered: true})"
    )


def shifts_while_loading(page, address, come=lambda: None):
    """What moves while a page that is watched is loaded.

    A busy machine may paint a page in pieces once: what moves when it is loaded again is the page's own doing.
    """
    for _ in range(2):
        page.goto(address, wait_until="load")
        come()
        if not (moved := page.evaluate(f"document.fonts.ready.then(() => {FRAMES}).then(() => shifts)")):
            break
    return moved


ALONE = """<!doctype html><meta name="viewport" content="width=device-width"><style>{style}</style><div></div>
<script type="module">
import figure from "/explorer.js";
const state = window.state = {state};
const calls = {{}};
const tell = window.tell = (message) => calls["msg:custom"].forEach(call => call(message));
window.held = [];
window.model = {{
  get: name => state[name],
  set(name, value) {{ state[name] = value; for (const call of calls[`change:${{name}}`] ?? []) call(); }},
  save_changes() {{}},
  on: (name, call) => (calls[name] ??= []).push(call),
  send: async ({{ ask }}) => {{
    if (window.isHeld) held.push(ask);
    else tell({{ asked: ask, ...JSON.parse(await window.python(ask)) }});
  }},
}};
figure.render({{ model, el: document.querySelector("div"), signal: new AbortController().signal }});
</script>"""


def show_alone(page, figure, **told):
    """Open a page with nothing but a figure, whose `state` and `model` are at hand; its host is the test."""
    state = {name: getattr(figure, name) for name in [*SETTINGS, "home"]} | told
    static = ROOT / "gdlib" / "widgets" / "static"
    html = ALONE.format(style=(static / "explorer.css").read_text(encoding="utf-8"), state=json.dumps(state))
    page.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.route("**/explorer.js", lambda route: route.fulfill(path=static / "explorer.js"))
    page.goto("http://figure.test/")
    expect(page.locator(".gd-how")).not_to_be_empty()
