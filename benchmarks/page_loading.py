"""How the built pages load over a network: the tables 3 and 4 of `live_page`, and the server that it uses."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
FAST_4G = {"offline": False, "downloadThroughput": 9e6 / 8, "uploadThroughput": 9e6 / 8, "latency": 165}
ANSWER_BOUND = 1000  # ms
WEIGHT_BOUND = 500  # kB


class Compressed(SimpleHTTPRequestHandler):
    """Serves files as a web host does: connections stay open, and what is text goes compressed."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file, or that there is none."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        kind = self.guess_type(path)
        text = kind.startswith("text/") or kind.endswith(("javascript", "json", "svg+xml"))
        body = encoded(path, text)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if text:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Print nothing."""


@cache
def encoded(path: Path, text: bool) -> bytes:
    """What of a file goes over the wire."""
    return gzip.compress(path.read_bytes()) if text else path.read_bytes()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder at a free port of this machine; its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Compressed, directory=str(folder))) as server:
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


# When the handles are there, and when an arrow key first changed the numbers, for a reader who goes there at once. Keys
# go to all handles: at epoch 0 the rate changes no number, and at the last epoch the epochs do not.
ANSWER = """
{
  const text = () => document.querySelector(".gd-numbers")?.innerText;
  let before;
  const look = () => {
    const handle = document.querySelector(".gd-rate .noUi-handle");
    if (handle) window.handleAt ??= performance.now();
    else document.querySelector(".live-figure")?.scrollIntoView({ behavior: "instant" });
    if (before && text() !== before) {
      window.answeredAt = performance.now();
      return;
    }
    if (handle && /[0-9]/.test(text())) {
      before = text();
      for (const each of document.querySelectorAll(".gd-box .noUi-handle"))
        each.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, cancelable: true }));
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""
ANSWERED = """() => new Promise((done) => {
  const look = () => (window.answeredAt ? done() : requestAnimationFrame(look));
  look();
})"""
TIMES = """() => [performance.getEntriesByName("first-contentful-paint")[0].startTime, handleAt, answeredAt]"""


def print_loading(browser: Browser, address: str, pages: list[str]) -> None:
    """Print table 3."""
    print(f"\n3. loading on fast 4G, ms: first text, slider there, slider answers (bound: {ANSWER_BOUND})")
    for name in pages:
        with browser.new_context(viewport=DESKTOP, base_url=address) as context:
            context.add_init_script(ANSWER)
            page = context.new_page()
            network(page).send("Network.emulateNetworkConditions", FAST_4G)
            page.goto(name)
            page.evaluate(ANSWERED)  # Playwright's own wait would evaluate text, which no page allows
            print(f"  {name:<40}" + "".join(f"{ms:>8.0f}" for ms in page.evaluate(TIMES)))


def network(page: Page) -> CDPSession:
    """The page's connection, whose cache stays empty."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    return session


SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) shifted += value;
}).observe({ type: "layout-shift", buffered: true });
"""


def weigh(browser: Browser, address: str, name: str, viewport: dict) -> tuple[list[tuple[int, str]], float]:
    """Encoded bytes and address of everything that a page requests; how much its layout shifts."""
    with browser.new_context(viewport=viewport, base_url=address) as context:
        context.add_init_script(SHIFTS)
        page = context.new_page()
        session, addresses, sizes = network(page), {}, {}
        session.on("Network.requestWillBeSent", lambda e: addresses.update({e["requestId"]: e["request"]["url"]}))
        session.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
        page.goto(name, wait_until="networkidle")
        while page.evaluate("scrollY + innerHeight < document.documentElement.scrollHeight - 1"):
            page.evaluate("scrollBy({ top: innerHeight / 2, behavior: 'instant' })")
            page.wait_for_timeout(50)
        page.wait_for_load_state("networkidle")
        shifted = page.evaluate("shifted")
    requested = {key: url for key, url in addresses.items() if not url.startswith(("data:", "blob:"))}
    return [(int(sizes.get(key, 0)), url.removeprefix(address)) for key, url in requested.items()], shifted


def print_weight(browser: Browser, address: str, pages: list[str]) -> None:
    """Print table 4."""
    widths = f"layout shift at {DESKTOP['width']} px, at {PHONE['width']} px (bound: 0)"
    print(f"\n4. weight: requests, kB (bound: {WEIGHT_BOUND}), {widths}")
    weights = {}
    for name in pages:
        parts, shift = weigh(browser, address, name, DESKTOP)
        _, shift_phone = weigh(browser, address, name, PHONE)
        weights[name] = sum(size for size, _ in parts), parts
        print(f"  {name:<40}{len(parts):>5}{weights[name][0] / 1000:>8.1f}{shift:>8.4f}{shift_phone:>8.4f}")
    heaviest = max(weights, key=weights.get)
    print(f"  the heaviest of {heaviest}:")
    for size, url in sorted(weights[heaviest][1], reverse=True)[:5]:
        print(f"    {size / 1000:>8.1f}  {url[:90]}")
