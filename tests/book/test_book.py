"""The built book as files: no warning while building, no markup left raw, no dead link, no other host."""

import re
from functools import cache
from urllib.parse import unquote, urlparse

import pytest
from bs4 import BeautifulSoup, NavigableString, Tag
from notebooks import ROOT

PAGES = re.findall(r"(?:root|file): (\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=PAGES)  # all tests of a page together, so that it is parsed once
def page(request, book):
    path = book / f"{request.param}.html"
    return path, BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def test_the_book_builds_without_a_warning(built):
    assert built.code == 0, built.said
    assert "WARNING" not in built.said


def prose(tag):
    """The text of an article without code, formulas and the names of parameters."""
    for child in tag.children:
        if type(child) is NavigableString:
            yield child
        elif not isinstance(child, Tag) or child.name in ("pre", "code") or {"math", "sig"} & {*child.get("class", ())}:
            continue
        elif child.name != "strong" or not child.find_parent(class_="field-list"):
            yield from prose(child)


def test_no_markup_is_left_raw(page):
    text = "".join(prose(page[1].select_one("article")))
    assert re.findall(r"\$|\*\*|:::|```|\{\w+\}`|\[[^\]]*\]\(|Traceback|Warning:", text) == []


def test_every_picture_is_described(page):
    pictures = page[1].select("article img")
    assert [str(picture) for picture in pictures if len(picture.get("alt", "")) < 40] == []


def test_every_formula_was_rendered_for_the_eye_and_for_the_screen_reader(page):
    for formula in page[1].select("article .math"):
        assert formula.find("math").find("annotation").string
        assert formula.find(attrs={"aria-hidden": "true"}).get_text()
        if formula.name == "div":
            assert formula.select_one(".eqno a")["href"] == f"#{formula['id']}"


@cache
def ids_of(path):
    return set(re.findall(r'\sid="([^"]+)"', path.read_text(encoding="utf-8")))


def test_every_link_inside_the_book_leads_somewhere(page, book):
    path, soup = page
    dead = []
    for link in soup.select("a[href]"):
        address = urlparse(link["href"])
        if address.scheme or address.netloc:
            continue
        target = (path.parent / unquote(address.path)).resolve() if address.path else path
        there = (target.is_file() and book.resolve() in target.parents) or target == path
        setting = "=" in address.fragment  # of the page's live figure
        if there and address.fragment and not setting and target.suffix == ".html":
            there = address.fragment in ids_of(target)
        if not there:
            dead.append(link["href"])
    assert dead == []


def test_nothing_is_loaded_from_another_host(page):
    loaded = [tag.get("src") or tag.get("href") for tag in page[1].select("script[src], img[src], link[href]")]
    assert loaded
    assert [address for address in loaded if urlparse(address).netloc] == []


def test_every_page_offers_its_source(page):
    stem = page[0].stem
    assert page[1].select_one(f':is(a[href$="{stem}.ipynb"], a[href$="{stem}.md"])')


def test_a_chapter_links_each_term_once_and_in_its_prose_and_no_other_page_does(page, book):
    path, soup = page
    links = soup.select("article a.term")
    assert (len(links) >= 3) == (path.parent.name == "chapters" or path == book / "index.html")
    addresses = [link["href"] for link in links]
    assert len(addresses) == len(set(addresses))
    elsewhere = ["h1", "h2", "h3", "a", "pre", "code", "table", "figcaption", "summary"]
    assert [link for link in links if link.find_parent(elsewhere)] == []
    assert soup.select(".exercise > .admonition-title a.term") == []


# What is counted by the build


def test_the_chapters_are_numbered_through_both_parts_and_nothing_else_is(book):
    landing = BeautifulSoup((book / "index.html").read_text(encoding="utf-8"), "html.parser")
    listed = [link.get_text() for link in landing.select("nav.bd-links li > a")]
    chapters = sum(name.startswith("chapters/") for name in PAGES)
    numbers = [re.match(r"(\d+)\. \w", text) for text in listed]
    assert [number and int(number[1]) for number in numbers] == [
        *range(1, chapters + 1),
        *[None] * (len(listed) - chapters),
    ]


def test_the_displayed_formulas_are_counted_through_the_book(book):
    text = "".join((book / f"{name}.html").read_text(encoding="utf-8") for name in PAGES)
    numbers = [int(number) for number in re.findall(r'class="eqno">\((\d+)\)', text)]
    assert len(numbers) > 40
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_section_has_no_number_and_a_figure_counts_through_the_book(page):
    for number in page[1].select(":is(h2, h3) .section-number, .caption-number"):
        assert re.fullmatch(r"(Fig\.|Exercise|Table) \d+ ?", number.get_text())
