"""The book as a PDF: the whole of it as one document, and a few of its chapters as they are printed."""

import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import paper
import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from pypdf.generic import ContentStream
from test_book import PAGES

# Live figures, formulas, code that folds, a quiz and exercises; long tables; terms; books; the package's reference.
PRINTED = ["chapters/the-learning-rate", "chapters/how-fast", "reference/glossary", "reference/bibliography"]
PRINTED = [f"{name}.html" for name in [*PRINTED, "reference/api/lists"]]
# Of two, one is another than what this machine would take.
FAMILIES = [Path(__file__).parents[1] / "browser" / "fonts" / f"{name}.conf" for name in ("dejavu", "liberation")]
INSIDE = 627  # pixels of an A4 page between its margins


@pytest.fixture(scope="module")
def whole(book):
    """The whole book as one document."""
    return paper.assemble(book, paper.read_book(book))


def with_chapters(book, paths):
    """The book with few of its chapters."""
    read = paper.read_book(book)
    parts = [part._replace(chapters=[each for each in part.chapters if each.path in paths]) for part in read.parts]
    return read._replace(parts=[part for part in parts if part.chapters])


@pytest.fixture(scope="module")
def shorter(book):
    return with_chapters(book, PRINTED)


@pytest.fixture(scope="module")
def pdf(browser, book, shorter):
    """Those chapters, printed."""
    return PdfReader(BytesIO(paper.printed(browser, book, shorter)))


@pytest.fixture(scope="module")
def texts(pdf):
    return texts_of(pdf)


def texts_of(pdf):
    """The words of each page, whatever lies between them."""
    return [words(page.extract_text()) for page in pdf.pages]


def words(text):
    return " ".join(text.replace("\u200b", "").split())


def titles(outline):
    """Every title of the outline, and the place that it leads to."""
    for entry in outline:
        yield from titles(entry) if isinstance(entry, list) else [(words(entry.title), entry)]


# The whole book


def test_every_page_of_the_book_is_in_the_document(whole):
    names = re.findall(r'<section class="chapter" id="([^"]+)"', whole)
    assert names == [page.replace("/", "-") for page in PAGES]


def test_no_id_is_there_twice_and_every_link_has_its_place(whole):
    ids = Counter(re.findall(r'\sid="([^"]+)"', whole))
    assert [name for name, times in ids.items() if times > 1] == []
    links = re.findall(r'<a [^>]*href="([^"]+)"', whole)
    assert len(links) > 1000
    assert {link for link in links if not link.startswith("https://") and link[1:] not in ids} == set()


def test_what_unfolds_on_a_page_is_at_its_chapters_end_and_nothing_is_folded(book, whole):
    pages = "".join((book / f"{page}.html").read_text(encoding="utf-8") for page in PAGES)
    solutions = pages.count('<details class="solution"')
    assert solutions > 90
    assert whole.count('<div class="solution"') == solutions
    assert whole.count(">Solution</a>") == solutions
    assert whole.count(">Hint</a>") == pages.count('<span class="sd-summary-text">Hint</span>')
    assert not re.search("<(details|summary|button)", whole)


@pytest.fixture(scope="module")
def shown(browser, book, whole):
    """That document in the browser, as it is laid out on paper."""
    with paper.opened(browser, book, whole) as page:
        page.emulate_media(media="print")
        page.set_viewport_size({"width": INSIDE, "height": 900})
        yield page


def test_nothing_is_wider_than_the_paper(shown):
    wide = "[...document.querySelectorAll('pre, table, img, .math > *, dt, p, li, div.math')]"
    wide += f".filter(each => each.getBoundingClientRect().right > {INSIDE} + 1 || each.scrollWidth > {INSIDE} + 1)"
    wide += ".map(each => each.outerHTML.slice(0, 200))"
    assert shown.evaluate(wide) == []
    assert shown.evaluate("[...document.images].filter(each => !each.naturalWidth).map(each => each.src)") == []


def test_the_papers_fonts_have_every_character_of_the_document(shown):
    shown.evaluate("document.querySelectorAll('.math, style, title').forEach((each) => each.remove())")
    texts = "selector => [...document.querySelectorAll(selector)].map((each) => each.textContent).join('')"
    # What the first font of a row lacks, the last has.
    for font, places in (("dejavu-sans", "body"), ("dejavu-mono", "code, pre, dt.sig")):
        characters = set(shown.evaluate(texts, places))
        assert len(characters) > 60
        for face in ("400-normal", "400-italic", "700-normal", "700-italic"):
            has = TTFont(paper.FONTS / font / "files" / f"{font}-latin-{face}.woff2").getBestCmap()
            assert {letter for letter in characters if ord(letter) not in has} <= {"\n", "\u200b"}


# A few chapters on paper


def test_the_pages_are_a4_and_tagged(pdf):
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in pdf.pages} == {(595, 842)}
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.metadata.title == "Grasping Gradient Descent"


def test_every_link_of_the_document_is_in_the_file_and_leads_where_it_did(book, shorter, pdf):
    document = BeautifulSoup(paper.assemble(book, shorter), "html.parser")
    wanted = Counter(link["href"] for link in document.select("a[href]"))
    places = {"#" + name.removeprefix("/") for name in pdf.named_destinations}
    found = Counter()
    for page in pdf.pages:
        for link in (annotation.get_object() for annotation in page.get("/Annots", [])):
            found["#" + link["/Dest"].removeprefix("/") if "/Dest" in link else link["/A"]["/URI"]] += 1
    assert found.keys() == wanted.keys()
    assert wanted <= found  # a link on two lines counts twice
    outside = found.keys() - places
    assert "https://doi.org/10.23915/distill.00006" in outside
    assert [link for link in outside if not link.startswith("https://")] == []


def test_outline_and_contents_have_every_part_and_chapter_with_its_page(pdf, texts, shorter):
    pages = {title: pdf.get_destination_page_number(place) + 1 for title, place in titles(pdf.outline)}
    for part in shorter.parts:
        assert pages[part.title] < pages[part.chapters[0].title]
        for chapter in part.chapters:
            assert re.search(rf"{re.escape(chapter.title)} ?{pages[chapter.title]}\b", texts[1])
            # Extracted are the head of the page, its number, and then what stands on it.
            head = f"{chapter.title} {pages[chapter.title]} {chapter.title}"
            assert texts[pages[chapter.title] - 1].startswith(head)
    assert {"Summary", "Solutions", "Where to begin"} < set(pages)


def test_the_page_that_an_exercise_names_has_its_solution(texts):
    found = 0
    for text in texts:
        for title, page in re.findall(r"(Exercise \d+ \([^)]+\))(?:(?!Exercise \d).)*Solution \(p\. (\d+)\)", text):
            assert title in texts[int(page) - 1]
            found += 1
    assert found > 4


def test_figures_equations_and_exercises_have_the_numbers_of_the_pages(book, texts):
    text, found = " ".join(texts), 0
    for path in PRINTED:
        page = BeautifulSoup(Path(book, path).read_text(encoding="utf-8"), "html.parser")
        for number in page.select("figcaption, article .eqno, .exercise > .admonition-title"):
            for extra in number.select(".headerlink, .math"):
                extra.extract()
            assert words(number.get_text()) in text
            found += 1
    assert found > 12


def test_a_live_figure_says_where_it_is_alive(texts):
    assert f"later in this chapter. {paper.ALIVE}" in " ".join(texts)


@pytest.fixture(scope="module")
def chapter(browser, book):
    """A chapter alone, and the words of its pages."""
    alone = with_chapters(book, PRINTED[1:2])
    return alone, texts_of(PdfReader(BytesIO(paper.printed(browser, book, alone))))


@pytest.mark.parametrize("fonts", FAMILIES, indirect=True, ids=lambda family: family.stem)
def test_the_pages_are_the_same_whatever_fonts_the_machine_has(fonts, book, chapter):
    alone, texts = chapter
    assert len(texts) > 5
    assert texts_of(PdfReader(BytesIO(paper.printed(fonts, book, alone)))) == texts


def test_every_font_is_in_the_file_and_no_glyph_is_missing(pdf):
    used = set()
    for page in pdf.pages:
        fonts, font = page["/Resources"].get("/Font", {}), None
        for operands, operator in ContentStream(page.get_contents(), pdf).operations:
            if operator == b"Tf":
                font = fonts[operands[0]]
                used.add(font.indirect_reference)
            elif operator in (b"Tj", b"TJ") and font["/Subtype"] == "/Type0":
                strings = operands[0] if operator == b"TJ" else operands
                codes = b"".join(each.original_bytes for each in strings if hasattr(each, "original_bytes"))
                assert not any(codes[at : at + 2] == b"\0\0" for at in range(0, len(codes), 2))
    assert len(used) > 5
    for font in (reference.get_object() for reference in used):
        if font["/Subtype"] != "/Type3":  # which is drawn in the file
            described = font["/DescendantFonts"][0]["/FontDescriptor"]
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described), font["/BaseFont"]
        assert re.search(r"\+(SourceSerif4|SourceSans3|DejaVuSans|KaTeX_)", font["/BaseFont"])


# The command


def test_where_no_book_was_built_a_sentence_says_so(tmp_path):
    assert paper.main(str(tmp_path), str(tmp_path / "book.pdf")) == (
        f"there is no built book in {tmp_path}: `make book` builds it"
    )
