"""The displayed formulas are numbered from the first page of the book to the last."""

import re

from bs4 import BeautifulSoup
from test_book import PAGES


def test_every_displayed_formula_has_the_next_number_and_a_link_to_itself(book):
    numbers = []
    for name in PAGES:
        page = BeautifulSoup((book / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        for formula in page.select("article div.math"):
            number = formula.select_one(".eqno")
            numbers.append(int(re.match(r"\((\d+)\)", number.get_text())[1]))
            assert number.select_one("a")["href"] == f"#{formula['id']}"
    assert len(numbers) > 40
    assert numbers == list(range(1, len(numbers) + 1))
