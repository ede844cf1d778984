"""The reference pages: the glossary and the links to it, the package's names, the books, the signs."""

import importlib
import pkgutil
import re
from types import SimpleNamespace

import glossary_links
import nbformat
import pytest
from bs4 import BeautifulSoup
from docutils.core import publish_doctree
from docutils.nodes import reference
from notebooks import ROOT

import gdlib
from gdlib import large

TERMS = ["central difference", "descent", "gradient", "gradient descent", "learning rate", "mini-batch", "step", "loss"]


def app_with(terms, pages=("index", "chapters/a", "reference/glossary")):
    """As much of Sphinx as the links need."""
    places = {("term", term): ("reference/glossary", f"term-{term.replace(' ', '-')}") for term in terms}
    objects = places | {("label", "loss"): ("elsewhere", "loss")}
    env = SimpleNamespace(found_docs=set(pages), get_domain=lambda name: SimpleNamespace(objects=objects))
    return SimpleNamespace(env=env, builder=SimpleNamespace(get_relative_uri=lambda here, there: f"../{there}.html"))


def linked(text, docname="chapters/a", terms=TERMS):
    """The words that become links to the glossary, in their order; everything else stays as it is."""
    doctree = publish_doctree(text, settings_overrides={"report_level": 5})
    before = doctree.astext()
    glossary_links.link_terms(app_with(terms), doctree, docname)
    assert doctree.astext() == before
    return [link.astext() for link in doctree.findall(reference) if "term" in link["classes"]]


@pytest.fixture
def pages(book):
    """Pages of the book by their names, as soup."""
    return lambda name: BeautifulSoup((book / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


# Which words become links


def test_the_first_use_of_a_term_is_linked_and_no_other():
    assert linked("A loss and a step. Another loss.\n\n- one more step\n- a gradient") == ["loss", "step", "gradient"]


def test_a_link_leads_to_the_terms_entry():
    doctree = publish_doctree("The learning rate.")
    glossary_links.link_terms(app_with(TERMS), doctree, "chapters/a")
    (link,) = doctree.findall(reference)
    assert link["refuri"] == "../reference/glossary.html#term-learning-rate"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Losses fall.", ["Losses"]),
        ("Two STEPS.", ["STEPS"]),
        ("The learning\nrate.", ["learning\nrate"]),
        ("A mini batch, a mini-batch.", ["mini batch"]),
        ("Stepwise, a lossless misstep, step-like.", []),
        ("The loss's step.", ["loss", "step"]),
        ("The **step** and the *loss*.", ["step", "loss"]),
    ],
)
def test_a_term_is_found_as_a_word_of_its_own(text, words):
    assert linked(text) == words


def test_the_longest_term_wins_and_leaves_the_shorter_one_to_its_own_first_use():
    assert linked("By gradient descent, gradient descent again, and a gradient.") == ["gradient descent", "gradient"]


@pytest.mark.parametrize("idiom", glossary_links.IDIOMS)
def test_a_turn_of_phrase_is_no_term(idiom):
    assert linked(f"Take it {idiom}, and a step at a loss.") == ["step", "loss"]


@pytest.mark.parametrize(
    "text",
    [
        "Loss\n====\n\nNothing.",
        "`Loss <https://example.org>`_",
        "``loss``",
        ":math:`loss`",
        "::\n\n    loss",
        ".. figure:: a.png\n\n   The loss.\n\n   The loss.",
        ".. list-table::\n\n   * - loss\n",
        "**Which loss is lower?**",
        "A\n=\n\nB\n--\n\nFurther reading\n---------------\n\n- *The loss*",
        ".. container:: cell\n\n   A loss.",
    ],
)
def test_what_is_no_prose_is_left_alone(text):
    assert linked(text) == []


def test_only_chapters_have_links():
    assert linked("A loss.", docname="index") == ["loss"]
    assert linked("A loss.", docname="reference/glossary") == []
    assert linked("A loss.", terms=[]) == []


# The glossary in the book


def test_every_entry_of_the_glossary_is_linked_from_another_page(book, pages):
    others = [path for path in book.rglob("*.html") if path.name not in ("glossary.html", "genindex.html")]
    links = set(re.findall(r'glossary\.html#(term-[^"]+)"', "".join(path.read_text("utf-8") for path in others)))
    entries, names = [], []
    for part in pages("reference/glossary").select("dl.glossary > :is(dt, dd)"):
        if part.name == "dt":
            names.append(part["id"])
        else:
            entries.append(names)
            names = []
    assert len(entries) >= 45
    assert [names for names in entries if not links & set(names)] == []


# The package


def test_every_public_name_of_the_package_has_its_place(book):
    api = "".join(path.read_text(encoding="utf-8") for path in (book / "reference" / "api").glob("*.html"))
    wrong = []
    found = [*pkgutil.iter_modules(gdlib.__path__, "gdlib."), *pkgutil.iter_modules(large.__path__, "gdlib.large.")]
    for module in (each.name for each in found):
        if "._" in module or module == "gdlib.large":  # which is a folder of modules
            continue
        public = importlib.import_module(module).__all__
        places = [f"module-{module}", *(f"{module}.{name}" for name in public)]
        wrong += [place for place in places if api.count(f' id="{place}"') != 1]
    assert wrong == []


def test_what_docstrings_become_does_not_keep_all_that_the_build_knows(book):
    kept = sorted((book.parent / "work").glob("*/_build/.doctrees/reference/api/*.doctree"))
    assert kept
    assert [path.stem for path in kept if b"sphinx.config" in path.read_bytes()] == []


# The books


def test_every_entry_of_the_bibliography_is_shown_with_what_it_is_good_for(pages):
    entries = (ROOT / "reference" / "references.bib").read_text(encoding="utf-8").split("\n@")[1:]
    shown = " ".join(pages("reference/bibliography").select_one("article").get_text().split())
    wrong = []
    for entry in entries:
        title, note = (re.search(rf"  {field} = \{{+(.*?)\}}+,\n", entry, re.S)[1] for field in ("title", "note"))
        plain = [" ".join(part.replace("{", "").replace("}", "").split()) for part in (title, note)]
        wrong += [part for part in plain if part not in shown]
    assert len(entries) > 40
    assert wrong == []


def test_what_the_chapters_recommend_is_in_the_bibliography(pages):
    shown = " ".join(pages("reference/bibliography").select_one("article").get_text().split()).lower()
    missing = []
    for path in sorted(ROOT.glob("chapters/*.ipynb")):
        prose = "\n\n".join(cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "markdown")
        reading = re.search(r"^## Further reading\n(.*?)(?=^## |\Z)", prose, re.M | re.S)[1]
        for item in re.split(r"^- ", reading, flags=re.M)[1:]:
            found = re.findall(r'"(.+?)"|\*(.+?)\*', item, re.S)
            titles = [" ".join((quoted or slanted).split()) for quoted, slanted in found]
            if titles and not any(title.lower() in shown for title in titles):
                missing.append((path.stem, titles))
    assert missing == []


# The signs


def test_every_sign_has_a_chapter_where_it_is_first_met(book, pages):
    definitions = pages("reference/notation").select("article dd")
    assert len(definitions) >= 35
    for definition in definitions:
        links = [link["href"].partition("#")[0] for link in definition.select('a[href*="../chapters/"]')]
        assert links, definition
        assert all((book / "reference" / link).is_file() for link in links)
