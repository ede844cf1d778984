"""The MathML of the book, which a screen reader reads, is valid."""

import re
from xml.etree import ElementTree

import npm
import pytest
from mathematics import rendered
from test_book import PAGES

# What an element holds. See https://www.w3.org/TR/mathml4/, appendix A.
COUNTED = {"mfrac": 2, "mover": 2, "mroot": 2, "msub": 2, "msubsup": 3, "msup": 2, "munder": 2, "munderover": 3}
TEXT = {"annotation", "mi", "mn", "mo", "ms", "mtext"}
ROWS = {"maction", "math", "menclose", "merror", "mpadded", "mphantom", "mrow", "msqrt", "mstyle", "mtd"}
ONLY = {"mtable": {"mtr", "mlabeledtr"}, "mtr": {"mtd"}, "mspace": set()}
MISPLACED = {"annotation", "math", "mlabeledtr", "mtd", "mtr", "none", "mprescripts"}  # but where it is asked for


def mistakes(page):
    """What is wrong with the MathML of a page, or of a piece of one."""
    formulas = map(ElementTree.fromstring, re.findall(r"<math\b.*?</math>", page, re.S))
    return [wrong for formula in formulas for element in formula.iter() if (wrong := fault(element))]


def fault(element):
    """What is wrong with an element, apart from what it holds."""
    name = local(element)
    inside = [local(child) for child in element]
    text = "".join([element.text or "", *(child.tail or "" for child in element)]).strip()
    if name in TEXT:
        right = not inside
    elif name in COUNTED:
        right = len(inside) == COUNTED[name] and not MISPLACED.intersection(inside)
    elif name in ONLY:
        right = set(inside) <= ONLY[name]
    elif name == "semantics":
        right = inside[1:] == ["annotation"] and inside[0] not in MISPLACED
    else:
        right = name in ROWS and not MISPLACED.intersection(inside)
    if right and (name in TEXT or not text):
        return None
    return ElementTree.tostring(element, encoding="unicode")


def local(element):
    return element.tag.removeprefix("{http://www.w3.org/1998/Math/MathML}")


def test_all_of_it(book):
    pages = {path: path.read_text(encoding="utf-8") for path in book.rglob("*.html")}
    assert sum("<math" in page for page in pages.values()) > len(PAGES) / 2
    assert {str(path): wrong for path, page in pages.items() if (wrong := mistakes(page))} == {}


FORMULAS = [
    r"\lambda_{\max}",
    r"\lambda_{\max}^{\min}",
    r"x^{\log}",
    r"x_{\operatorname{rank}}",
    r"x_{\operatorname*{arg\,min}}",
    r"\frac{\sin}{\cos}",
    r"\sqrt[\ln]{2}",
    r"\overset{\arg}{=}",
    r"\underset{\dim}{=}",
    r"\hat{\ker}",
    r"a \stackrel{!}{=} \mathop{b + c}_{d}",
    r"\xrightarrow[\gcd]{\exp}",
    r"\max_{x_{\min}} \lim_{n \to \infty} x_n",
    r"\begin{pmatrix} \det & \frac{1}{x_{\sup}} \end{pmatrix}",
]


def test_a_name_of_a_function_and_an_operator_of_several_signs_may_stand_anywhere():
    npm.install()
    texts = {formula: rendered(formula, False) for formula in FORMULAS}
    assert {formula: wrong for formula, text in texts.items() if (wrong := mistakes(text))} == {}
    assert all("<math" in text for text in texts.values())


def test_what_is_no_formula_is_told_in_the_renderer_s_words():
    with pytest.raises(ValueError, match=r"position 1\b"):
        rendered(r"\wrong{x}", False)
    assert "<math" in rendered("x", True)


@pytest.mark.parametrize(
    "wrong",
    [
        "<msub><mi>x</mi><mi>max</mi><mo>\u2061</mo></msub>",
        "<mfrac><mn>1</mn></mfrac>",
        "<mrow>x</mrow>",
        "<mi><mn>1</mn></mi>",
        "<mtable><mtd><mn>1</mn></mtd></mtable>",
        "<mrow><mtr></mtr></mrow>",
        "<span>x</span>",
    ],
)
def test_what_is_not_valid_is_seen(wrong):
    assert mistakes(f'<math xmlns="http://www.w3.org/1998/Math/MathML">{wrong}</math>')
