"""The accessibility statement names the tests that there are, all of the criteria, and the rules that axe runs."""

import re
from collections import Counter

import accessibility
import npm
import pytest
from accessibility import CRITERIA, STATEMENT
from notebooks import ROOT

TEXT = STATEMENT.read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in re.findall(r"^\| \d\.\d\.\d+ .*", TEXT, re.M)]
NEEDS_NO_TEST = "does not apply"


@pytest.fixture(scope="module")
def by_axe():
    return accessibility.rules()


def test_all_criteria_of_both_levels_are_there():
    assert Counter(level for _, level, _, _ in CRITERIA.values()) == {"A": 31, "AA": 24}
    assert [row[:2] for row in ROWS] == [[f"{number} {name}", level] for number, (name, level, *_) in CRITERIA.items()]


def test_a_test_that_is_named_is_there():
    for test in {accessibility.AXE, *(test for _, _, tests, _ in CRITERIA.values() for test in tests)}:
        path, _, name = test.partition("::")
        assert f"\ndef {name}(" in (ROOT / "tests" / path).read_text(encoding="utf-8"), test


def test_the_statement_is_that_of_these_tests_and_rules(by_axe):
    for row, number in zip(ROWS, CRITERIA, strict=True):
        _, _, tests, without = CRITERIA[number]
        assert re.findall(r"`([^`]*::[^`]*)`", row[3]) == tests
        assert re.findall(r"`([a-z-]+)`", row[3]) == by_axe[number]
        assert row[2].startswith(NEEDS_NO_TEST) == bool(without)
        assert (row[2] == "not tested") == (not tests and not by_axe[number] and not without)


def test_nothing_is_called_passed_that_was_not():
    for row in ROWS:
        assert ("failure" in row[3] or "error" in row[3] or "did not run" in row[3]) <= ("not passed" in row[2]), row
    assert [row[0] for row in ROWS if "not passed" in row[2]] == []
    ran = re.search(r"The tests ran on \d{4}-\d\d-\d\d\. axe-core (\S+) \(`\S+`\): (\d+) passed, counted", TEXT)
    assert ran
    assert f'"axe-core": "{ran[1]}"' in (npm.WEB / "package.json").read_text(encoding="utf-8")


def test_a_failure_would_be_said(by_axe):
    tests = {test for number in CRITERIA for test in accessibility.tests_of(number, by_axe)}
    outcomes = {test: Counter(passed=2) for test in tests}
    outcomes[accessibility.AXE] = Counter(passed=1, failure=1)
    lines = accessibility.table(outcomes, by_axe).splitlines()
    (contrast,) = [line for line in lines if line.startswith("| 1.4.3 ")]
    (status,) = [line for line in lines if line.startswith("| 4.1.3 ")]
    assert "**tested, not passed**" in contrast
    assert "tested, passed" in status


def test_the_book_has_neither_sound_nor_film(book):
    pages = [path for path in book.rglob("*.html") if "_static" not in path.parts]
    assert len(pages) > 30
    players = re.compile(r"<(audio|video|embed|object)\b", re.I)
    assert [path.name for path in pages if players.search(path.read_text(encoding="utf-8"))] == []
