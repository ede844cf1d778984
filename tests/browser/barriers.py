"""What keeps somebody from a page, as axe finds it."""

import json

import npm

AXE = npm.MODULES / "axe-core" / "axe.min.js"
OF_COLOURS = ["color-contrast", "link-in-text-block"]

# Most of axe's time goes into the colours of code and the insides of formulas. Of code written alike one word is
# kept in its colour, of formulas that fit their place one inside.
LEAVE_OUT_WHAT_IS_ALIKE = """() => {
  const seen = new Set();
  const again = (kind) => seen.has(kind) || !seen.add(kind);
  for (const word of document.querySelectorAll(":is(pre, .sig) span"))
    if (again(`${word.closest("div, dt").className}, ${word.className}`)) word.replaceWith(...word.childNodes);
  for (const formula of document.querySelectorAll(".math"))
    if (again(formula.className) && formula.scrollWidth <= formula.clientWidth) formula.replaceChildren();
}"""


def barriers(page, part="document", colours=True):
    """The rules that are broken in a part of a page where nothing moves, and where.

    The rules that compare colours take half of the time.
    """
    page.emulate_media(reduced_motion="reduce")  # a picture that is half-way in has other colours
    if page.evaluate("!globalThis.axe"):
        page.evaluate(AXE.read_text(encoding="utf-8") + "; 0")  # no page lets a script be added
    rules = {} if colours else {rule: {"enabled": False} for rule in OF_COLOURS}
    options = json.dumps({"resultTypes": ["violations"], "rules": rules})
    found = page.evaluate(f"axe.run({part}, {options}).then(({{ violations }}) => violations)")
    return [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found]


def barriers_of_a_kind(page, colours=True):
    """The rules that are broken on a page, where of what is written alike one word and one formula are left."""
    page.evaluate(LEAVE_OUT_WHAT_IS_ALIKE)
    return barriers(page, colours=colours)
