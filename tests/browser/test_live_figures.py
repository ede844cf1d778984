"""What the build makes of a stored notebook's live figures."""

import json
from pathlib import Path
from types import SimpleNamespace

import npm
import pytest
from figure import lead, shifts_of, wait_until
from live_figures import depart_place, keep_room, make_live, on_a_page
from notebooks import NOTEBOOKS
from playwright.sync_api import expect
from sphinx.errors import ExtensionError

from gdlib.widgets import DescentExplorer
from gdlib.widgets.explorer import MIME_TYPE
from gdlib.widgets.settings import CHOICES


@pytest.fixture(autouse=True, scope="module")
def packages():
    npm.install()


pytestmark = pytest.mark.book
SETTINGS = {"points": [[2, 45], [4, 85], [5, 105]], "start": [0, 0]}


def their_step(points, theta, learning_rate):
    return theta


# What makes a figure higher.
KINDS = {
    "least": {},
    "momentum": {"rule": "nesterov"},
    "searches": {"rules": ["plain", "exact line search", "backtracking"]},
    "six-rules": {"rules": list(CHOICES["rules"])},
    "batches": {"batch_size": 1, "half_life": 50, "switches": ["shrinking"]},
    "standardised": {"standardised": True},
    "switched": {"switches": ["standardised"]},
    "both-switches": {"half_life": 50, "switches": list(CHOICES["switches"])},
    "rule-and-switch": {"rules": ["plain", "adam"], "switches": ["standardised"]},
    "directions": {"panel": "directions"},
    "differences": {"panel": "differences"},
    "robust": {"loss": "geman-mcclure", "loss_scale": 9.0},
    "stops": {"stop_tolerance": 0.001},
    "own": {"step": their_step},
    "all": {"rules": list(CHOICES["rules"]), "batch_size": 1, "half_life": 50, "switches": list(CHOICES["switches"])}
    | {"panel": "differences", "stop_tolerance": 0.001},
}
SCRIPT = "**/live/live.js*"
SIZES = [1, 1.2, 2]  # of the text
WIDTHS = [240, 272, 320, 342, 480, 639, 640, 720]  # of the figure

# Take away what else is on the page, which would be laid out in every size and width, too.
ALONE = """() => {
  for (let e = document.querySelector("figure.live-figure"); e !== document.body; e = e.parentElement)
    for (const other of [...e.parentElement.children]) if (other !== e && !other.matches("script")) other.remove();
}"""
# The height of a figure in all sizes and widths.
HEIGHTS = """([sizes, widths]) => {
  const [figure, place] = ["figure.live-figure", ".live-place"].map(name => document.querySelector(name));
  const heights = sizes.map(size => widths.map(width => {
    document.documentElement.style.fontSize = `${100 * size}%`;
    figure.style.width = `${width}px`;
    return place.getBoundingClientRect().height;
  }));
  figure.style.width = document.documentElement.style.fontSize = "";
  return heights;
}"""
# The words that are cut, or lie where others may, in a figure of a size and width, once it is drawn so.
CUT = """async ([size, width]) => {
  const figure = document.querySelector("figure.live-figure");
  document.documentElement.style.fontSize = `${100 * size}%`;
  figure.style.width = `${width}px`;
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
  const range = document.createRange();
  const cut = [];
  const look = (words, place) => {
    range.selectNodeContents(words);
    const drawn = words instanceof SVGElement ? words : range; // a range knows nothing of a text's own length
    const [inside, outside] = [drawn, place].map(each => each.getBoundingClientRect());
    if (words.textContent && (inside.left < outside.left - 1 || inside.right > outside.right + 1
      || inside.top < outside.top - 1 || inside.bottom > outside.bottom + 1)) cut.push(words.textContent);
  };
  for (const room of figure.querySelectorAll(".gd-room")) look(room.firstChild, room);
  for (const words of figure.querySelectorAll(":is(button, label, th, .gd-title, .gd-control-label)"))
    look(words, words);
  for (const words of figure.querySelectorAll("svg .gd-scale text")) look(words, words.closest(".gd-panel"));
  const box = figure.querySelector(".gd-figure");
  if (box.scrollWidth > box.clientWidth) cut.push(`${box.scrollWidth} in ${box.clientWidth} pixels`);
  figure.style.width = document.documentElement.style.fontSize = "";
  return cut;
}"""


def made(notebook, name="a.ipynb"):
    """What becomes of a page's source, and its figures."""
    source, metadata = [json.dumps(notebook)], {"a": {}}
    env = SimpleNamespace(doc2path=lambda docname: name, metadata=metadata)
    make_live(SimpleNamespace(env=env), "a", source)
    keep_room(None, env)
    return json.loads(source[0]), metadata["a"].get("figures")


def stored(*settings):
    outputs = [[{"data": {"image/png": "AA==", MIME_TYPE: each}}] for each in settings]
    return {"cells": [{"metadata": {}, "outputs": output} for output in outputs], "metadata": {}}


def test_a_page_gets_the_settings_of_its_figures_and_their_room():
    source, found = made(stored(SETTINGS, SETTINGS | {"learning_rate": 0.01}))
    settings, skeletons = zip(*found, strict=True)
    assert [each["learning_rate"] for each in settings] == [0.001, 0.01]
    assert [each["home"]["learning_rate"] for each in settings] == [0.001, 0.01]
    assert [each["linkable"] for each in settings] == [True, False]
    assert all(skeleton.startswith("<div") and "\n" not in skeleton for skeleton in skeletons)
    assert [cell["metadata"]["mystnb"]["image"]["classes"] for cell in source["cells"]] == [
        "live live-0",
        "live live-1",
    ]
    assert all(list(cell["outputs"][0]["data"]) == ["image/png"] for cell in source["cells"])


def test_a_notebook_without_a_live_figure_is_left_alone():
    notebook = {"cells": [{"metadata": {}, "outputs": [{"data": {"image/png": "AA=="}}]}], "metadata": {}}
    assert made(notebook) == (notebook, None)
    assert made({"cells": "no notebook"}, name="a.md") == ({"cells": "no notebook"}, None)


def test_two_live_figures_in_one_cell_stop_the_build():
    notebook = stored(SETTINGS)
    notebook["cells"][0]["outputs"] *= 2
    with pytest.raises(ExtensionError, match="a cell has room for one live figure"):
        made(notebook)


def test_the_landing_page_and_the_chapter_on_epochs_have_one():
    live = [path.stem for path in NOTEBOOKS if MIME_TYPE in path.read_text(encoding="utf-8")]
    assert {"index", "the-loop"} <= set(live)


# The room that a figure takes


@pytest.fixture(scope="module")
def laid(book):
    """The landing page, with the figure of each kind in the place of its own."""
    figures = [DescentExplorer([2, 4, 5], [45, 85, 105], start=[0, 0], **more) for more in KINDS.values()]
    settings = [on_a_page(each._told(), linkable=True) for each in figures]
    skeletons = npm.run("runtime/skeleton.mjs", given=json.dumps(settings)).splitlines()
    before, _, rest = (book / "index.html").read_text(encoding="utf-8").partition('<div class="live-skeleton"')
    after, pages = rest.partition("</script></div>")[2], {}
    for name, *figure in zip(KINDS, settings, skeletons, strict=True):
        writer = SimpleNamespace(body=[])
        depart_place(writer, dict(zip(("settings", "skeleton"), figure, strict=True)))
        pages[name] = "".join([before, *writer.body, after])
    return pages


def lay(page, html):
    """Have a page of this text as the landing page."""
    page.route("**/index.html", lambda route: route.fulfill(body=html, content_type="text/html"))


@pytest.fixture
def figure(fonts, laid, book_url, request):
    """A figure on a page in a window of its own, which waits until its runtime is let through."""
    page, held = fonts.new_page(viewport={"width": 1280, "height": 900}), []
    page.route(SCRIPT, lambda route: held.append(route))
    lay(page, laid[request.param])
    page.goto(f"{book_url}index.html", wait_until="commit")  # what is held is part of the load
    wait_until(page, "() => document.readyState === 'interactive'")
    page.evaluate(ALONE)

    def come():
        for route in held:
            route.continue_()
        page.unroute(SCRIPT)
        expect(page.locator(".gd-how")).not_to_be_empty()

    page.come = come
    yield page
    page.close()


FAMILIES = sorted(Path(__file__).parent.glob("fonts/*.conf"))
IN_EVERY_FAMILY = ["both-switches", "all"]
ROOMS = [(FAMILIES[0], kind) for kind in KINDS] + [(each, kind) for each in FAMILIES[1:] for kind in IN_EVERY_FAMILY]


@pytest.mark.parametrize(("fonts", "figure"), ROOMS, indirect=True, ids=lambda each: getattr(each, "stem", each))
def test_a_figure_has_its_room_before_it_comes_and_whatever_it_says_whatever_font_it_is_set_in(figure):
    before = figure.evaluate(HEIGHTS, [SIZES, WIDTHS])
    figure.come()
    assert figure.evaluate(HEIGHTS, [SIZES, WIDTHS]) == before
    some = [[1, 2], [240, 480, 640]]
    rooms = figure.evaluate(HEIGHTS, some)
    for state in ("learning_rate=1e-4&epochs=0", "learning_rate=1&epochs=300", "learning_rate=1&epochs=1000"):
        lead(figure, state)
        assert figure.evaluate(HEIGHTS, some) == rooms
    cut = {place: figure.evaluate(CUT, place) for place in [(1, 240), (1, 640), (1.2, 272), (2, 240), (2, 640)]}
    assert {place: words for place, words in cut.items() if words} == {}


@pytest.mark.parametrize(("name", "width"), [("least", 690), ("all", 320)])
@pytest.mark.parametrize("fonts", FAMILIES[:1], indirect=True, ids=lambda family: family.stem)
def test_nothing_moves_when_the_figure_comes_into_its_room(fonts, laid, book_url, name, width):
    page = fonts.new_page(viewport={"width": width, "height": 1600})
    lay(page, laid[name])
    come = expect(page.locator(".gd-how")).not_to_be_empty
    assert shifts_of(page, f"{book_url}index.html", come) == []
    page.close()
