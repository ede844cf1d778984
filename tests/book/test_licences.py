"""What the built book is made of is listed, and its licences lie beside it."""

from fnmatch import fnmatch

import licences
from bs4 import BeautifulSoup


def test_every_file_that_is_shipped_is_somebody_s_who_is_named(book):
    static = book / "_static"
    whose = {
        **{name: patterns for name, (_, patterns) in licences.BROUGHT.items()},
        **licences.PYPI,
        **licences.NPM,
        "the book": licences.OWN,
    }
    patterns = [pattern for owned in whose.values() for pattern in owned.split()]
    files = [path.relative_to(static).as_posix() for path in static.rglob("*") if path.is_file()]
    assert [file for file in files if not any(fnmatch(file, pattern) for pattern in patterns)] == []
    unused = {pattern for pattern in patterns if not any(fnmatch(file, pattern) for file in files)}
    assert unused == set()


def test_the_page_lists_every_part_and_the_file_has_its_licence(book):
    page = BeautifulSoup((book / "reference" / "licences.html").read_text(encoding="utf-8"), "html.parser")
    rows = [[cell.get_text(strip=True) for cell in row.select("td")] for row in page.select("article tbody tr")]
    parts = licences.parts()
    assert [row[0] for row in rows] == [part.name for part in parts]
    assert [row for row in rows if not row[2] or not row[3]] == []
    texts = (book / "_static" / "licences.txt").read_text(encoding="utf-8")
    assert [part.name for part in parts if part.text.strip() not in texts or len(part.text) < 500] == []
    assert page.select_one('article a[href="../_static/licences.txt"]')


def test_what_is_bundled_is_known_from_the_bundler():
    bundled = licences.bundled()
    assert {"@fortawesome/fontawesome-free", "@codemirror/view", "@lezer/python"} < bundled
    assert not {"esbuild", "pyodide", "katex"} & bundled
