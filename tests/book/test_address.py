"""Where a page is found and run: titles, descriptions, addresses, moves, and the buttons of Colab and Binder."""

import json
import os
import posixpath
import shutil
from types import SimpleNamespace
from xml.etree import ElementTree

import matplotlib.image
import nbformat
import numpy as np
import pytest
import yaml
from address import configure
from barriers import barriers
from bs4 import BeautifulSoup
from figure import handle, shifts_of
from notebooks import ROOT
from playwright.sync_api import expect
from serve import serving
from small_book import build, configuration
from sphinx.errors import ConfigError
from test_book import PAGES
from test_npm import ODD

pytestmark = pytest.mark.book
ADDRESS = "https://owner.github.io/NAME"
REPOSITORY = "https://github.com/OWNER/a.book"


def head_of(path):
    """The title of a page, and what its head says under each name."""
    soup = BeautifulSoup(path.read_text(encoding="utf-8").partition("</head>")[0], "html.parser")
    said = {tag.get("name") or tag["property"]: tag["content"] for tag in soup.select("meta[name], meta[property]")}
    canonical = soup.select_one('link[rel="canonical"]')
    return SimpleNamespace(title=soup.title.string, said=said, canonical=canonical and canonical["href"], soup=soup)


# The book, which knows no address


@pytest.fixture(scope="module")
def heads(book):
    return {name: head_of(book / f"{name}.html") for name in [*PAGES, "genindex", "py-modindex", "search", "404"]}


def test_every_page_has_a_title_and_a_description_of_its_own(heads):
    titles = [head.title for head in heads.values()]
    assert len(set(titles)) == len(titles)
    descriptions = [head.said["description"] for head in heads.values()]
    assert len(set(descriptions)) == len(descriptions)
    assert [said for said in descriptions if not 30 <= len(said) <= 200 or "\\" in said or "\n" in said] == []


def test_a_title_names_the_book_once(heads):
    assert heads["index"].title == "Grasping Gradient Descent"
    assert heads["chapters/the-loop"].title == "5. The loop — Grasping Gradient Descent"
    assert [head.title for head in heads.values() if head.title.count("Grasping Gradient Descent") != 1] == []


def test_a_chapter_is_described_by_what_one_will_do_in_it(heads):
    chapters = [head.said["description"] for name, head in heads.items() if name.startswith("chapters/")]
    assert [said for said in chapters if not said.startswith("You will ")] == []


def test_where_no_address_is_known_none_is_named(heads, book):
    for head in heads.values():
        assert head.canonical is None
        assert not [name for name in head.said if name.startswith("og:")]
    assert not (book / "sitemap.xml").exists()


def test_where_no_repository_is_known_there_is_no_trace_of_services(heads, book):
    text = "".join((book / f"{name}.html").read_text("utf-8") for name in heads if name.startswith(("index", "chap")))
    assert [word for word in ("github.com", "colab.research", "mybinder", "launch") if word in text.lower()] == []


def test_search_engines_are_not_shown_the_search_and_the_missing_page(heads):
    assert {name for name, head in heads.items() if head.said.get("robots") == "noindex"} == {"search", "404"}


@pytest.mark.parametrize("words", ["noise ball", "noise+ball"])
def test_the_search_finds_the_glossary_s_terms(browser, book_url, words):
    page = browser.new_page()
    page.goto(f"{book_url}search.html?q={words}")
    results = page.locator("#search-results")
    expect(results.locator("p").first).to_contain_text("matching the search query")
    expect(results.locator('a[href*="reference/glossary.html"]').first).to_be_visible()
    page.close()


# A tiny book


@pytest.fixture(scope="module")
def addressed(tmp_path_factory):
    """A book that knows its address and its repository, and two of whose pages have moved."""
    source = tmp_path_factory.mktemp("addressed") / "source"
    (source / "part").mkdir(parents=True)
    (source / "reference").mkdir()
    (source / "reference" / "references.bib").touch()
    moved = "      old/one: ../part/one.html\n      three: part/two.html#a-part"
    changes = {
        'baseurl: ""': f"baseurl: {ADDRESS}",
        "      chapters/05-the-loop: the-loop.html": moved,
        '  url: ""': f"  url: {REPOSITORY}",
        "branch: students": "branch: next",
        'binderhub_url: ""': "binderhub_url: https://mybinder.org",
        'colab_url: ""': "colab_url: https://colab.research.google.com",
    }
    (source / "_config.yml").write_text(configuration(changes), encoding="utf-8")
    toc = "format: jb-book\nroot: index\nchapters: [{file: part/one}, {file: part/two}, {file: lab}]\n"
    (source / "_toc.yml").write_text(toc, encoding="utf-8")
    (source / "index.md").write_text("# A book\n\nIt has *two* parts.\n\n![Squares](squares.png)\n", encoding="utf-8")
    indexed = "```{index} single: valley\n```\nA zebra.\n\n$$x$$\n"
    one = "# One\n\n" + 60 * "word " + f"\n\n![Lines](lines.png)\n\n{indexed}"
    (source / "part" / "one.md").write_text(one, encoding="utf-8")
    explicit = '---\nmyst: {html_meta: {description: "Two & more."}}\n---\n'
    indexed = "```{index} single: mountain\n```\nA lion.\n\n$$y$$\n"
    two = f"{explicit}# *Two*\n\nThis is not said.\n\n## A part\n\n{indexed}"
    (source / "part" / "two.md").write_text(two, encoding="utf-8")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A notebook\n\n## A part", id="a")])
    nbformat.write(notebook, source / "lab.ipynb")
    for name, shape in (("squares.png", (20, 20)), ("part/lines.png", (10, 80))):
        matplotlib.image.imsave(source / name, np.ones(shape))
    built, pages = build(source, source.parent, "-W", "-n")
    assert (pages / "index.html").exists(), built.stdout + built.stderr
    assert "UNKNOWN" not in (pages / "lab.html").read_text(encoding="utf-8")
    return pages


def test_every_page_names_its_address(addressed):
    for name in ("index", "part/one", "part/two"):
        head = head_of(addressed / f"{name}.html")
        assert head.canonical == head.said["og:url"] == f"{ADDRESS}/{name}.html"
    assert head_of(addressed / "search.html").canonical is None


def test_a_preview_shows_the_first_picture_of_the_page_or_of_the_book(addressed):
    shown = {}
    for name in ("index", "part/one", "part/two"):
        said = head_of(addressed / f"{name}.html").said
        shown[name] = said["og:image"].removeprefix(f"{ADDRESS}/"), said["og:image:alt"]
        assert said["twitter:card"] == "summary_large_image"
        assert (addressed / shown[name][0]).is_file()
    assert shown["part/two"] == shown["index"] != shown["part/one"]
    assert (shown["index"][1], shown["part/one"][1]) == ("Squares", "Lines")


def test_a_preview_says_what_the_page_says(addressed):
    for name in ("index", "part/one", "part/two"):
        head = head_of(addressed / f"{name}.html")
        assert head.said["og:description"] == head.said["description"]
        assert head.said["og:site_name"] == "Grasping Gradient Descent"
        assert head.said["og:type"] == ("website" if name == "index" else "article")


def test_a_description_is_the_author_s_else_the_first_paragraph_cut_at_a_word(addressed):
    said = {name: head_of(addressed / f"{name}.html").said["description"] for name in ("index", "part/one", "part/two")}
    assert said["index"] == "It has two parts."
    assert said["part/one"].endswith("word …")
    assert len(said["part/one"]) <= 200
    assert said["part/two"] == "Two & more."
    two = head_of(addressed / "part" / "two.html")
    assert len(two.soup.select('meta[name="description"]')) == 1
    assert two.said["og:title"] == "Two"


def test_the_sitemap_lists_the_pages(addressed):
    places = {place.text for place in ElementTree.parse(addressed / "sitemap.xml").findall(".//{*}loc")}
    assert places == {f"{ADDRESS}/{name}.html" for name in ("index", "part/one", "part/two", "lab")}


def test_the_missing_page_works_at_any_depth(browser, addressed):
    page, failed = browser.new_page(), []
    page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    page.on("console", lambda message: failed.append(message.text) if message.type == "error" else None)

    def pages_host(route):
        path = route.request.url.removeprefix(f"{ADDRESS}/").partition("?")[0]
        file = addressed / (path if (addressed / path).is_file() else "404.html")
        route.fulfill(path=file)

    page.route(f"{ADDRESS}/**", pages_host)
    page.goto(f"{ADDRESS}/a/b/c/", wait_until="load")
    assert failed == []
    expect(page.locator("h1").last).to_have_text("There is no such page")
    assert page.evaluate("getComputedStyle(document.querySelector('.fa-magnifying-glass')).maskImage").startswith("url")
    page.locator("article").get_by_role("link", name="Grasping Gradient Descent").click()
    expect(page.locator("article h1")).to_contain_text("A book")
    page.close()


@pytest.mark.parametrize(
    ("link", "place"),
    [
        ("old/one.html", "part/one.html"),
        ("old/one.html?q=1#epochs=3", "part/one.html?q=1#epochs=3"),
        ("three.html", "part/two.html#a-part"),
    ],
)
def test_a_page_that_moved_leads_to_where_it_is_with_all_that_the_link_says(browser, addressed, link, place):
    page = browser.new_page()
    with serving(addressed) as address:
        page.goto(address + link)
        page.wait_for_url(address + place)
    page.close()


def test_a_page_that_moved_leads_there_without_a_script_too(browser, addressed):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    with serving(addressed) as address:
        page.goto(f"{address}old/one.html")
        page.wait_for_url(f"{address}part/one.html")
    context.close()
    assert head_of(addressed / "old" / "one.html").canonical == "../part/one.html"


def test_a_build_in_the_folder_of_another_makes_the_same_book_as_one_in_an_empty_folder(addressed, tmp_path):
    """Jupyter Book itself may be called again and again in one folder, which has any name."""
    shutil.copytree(addressed.parents[1], tmp_path / ODD)
    source = tmp_path / ODD / "source"
    (source / "notes [1].md").write_text("What _toc.yml does not list is not in the book, and no warning either.")
    one = "# Another title\n\n```{index} single: valley\n```\nA tiger.\n\n$$z$$\n\n$$x$$\n"
    (source / "part" / "one.md").write_text(one)
    os.utime(source / "part" / "one.md", (1e9, 1e9))  # a clock that was set back
    books = []
    for folder in (source.parent, tmp_path / "fresh"):
        built, pages = build(source, folder, "-W", "-n")
        assert built.returncode == 0, built.stdout + built.stderr
        books.append({path.relative_to(pages): path.read_bytes() for path in pages.rglob("*.*")})
    again, fresh = books
    assert sorted(path for path in fresh if again[path] != fresh[path]) == []
    assert set(again) == set(fresh)
    index = (pages / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(index.removeprefix("Search.setIndex(").removesuffix(")"))
    assert set(index["indexentries"]) == {"valley", "mountain"}
    assert "tiger" in index["terms"]
    assert "zebra" not in index["terms"]
    assert "Another title" in (pages / "part" / "two.html").read_text(encoding="utf-8")


# Its buttons


def test_a_book_that_knows_its_repository_offers_colab_and_binder(addressed):
    page = BeautifulSoup((addressed / "lab.html").read_text(encoding="utf-8"), "html.parser")
    links = {link.get_text(strip=True): link["href"] for link in page.select(".dropdown-launch-buttons a")}
    assert links == {
        "Binder": "https://mybinder.org/v2/gh/OWNER/a.book/next?urlpath=lab/tree/lab.ipynb",
        "Colab": "https://colab.research.google.com/github/OWNER/a.book/blob/next/lab.ipynb",
    }


@pytest.mark.parametrize("width", [320, 1440])
def test_the_buttons_are_for_everybody_and_move_nothing(context, addressed, width):
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    with serving(addressed) as address:
        assert shifts_of(page, f"{address}lab.html") == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        button = page.get_by_label("Launch interactive content")
        icon = button.locator(".fa-rocket").evaluate("icon => getComputedStyle(icon).maskImage")
        assert icon.startswith('url("data:image/svg+xml')
        button.focus()
        page.keyboard.press("Enter")
        for name in ("Binder", "Colab"):
            link = page.get_by_role("link", name=name)
            assert link.is_visible()
            assert link.locator("img").evaluate("image => image.naturalWidth") > 0
        assert barriers(page) == []
    page.close()


# Today's moves


def test_a_link_to_a_state_of_a_figure_on_a_page_that_moved_still_leads_there(open_page, book_url):
    page = open_page("chapters/05-the-loop.html#learning_rate=0.01&epochs=100")
    page.wait_for_url(f"{book_url}chapters/the-loop.html#learning_rate=0.01&epochs=100")
    expect(handle(page, "epochs").first).to_have_attribute("aria-valuetext", "100")


def test_every_move_in_the_table_leads_from_no_page_to_one():
    moves = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]["redirects"]
    old = {name: posixpath.normpath(posixpath.join(posixpath.dirname(name), new)) for name, new in moves.items()}
    assert {name: new for name, new in old.items() if name in PAGES or new.partition(".html")[0] not in PAGES} == {}


# What makes no sense


@pytest.mark.parametrize(
    "address",
    [
        "OWNER.github.io",
        "https://",
        "https://a.b/?c",
        "https://a.b/#c",
        'https://a.b/"',
        "ftp://a.b",
    ],
)
def test_an_address_that_is_none_stops_the_build(address):
    with pytest.raises(ConfigError, match=r"^baseurl must be an address such as https://OWNER\.github\.io/NAME/"):
        configure(None, SimpleNamespace(html_baseurl=address))


@pytest.mark.parametrize("address", ["https://a.b/", "http://localhost:8000/c.d/e-f_g"])
def test_an_address_ends_in_a_slash(address):
    config = SimpleNamespace(html_baseurl=address, html_title="A book")
    configure(None, config)
    assert config.html_baseurl == address.rstrip("/") + "/"
