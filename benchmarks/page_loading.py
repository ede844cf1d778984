"""How the built pages load over a network: tables 1, 2 and 5 of `live_page`, and the server that it uses."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import numpy as np
from playwright.sync_api import Browser

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LIVE = ".live-place > .gd-figure"  # what stands on the page before that is unseen and keeps the figure's room
LOADS = 5  # of a page by each reader


class Reader(NamedTuple):
    """What somebody reads with; bounds are milliseconds until a figure answers, on the landing page and elsewhere."""

    viewport: dict[str, int]
    slowed: int  # how many times the processor is
    bits: float  # a second, down
    latency: float  # ms, of a request
    bounds: tuple[int, int]


READERS = {
    "fast 4G": Reader(DESKTOP, 1, 9e6, 165, (700, 900)),
    "slow phone": Reader(PHONE, 4, 1.6e6, 150, (2200, 2200)),
}
WEIGHT_BOUND = "110 kB in 8 requests"


class Compressed(SimpleHTTPRequestHandler):
    """Serves files as a web host does: connections stay open, and what is text goes compressed."""

    protocol_version = "HTTP/1.1"
    compressed = ("javascript", "json", "svg+xml")  # the ends of the types of these, beside text/

    def do_GET(self) -> None:
        """Send a file, or that there is none."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        kind = self.guess_type(path)
        text = kind.startswith("text/") or kind.endswith(self.compressed)
        body = encoded(path, text)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if text:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.deliver(body)

    def deliver(self, body: bytes) -> None:
        """Send what a file is."""
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Print nothing."""


@cache
def encoded(path: Path, text: bool) -> bytes:
    """What of a file goes over the wire."""
    return gzip.compress(path.read_bytes()) if text else path.read_bytes()


@contextmanager
def served(folder: Path, handler: type[Compressed] = Compressed) -> Iterator[str]:
    """Serve a folder at a free port of this machine; its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def book_pages(folder: Path) -> list[str]:
    """The addresses of all pages of the book within its folder."""
    return ["index.html", *sorted(page.relative_to(folder).as_posix() for page in folder.glob("chapters/*.html"))]


def has_figure(folder: Path, page: str) -> bool:
    """Whether a page has a live figure."""
    return 'class="live ' in (folder / page).read_text(encoding="utf-8")


# When the numbers are there, and when an arrow key has changed them and the frame that shows it ends, for a reader who
# goes to the figure at once. Keys go to all sliders: at epoch 0 the rate changes no number, at the last one the epochs.
ANSWER = """
window.answer = new Promise((resolve) => {
  const all = (selector) => [...document.querySelectorAll(`LIVE ${selector}`)];
  const { port1, port2 } = new MessageChannel();
  let there, before;
  port1.onmessage = () => {
    const painted = performance.getEntriesByName("first-contentful-paint")[0].startTime;
    const files = performance.getEntries().filter((each) => each.encodedBodySize && each.startTime < there);
    const weights = files.map(({ encodedBodySize, name }) => [encodedBodySize, name]);
    resolve({ times: [painted, there, performance.now()], weights });
  };
  const look = () => {
    const numbers = all(".gd-number").map((each) => each.textContent).join();
    if (!/[0-9]/.test(numbers)) document.querySelector(".live-figure")?.scrollIntoView({ behavior: "instant" });
    else if (!there) {
      [there, before] = [performance.now(), numbers];
      const key = { key: "ArrowRight", bubbles: true, cancelable: true };
      for (const slider of all(".gd-slider")) slider.dispatchEvent(new KeyboardEvent("keydown", key));
    } else if (numbers !== before) return port2.postMessage("");
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
""".replace("LIVE", LIVE)


def load(browser: Browser, address: str, name: str, reader: Reader) -> dict:
    """Load a page with an empty cache.

    Returns the milliseconds until its first text, its live figure and that figure's answer; and, of every file that was
    asked for before the figure was live, the bytes that came over the wire, headers left out, and the address.
    """
    with browser.new_context(viewport=reader.viewport, base_url=address) as context:
        context.add_init_script(ANSWER)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Emulation.setCPUThrottlingRate", {"rate": reader.slowed})
        network = {"downloadThroughput": reader.bits / 8, "uploadThroughput": reader.bits / 8}
        session.send("Network.emulateNetworkConditions", {"offline": False, "latency": reader.latency, **network})
        page.goto(name)
        return page.evaluate("answer")


def print_loading(browser: Browser, address: str, pages: list[str]) -> None:
    """Print tables 1 and 2; the landing page is the first one."""
    loads = {
        name: {kind: [load(browser, address, name, reader) for _ in range(LOADS)] for kind, reader in READERS.items()}
        for name in pages
    }
    weights = loads[pages[0]]["fast 4G"][-1]["weights"]
    kilobytes = sum(size for size, _ in weights) / 1000
    print(
        f"\n1. until the landing figure is live: {kilobytes:.1f} kB in {len(weights)} requests (bound: {WEIGHT_BOUND})"
    )
    for size, url in sorted(weights, reverse=True):
        print(f"{size / 1000:>10.1f}  {url.removeprefix(address)}")
    print(f"\n2. loading, ms, medians of {LOADS}: first text, figure live, slider answers (bound)")
    print(f"{'':<42}" + "".join(f"{kind:<33}" for kind in READERS))
    for name in pages:
        print(f"  {name:<36}", end="")
        for kind, reader in READERS.items():
            times = np.median([each["times"] for each in loads[name][kind]], axis=0)
            print("".join(f"{ms:>8.0f}" for ms in times) + f" ({reader.bounds[name != pages[0]]})", end="   ")
        print()


SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) shifted += value;
}).observe({ type: "layout-shift", buffered: true });
"""


def shift(browser: Browser, address: str, name: str, viewport: dict) -> float:
    """How much a page's layout shifts while it loads and is read to its end."""
    with browser.new_context(viewport=viewport, base_url=address) as context:
        context.add_init_script(SHIFTS)
        page = context.new_page()
        page.goto(name, wait_until="networkidle")
        while page.evaluate("scrollY + innerHeight < document.documentElement.scrollHeight - 1"):
            page.evaluate("scrollBy({ top: innerHeight / 2, behavior: 'instant' })")
            page.wait_for_timeout(50)
        page.wait_for_load_state("networkidle")
        return page.evaluate("shifted")


def print_shifts(browser: Browser, address: str, pages: list[str]) -> None:
    """Print table 5."""
    print(f"\n5. layout shift at {DESKTOP['width']} px, at {PHONE['width']} px (bound: 0)")
    for name in pages:
        shifts = (shift(browser, address, name, viewport) for viewport in (DESKTOP, PHONE))
        print(f"  {name:<36}" + "".join(f"{each:>9.5f}" for each in shifts))
