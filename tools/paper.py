"""Print the built book as one PDF of A4 pages, by Chromium.

python tools/paper.py _build/html _build/grasping-gradient-descent.pdf

The pages are those that are published, put one after another into one document, so every figure, equation and
exercise has the number that it has there. What unfolds on a page is collected at its chapter's end, where a reader of
paper finds it by its page's number. Sphinx's own `singlehtml` will not do: MyST-NB's folded cells stop it, and ids stay
as they are, of which the chapters share many (each has its "summary"), so that links go astray.
"""

import json
import posixpath
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlparse

from bs4 import BeautifulSoup, Tag
from chromium import NoChromium, launched
from playwright.sync_api import Browser, Page, Route
from pypdf import PdfReader
from serve import serving

from gdlib._files import written_whole

STYLE = Path(__file__).with_suffix(".css")
FONTS = Path(__file__).parent.parent / "web" / "node_modules" / "@fontsource"  # which the book's build has installed
FACES = ["400", "400-italic", "700", "700-italic"]
FIRST = "index.html"
ALIVE = "Alive on the page, where it answers to your hand."
UNWANTED = ["headerlink", "toctree-wrapper", "sd-summary-state-marker", "live-skeleton"]
UNKNOWN = "000"  # stands for a page's number until that is known, and is about as wide
MOST_PRINTINGS = 5
COLOURED = {"c1", "k", "kn", "kc", "ow", "s1", "s2", "sa", "sd", "mi", "mf", "gp"}  # by paper.css, in code
HEADINGS = ["h1", "h2", "h3", "h4", "h5"]
SHORT = 16  # lines of code that stay on one page

# All of them at once, since a browser asks for the font of running heads only while it prints.
LOAD_FONTS = "Promise.all([...document.fonts].map(font => font.load()))"
NUMBER_PAGES = """
pages => {
  for (const link of document.querySelectorAll("a[data-page]"))
    link.dataset.page = pages[decodeURIComponent(link.hash.slice(1))];
}
"""


class Chapter(NamedTuple):
    """A page of the book: its title, and where it lies in the book's folder."""

    title: str
    path: str

    @property
    def name(self) -> str:
        """What its ids begin with."""
        return self.path.removesuffix(".html").replace("/", "-")


class Part(NamedTuple):
    """Some chapters under one title."""

    title: str
    chapters: list[Chapter]


class Book(NamedTuple):
    """What the first page tells of the book."""

    title: str
    author: str
    icon: str
    parts: list[Part]


# What the book consists of


def read_book(folder: Path) -> Book:
    """Title, author and parts, as the first page and its sidebar have them."""
    page = parsed(folder / FIRST)
    captions = page.select("nav.bd-links p.caption")
    parts = [
        Part(
            caption.get_text(strip=True),
            [Chapter(link.get_text(strip=True), link["href"]) for link in caption.find_next("ul").select("a")],
        )
        for caption in captions
    ]
    title = page.select_one("article h1").find(string=True)
    author = page.select_one(".component-author").get_text(strip=True).removeprefix("By ")
    return Book(title, author, page.select_one("link[rel~=icon]")["href"], parts)


def parsed(path: Path) -> BeautifulSoup:
    """A page of the book."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


# One document


def assemble(folder: Path, book: Book) -> str:
    """The book as one page, whose addresses begin in the folder of the built book."""
    first = Chapter(book.title, FIRST)
    chapters = [first, *(chapter for part in book.parts for chapter in part.chapters)]
    names = {chapter.path: chapter.name for chapter in chapters}
    body = [cover(book), contents(book.parts, first), printed_chapter(folder, first, names, level=0)]
    for number, part in enumerate(book.parts):
        title = f"<h1>{escape(part.title)}</h1>"
        body.append(f'<section class="part" id="part-{number}">{title}{listed(part.chapters)}</section>')
        body += [printed_chapter(folder, chapter, names, level=1) for chapter in part.chapters]
    heads = "".join(running_head(chapter) for chapter in chapters)
    faces = [f"fonts/{font.name}/{face}.css" for font in sorted(FONTS.iterdir()) for face in FACES]
    styles = "".join(f'<link rel="stylesheet" href="{style}">' for style in ["_static/mathematics/style.css", *faces])
    return f"""<!doctype html>
<html lang="en" data-theme="light">
<meta charset="utf-8">
<title>{escape(book.title)}</title>
{styles}
<style>{STYLE.read_text(encoding="utf-8")}{heads}</style>
{"".join(body)}
</html>"""


def cover(book: Book) -> str:
    """The title page."""
    return (
        f'<header class="cover"><img src="{book.icon}" alt=""><p class="title">{escape(book.title)}</p>'
        f'<p class="author">{escape(book.author)}</p></header>'
    )


def contents(parts: list[Part], first: Chapter) -> str:
    """All parts and chapters with the numbers of their pages."""
    lists = "".join(
        f'<p class="title"><a href="#part-{number}">{escape(part.title)}</a></p>{listed(part.chapters)}'
        for number, part in enumerate(parts)
    )
    return f'<nav class="contents"><h1>Contents</h1>{listed([first])}{lists}</nav>'


def listed(chapters: list[Chapter]) -> str:
    """Lines that lead to chapters."""
    lines = "".join(
        f'<li><a href="#{chapter.name}" data-page="{UNKNOWN}">'
        f'{escape(chapter.title)}<span class="dots"></span></a></li>'
        for chapter in chapters
    )
    return f'<ul class="chapters">{lines}</ul>'


def running_head(chapter: Chapter) -> str:
    """The style of a chapter's pages, which bear its title."""
    title = json.dumps(chapter.title, ensure_ascii=False)
    name = chapter.name
    return f"#{name} {{ page: {name}; }} @page {name} {{ @top-right {{ content: {title}; }} }}\n"


def printed_chapter(folder: Path, chapter: Chapter, names: dict[str, str], level: int) -> str:
    """A page as it goes to paper, its headings lower by ``level``."""
    page = parsed(folder / chapter.path)
    article = page.select_one("article.bd-article")
    for unwanted in [*article.find_all(class_=UNWANTED), *article.find_all("script")]:
        unwanted.decompose()
    blacken_code(article)
    name_formulas(article)
    readdress(article, chapter, names)
    keep_together(article)
    for caption in article.select("figure.live-figure figcaption"):
        caption.append(element(page, "p", ALIVE, class_="alive"))
    collect_answers(page, article, chapter)
    for summary in article.select(".curious > summary"):
        summary.unwrap()  # a heading
    for details in article.find_all("details"):
        details.name = "div"
    for summary in article.find_all("summary"):
        summary.name = "p"
    for heading in article.find_all(HEADINGS) if level else []:
        heading.name = f"h{int(heading.name[1]) + level}"
    article.name, article["class"], article["id"] = "section", "chapter", chapter.name
    return str(article)


def element(page: BeautifulSoup, name: str, *children: str | Tag, class_: str = "", **attributes: str) -> Tag:
    """A new element of the page."""
    made = page.new_tag(name, attrs=({"class": class_} if class_ else {}) | attributes)
    made.extend(children)
    return made


def readdress(article: Tag, chapter: Chapter, names: dict[str, str]) -> None:
    """Ids that no other chapter has, links to them, and pictures from where the document lies.

    What leads to no chapter of the document (an index, a file) stays as text.
    """
    here = posixpath.dirname(chapter.path)
    for tag in article.find_all(id=True):
        tag["id"] = f"{chapter.name}--{tag['id']}"
    for picture in article.find_all("img"):
        picture["src"] = posixpath.normpath(posixpath.join(here, picture["src"]))
    for link in article.find_all("a", href=True):
        path, _, place = link["href"].partition("#")
        if ":" in path:
            if link.get_text().removeprefix("doi:") not in link["href"]:
                link["data-address"] = link["href"]
            continue
        target = posixpath.normpath(posixpath.join(here, path)) if path else chapter.path
        if target not in names:
            link.unwrap()
            continue
        is_place = place and "=" not in place  # the other is the state of a live figure
        link["href"] = f"#{names[target]}--{place}" if is_place else f"#{names[target]}"
        if target != chapter.path and "term" not in link.get("class", ()) and not link.code:
            link["data-page"] = UNKNOWN


def blacken_code(article: Tag) -> None:
    """Words of code without a colour lose their marks, each of which would be a piece of text of its own in the PDF."""
    words = [word for code in article.find_all("pre") for word in code.find_all("span")]
    words += [word for signature in article.find_all("dt", class_="sig") for word in signature.find_all(class_="w")]
    for word in words:
        if COLOURED.isdisjoint(word.get("class", ())):
            word.unwrap()


def name_formulas(article: Tag) -> None:
    """A screen reader is told a formula's source in place of its pieces; every piece would leave a mark in the PDF."""
    for formula in article.find_all(class_="math"):
        source = formula.annotation.get_text()
        formula.math.parent.decompose()
        formula.find_all(True, recursive=False)[-1].attrs |= {"role": "img", "aria-label": source}


def keep_together(article: Tag) -> None:
    """Short code stays on one page, and a short cell with what it prints."""
    for block in article.select("pre, .cell:not(:has(img))"):
        lines = block.find_all("pre") or [block]
        if sum(each.get_text().count("\n") for each in lines) <= SHORT:
            block["class"] = [*block.get("class", ()), "short"]


# Hints, answers and solutions


def collect_answers(page: BeautifulSoup, article: Tag, chapter: Chapter) -> None:
    """Put what unfolds on the page at its end, in an order in which nobody reads a solution by mistake."""
    found = {
        "Hints": hints(page, article),
        "Answers to the quiz": quiz_answers(page, article, chapter),
        "Solutions": solutions(page, article),
    }
    section = element(page, "section", element(page, "h2", "Hints, answers and solutions"), class_="answers")
    for title, answers in found.items():
        if answers:
            section.append(element(page, "section", element(page, "h3", title), *answers))
    if any(found.values()):
        article.append(section)


def hints(page: BeautifulSoup, article: Tag) -> list[Tag]:
    """The hints of all exercises, each of which says where its own is."""
    found = []
    for exercise in article.select(".exercise"):
        for hint in exercise.select("details.sd-dropdown"):
            hint["id"] = f"{exercise['id']}--hint-{len(found)}"
            title = exercise.select_one(".admonition-title").get_text(" ", strip=True)
            hint.summary.clear()
            hint.summary.append(element(page, "a", title, href=f"#{exercise['id']}"))
            refer(page, exercise, "Hint", hint)
            found.append(hint.extract())
    return found


def solutions(page: BeautifulSoup, article: Tag) -> list[Tag]:
    """The solutions of all exercises, each of which says where its own is."""
    exercises = {named(exercise.select_one(".admonition-title")): exercise for exercise in article.select(".exercise")}
    found = []
    for solution in article.select("details.solution"):
        title = solution.summary.get_text().removeprefix("Solution to ")
        exercise = exercises[named(solution.summary)]
        solution.summary.clear()
        solution.summary.append(element(page, "a", title, href=f"#{exercise['id']}"))
        refer(page, exercise, "Solution", solution)
        found.append(solution.extract())
    return found


def named(title: Tag) -> str:
    """The kind and the number of the exercise in a title."""
    return re.search(r"Exercise\s+\d+", title.get_text())[0]


def refer(page: BeautifulSoup, exercise: Tag, what: str, target: Tag) -> None:
    """Say at the end of an exercise where something is."""
    if not (line := exercise.select_one(".see")):
        line = element(page, "p", class_="see")
        exercise.append(line)
    line.append(element(page, "a", what, href=f"#{target['id']}", **{"data-page": UNKNOWN}))


def quiz_answers(page: BeautifulSoup, article: Tag, chapter: Chapter) -> list[Tag]:
    """What the quiz says to each choice; in the quiz itself the choices stay, with letters."""
    found = []
    for choice in article.select("section[id$='--quiz'] > details"):
        before = choice.find_previous_sibling()
        if before.name != "ol":
            question = choice.find_previous_sibling("p")
            question["id"] = f"{chapter.name}--question-{len(found) + 1}"
            question["class"] = "question-title"
            question.insert(0, element(page, "strong", f"{len(found) + 1}. "))
            number = element(page, "a", f"Question {len(found) + 1}", href=f"#{question['id']}")
            found.append(element(page, "div", element(page, "p", number), element(page, "ol"), class_="question"))
            before = element(page, "ol")
            choice.insert_before(before)
        before.append(element(page, "li", *list(choice.summary.contents)))
        choice.summary.decompose()
        found[-1].ol.append(element(page, "li", *list(choice.contents)))
        choice.decompose()
    return found


# The PDF


@contextmanager
def opened(browser: Browser, folder: Path, document: str) -> Iterator[Page]:
    """The document in the browser, served beside the files that it asks for."""
    with serving(folder) as address:
        page = browser.new_page(color_scheme="light")
        page.route(f"{address}paper.html", lambda route: route.fulfill(body=document, content_type="text/html"))
        page.route(f"{address}fonts/**", font)
        page.goto(f"{address}paper.html", wait_until="load")
        page.evaluate(f"{LOAD_FONTS}.then(() => document.fonts.ready)")
        yield page
        page.close()


def font(route: Route) -> None:
    """A file of the paper's fonts, which no page of the book has."""
    route.fulfill(path=FONTS / urlparse(route.request.url).path.removeprefix("/fonts/"))


def printed(browser: Browser, folder: Path, book: Book) -> bytes:
    """The PDF, printed as often as it takes until every number of a page in it is right."""
    with opened(browser, folder, assemble(folder, book)) as page:
        numbers = None
        for _ in range(MOST_PRINTINGS):
            pdf = page.pdf(prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
            before, numbers = numbers, pages_of(pdf)
            if numbers == before:
                return pdf
            page.evaluate(NUMBER_PAGES, numbers)
        raise RuntimeError("each printing moves the pages: their numbers do not settle")


def pages_of(pdf: bytes) -> dict[str, int]:
    """The number of the page of every place that a link leads to."""
    reader = PdfReader(BytesIO(pdf))
    pages = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages, 1)}
    return {name.lstrip("/"): pages[place.page.idnum] for name, place in reader.named_destinations.items()}


def main(folder: str, target: str) -> int | str:
    """Run as a command."""
    built = Path(folder)
    if not (built / FIRST).is_file():
        return f"there is no built book in {folder}: `make book` builds it"
    try:
        with launched() as browser:
            pdf = printed(browser, built, read_book(built))
    except NoChromium as problem:
        return str(problem)
    with written_whole(target) as file:
        file.write(pdf)
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
