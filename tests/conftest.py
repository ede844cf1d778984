"""What several tests share: the book built once, and a browser to open it in."""

import gc
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import npm
import numpy as np
import pytest
from filelock import FileLock
from hypothesis import settings
from serve import serving

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

ROOT = Path(__file__).parent.parent

collect_ignore = ["browser/webkit_window.py"]  # a program of its own, for the system's Python
FONTS = Path(__file__).parent / "browser" / "fonts"


def pytest_configure(config):
    """Bring what the book's build needs before several processes look for it at once."""
    if getattr(config.option, "numprocesses", None):
        npm.install()


def pytest_collection_modifyitems(items):
    """Mark the tests of the built book, which `make book-next` runs on a build of its own, and put all in their order.

    One process builds the book while the others run what is slow and needs none; what is quick fills the gaps at last.
    """
    for item in items:
        if "built" in getattr(item, "fixturenames", ()):
            item.add_marker("book")
    slow = {item.path for item in items if item.path.suffix == ".ipynb" or item.get_closest_marker("slow")}
    book = {item.path for item in items if item.get_closest_marker("book")}

    def turn(item):
        return 0 if item.path.name == "test_book.py" else 1 if item.path in slow else 2 if item.path in book else 3

    items.sort(key=turn)


def pytest_collection_finish():
    """Leave what was collected to itself: every look at it by the garbage collector costs, and none of it goes."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """A process a processor; of `-n logical`, one more, for when one waits for a browser, a kernel or a build."""
    return (os.cpu_count() or 1) + (config.option.numprocesses == "logical")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give a process the tests of a whole file, which share what is costly; of a page, those of a view or engine."""
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False  # which would begin with the files of most tests; ours are the quickest

    class ByFileOrView(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file, _, test = nodeid.partition("::")
            view = re.search(r"\[.+, \d+, (dark|light)\]$|(?<=[-\[])(Firefox|WebKit)(?=[-\]])", test)
            return file + view[0] if view else file

    return ByFileOrView(config, log)


class Built(NamedTuple):
    """A build of the book: its exit code, what it said, and the folder of its pages."""

    code: int
    said: str
    folder: Path


@pytest.fixture(scope="session")
def central_differences():
    """The derivative of ``f`` along each parameter; without truncation error where f is quadratic."""

    def differences(f, theta, h=1.0):
        steps = h * np.eye(len(theta))
        return np.array([np.subtract(f(theta + step), f(theta - step)) / (2 * h) for step in steps])

    return differences


@pytest.fixture(scope="session")
def built(tmp_path_factory, worker_id):
    """The finished build: its exit code and what it printed. Several processes share one."""
    base = tmp_path_factory.getbasetemp()
    target = (base if worker_id == "master" else base.parent) / "book"
    with FileLock(f"{target}.lock"):
        if not target.exists():
            target.mkdir()
            command = [sys.executable, ROOT / "tools" / "build.py", target]
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            (target / "ran.json").write_text(json.dumps([ran.returncode, ran.stdout + ran.stderr]))
    return Built(*json.loads((target / "ran.json").read_text()), target / "html")


@pytest.fixture(scope="session")
def book(built):
    """The folder of the built pages."""
    assert built.code == 0, built.said
    return built.folder


@pytest.fixture(scope="session")
def book_url(book):
    """Where the built pages are served while the tests run."""
    with serving(book) as address:
        yield address


@pytest.fixture(scope="session")
def first_of_a_kind(book):
    """Those of some pages where an element or class stands for the first time: all look as their kinds do."""

    @cache
    def first(*pages):
        names, seen = [], set()
        for name in pages:
            text = (book / f"{name}.html").read_text(encoding="utf-8")
            kinds = {*re.findall(r"<(\w+)", text), *" ".join(re.findall(r'class="([^"]*)"', text)).split()}
            kinds = {kind for kind in kinds if not kind.startswith(("tag_needs-", "live-"))}  # which have no style
            if kinds - seen:
                names.append(name)
            seen |= kinds
        return names

    return first


@pytest.fixture(scope="session")
def go_without():
    """Skip what this machine cannot show; CI fails instead, on ``only_on`` if that is the one system that can."""

    def without(problem, only_on=sys.platform):
        required = os.environ.get("CI") and sys.platform == only_on
        pytest.fail(str(problem)) if required else pytest.skip(str(problem))

    return without


@pytest.fixture(scope="session")
def browser(go_without):
    """Chromium."""
    from chromium import NoChromium, launched

    try:
        with launched() as chromium:
            yield chromium
    except NoChromium as problem:
        go_without(f"{problem}: the pages were not opened")


@pytest.fixture(scope="module", params=sorted(FONTS.glob("*.conf")), ids=lambda family: family.stem)
def fonts(browser, go_without, request):
    """Chromium on a machine that has the fonts of one family and no others."""
    import chromium

    folder = re.search("<dir>(.+)</dir>", request.param.read_text(encoding="utf-8"))[1]
    if not Path(folder).is_dir():
        go_without(f"no fonts in {folder}: nothing was tried with {request.param.stem} alone", only_on="linux")
    environment = os.environ | {"FONTCONFIG_FILE": str(request.param)}
    opened = browser.browser_type.launch(executable_path=chromium.system(), args=chromium.QUIET, env=environment)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def context(browser):
    """A window of a desktop's width, with an empty page that keeps the process alive in which the others are drawn."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900})
    empty = opened.new_page()
    empty.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
    empty.goto("http://127.0.0.1/")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def idle(context):
    """Pages with figures that no test has at the moment: to begin one takes half as long as to open it."""
    return []


@pytest.fixture
def visited():
    """The pages with figures that a test has."""
    return []


@pytest.fixture
def open_page(context, book_url, idle, visited):
    """Open a page of the book; what goes wrong in it fails the test."""
    pages, wrong = [], []

    def throws(error):
        wrong.append(str(error))

    def says(message):
        if message.type == "error":
            wrong.append(message.text)

    def opened(address, begun=None):
        page = begun or context.new_page()
        pages.append(page)
        page.on("pageerror", throws)
        page.on("console", says)
        page.goto(f"{book_url}{address}", wait_until="load")
        return page

    yield opened
    for page in pages:
        if page in visited:
            leave(page)
            page.remove_listener("pageerror", throws)
            page.remove_listener("console", says)
            idle.append(page)
        else:
            page.close()
    assert wrong == []


def leave(page):
    """Leave a page as it was when it was new."""
    page.evaluate("sessionStorage.clear()")
    page.goto("about:blank")
    page.mouse.move(0, 0)
    page.emulate_media(media="null", color_scheme="null", reduced_motion="null", forced_colors="null", contrast="null")
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
def visit(open_page, idle, visited):
    """Open a page and wait for its first figure, others left out; a link to a state of it goes there by itself."""
    from figure import come
    from playwright.sync_api import expect

    def visiting(address):
        page = open_page(address, idle.pop() if idle else None)
        page.evaluate("[...document.querySelectorAll('.live-place')].slice(1).forEach(place => place.remove())")
        visited.append(page)
        if "#" in address:
            expect(page.locator(".gd-how")).not_to_be_empty()
        else:
            come(page)
        return page

    return visiting
