"""The accessibility statement, of what the tests found.

python tools/accessibility.py    runs the tests that it rests on, and writes their results into the statement

WCAG 2.2 has 55 criteria on the levels A and AA. Of each it is said here which tests look at it, why none has to, or
that none does. `tests/book/test_accessibility.py` refuses a statement that names other tests than there are.
"""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

sys.path.append(str(Path(__file__).parent.parent / "web" / "extensions"))
import npm

from gdlib._files import written_whole

ROOT = Path(__file__).parent.parent
STATEMENT = ROOT / "reference" / "accessibility.md"
BEGIN, END = "% The table is made by tools/accessibility.py: begin\n", "% end\n"

# axe runs all rules that it has not switched off itself, on every page, narrow and dark, and wide and light where a
# page has elements of a kind that none before it had.
AXE = "browser/test_pages.py::test_a_page_has_no_barrier"

NO_MEDIA = "the book has neither sound nor film"
NO_FORMS = "nothing is bought, sent or signed into"
MEDIA = ["book/test_accessibility.py::test_the_book_has_neither_sound_nor_film"]

# A criterion, its level, and the tests that look at it beside axe; or why it does not apply, with a test of that if
# there is one.
CRITERIA: dict[str, tuple[str, str, list[str], str]] = {
    "1.1.1": ("Non-text Content", "A", ["book/test_book.py::test_every_picture_is_described"], ""),
    "1.2.1": ("Audio-only and Video-only (Prerecorded)", "A", MEDIA, NO_MEDIA),
    "1.2.2": ("Captions (Prerecorded)", "A", MEDIA, NO_MEDIA),
    "1.2.3": ("Audio Description or Media Alternative (Prerecorded)", "A", MEDIA, NO_MEDIA),
    "1.2.4": ("Captions (Live)", "AA", MEDIA, NO_MEDIA),
    "1.2.5": ("Audio Description (Prerecorded)", "AA", MEDIA, NO_MEDIA),
    "1.3.1": ("Info and Relationships", "A", [], ""),
    "1.3.2": ("Meaningful Sequence", "A", [], ""),
    "1.3.3": ("Sensory Characteristics", "A", [], ""),
    "1.3.4": ("Orientation", "AA", [], ""),
    "1.3.5": ("Identify Input Purpose", "AA", [], NO_FORMS),
    "1.4.1": ("Use of Color", "A", [], ""),
    "1.4.2": ("Audio Control", "A", MEDIA, NO_MEDIA),
    "1.4.3": ("Contrast (Minimum)", "AA", [], ""),
    "1.4.4": ("Resize Text", "AA", [], ""),
    "1.4.5": ("Images of Text", "AA", [], ""),
    "1.4.10": ("Reflow", "AA", ["browser/test_pages.py::test_a_page_fits_its_window_and_no_picture_is_missing"], ""),
    "1.4.11": ("Non-text Contrast", "AA", [], ""),
    "1.4.12": ("Text Spacing", "AA", [], ""),
    "1.4.13": ("Content on Hover or Focus", "AA", [], ""),
    "2.1.1": (
        "Keyboard",
        "A",
        [
            "browser/test_live_pages.py::test_the_arrow_keys_home_and_end_move_a_slider_and_its_value_is_said",
            "browser/test_live_pages.py::test_an_arrow_key_moves_a_point_along_one_axis_only",
            "browser/test_controls.py::test_a_reader_chooses_a_rule_by_mouse_and_by_keyboard",
            "browser/test_terms_panel.py::test_it_is_opened_and_closed_by_keyboard_and_scrolled_where_it_is_wide",
        ],
        "",
    ),
    "2.1.2": ("No Keyboard Trap", "A", ["browser/test_live_code.py::test_the_keys_run_a_cell_and_leave_it"], ""),
    "2.1.4": (
        "Character Key Shortcuts",
        "A",
        ["browser/test_controls.py::test_one_epoch_back_and_on_by_button_and_by_key_but_not_while_something_is_typed"],
        "",
    ),
    "2.2.1": ("Timing Adjustable", "A", [], "nothing has to be done within a time"),
    "2.2.2": ("Pause, Stop, Hide", "A", ["browser/test_live_pages.py::test_play_goes_on_until_it_is_stopped"], ""),
    "2.3.1": ("Three Flashes or Below Threshold", "A", [], ""),
    "2.4.1": ("Bypass Blocks", "A", [], ""),
    "2.4.2": ("Page Titled", "A", [], ""),
    "2.4.3": ("Focus Order", "A", [], ""),
    "2.4.4": ("Link Purpose (In Context)", "A", [], ""),
    "2.4.5": ("Multiple Ways", "AA", ["browser/test_search.py::test_whatever_is_asked_is_answered"], ""),
    "2.4.6": ("Headings and Labels", "AA", [], ""),
    "2.4.7": ("Focus Visible", "AA", [], ""),
    "2.4.11": ("Focus Not Obscured (Minimum)", "AA", [], ""),
    "2.5.1": (
        "Pointer Gestures",
        "A",
        ["browser/test_panels.py::test_the_surface_is_magnified_by_buttons_keys_wheel_and_fingers"],
        "",
    ),
    "2.5.2": ("Pointer Cancellation", "A", [], ""),
    "2.5.3": ("Label in Name", "A", [], ""),
    "2.5.4": ("Motion Actuation", "A", [], "nothing follows the motion of a device"),
    "2.5.7": ("Dragging Movements", "AA", [], ""),
    "2.5.8": ("Target Size (Minimum)", "AA", ["browser/test_pages.py::test_a_figure_fits_its_place_and_a_thumb"], ""),
    "3.1.1": ("Language of Page", "A", [], ""),
    "3.1.2": ("Language of Parts", "AA", [], ""),
    "3.2.1": ("On Focus", "A", [], ""),
    "3.2.2": ("On Input", "A", [], ""),
    "3.2.3": ("Consistent Navigation", "AA", [], ""),
    "3.2.4": ("Consistent Identification", "AA", [], ""),
    "3.2.6": ("Consistent Help", "A", [], ""),
    "3.3.1": (
        "Error Identification",
        "A",
        [
            "browser/test_controls.py::test_what_is_no_number_here_is_said_and_what_was_set_stays",
            "browser/test_live_links.py::test_what_is_not_understood_is_said_and_the_rest_is_done",
        ],
        "",
    ),
    "3.3.2": ("Labels or Instructions", "A", [], ""),
    "3.3.3": ("Error Suggestion", "AA", ["browser/test_live_code.py::test_whatever_is_written_is_answered"], ""),
    "3.3.4": ("Error Prevention (Legal, Financial, Data)", "AA", [], NO_FORMS),
    "3.3.7": ("Redundant Entry", "A", [], NO_FORMS),
    "3.3.8": ("Accessible Authentication (Minimum)", "AA", [], NO_FORMS),
    "4.1.2": (
        "Name, Role, Value",
        "A",
        ["browser/test_live_pages.py::test_the_arrow_keys_home_and_end_move_a_slider_and_its_value_is_said"],
        "",
    ),
    "4.1.3": (
        "Status Messages",
        "AA",
        ["browser/test_live_pages.py::test_what_has_changed_is_announced_once_it_rests"],
        "",
    ),
}

RULES = """
const axe = require("axe-core");
const on = axe._audit.rules.filter(({ enabled, tags }) => enabled !== false && !tags.includes("experimental"));
console.log(JSON.stringify(Object.fromEntries(on.map((rule) => [rule.id, rule.tags]))));
"""


def rules() -> dict[str, list[str]]:
    """The rules that axe runs, by the criteria that they belong to."""
    npm.install()
    said = subprocess.run([npm.node(), "-e", RULES], cwd=npm.WEB, capture_output=True, text=True, check=True).stdout
    found: dict[str, list[str]] = {number: [] for number in CRITERIA}
    for rule, tags in json.loads(said).items():
        for tag in tags:
            if match := re.fullmatch(r"wcag(\d)(\d)(\d+)", tag):
                found.setdefault(".".join(match.groups()), []).append(rule)
    return {number: sorted(found[number]) for number in CRITERIA}


def tests_of(number: str, by_axe: dict[str, list[str]]) -> list[str]:
    """The tests that look at a criterion."""
    return [*([AXE] if by_axe[number] else []), *CRITERIA[number][2]]


def run(tests: list[str]) -> tuple[str, dict[str, Counter[str]]]:
    """The day on which these tests ran, and how often each passed, failed or was left out."""
    with TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = ["-m", "pytest", "-q", "-n", "logical", f"--junitxml={report}", *(f"tests/{test}" for test in tests)]
        subprocess.run([sys.executable, *command], cwd=ROOT, check=False)
        tree = ElementTree.parse(report)
    found = {test: Counter[str]() for test in tests}
    for case in tree.iter("testcase"):
        *folders, module = case.attrib["classname"].removeprefix("tests.").split(".")
        test = f"{'/'.join([*folders, module])}.py::{case.attrib['name'].partition('[')[0]}"
        kinds = {child.tag for child in case} & {"failure", "error", "skipped"}
        found[test][kinds.pop() if kinds else "passed"] += 1
    return next(tree.iter("testsuite")).attrib["timestamp"][:10], found


def result(outcome: Counter[str]) -> str:
    """What became of a test, in words."""
    return ", ".join(f"{count} {kind}" for kind, count in sorted(outcome.items())) or "did not run"


def table(outcomes: dict[str, Counter[str]], by_axe: dict[str, list[str]]) -> str:
    """The table of the statement."""
    lines = ["| Criterion | Level | State | Looked at by |", "| --- | --- | --- | --- |"]
    for number, (name, level, _, without) in CRITERIA.items():
        tests = tests_of(number, by_axe)
        passed = all(set(outcomes[test]) == {"passed"} for test in tests)
        if without:
            state = f"does not apply: {without}"
        else:
            state = "not tested" if not tests else "tested, passed" if passed else "**tested, not passed**"
        looked = [f"axe: {', '.join(f'`{rule}`' for rule in by_axe[number])}"] if by_axe[number] else []
        looked += [f"`{test}` ({result(outcomes[test])})" for test in CRITERIA[number][2]]
        lines.append(f"| {number} {name} | {level} | {state} | {'<br>'.join(looked) or '–'} |")
    return "\n".join(lines)


def main() -> None:
    """Run as a command."""
    by_axe = rules()
    tests = sorted({test for number in CRITERIA for test in tests_of(number, by_axe)})
    day, outcomes = run(tests)
    text = STATEMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    version = json.loads((npm.WEB / "package.json").read_text(encoding="utf-8"))["devDependencies"]["axe-core"]
    made = (
        f"The tests ran on {day}. axe-core {version} (`{AXE}`): {result(outcomes[AXE])}, counted by page and width.\n\n"
        f"{table(outcomes, by_axe)}\n"
    )
    with written_whole(STATEMENT) as file:
        file.write(f"{before}{BEGIN}\n{made}\n{END}{after}".encode())


if __name__ == "__main__":
    main()
