"""The glossary's words: each is introduced in one chapter, and no earlier one uses it without a link to there."""

import re

import glossary_links
import nbformat
import pytest
from notebooks import NOTEBOOKS, ROOT

INTRODUCED = {
    "three-points-and-a-line": ["intercept", "loss", "mean squared error", "model", "parameter", "residual", "slope"],
    "the-normal-equation": ["design matrix", "normal equation"],
    "least-squares": [
        "condition number",
        "curvature",
        "least squares",
        "minimum",
        "quadratic",
        "rank",
        "singular value",
    ],
    "one-step-downhill": [
        *["central difference", "derivative", "gradient", "gradient descent", "learning rate", "step"],
    ],
    "the-loop": ["contour", "converge", "diverge", "epoch", "status"],
    "the-learning-rate": ["bisection", "oscillate", "tolerance"],
    "why-the-intercept-is-slow": ["eigenvalue", "eigenvector", "Hessian"],
    "feature-scaling": ["centring", "standardise"],
    "when-to-stop": ["budget", "plateau", "stopping rule"],
    "checking-a-gradient": ["finite difference", "truncation"],
    "momentum": ["heavy ball", "momentum", "Nesterov", "velocity"],
    "noise-helps": ["mini-batch", "noise ball", "schedule", "stochastic"],
    "a-step-that-adapts": ["Armijo's condition", "backtracking", "exact line search", "line search"],
    "the-adaptive-family": ["AdaGrad", "Adam", "AdamW", "RMSProp", "clipping", "warm-up", "weight decay"],
    "beyond-straight-lines": [
        *["convex", "Geman-McClure", "logistic loss", "minimum at infinity", "multi-start", "Newton's method"],
        *["descent lemma", "outlier", "regularisation", "ridge", "saddle point"],
    ],
    "real-data": ["held out", "overfitting", "root mean squared error", "softmax"],
    "a-charge-on-large-weights": ["early stopping", "lasso", "proximal step", "subgradient"],
    "when-the-curvature-is-known": ["conjugate gradients", "preconditioner", "quasi-Newton"],
    "more-data-than-memory": ["block", "checkpoint", "sufficient statistic"],
    "from-a-line-to-a-network": [
        *["automatic differentiation", "backpropagation", "chain rule", "hidden layer", "neural network", "ReLU"],
    ],
}
CHAPTERS = [path.stem for path in NOTEBOOKS if path.parent.name == "chapters"]
LINK = re.compile(r"\[[^\]]*\]\(([^)]*)\)")


def entries():
    """The glossary's terms; those of one entry together."""
    text = (ROOT / "reference" / "glossary.md").read_text(encoding="utf-8").partition(":sorted:\n")[2]
    return [found.splitlines() for found in re.findall(r"^((?:[^\s:].*\n)+)(?=  \S)", text, re.M)]


def paragraphs(chapter):
    """The prose of a chapter behind its opening, in its order, without code, formulas and what others wrote."""
    cells = nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4).cells[1:]
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown").partition("## Further reading")[0]
    for unspoken in (r"^```.*$", r"^:.*$", r"^#.*$", r"<a [^>]*>.*?</a>", r"`[^`]*`", r"\$\$.*?\$\$", r"\$[^$]*\$"):
        text = re.sub(unspoken, "", text, flags=re.M | (re.S if "<a" in unspoken or "$$" in unspoken else 0))
    return re.split(r"\n{2,}", text)


PROSE = {chapter: paragraphs(chapter) for chapter in CHAPTERS}


def uses(terms, chapter):
    """The paragraphs of a chapter that use a term, outside links."""
    pattern = glossary_links.pattern_of(dict.fromkeys(terms))
    return [each for each in PROSE[chapter] if any(found["term"] for found in pattern.finditer(LINK.sub("", each)))]


def test_every_term_of_the_glossary_is_introduced_in_one_chapter():
    introduced = [term for terms in INTRODUCED.values() for term in terms]
    assert sorted(introduced) == sorted(terms[0] for terms in entries())


@pytest.mark.parametrize("terms", entries(), ids=lambda terms: terms[0])
def test_no_chapter_uses_a_term_before_it_is_introduced(terms):
    home = next(chapter for chapter, each in INTRODUCED.items() if terms[0] in each)
    assert uses(terms, home)
    for earlier in CHAPTERS[: CHAPTERS.index(home)]:
        assert [each for each in uses(terms, earlier) if f"{home}.ipynb" not in each] == []
