"""The pages with a live figure, as a reader's browser has them: what they weigh, and how fast they load and answer.

    python benchmarks/live_page.py [FOLDER]

FOLDER holds the built pages (``_build/html`` if none is given). It is served on this machine, compressed, and opened
in Chromium. Six tables are printed, in a quarter of an hour, and nothing is demanded; where there is a bound, it stands
beside what was measured.

1. Weight (`page_loading`): what the landing page has asked for by the time its figure is live.
2. Loading with an empty cache, on fast 4G and on a slow phone (`page_loading`): the first text, the live figure, and
   its first answer to a key that is pressed from within the page as soon as it can be.
3. Latency: from an input event, a real move of the mouse or a pressed key, to the end of the frame that shows it.
   Inside the page a listener takes the time of the event; a message sent from the next animation frame arrives after
   that frame's style, layout and paint. Beside it stand how often the figure was redrawn at all, and the browser's own
   figure: EventLatency in its trace, from the input's arrival to the presented frame, and so with the wait for the
   display's clock, 60 a second. A bare ``<input type=range>`` that redraws one path is measured in the same way.
4. Continuous drag (`continuous_drag`): how many frames a second show a redrawn figure while the mouse moves without
   a pause.
5. Layout shift (`page_loading`), at two widths.
6. Memory (`live_memory`): the heap after ten minutes of moves beside that after one.
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
from continuous_drag import COUNT, SECONDS, ends, updates
from live_memory import print_memory
from page_loading import DESKTOP, LIVE, book_pages, has_figure, print_loading, print_shifts, served
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
    """A slider, its page, and a path that is another after each of its moves."""

    name: str
    page: str
    selector: str
    path: str


def sliders(chapter: str) -> list[Slider]:
    """The bare one and the figure's two; from the first one's rate, which diverges, arrow keys cross the limit."""
    found = [Slider("bare input", f"data:text/html,{quote(BARE)}", "input", "svg path")]
    for name, rate in (("learning_rate", 0.17), ("epochs", 0.03)):
        page = f"{chapter}#learning_rate={rate}&epochs=1000"
        selector = f"{LIVE} .gd-control[data-setting={name}] .gd-slider"
        found.append(Slider(f"figure, {name}", page, selector, f"{LIVE} .gd-losses polyline.gd-path"))
    return found


def drag(page: Page, slider: Slider, moves: int) -> None:
    """Take the handle along the whole track, from its left end to its right and back, in many moves."""
    left, right, y = ends(page.locator(slider.selector).bounding_box())
    page.mouse.move(left, y)
    page.mouse.down()
    for move in range(moves):
        page.mouse.move(left + (right - left) * (1 - cos(2 * pi * move / moves)) / 2, y)
    page.mouse.up()


def press(page: Page, slider: Slider, presses: int) -> None:
    """Press arrow keys on the handle, first to the left and as many times back."""
    page.locator(slider.selector).focus()
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
        page.locator(slider.selector).evaluate("slider => slider.scrollIntoView({ block: 'center' })")
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
    """Print table 3."""
    print("\n3. latency: ms from an input event to the end of its frame; by the browser's trace, to its presentation")
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


def print_updates(launch: dict[str, Any], address: str, chapter: str) -> None:
    """Print table 4."""
    print(f"\n4. continuous drag, {SECONDS} s at 4x: redraws a second (bound: {UPDATES_BOUND}), moves a second")
    dragged = sliders(chapter)
    measured = updates(dragged, launch, {"viewport": DESKTOP, "base_url": address}, slowed=4)
    for slider, (drawn, moved) in zip(dragged, measured, strict=True):
        print(f"  {slider.name:<30}{drawn:>8.1f}{moved:>8.1f}")


def main(folder: Path) -> None:
    """Measure and print everything."""
    live = [page for page in book_pages(folder) if has_figure(folder, page)]
    chapter = "chapters/the-loop.html"
    with served(folder) as address, sync_playwright() as playwright:
        launch = {"executable_path": system(), "args": QUIET}
        browser = playwright.chromium.launch(**launch)
        print(f"{machine()}, Chromium {browser.version}; sliders of {chapter}")
        print_loading(browser, address, live)
        print_latency(browser, address, chapter)
        print_updates(launch, address, chapter)
        print_shifts(browser, address, live)
        print_memory(browser, address, chapter)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "_build/html"))
