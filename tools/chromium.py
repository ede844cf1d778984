"""Chromium, found or brought: the system's, or Playwright's own."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

# The address bar draws its suggestions in two pages of its own, in each window. The others are those that Playwright
# turns off: of two switches of a name the last one counts.
OFF = [
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
]
# No more at start-up than opening pages takes, and one process for all of them, since a process costs more than a page.
QUIET = [
    "--no-sandbox",
    "--process-per-site",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(OFF)}",
]


class NoChromium(Exception):
    """There is none, and none could be brought."""


def system() -> str | None:
    """Where the system has one, if it has: rather the one without windows, which takes half the time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def launched() -> Iterator[Browser]:
    """A running Chromium; Playwright's own is installed where the system has none."""
    own = system()
    with sync_playwright() as playwright:
        if not own and not Path(playwright.chromium.executable_path).exists():
            command = [sys.executable, "-m", "playwright", "install", "chromium"]
            if subprocess.run(command, check=False).returncode:
                raise NoChromium("no Chromium here, and `playwright install chromium` failed")
        browser = playwright.chromium.launch(executable_path=own, args=QUIET)
        yield browser
        browser.close()
