"""The book from a stick: unpacked somewhere, opened from the file system, with no network."""

import filecmp
import os
import re
from zipfile import ZipFile

import pytest
from figure import handle, moved, read
from notebooks import NOTEBOOKS, ROOT
from offline import main, pack
from playwright.sync_api import expect
from setup_cell import wheel

NAME = "a book"


@pytest.fixture(scope="module")
def packed(book, tmp_path_factory):
    """The zip."""
    target = tmp_path_factory.mktemp("stick") / f"{NAME}.zip"
    pack(book, target)
    return target


@pytest.fixture(scope="module")
def unpacked(packed, tmp_path_factory):
    """The folder that a reader gets, in a place with a space and an ö in its path."""
    place = tmp_path_factory.mktemp("Übung ö 1")
    with ZipFile(packed) as archive:
        archive.extractall(place)
    return place / NAME


@pytest.fixture
def open_file(browser, unpacked):
    """Open a page from the file system without a network; what goes wrong in it fails the test."""
    context, wrong = browser.new_context(viewport={"width": 1280, "height": 900}), []
    context.set_offline(True)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    context.on("requestfailed", lambda request: wrong.append(request.url))

    def open_page(name, after=""):
        page = context.new_page()
        page.goto((unpacked / name).as_uri() + after, wait_until="load")
        return page

    yield open_page
    context.close()
    assert wrong == []


# The zip


def test_the_zip_is_the_same_bytes_of_the_same_pages(tmp_path):
    made = []
    for moment, names in enumerate([["index.html", "a/b.html", "a/c.js"], ["a/c.js", "a/b.html", "index.html"]]):
        folder = tmp_path / str(moment)
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(name)
            (folder / name).chmod([0o644, 0o600][moment])
            os.utime(folder / name, (1e9 + moment, 1e9 + moment))
        pack(folder, folder.with_suffix(".zip").with_stem("book"))
        made.append(folder.with_suffix(".zip").with_stem("book").read_bytes())
    assert made[0] == made[1]


def test_the_zip_holds_the_pages_in_one_folder_and_nothing_of_the_build(packed):
    with ZipFile(packed) as archive:
        names = archive.namelist()
    assert names == sorted(names)
    assert f"{NAME}/index.html" in names
    assert f"{NAME}/{wheel()}" in names  # the book's package, for whoever has a notebook alone
    for name in names:
        first, *inside = name.split("/")
        assert first == NAME
        assert not [part for part in inside if part.startswith(".") or part in ("", "..")]
        assert not name.endswith((".map", ".doctree", ".pickle"))


def test_where_no_book_was_built_a_sentence_says_so(tmp_path):
    target = tmp_path / "book.zip"
    assert main(str(tmp_path), str(target)) == f"there is no built book in {tmp_path}: `make book` builds it"
    assert not target.exists()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_that_a_page_offers_is_the_whole_one(unpacked, path):
    assert filecmp.cmp(unpacked / "_sources" / path.relative_to(ROOT), path, shallow=False)


# The pages


@pytest.mark.parametrize("name", ["index", "chapters/the-learning-rate"])
def test_a_live_figure_is_alive(open_file, name):
    page = open_file(f"{name}.html")
    expect(page.locator(".gd-how")).not_to_be_empty()
    before = read(page)
    rate = handle(page, "learning rate")
    rate.focus()
    said = rate.get_attribute("aria-valuetext")
    moved(page, lambda: page.keyboard.press("PageUp"))
    expect(rate).not_to_have_attribute("aria-valuetext", said)
    after = read(page)
    assert after["loss"] != before["loss"]
    assert after["slope"] != before["slope"]


def test_a_link_to_a_state_is_made_and_opened(open_file):
    page = open_file("index.html", "#learning_rate=0.06&epochs=200")
    expect(handle(page, "epochs")).to_have_attribute("aria-valuetext", "200")
    page.get_by_role("button", name="Epoch 1,000").click()
    page.get_by_role("button", name="Link to this").click()
    assert page.url.endswith("/index.html#learning_rate=0.06&epochs=1000")


def test_the_links_lead_from_page_to_page_and_back(open_file):
    page = open_file("index.html")
    page.locator("article").get_by_role("link", name="The learning rate").click()
    expect(page.locator("article h1")).to_contain_text("The learning rate")
    expect(page.locator(".gd-how")).not_to_be_empty()
    page.get_by_role("link", name="previous").click()
    expect(page.locator("article h1")).to_contain_text("From scratch")
    page.locator(".navbar-brand").first.click()
    expect(page.locator("article h1")).to_contain_text("Grasping Gradient Descent")


def test_the_search_finds_pages_and_asks_for_no_excerpts(open_file):
    page = open_file("search.html", "?q=momentum")
    results = page.locator("#search-results")
    expect(results.locator("p").first).to_contain_text("matching the search query")
    results.get_by_role("link", name=re.compile(r"^\d+\. Momentum$")).first.click()
    expect(page.locator("article h1")).to_contain_text("Momentum")
