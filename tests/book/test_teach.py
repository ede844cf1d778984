"""The pages for teachers, and that of troubles: every link opens a figure in a state that says what the page says."""

import re
from typing import NamedTuple
from urllib.parse import parse_qs, urlparse

import nbformat
import pytest
from bs4 import BeautifulSoup
from figure import FIGURES, lead
from notebooks import ROOT
from playwright.sync_api import expect
from test_notebooks import UNKIND, prose

PAGES = ["guide", "course", "misconceptions", "rubric", "running"]
TEXTS = {name: (ROOT / "teach" / f"{name}.md").read_text(encoding="utf-8") for name in PAGES}
NUMBER = r"−?\d[\d,.]*(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?(?<![,.])"


class Link(NamedTuple):
    """A link to a figure's state, and what the page says that the figure says there."""

    target: str
    state: str
    claims: tuple[str, ...]


def links_in(text):
    found = []
    for link in BeautifulSoup(text, "html.parser").select("a"):
        address = urlparse(link["href"])
        target = address.path.removeprefix("../").removesuffix(".html")
        said = " ".join(link.get("data-says", "").split()).split(" / ")  # of each of a lecture's states
        states = zip(address.fragment.split("/"), said, strict=True)
        found += [Link(target, state, tuple(claims.split("|"))) for state, claims in states]
    return found


LINKS = sorted({link for text in TEXTS.values() for link in links_in(text)})
TROUBLES = links_in(prose(nbformat.read(ROOT / "reference" / "troubles.ipynb", as_version=4)))


# The figure's sentences and its tables, a row a line of words; and what is said to who does not see the table.
SAID = """() => {
  const texts = (selector, within = document) => [...within.querySelectorAll(selector)].map(each => each.innerText);
  const rows = selector => [...document.querySelectorAll(selector)].map(row => texts("th, td", row));
  const numbers = rows(".gd-numbers:not(.gd-stops) tbody tr:not(.gd-raw)");
  const [slope, intercept] = texts(".gd-raw td");
  return [
    ...texts(".gd-how, .gd-when, .gd-rates, .gd-rate-known"),
    ...rows(".gd-stops tr").map(cells => cells.join(" ")),
    ...numbers.flatMap(([name, value, ...more]) => [`${name} ${value}`, `gradient ${name} ${more.at(-1) ?? value}`]),
    slope && `For x as they are: slope ${slope}, intercept ${intercept}`,
  ].join(" ");
}"""


def all_that_is_said(page):
    return " ".join(page.evaluate(SAID).split())


def test_there_are_links():
    assert len(links_in(TEXTS["misconceptions"])) > 20
    assert len(links_in(TEXTS["guide"])) > 10
    assert len(TROUBLES) >= 8
    assert [link for link in LINKS if not all(link.claims)] == []


@pytest.mark.parametrize("link", [*LINKS, *TROUBLES], ids=lambda link: f"{link.target}#{link.state}")
def test_a_link_leads_to_a_figure_that_knows_its_settings(link):
    assert link.target in {*FIGURES, "figure"}
    settings = parse_qs(link.state, keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in settings.values())


@pytest.mark.parametrize("target", sorted({link.target for link in [*LINKS, *TROUBLES]}))
def test_the_figure_says_what_the_page_says_that_it_says(visit, target):
    claims = {}
    for link in [*LINKS, *TROUBLES]:
        if link.target == target:
            claims.setdefault(link.state, []).extend(link.claims)
    page, missing = visit(f"{target}.html"), []
    for state, claimed in claims.items():
        lead(page, state)
        expect(page.locator(".gd-notice")).to_be_empty()
        said = all_that_is_said(page)
        missing += [(state, claim, said) for claim in claimed if claim not in said]
    assert missing == []


LESSONS = re.findall(r"^## (Part I+) in (50|90) minutes\n((?:.|\n)*?)(?=^## |\Z)", TEXTS["guide"], flags=re.M)


@pytest.mark.parametrize("part", ["Part I", "Part II"])
def test_on_the_wall_a_lesson_goes_through_the_states_of_its_links(part):
    told = []
    for lesson in (text for name, _, text in LESSONS if name == part):
        minutes, _, wall = lesson.partition("\nOn the wall\n")
        told += [link.claims for link in links_in(minutes)]
        assert [link.claims for link in links_in(wall)] in ([], told)
    assert told


SECTIONS = re.split(r"^### ", TEXTS["misconceptions"], flags=re.M)[1:]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.partition("\n")[0])
def test_a_misconception_has_all_its_parts_and_no_number_that_its_figures_do_not_show(section):
    assert re.findall(r"^- \*(They say:|Open|It shows:|Ask:)\*", section, re.M) == [
        "They say:",
        "Open",
        "It shows:",
        "Ask:",
    ]
    shows = section.partition("*It shows:*")[2].partition("*Ask:*")[0]
    links = links_in(section)
    there = {number for link in links for text in (*link.claims, link.state) for number in re.findall(NUMBER, text)}
    assert links
    assert set(re.findall(NUMBER, shows)) - there == set()


def test_nobody_is_told_that_something_is_simple():
    assert UNKIND.findall(str(TEXTS)) == []
