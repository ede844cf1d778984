"""What the pages' own Python costs a reader: bytes, the time to a first result, and that of later ones.

python benchmarks/live_python.py [FOLDER]  # of built pages
"""

import gzip
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from page_loading import Compressed, served
from playwright.sync_api import Browser, Page, sync_playwright
from side_by_side import machine

sys.path.append(str(Path(__file__).parent.parent / "tools"))
from chromium import QUIET, system

STEP, NUMBERS = "chapters/one-step-downhill.html", "chapters/the-normal-equation.html"
FIRST = "04-08"  # a cell of the one that runs after two others
LOADS = 3
PIECE = 16_384  # bytes

# Presses a button, and waits until the cell's run has ended; milliseconds.
RUN = """(id) => new Promise((resolve, reject) => {
  const cell = document.getElementById(`cell-${id}`);
  const bar = cell.querySelector(".run-bar");
  const begun = performance.now();
  const look = () => {
    if (bar.classList.contains("run-busy")) setTimeout(look, 2);
    else if (cell.querySelector(".run-output")) resolve(performance.now() - begun);
    else reject(new Error(bar.querySelector(".run-said").textContent));
  };
  bar.querySelector("button").click();
  setTimeout(look, 2);
})"""


class Line:
    """A connection of so many bits a second that all requests share, each of which waits for its answer."""

    def __init__(self, bits: float, latency: float) -> None:
        self.bits, self.latency, self.free, self.lock = bits, latency, 0.0, threading.Lock()

    def wait(self, count: int) -> None:
        """Wait until so many bytes have come."""
        with self.lock:
            self.free = max(self.free, time.monotonic()) + count * 8 / self.bits
            until = self.free
        time.sleep(max(0.0, until - time.monotonic()))


class Paced(Compressed):
    """Sends files as fast as a line lets it; WebAssembly goes compressed too, as hosts do it."""

    compressed = (*Compressed.compressed, "wasm")
    line: Line

    def deliver(self, body: bytes) -> None:
        """Send a file, piece by piece."""
        time.sleep(self.line.latency)
        for begin in range(0, len(body), PIECE):
            piece = body[begin : begin + PIECE]
            self.line.wait(len(piece))
            self.wfile.write(piece)


def paced(bits: float, latency: float) -> type[Paced]:
    """What sends files through a line of its own."""
    return type("Paced", (Paced,), {"line": Line(bits, latency)})


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[tuple[Page, list[str]]]:
    """A page in a browser that has nothing of the book yet, and what it asks for."""
    context = browser.new_context()
    page, asked = context.new_page(), []
    context.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(address, wait_until="networkidle")
    try:
        yield page, asked
    finally:
        context.close()  # or the server would wait for it


def first_results(browser: Browser, folder: Path, line: type[Paced], chapter: str, cell: str) -> None:
    """Print the time from the first click on a page to its result."""
    times = []
    with served(folder, line) as address:
        for _ in range(LOADS):
            with opened(browser, address + chapter) as (page, _):
                times.append(page.evaluate(RUN, cell) / 1000)
    print(f"  {chapter:34} {sorted(round(each, 1) for each in times)} s")


def later_results(browser: Browser, folder: Path) -> None:
    """Print what a later run takes, and a page that was stopped."""
    with served(folder, paced(1e12, 0)) as address, opened(browser, address + STEP) as (page, asked):
        before = [name for name in asked if name.partition("?")[0] in ("start.js", "session.js", "worker.js")]
        print(f"of Python before the first click: {before} and a style sheet")
        page.evaluate(RUN, FIRST)
        print(f"a later run: {median(page.evaluate(RUN, '04-03') for _ in range(20)):.0f} ms, its own time included")
        page.locator("[id='cell-04-26'] textarea").fill("while True: pass")
        bar = page.locator("[id='cell-04-26'] .run-bar")
        bar.get_by_role("button", name="Check").click()
        bar.locator(".run-said", has_text="Running.").wait_for()
        begun = time.perf_counter()
        bar.get_by_role("button", name="Stop").click()
        page.evaluate(RUN, FIRST)
        print(f"from Stop to the next result: {time.perf_counter() - begun:.1f} s")


def sizes(folder: Path) -> None:
    """Print the files of the pages' Python, in bytes and as they come compressed."""
    for path in sorted(each for each in (folder / "_static" / "python").rglob("*") if each.is_file()):
        if path.parent.name != "chapters":
            name, content = path.relative_to(folder / "_static" / "python"), path.read_bytes()
            print(f"  {name!s:60} {len(content):>10,} {len(gzip.compress(content)):>10,}")


def main(folder: Path) -> None:
    """Measure and print everything."""
    print("bytes, and compressed")
    sizes(folder)
    packages = json.loads((folder / "_static/python/core/pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system(), args=QUIET)
        print(f"{machine()}, Chromium {browser.version}")
        later_results(browser, folder)
        for name, line in (("this machine", paced(1e12, 0)), ("9 Mbit/s, 165 ms", paced(9e6, 0.165))):
            print(f"to the first result, {name}")
            first_results(browser, folder, line, STEP, FIRST)
            if "numpy" in packages:
                first_results(browser, folder, line, NUMBERS, "02-04")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "_build/html"))
