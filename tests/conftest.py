"""The book, built once for all tests, and a browser to open it in."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from serve import server

ROOT = Path(__file__).parent.parent

# What a browser does at start-up besides opening pages only disturbs a test.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The finished build: its exit code and what it printed."""
    target = tmp_path_factory.mktemp("book")
    jupyter_book = Path(sys.executable).parent / "jupyter-book"
    command = [jupyter_book, "build", ROOT, "--path-output", target, "--all", "-W", "-n", "--keep-going"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    result.folder = target / "_build" / "html"
    return result


@pytest.fixture(scope="session")
def book(built):
    """The folder of the built pages."""
    assert built.returncode == 0, built.stdout + built.stderr
    return built.folder


@pytest.fixture(scope="session")
def book_url(book):
    """Where the built pages are served while the tests run."""
    with server(book, 0) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser():
    """Chromium: the system's, or Playwright's own, which is installed if need be; CI never goes without."""
    from playwright.sync_api import sync_playwright

    system = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        if not system and not Path(playwright.chromium.executable_path).exists():
            command = [sys.executable, "-m", "playwright", "install", "chromium"]
            if subprocess.run(command, check=False).returncode:
                message = "no Chromium here, and `playwright install chromium` failed: the pages were not opened"
                pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
        chromium = playwright.chromium.launch(executable_path=system, args=QUIET)
        yield chromium
        chromium.close()
