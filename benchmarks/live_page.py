"""The pages with a live figure, as a reader's browser has them: how fast they answer, load, and what they weigh.

    python benchmarks/live_page.py [FOLDER]

FOLDER holds the built pages (``_build/html`` if none is given). It is served on this machine, compressed, and opened
in Chromium, which gets real input: moves of the mouse and pressed keys. Four tables are printed, and nothing is
demanded; where there is a bound, it stands beside what was measured.

1. Latency: from an input event to the end of the frame that shows it. Inside the page a listener takes the time of
   the event; a message sent from the next animation frame arrives after that frame's style, layout and paint. Beside
   it stand how often the figure was redrawn at all, and the browser's own figure: EventLatency in its trace, from the
   input's arrival to the presented frame, and so with the wait for the display's clock, 60 a second.
   A bare ``<input type=range>`` that redraws one path is measured in the same way.
2. Continuous drag (`continuous_drag`): how many frames a second show a redrawn figure while the mouse moves without
   a pause.
3. Loading on a fast 4G connection with an empty cache (`page_loading`): the first text, and the first answer of the
   slider, to a key that is pressed from within the page in every frame.
4. Weight: requests and encoded bytes of every page, and how much its layout shifts, at two widths.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import cos, pi
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import numpy as np
from continuous_drag import COUNT, SECONDS, updates
from page_loading import DESKTOP, book_pages, has_figure, print_loading, print_weight, served
from playwright.sync_api import Browser, Page, sync_playwright
from side_by_side import machine

sys.path.append(str(Path(__file__).parent.parent / "tools"))
from chromium import QUIET, system

EVENTS, WARM_UP = 160, 10  # of one kind; the first ones are left out
PAUSE = 100  # ms between two pressed keys: a page at rest draws at once, one that still draws waits for the display
LATENCY_BOUND = {1: 10, 4: 25}  # ms at the 95th percentile, by how many times the processor is slowed down
UPDATES_BOUND = 50  # a second

BARE = """<!doctype html><meta charset="utf-8"><title>bare</title>
<input type="range" min="0" max="1" step="0.005" value="0.5" style="width: 648px">
<svg width="648" height="300" style="display: block"><path fill="none" stroke="black"/></svg>
<script>
  document.querySelector("input").addEventListener("input", (event) => {
    const height = (i) => 300 * Math.exp(-i * event.target.value / 50);
    const points = Array.from({ length: 1000 }, (_, i) => `${(i * 0.648).toFixed(1)} ${height(i).toFixed(1)}`);
    document.querySelector("path").setAttribute("d", `M${points.join("L")}`);
  });
</script>"""


class Slider(NamedTuple):
    """A slider, its place on a page, and a path that is another after each of its moves."""

    name: str
    page: str
    track: str
    handle: str
    path: str


def sliders(chapter: str) -> list[Slider]:
    """The bare one and the figure's two; from the first one's rate, which diverges, arrow keys cross the limit."""
    diverging, converging = (f"{chapter}#learning_rate={rate}&epochs=1000" for rate in (0.17, 0.03))
    rate, epochs = ".gd-rate .noUi-", ".gd-box .widget-hbox .noUi-"
    return [
        Slider("bare input", f"data:text/html,{quote(BARE)}", "input", "input", "svg path"),
        Slider("figure, learning rate", diverging, f"{rate}target", f"{rate}handle", ".gd-losses .gd-path"),
        Slider("figure, epochs", converging, f"{epochs}target", f"{epochs}handle", ".gd-losses .gd-path"),
    ]


def drag(page: Page, slider: Slider, moves: int) -> None:
    """Take the handle along the whole track, from its left end to its right and back, in many moves."""
    handle, track = page.locator(slider.handle).bounding_box(), page.locator(slider.track).bounding_box()
    y = handle["y"] + handle["height"] / 2
    page.mouse.move(handle["x"] + handle["width"] / 2, y)
    page.mouse.down()
    for move in range(moves):
        page.mouse.move(track["x"] + track["width"] * (1 - cos(2 * pi * move / moves)) / 2, y)
    page.mouse.up()


def press(page: Page, slider: Slider, presses: int) -> None:
    """Press arrow keys on the handle, first to the left and as many times back."""
    page.locator(slider.handle).focus()
    for key in ("ArrowLeft", "ArrowRight"):
        for _ in range(presses // 2):
            page.keyboard.press(key)
            page.wait_for_timeout(PAUSE)


# Measures, for every event, the milliseconds to the end of the next frame.
CLOCK = """
window.measured = [];
{
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => measured.push(performance.now() - data);
  const take = () => {
    const begin = performance.now();
    requestAnimationFrame(() => port2.postMessage(begin));
  };
  for (const type of ["pointermove", "keydown"]) addEventListener(type, take, { capture: true });
}
"""

TRACED = {drag: "MOUSE_DRAGGED", press: "KEY_PRESSED"}


@contextmanager
def opened(browser: Browser, address: str, slider: Slider, slowed: float) -> Iterator[Page]:
    """A slider's page on a processor that is slowed down, scrolled to the slider."""
    with browser.new_context(viewport=DESKTOP, base_url=address) as context:
        context.add_init_script(CLOCK)
        page = context.new_page()
        page.goto(slider.page, wait_until="networkidle")
        page.locator(slider.path).wait_for(state="attached")
        page.locator(slider.handle).evaluate("handle => handle.scrollIntoView({ block: 'center' })")
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
        yield page


def latencies(browser: Browser, page: Page, slider: Slider, act: Callable) -> tuple[list[float], list[float], int]:
    """Milliseconds of every event to the end of its frame; the browser's own to presentation; how many redraws."""
    page.evaluate(COUNT, slider.path)
    page.evaluate("measured.length = 0")
    browser.start_tracing(page=page, categories=["input.scrolling"])
    act(page, slider, EVENTS)
    page.wait_for_timeout(300)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    measured, redrawn = page.evaluate("[measured, redrawn]")
    return measured[WARM_UP:], presentations(events, TRACED[act])[WARM_UP:], redrawn


def presentations(events: list[dict], kind: str) -> list[float]:
    """Milliseconds of the events of one kind in a trace, in which each has a begin and an end."""
    begins, taken = {}, []
    for event in sorted((e for e in events if e["name"] == "EventLatency"), key=lambda e: e["ts"]):
        place = event["pid"], *event["id2"].items()
        if event["ph"] == "b" and event["args"]["event_latency"]["event_type"] == kind:
            begins[place] = event["ts"]
        elif event["ph"] == "e" and place in begins:
            taken.append((event["ts"] - begins.pop(place)) / 1000)
    return taken


def print_latency(browser: Browser, address: str, chapter: str) -> None:
    """Print table 1."""
    print(
        "\n1. latency: ms from an input event to the end of its frame, and by the browser's trace to its presentation"
    )
    titles = ("median", "p95", "max", "events", "redraws", "trace", "p95", "bound")
    print(f"{'':<36}" + "".join(f"{title:>9}" for title in titles))
    for slowed, bound in LATENCY_BOUND.items():
        for slider in sliders(chapter):
            for act, how in ((drag, "dragged"), (press, "keys")):
                with opened(browser, address, slider, slowed) as page:
                    frames, presented, redrawn = latencies(browser, page, slider, act)
                print(f"  {slowed}x {slider.name + ', ' + how:<31}", end="")
                print("".join(f"{ms:>9.1f}" for ms in np.percentile(frames, [50, 95, 100])), end="")
                print(f"{len(frames):>9}{redrawn:>9}", end="")
                print("".join(f"{ms:>9.1f}" for ms in np.percentile(presented, [50, 95])), end="")
                print(f"{bound:>9}")


def print_latency_of_all(browser: Browser, address: str, pages: list[str]) -> None:
    """Print the rest of table 1: the learning rate of every page's figure, dragged."""
    bounds = "".join(f"{f'{slowed}x':>9}{'p95':>9}{f'({bound})':>9}" for slowed, bound in LATENCY_BOUND.items())
    print(f"\n  learning rate, dragged, on every page{bounds}")
    for page_path in pages:
        slider = Slider("", page_path, ".gd-rate .noUi-target", ".gd-rate .noUi-handle", ".gd-surface .gd-path")
        print(f"  {page_path:<37}", end="")
        for slowed in LATENCY_BOUND:
            with opened(browser, address, slider, slowed) as page:
                frames, _, _ = latencies(browser, page, slider, drag)
            print("".join(f"{ms:>9.1f}" for ms in np.percentile(frames, [50, 95])), end=" " * 9)
        print()


def print_updates(launch: dict[str, Any], address: str, chapter: str) -> None:
    """Print table 2."""
    print(f"\n2. continuous drag, {SECONDS} s at 4x: redraws a second (bound: {UPDATES_BOUND}), moves a second")
    dragged = sliders(chapter)
    measured = updates(dragged, launch, {"viewport": DESKTOP, "base_url": address}, slowed=4)
    for slider, (drawn, moved) in zip(dragged, measured, strict=True):
        print(f"  {slider.name:<30}{drawn:>8.1f}{moved:>8.1f}")


def main(folder: Path) -> None:
    """Measure and print everything."""
    pages = book_pages(folder)
    live = [page for page in pages if has_figure(folder, page)]
    chapter = next(page for page in live if page.startswith("chapters/"))
    with served(folder) as address, sync_playwright() as playwright:
        launch = {"executable_path": system(), "args": QUIET}
        browser = playwright.chromium.launch(**launch)
        print(f"{machine()}, Chromium {browser.version}; {chapter}")
        print_latency(browser, address, chapter)
        print_latency_of_all(browser, address, live)
        print_updates(launch, address, chapter)
        print_loading(browser, address, live)
        print_weight(browser, address, pages)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "_build/html"))
