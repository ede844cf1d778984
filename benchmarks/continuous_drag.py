"""How many redraws a second a slider's drag shows: table 4 of `live_page`.

A mouse tells of its moves a hundred times a second and waits for nothing. So these moves are sent without waiting for
the page to take the one before, which Playwright's own ``mouse.move`` would do: hence its other, asynchronous face.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from playwright.async_api import Browser, async_playwright

SECONDS, MOVES_A_SECOND = 3, 100
HANDLE = 24  # px
SWEEP = 0.8  # seconds from one end of the track to the other

# In how many frames the path changed, and how many moves the page was told of.
COUNT = """path => {
  window.redrawn = 0;
  let last;
  const observer = new MutationObserver(() => {
    const frame = document.timeline.currentTime; // the same within one frame
    if (frame !== last) redrawn++;
    last = frame;
  });
  observer.observe(document.querySelector(path), { attributeFilter: ["d", "points"] });
  window.moves = 0;
  addEventListener("pointermove", () => moves++, true);
  window.begin = performance.now();
}"""


def ends(box: dict[str, float]) -> tuple[float, float, float]:
    """Where the middle of a slider's handle is at its left end and at its right one, and how far down, in pixels."""
    return box["x"] + HANDLE / 2, box["x"] + box["width"] - HANDLE / 2, box["y"] + box["height"] / 2


def updates(sliders: list, launch: dict[str, Any], context: dict[str, Any], slowed: float) -> list[tuple[float, float]]:
    """Redraws a second and moves a second of each slider; in a thread, since Playwright runs in this one already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _updates(sliders, launch, context, slowed)).result()


async def _updates(sliders: list, launch: dict, context: dict, slowed: float) -> list[tuple[float, float]]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch)
        measured = [await _drag(browser, slider, context, slowed) for slider in sliders]
        await browser.close()
        return measured


async def _drag(browser: Browser, slider: Any, context: dict, slowed: float) -> tuple[float, float]:
    async with await browser.new_context(**context) as opened:
        page = await opened.new_page()
        await page.goto(slider.page, wait_until="networkidle")
        await page.locator(slider.path).wait_for(state="attached")
        await page.locator(slider.selector).evaluate("slider => slider.scrollIntoView({ block: 'center' })")
        session = await opened.new_cdp_session(page)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
        left, right, y = ends(await page.locator(slider.selector).bounding_box())
        await page.mouse.move(left, y)
        await page.mouse.down()
        await page.evaluate(COUNT, slider.path)

        clock, sent = asyncio.get_running_loop(), []
        begin = clock.time()
        for move in range(SECONDS * MOVES_A_SECOND):
            there = move / MOVES_A_SECOND / SWEEP % 2
            x = left + (right - left) * min(there, 2 - there)
            event = {"type": "mouseMoved", "x": x, "y": y, "button": "left", "buttons": 1}
            sent.append(asyncio.ensure_future(session.send("Input.dispatchMouseEvent", event)))
            await asyncio.sleep(max(0.0, begin + (move + 1) / MOVES_A_SECOND - clock.time()))
        spent, drawn, moved = await page.evaluate("[performance.now() - begin, redrawn, moves]")
        await asyncio.gather(*sent)
        await page.mouse.up()
        return 1000 * drawn / spent, 1000 * moved / spent
