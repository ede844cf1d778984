"""Make slides of the built book, a deck for each chapter, by nbconvert and reveal.js.

python tools/slides.py _build/html _build/slides

What a lecturer shows is taken from the published pages, so that nothing is written twice and figures and formulas have
the numbers that they have there: the title, figures, displayed formulas, short cells with what they print, the summary
and the quiz. Each becomes a cell of a notebook with Jupyter's slideshow metadata, which nbconvert makes a deck of. It
would take a chapter's own notebook too, but MyST's directives, captions and references would stay as they are written.
"""

import json
import posixpath
import re
import shutil
import sys
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import quote

import nbformat
from bs4 import NavigableString, Tag
from nbconvert import SlidesExporter
from paper import FIRST, Book, Chapter, parsed, read_book
from quizzes import RIGHT

from gdlib._files import written_whole
from gdlib.widgets.settings import SETTINGS

sys.path.append(str(Path(__file__).parent.parent / "web" / "extensions"))
import npm

TEMPLATE = Path(__file__).with_suffix(".html.j2")
BUNDLES = {"slides": "runtime/slides.js", "style": "runtime/slides.css"}
TAKEN = ["figure.html", "_static/favicon.svg", "_static/licences.txt", "_static/mathematics"]  # of the built book
REVEAL = npm.MODULES / "reveal.js"
FONTS = npm.MODULES / "@fontsource"

DENSE = 650  # characters of a list from which on its letters are smaller
LETTERS = (17, 24)  # pixels: code that fits only in smaller ones is for reading, not for showing
MOST_ROWS = 10
SENTENCE = re.compile(r"[.?!:][”’)]*\s+(?=[A-Z“(]|$)")

HOW = (
    "Space, → or Page Down goes on; ← or Page Up goes back; Escape shows all slides at once, and F fills the screen. A "
    "live figure takes keys once you have clicked into it or gone there by Tab. A click beside it, or Shift and Tab, "
    "gives them back to the slides. “For paper” opens a deck as it is to be printed, a page for each slide."
)


# What of a chapter goes on slides


def slides(article: Tag, part: str) -> Iterator[tuple[str, str]]:
    """Each slide of a chapter's page: its type in Jupyter's slideshow metadata, and its HTML."""
    for unwanted in article.select(".headerlink, .exercise, .solution"):
        unwanted.decompose()
    for link in article.select("a"):
        link.unwrap()
    for tag in article.select("[id]:not(section)"):
        del tag["id"]
    chapter = article.section
    yield "slide", title(chapter, part)
    for section in [chapter, *chapter.select("section")]:
        make = {"summary": summary, "quiz": quiz, "further-reading": nothing}.get(section["id"], shown)
        heading = section.find(["h1", "h2", "h3"])
        number = heading.select_one(".section-number")
        kind = "slide"
        for class_, content in make(section):
            words = heading.decode_contents().removeprefix(str(number))
            yield kind, f'<div class="{class_}"><h2>{words}</h2>{content}</div>'
            kind = "subslide"


def title(chapter: Tag, part: str) -> str:
    """What the chapter is called, what one will do and learn there, and what one needs."""
    promises = [str(line) for line in chapter.find_all("p", recursive=False) if line.get_text().startswith("You ")]
    return f'<div class="title"><p class="part">{escape(part)}</p>{chapter.h1}{"".join(promises[:3])}</div>'


def nothing(section: Tag) -> list[tuple[str, str]]:
    """What is for reading."""
    return []


def shown(section: Tag) -> Iterator[tuple[str, str]]:
    """The figures, formulas, tables and short cells of a section."""
    blocks = section.select("div.cell, div.math, div.pst-scrollable-table-container")
    for block in blocks:
        if block.find_parent("section") is not section or block.find_parent(class_="cell"):
            continue
        if "math" in block["class"]:
            yield "formula-slide", f'{lead(block)}<div class="formula">{block}</div>'
        elif (place := block.select_one(".live-place")) and (link := whole_link(json.loads(place.script.string))):
            caption = block.figcaption.get_text(" ", strip=True)
            address = escape(f"figure.html#{link}")
            frame = f'<iframe loading="lazy" title="{escape(caption)}" src="{address}"></iframe>'
            yield "live", f"{frame}<figure>{place.img}{block.figcaption}</figure>"
        elif block.figure:
            yield "figure-slide", f"<figure>{block.img}{block.figcaption}</figure>"
        elif block.table and len(block.select("tr")) <= MOST_ROWS:
            yield "table-slide", f"{lead(block)}{block.table}"
        elif code := cell(block):
            yield "code-slide", lead(block) + code


def cell(block: Tag) -> str | None:
    """A cell that prints something, in letters as large as there is room for; what it prints comes after a pause."""
    texts = [pre.get_text().rstrip() for pre in block.select("pre")]
    if not block.select_one(".cell_input") or not block.select_one(".cell_output pre"):
        return None
    lines = "\n".join(texts).splitlines()
    across = 860 / 0.603 / max(map(len, lines))
    down = (500 - 36 * len(texts)) / 1.35 / len(lines)
    size = min(across, down, LETTERS[1])
    if size < LETTERS[0]:
        return None
    outputs = "".join(f'<div class="cell_output fragment">{pre}</div>' for pre in block.select(".cell_output pre"))
    return f'<div style="--size: {size:.1f}px">{block.select_one(".cell_input pre")}{outputs}</div>'


def lead(block: Tag) -> str:
    """The sentence that leads to a block: the last one of the paragraph before it."""
    before = block.find_previous_sibling()
    if before is None or before.name != "p":
        return ""
    sentence: list[str] = []
    for child in reversed(before.contents):
        if isinstance(child, NavigableString):
            text = str(child) if sentence else str(child).rstrip()
            *_, after = [0, *(found.end() for found in SENTENCE.finditer(text))]
            sentence.insert(0, escape(text[after:], quote=False))
            if after:
                break
        else:
            sentence.insert(0, str(child))
    return f'<p class="lead">{"".join(sentence)}</p>'


def summary(section: Tag) -> list[tuple[str, str]]:
    """The list of what was learned."""
    dense = "dense" if len(section.ul.get_text()) > DENSE else "roomy"
    return [(dense, str(section.ul))]


def quiz(section: Tag) -> Iterator[tuple[str, str]]:
    """Each question with its answers; what is said to each answer comes after a pause."""
    for question in section.find_all("p", recursive=False):
        choices = []
        for choice in question.find_next_siblings():
            if choice.name != "details":
                break
            said = choice.select_one(".sd-summary-content").get_text(" ", strip=True)
            right = " right" if said.startswith(RIGHT) else ""
            text = choice.select_one(".sd-summary-text").decode_contents()
            feedback = "".join(each.decode_contents() for each in choice.select(".sd-summary-content > p"))
            choices.append(f'<li>{text}<p class="fragment{right}">{feedback}</p></li>')
        yield (
            "quiz",
            f'<p class="question">{question.strong.decode_contents()}</p><ol class="choices">{"".join(choices)}</ol>',
        )


def whole_link(figure: dict) -> str:
    """All that a figure is made of, as `figure.html` reads it; nothing where it runs a function of the reader's."""
    if figure.get("own"):
        return ""
    told = [name for name, setting in SETTINGS.items() if figure[name] != setting.get("default")]
    return "&".join(f"{name}={written(figure[name])}" for name in told)


def written(value: object) -> str:
    """A setting in an address."""
    if isinstance(value, list):
        return (";" if value and isinstance(value[0], list) else ",").join(map(written, value))
    return str(value).lower() if isinstance(value, bool) else quote(str(value))


# The decks
def deck(page: Tag, part: str, book: str) -> str:
    """A chapter's slides as a page of their own."""
    article = page.select_one("article.bd-article")
    for image in article.select("img"):
        image["src"] = image["src"].removeprefix("../")
    cells = [
        nbformat.v4.new_raw_cell(html, metadata={"slideshow": {"slide_type": kind}})
        for kind, html in slides(article, part)
    ]
    name = article.h1.get_text().strip()
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"title": f"{name} — {book}"})
    html, _ = exporter().from_notebook_node(notebook)
    return html


@cache
def exporter() -> SlidesExporter:
    """What makes a deck of a notebook; its templates are read once for all."""
    return SlidesExporter(template_file=str(TEMPLATE))


def index(book: Book, parts: list[tuple[str, list[Chapter]]]) -> str:
    """The page that lists all decks."""
    lists = []
    for title, chapters in parts:
        lines = []
        for chapter in chapters:
            deck, name = posixpath.basename(chapter.path), escape(chapter.title)
            paper = f'<a href="{deck}?print-pdf" aria-label="{name}, for paper">for paper</a>'
            lines.append(f'<li><a href="{deck}">{name}</a> ({paper})</li>')
        lists.append(f"<h2>{escape(title)}</h2><ul>{''.join(lines)}</ul>")
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Slides — {escape(book.title)}</title>
<link rel="icon" href="_static/favicon.svg">
<link rel="stylesheet" href="_static/slides/style.css">
<main class="decks"><h1>{escape(book.title)}: slides</h1><p>{HOW}</p>{"".join(lists)}</main>
</html>"""


def lay_files(built: Path, target: Path, pages: list[str]) -> None:
    """Lay beside the decks all that they load."""
    npm.install()
    assets = target / "_static" / "slides"
    npm.bundle(assets, **BUNDLES)
    style = (assets / "style.css").read_text(encoding="utf-8")
    for name in set(re.findall(r"\./files/([\w-]+\.woff2)", style)):
        (font,) = FONTS.glob(f"*/files/{name}")
        (assets / "files").mkdir(exist_ok=True)
        shutil.copy(font, assets / "files")
    pictures = {source for page in pages for source in re.findall(r'src="(_images/[^"]+)"', page)}
    for name in [*TAKEN, *pictures]:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if (built / name).is_dir():
            shutil.copytree(built / name, target / name)
        else:
            shutil.copy(built / name, target / name)
    with (target / "_static" / "licences.txt").open("a", encoding="utf-8") as file:
        licence = (REVEAL / "LICENSE").read_text(encoding="utf-8")
        file.write(f"\n\nreveal.js, in slides/slides.js and slides/style.css\n\n{licence}")


def main(folder: str, place: str) -> int | str:
    """Run as a command."""
    built, target = Path(folder), Path(place).resolve()  # npm works in another folder
    if not (built / FIRST).is_file():
        return f"there is no built book in {folder}: `make book` builds it"
    book = read_book(built)
    chosen = [(title, [one for one in chapters if one.path.startswith("chapters/")]) for title, chapters in book.parts]
    parts = [(title, chapters) for title, chapters in chosen if chapters]
    pages = {
        posixpath.basename(chapter.path): deck(parsed(built / chapter.path), title, book.title)
        for title, chapters in parts
        for chapter in chapters
    }
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    lay_files(built, target, list(pages.values()))
    for name, html in {**pages, "index.html": index(book, parts)}.items():
        with written_whole(target / name) as file:
            file.write(html.encode())
    print(f"{len(pages)} decks: open {target / 'index.html'} in a browser")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
