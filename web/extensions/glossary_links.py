"""Sphinx extension: where a chapter's prose uses a term of the glossary for the first time, it leads to its entry.

Prose is what stands in paragraphs and list items. Words in headings, links, code, formulas, captions, tables and titles
stay as they are, and so do the books and papers of "Further reading".
"""

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

# Turns of phrase in which a term's word says something else.
IDIOMS = ["in steps of", "in three steps", "little step", "no loss", "step by step"]
FOREIGN_SECTIONS = {"Further reading"}
FOREIGN_BLOCKS = (nodes.caption, nodes.legend, nodes.table)
FOREIGN_WORDS = (nodes.image, nodes.literal, nodes.math, nodes.raw, nodes.reference)

Terms = dict[str, tuple[str, str]]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("config-inited", lambda app, config: app.add_css_file("reference.css"))
    app.connect("doctree-resolved", link_terms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def is_chapter(docname: str) -> bool:
    """Whether the words of this page are linked."""
    return docname == "index" or docname.startswith("chapters/")


def terms_of(env: BuildEnvironment) -> Terms:
    """Every term of the glossary, and the page and the id of its entry."""
    objects = env.get_domain("std").objects
    return {normal(name): place for (kind, name), place in sorted(objects.items()) if kind == "term"}


def normal(phrase: str) -> str:
    """The words of a phrase in small letters, whether spaces or hyphens join them."""
    return " ".join(re.split(r"[\s-]+", phrase.lower()))


def link_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Turn the first use of each term on a chapter's page into a link."""
    if not is_chapter(docname):
        return
    terms, linked = terms_of(app.env), set()
    if not terms:
        return
    pattern = pattern_of(terms)
    for text in list(prose_of(doctree)):
        pieces, end = [], 0
        for found in pattern.finditer(text):
            term = normal(found["term"] or "")
            if not term or term in linked:
                continue
            linked.add(term)
            page, label = terms[term]
            address = f"{app.builder.get_relative_uri(docname, page)}#{label}"
            link = nodes.reference("", found[0], internal=True, refuri=address, classes=["term"])
            pieces += [nodes.Text(text[end : found.start()]), link]
            end = found.end()
        if pieces:
            text.parent.replace(text, [*pieces, nodes.Text(text[end:])])


def pattern_of(terms: Terms) -> re.Pattern:
    """What finds a term as a word or words of its own, the longest first, in the singular or with an ending."""

    def words(phrases: list[str]) -> str:
        longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
        return "|".join(r"[\s-]+".join(map(re.escape, phrase.split())) for phrase in longest_first)

    return re.compile(rf"(?<![\w-])(?:(?:{words(IDIOMS)})|(?P<term>{words(list(terms))})(?:e?s|d)?)(?![\w-])", re.I)


def prose_of(doctree: nodes.document) -> Iterator[nodes.Text]:
    """The pieces of text that are prose, in their order on the page."""
    for paragraph in doctree.findall(nodes.paragraph):
        if any(map(is_foreign, ancestors(paragraph))) or is_question(paragraph):
            continue
        for text in paragraph.findall(nodes.Text):
            if not any(isinstance(around, FOREIGN_WORDS) for around in ancestors(text)):
                yield text


def ancestors(node: nodes.Node) -> Iterator[nodes.Element]:
    """What a node stands in, from the inside out."""
    while node.parent is not None:
        node = node.parent
        yield node


def is_foreign(element: nodes.Element) -> bool:
    """Whether nothing in it is prose of the chapter."""
    if isinstance(element, nodes.section):
        return element[0].astext() in FOREIGN_SECTIONS
    return isinstance(element, FOREIGN_BLOCKS) or "cell" in element.get("classes", [])


def is_question(paragraph: nodes.paragraph) -> bool:
    """Whether all of it is bold, as the questions of a quiz are: those are headings in all but name."""
    return len(paragraph) == 1 and isinstance(paragraph[0], nodes.strong)
