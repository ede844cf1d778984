"""A page asks for one style sheet, with the rules that the book's pages need, and for the scripts that it uses."""

from types import SimpleNamespace

import npm
import pytest
from docutils import nodes
from scripts import choose
from styles import ALL, UNKNOWN, link, write
from test_npm import ODD


@pytest.fixture(scope="module", autouse=True)
def packages():
    npm.install()


@pytest.fixture
def book(tmp_path):
    """A folder with two style sheets, a page and a function that writes the one style; all that comes of it."""
    folder = tmp_path / ODD
    static = folder / "_static"
    (static / "styles").mkdir(parents=True)
    (static / "styles" / "theme.css").write_text(".used{background:url(../file.woff2)}.unused{color:red}")
    (static / "book.css").write_text(":root{--own:blue}.used>.later:hover{color:var(--own)}.used{margin:1px}")
    app = SimpleNamespace(outdir=folder, builder=SimpleNamespace(format="html"))

    def written(body):
        (folder / "page.html").write_text(f'<link href="{ALL}{UNKNOWN}">{body}')
        write(dict.fromkeys(["styles/theme.css", "book.css"]), app, None)
        return (static / ALL).read_text(), (folder / "page.html").read_text()

    written.static = static
    return written


def test_styles_become_one_in_their_order(book):
    style, _ = book('<p class="used later unused">')
    assert style.index("file.woff2") < style.index("red") < style.index("var(--own)")


def test_a_rule_is_there_when_a_page_or_a_script_names_what_it_is_for(book):
    style, _ = book('<p class="used">')
    assert "file.woff2" in style
    assert "margin" in style
    assert "--own" in style
    assert "red" not in style
    assert "later" not in style
    (book.static / "late.js").write_text("element.classList.add('later')")
    style, _ = book('<p class="used">')
    assert "later" in style


def test_a_page_names_the_version_of_the_style_which_changes_with_it(book):
    _, first = book('<p class="used">')
    assert UNKNOWN not in first
    assert book('<p class="used">')[1] == first
    assert book('<b class="used">')[1].partition(">")[0] == first.partition(">")[0]
    assert book('<p class="unused">')[1].partition(">")[0] != first.partition(">")[0]


def file(name, priority=500):
    return SimpleNamespace(filename=name and f"_static/{name}", priority=priority, attributes={"body": "0"})


def test_what_only_some_pages_need_stays_a_file_of_its_own():
    files = [file("live/style.css"), file("late.css", 900), file("mathematics/style.css"), file("book.css")]
    context, styles = {"css_files": files, "pathto": lambda path, _: f"../{path}"}, {}
    link(styles, None, "a", "page.html", context, None)
    assert list(styles) == ["book.css", "late.css"]
    assert context["css_files"] == [files[0], files[2]]
    assert context["all_styles"] == f"../_static/{ALL}{UNKNOWN}"


@pytest.mark.parametrize(("page", "chosen"), [("a", ["book.js"]), ("search", ["doctools.js", "book.js"])])
def test_scripts_of_the_search_are_for_its_page(page, chosen):
    context = {"css_files": [], "script_files": [file("doctools.js"), file("book.js")]}
    choose(None, page, "page.html", context, None)
    assert [script.filename for script in context["script_files"]] == [f"_static/{name}" for name in chosen]


@pytest.mark.parametrize(("classes", "chosen"), [([], ["book.js"]), (["dropdown"], ["togglebutton.js", "book.js"])])
def test_a_page_asks_for_the_scripts_that_it_uses(classes, chosen):
    doctree = nodes.section("", nodes.admonition(classes=classes))
    context = {"css_files": [], "script_files": [file("togglebutton.js"), file("design-tabs.js"), file("book.js")]}
    choose(None, "a", "page.html", context, doctree)
    assert [script.filename for script in context["script_files"]] == [f"_static/{name}" for name in chosen]


def test_every_script_waits_but_the_one_that_the_page_adds_to():
    scripts = [file("documentation_options.js"), file("book.js"), file(None)]
    choose(None, "a", "page.html", {"css_files": [], "script_files": scripts}, None)
    assert [script.attributes.get("defer") for script in scripts] == [None, "defer", None]
