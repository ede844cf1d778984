"""What a page asks for is what the book's pages need, in few files."""

from types import SimpleNamespace

import npm
import pytest
from pack import Styles, defer, looks, pack_code, words
from test_npm import ODD

HEAD = """<meta charset="utf-8">
<link rel="stylesheet" href="../_static/styles/theme.css?digest=1">
<title>A page</title>
<link rel="stylesheet" type="text/css" href="../_static/book.css?v=2" />
"""


@pytest.fixture(scope="module", autouse=True)
def packages():
    npm.install()


@pytest.fixture(params=["static", ODD], ids=["", "odd"])
def static(request, tmp_path):
    tmp_path = tmp_path / request.param
    (tmp_path / "styles").mkdir(parents=True)
    (tmp_path / "styles" / "theme.css").write_text(".used{background:url(../file.woff2)}.unused{color:red}")
    (tmp_path / "book.css").write_text(":root{--own:blue}.used>.later:hover{color:var(--own)}.used{margin:1px}")
    return tmp_path


def packed(static, head, *pages):
    """The head with its styles in one, and the style."""
    head = Styles(static, words(pages, static)).pack(head)
    (style,) = static.glob("styles/pack-*.css")
    return head, style.read_text()


def test_styles_become_one_in_the_place_of_the_first(static):
    head, style = packed(static, HEAD, '<p class="used later unused">')
    (name,) = (path.name for path in static.glob("styles/pack-*"))
    link = f'<link rel="stylesheet" href="../_static/styles/{name}">'
    assert head.split("\n") == ['<meta charset="utf-8">', link, "<title>A page</title>", ""]
    assert style.index("file.woff2") < style.index("red") < style.index("var(--own)")


def test_a_rule_is_there_when_a_page_or_a_script_names_what_it_is_for(static):
    _, style = packed(static, HEAD, '<p class="used">')
    assert "file.woff2" in style
    assert "margin" in style
    assert "--own" in style
    assert "red" not in style
    assert "later" not in style


def test_what_a_script_names_is_used(static):
    (static / "late.js").write_text("element.classList.add('later')")
    assert "later" in packed(static, HEAD, '<p class="used">')[1]


def test_the_same_words_make_the_same_name(static):
    first, _ = packed(static, HEAD, '<p class="used">')
    assert packed(static, HEAD, "<p>used used</p>")[0] == first


def test_every_script_waits_but_the_one_that_the_page_adds_to():
    names = ["documentation_options.js", "doctools.js", None]
    scripts = [SimpleNamespace(filename=name, attributes={}) for name in names]
    defer(None, "a", "page.html", {"script_files": scripts}, None)
    assert [script.attributes for script in scripts] == [{}, {"defer": "defer"}, {}]


PYGMENTS = """html[data-theme="light"] .highlight { background: #fff; color: #000001 }
html[data-theme="light"] .highlight .n { color: #000001 } /* Name */
html[data-theme="light"] .highlight .k { color: #000001 } /* Keyword */
html[data-theme="light"] .highlight .s { color: #000001 } /* String */
html[data-theme="light"] .highlight .p { color: #000001; font-weight: bold } /* Punctuation */
html[data-theme="dark"] .highlight { background: #000; color: #fffffe }
html[data-theme="dark"] .highlight .n { color: #fffffe } /* Name */
html[data-theme="dark"] .highlight .k { color: #ff0000 } /* Keyword */
html[data-theme="dark"] .highlight .s { color: #ff0000 } /* String */
html[data-theme="dark"] .highlight .p { color: #fffffe } /* Punctuation */
"""


def test_a_token_has_a_look_unless_it_is_like_the_text_around_it_by_day_and_by_night():
    look = looks(PYGMENTS)
    assert look["n"] == ()
    assert all(look[token] for token in "ksp")
    assert look["k"] == look["s"] != look["p"]


def code(line):
    return f'<p><span class="n">x</span></p><div class="highlight"><pre>{line}\n</pre></div>'


@pytest.mark.parametrize(
    ("tokens", "packed"),
    [
        ('<span></span><span class="n">x</span> <span class="n">y</span>', "x y"),
        ('<span class="k">if</span> <span class="n">x</span>', '<span class="k">if</span> x'),
        ('<span class="k">f</span><span class="s">a</span>  <span class="k">b</span>', '<span class="k">fa  b</span>'),
        ('<span class="k">f</span>\n<span class="k">g</span>', '<span class="k">f</span>\n<span class="k">g</span>'),
        ('<span class="n">x</span> <span class="k">or</span>', 'x <span class="k">or</span>'),
        ('<span class="k">a</span><span class="p">b</span>', '<span class="k">a</span><span class="p">b</span>'),
        ('<span class="other">a</span><span class="n">b</span>', '<span class="other">a</span>b'),
        ('<span class="hll"><span class="n">x</span>\n</span>', '<span class="hll">x\n</span>'),
    ],
)
def test_code_has_one_element_for_neighbours_that_look_the_same_and_none_for_plain_text(tokens, packed):
    assert pack_code(code(tokens), looks(PYGMENTS)) == code(packed)
