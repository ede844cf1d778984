"""What a figure keeps after ten minutes of moves: table 6 of `live_page`."""

from page_loading import DESKTOP, LIVE, SHIFTS
from playwright.sync_api import Browser

MINUTES = (1, 10)
BOUND = 10  # % more after all minutes than after the first

# The page moves its sliders itself, in every frame: each in its turn from one end to the other and back.
MOVE = """selector => {
  const FRAMES = 240; // of a turn
  const sliders = [...document.querySelectorAll(selector)];
  window.frames_moved = 0;
  const move = () => {
    const slider = sliders[Math.floor(frames_moved / FRAMES) % sliders.length];
    const there = (1 - Math.cos((2 * Math.PI * frames_moved++) / FRAMES)) / 2;
    slider.valueAsNumber = Number(slider.min) + (slider.max - slider.min) * there;
    slider.dispatchEvent(new Event("input"));
    requestAnimationFrame(move);
  };
  move();
}"""


def print_memory(browser: Browser, address: str, name: str) -> None:
    """Print table 6."""
    print(f"\n6. memory of {name} while its sliders move (bound: {BOUND} % more)")
    with browser.new_context(viewport=DESKTOP, base_url=address) as context:
        context.add_init_script(SHIFTS)
        page = context.new_page()
        page.goto(name, wait_until="networkidle")
        page.locator(f"{LIVE} .gd-slider").first.scroll_into_view_if_needed()
        session = context.new_cdp_session(page)
        session.send("Performance.enable")
        page.evaluate(MOVE, f"{LIVE} .gd-slider")
        heaps, moved = [], 0
        for minute in MINUTES:
            page.wait_for_timeout(60_000 * (minute - moved))
            moved = minute
            session.send("HeapProfiler.collectGarbage")
            found = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
            heaps.append(found["JSHeapUsedSize"])
            frames, shifted = page.evaluate("[frames_moved, shifted]")
            counts = f"{found['Nodes']:.0f} nodes, {found['JSEventListeners']:.0f} listeners"
            print(
                f"  after {minute:>2} min, {frames:>6} moves: {heaps[-1] / 1e6:.3f} MB, {counts}, shift {shifted:.5f}"
            )
    print(f"  {100 * (heaps[-1] / heaps[0] - 1):+.1f} %")
