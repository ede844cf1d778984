"""The code of the pages runs in them: in Chromium, with the Python that the book carries."""

import json
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import npm
import pytest
from barriers import barriers_of_a_kind
from by_node import run_by_node
from figure import FRAMES, box, handle, wait_until, watch_shifts
from live_code import library, stored_text, understood
from notebooks import ROOT
from playwright.sync_api import expect
from serve import serving

LOOP = "chapters/the-loop.html"
STEP = "chapters/one-step-downhill.html"
PYTHON = "_static/python/core/"
SIMPLEJSON = "53324eda57a9de7fab4731281bc8bd3fa254d28dbc06ce2141f2bcfeefbc3e3a"  # the sha256 of its wheel
MISPRINT = "-183.068 per unit"
COMES = 120_000  # ms: Python takes 2 s to come where a processor is free
expect.set_options(timeout=30_000)


class Cell:
    """A cell of a page as its reader has it."""

    def __init__(self, page, name):
        self.page, self.element = page, page.locator(f"[id='cell-{name}']")
        self.bar = self.element.locator(".run-bar")
        self.said = self.bar.locator(".run-said")
        self.output = self.element.locator(".run-output")
        self.editor = self.element.locator(".cm-content")

    def press(self, name):
        self.bar.get_by_role("button", name=name, exact=True).click()

    def write(self, text):
        """Write something else into the cell: take all out and paste, so that nothing is indented."""
        area = self.element.locator("textarea.run-code")
        if self.editor.count():
            self.editor.focus()
        elif area.count():
            area.focus()
        else:
            self.press("Edit")
        expect(self.editor).to_be_focused()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def run(self, text=None):
        """Run it, with another text; wait until it has come to its end."""
        if text is not None:
            self.write(text)
        self.press("Check" if "tag_runs-exercise" in self.element.get_attribute("class") else "Run")
        self.ends()

    def ends(self):
        expect(self.bar).not_to_have_class(re.compile("run-busy"), timeout=COMES)
        return self

    def gives(self, text):
        expect(self.output).to_contain_text(text)


def misprint(route):
    """Answer with the page's cells, with one digit changed of what the book prints."""
    route.fulfill(body=route.fetch().text().replace("-183.067 per unit", MISPRINT), content_type="application/json")


@pytest.fixture(scope="module")
def session(context, book_url):
    """Pages that have their Python, each opened once; what goes wrong in one fails the test that sees it."""
    pages, wrong = {}, []

    def opened(address):
        if address not in pages:
            page = context.new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
            page.route("**/pages/chapters/one-step-downhill.json*", misprint)
            page.goto(f"{book_url}{address}", wait_until="load")
            pages[address] = page
        return pages[address]

    yield opened
    for page in pages.values():
        page.close()
    assert wrong == []


# Before the first click


@pytest.mark.parametrize("width", [320, 480, 1280])
@pytest.mark.parametrize("chapter", [STEP, "chapters/the-normal-equation.html"])
def test_nothing_moves_when_the_buttons_come_late(context, book_url, chapter, width):
    page, held = context.new_page(), []
    page.set_viewport_size({"width": width, "height": 2000})
    watch_shifts(page)
    page.route("**/start.js*", lambda route: held.append(route))
    page.goto(f"{book_url}{chapter}", wait_until="commit")  # what is held is part of the load
    wait_until(page, "() => document.readyState === 'interactive' && document.fonts.status === 'loaded'")
    page.evaluate(FRAMES)
    page.evaluate("shifts.length = 0")
    held[0].continue_()
    expect(page.locator(".run-bar").first).to_be_attached()
    page.evaluate(FRAMES)
    assert page.evaluate("shifts") == []
    page.close()


def test_nothing_of_python_is_loaded_before_it_is_asked_for(context, book_url):
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{book_url}{STEP}", wait_until="networkidle")
    assert [url for url in asked if "/python/" in url and "start.js" not in url] == []
    page.close()


def test_cells_that_cannot_run_have_no_button_and_a_page_says_once_what_they_need(session):
    page = session(LOOP)  # whose sliders need a kernel, whatever the pages carry
    absent = page.locator(".cell:not([class*=tag_runs-]) > .cell_input")
    assert absent.count() > 0
    expect(absent.locator(".run-bar")).to_have_count(0)
    expect(page.locator(".run-note")).to_have_count(1)
    note = absent.locator(".run-note")
    expect(note).to_contain_text(re.compile(r"Cells with a button run on this page\. The others need \w+.*; there are"))
    address = note.get_by_role("link").evaluate("link => link.href")
    assert page.request.get(address).ok


def test_from_a_disk_a_sentence_stands_there_instead_of_buttons(context, book):
    page = context.new_page()
    page.goto((book / STEP).as_uri())
    expect(page.locator(".run-note")).to_have_count(1)
    expect(page.locator(".run-note")).to_contain_text("python -m http.server")
    expect(page.locator(".run-bar")).to_have_count(0)
    page.close()


def test_without_script_nothing_is_there(browser, book_url):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{book_url}{STEP}")
    expect(page.locator(".run-bar, .run-note, textarea.run-code")).to_have_count(0)
    context.close()


# A cell


def test_a_cell_runs_after_those_above_and_gives_what_the_book_has(session):
    cell = Cell(session(STEP), "04-16")
    stored = cell.element.locator(".cell_output:not(.run-output)")
    text = stored.inner_text()
    cell.run()
    expect(cell.output).to_have_text(text)
    expect(stored).to_be_hidden()
    expect(cell.said).to_have_text(re.compile("^Done in "))
    cell.press("Back to the book's")
    expect(cell.output).to_have_count(0)
    expect(stored).to_be_visible()


def test_changed_code_runs_and_a_cell_below_takes_it_up(session):
    page = session(STEP)
    above, below = Cell(page, "04-05"), Cell(page, "04-08")
    below.run()
    before = below.output.inner_text()
    above.write("theta = [1.0, 2.0]")
    below.run()
    expect(above.output).to_have_count(0)  # it prints nothing now
    assert below.output.inner_text() != before
    above.press("Back to the book's")
    below.run()
    expect(below.output).to_have_text(before)
    below.press("Back to the book's")


def test_the_keys_run_a_cell_and_leave_it(session):
    page = session(STEP)
    cell = Cell(page, "04-03")
    for keys, number in (("Shift+Enter", "41"), ("Control+Enter", "42")):
        cell.write(f"inputs = {number}\ninputs")
        page.keyboard.press(keys)
        cell.gives(number)
        cell.ends()
    cell.press("Back to the book's")
    cell.bar.get_by_role("button", name="Run").press("Enter")
    cell.ends()
    expect(cell.bar.get_by_role("button", name="Run")).to_be_focused()
    cell.press("Back to the book's")
    cell.element.get_by_text("=", exact=True).click(position={"x": 1, "y": 5})
    expect(cell.editor).to_be_focused()
    page.keyboard.type("+")
    expect(cell.editor).to_contain_text("inputs += four_inputs()")  # where the reader clicked
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(cell.bar.get_by_role("button", name="Run")).to_be_focused()
    cell.press("Back to the book's")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1 + 1", "2"),
        ("for _ in range(3)\n    pass", "Line 1:.*for _ in range.*SyntaxError: expected ':'"),
        ("a = 1\nb = 0\na / b", r"Line 3:.*a / b.*ZeroDivisionError: (integer )?division"),
        ("def f():\n    return [][1]\nf()", r"Line 3:.*f\(\).*Line 2, in f:.*IndexError: list index out of range"),
        ("exit()", r"exit\(\) ended this cell"),
        ("input('What?')", r"input\(\) cannot ask anybody here"),
        (">>> 1 + 1", "Leave those out"),
        ("print(“hello”)", "curly quotation marks"),
        ("if True:\n\tx = 1\n        y = 2", "Tabs and spaces are mixed"),
        ("stepped", "A cell further down makes stepped: run that one first"),
        ("import pandas", "This page does not have pandas"),
        ("for i in range(10**4): print(i)", "1999\n.*8,000 more lines, which are not shown"),
        ("class Odd:\n    def __repr__(self): raise ValueError('no')\nOdd()", "ValueError: no"),
    ],
)
def test_whatever_is_written_is_answered(session, code, words):
    cell = Cell(session(STEP), "04-03")
    cell.run(code)
    expect(cell.said).to_have_text(re.compile(r"^(Done in .*seconds|Ended with \w+Error)\.$"))
    assert re.search(words, cell.output.inner_text(), re.S), cell.output.inner_text()
    cell.run("print('still there')")
    expect(cell.output).to_have_text("still there\n")
    cell.press("Back to the book's")


def test_an_error_above_is_said_below_and_leads_there(session):
    page = session(STEP)
    above, below = Cell(page, "04-10"), Cell(page, "04-16")
    above.write("1 / 0")
    below.run()
    expect(below.said).to_contain_text("A cell above ended with ZeroDivisionError")
    above.gives("ZeroDivisionError")
    below.said.get_by_role("button").click()
    expect(above.bar.get_by_role("button", name="Run")).to_be_focused()
    above.press("Back to the book's")


def test_what_does_not_end_leaves_the_page_alive_and_is_stopped_and_python_comes_again(session):
    page = session(STEP)
    said, own = own_figure(page, STEP), Cell(page, "your-step-code")
    cell, waiting = Cell(page, "04-05"), Cell(page, "04-08")
    own.run()
    expect(said).to_contain_text("Your steps are gdlib's, to rounding.")
    cell.write("while True: print('more')")
    cell.press("Run")
    cell.gives("more")
    assert page.evaluate("new Promise(requestAnimationFrame).then(() => 1 + 1)") == 2
    waiting.press("Run")
    expect(waiting.said).to_have_text("Waits for the cell that is running.")
    cell.bar.get_by_role("button", name="Stop").dblclick()
    for each in (cell, waiting):
        expect(each.ends().said).to_contain_text("Stopped.")
    expect(cell.editor).to_contain_text("while True")  # no other button has come under the pointer
    assert cell.output.inner_text().count("more") <= 2000
    expect(said).to_have_text(re.compile("^This is gdlib's descent."))
    cell.press("Back to the book's")
    waiting.run()
    waiting.gives("nudge 1")
    waiting.press("Back to the book's")
    own.run()
    expect(said).to_contain_text("Your steps are gdlib's, to rounding.")


def test_two_cells_at_once_run_one_after_the_other(session):
    page = session(STEP)
    one, other = Cell(page, "04-16"), Cell(page, "04-22")
    one.press("Run")
    other.press("Run")
    one.ends().gives("the point at x = 2")
    other.ends().gives("rate 0.001")
    for each in (one, other):
        each.press("Back to the book's")


# What a cell draws


PICTURE = """
import struct, sys, types, zlib  # what a page without Matplotlib has in its place

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

class Figure:
    def savefig(self, file, **options):
        file.write(b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 2, 8, 0, 0, 0, 0)))
        file.write(chunk(b"IDAT", zlib.compress(bytes(8))) + chunk(b"IEND", b""))

open_ones = [1, 2]
sys.modules["matplotlib.pyplot"] = types.SimpleNamespace(
    get_fignums=lambda: list(open_ones), figure=lambda number: Figure(), close=lambda number: open_ones.remove(number)
)
"""

FIGURE = """
class DescentExplorer:  # what a page without NumPy has in its place
    __module__ = "gdlib.widgets.explorer"
    def _told(self):
        return {"points": [[2, 45], [4, 85], [5, 105]], "start": [0, 0], "learning_rate": 0.02, "epochs": 7}

DescentExplorer()
"""


def test_what_is_drawn_with_pyplot_stands_under_its_cell(session):
    cell = Cell(session(STEP), "04-03")
    cell.run(PICTURE)
    pictures = cell.output.locator("img")
    expect(pictures).to_have_count(2)
    assert pictures.first.evaluate("each => each.decode().then(() => [each.naturalWidth, each.naturalHeight])") == [
        3,
        2,
    ]
    assert pictures.first.get_attribute("alt") == "What your run drew."
    cell.run("open_ones.append(1)\nFigure.savefig = None")
    cell.gives("TypeError")  # as where a formula in a label cannot be set
    cell.run("del sys.modules['matplotlib.pyplot']\nprint('drawn and gone')")
    expect(cell.output).to_have_text("drawn and gone\n")
    cell.press("Back to the book's")


def test_a_live_figure_that_is_the_value_of_a_cell_lives(session):
    page = session(STEP)
    cell = Cell(page, "04-03")
    cell.run(FIGURE)
    epochs = cell.output.get_by_role("slider", name="Epochs")
    expect(epochs).to_have_value("7")
    assert barriers_of_a_kind(page) == []
    cell.press("Back to the book's")
    expect(page.locator(".run-figure")).to_have_count(0)


# A step of the reader's own, which drives the figure below it


OWN = {STEP: ("your-step", "one_step"), LOOP: ("your-loop", "one_epoch")}


def own_figure(page, address):
    """What the figure that a reader's step drives says of it; other figures are taken away."""
    place = f"[id='cell-{OWN[address][0]}-figure']"
    page.evaluate(
        """figure => {
          for (const place of document.querySelectorAll(".live-place")) if (!place.closest(figure)) place.remove();
        }""",
        place,
    )
    page.locator(place).scroll_into_view_if_needed()
    said = page.locator(".gd-own")
    expect(said).not_to_be_empty()
    return said


@pytest.mark.parametrize("address", OWN)
def test_until_its_cell_has_run_the_figure_is_gdlibs_and_then_it_is_the_readers(open_page, session, address):
    cell, step = OWN[address]
    page, asked = open_page(address), []
    page.on("request", lambda request: asked.append(request.url))
    said = own_figure(page, address)
    expect(said).to_have_text(re.compile(f"^This is gdlib's descent. Run the cell that makes {step}, "))
    handle(page, "learning rate").press("ArrowRight")
    expect(said).to_have_text(re.compile("^This is gdlib's descent."))
    assert [url for url in asked if "/python/" in url] == []
    page = session(address)
    said = own_figure(page, address)
    Cell(page, f"{cell}-code").run()
    expect(said).to_contain_text("Your steps are gdlib's, to rounding.")


def test_what_the_reader_changes_is_seen_and_said_at_every_rate(session):
    page = session(STEP)
    said, cell = own_figure(page, STEP), Cell(page, "your-step-code")
    (source,) = (source for name, source, *_ in pages()["one-step-downhill"] if name == "your-step-code")
    for old, new, sentence in [
        ("    wishes", "    1 / 0\n    wishes", "(one_step, line 13) with ZeroDivisionError: division by zero."),
        ("vector_mean(wishes)", "wishes[0]", "Your steps follow point 1 alone, not the mean of all."),
    ]:
        assert old in source
        cell.run(source.replace(old, new, 1))
        expect(said).to_contain_text(sentence)
    rate = box(page, "learning rate")
    rate.fill("0.02")
    rate.press("Enter")
    path = page.locator(".gd-surface .gd-area > .gd-earlier")
    before = path.get_attribute("points")
    page.locator(".gd-dot").first.press("ArrowUp")
    expect(path).not_to_have_attribute("points", before)
    expect(said).to_contain_text("Your steps follow point 1 alone")
    page.get_by_role("button", name="Reset", exact=True).click()
    cell.press("Back to the book's")
    expect(said).to_have_text(re.compile("^This is gdlib's descent."))


# Exercises


@cache
def pages():
    """The cells of each chapter that run without a package, as the page runs them, and what the book has of each."""
    found = {}
    for path in sorted(ROOT.glob("chapters/*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        found[path.stem] = [
            (cell.id, cell.source, "\n".join(cell.prelude), cell.role, stored_text(stored))
            for stored, cell in understood(notebook, packages=set())
            if not cell.absent
        ]
    return found


# In one Python, for a page's own takes seconds to start; how a page shows what this gives is tested with some cells.
ALL = """
found = []
for page, cells in json.loads(PAGES).items():
    for place, (name, source, prelude, role, stored) in enumerate(cells):
        printed = []
        done = json.loads(run(f"cell {name}", source, prelude, place == 0, printed.append))
        given = "".join(printed) + (f"{done['value']}\\n" if "value" in done else "") + str(done.get("error", ""))
        found.append([page, name, role, done.get("right"), stored, given])
print(json.dumps(found))
"""


def test_what_runs_on_the_pages_gives_what_the_book_has_and_every_solution_is_right():
    runner = (npm.WEB / "python" / "runner.py").read_text(encoding="utf-8")
    code = f"{runner}\nPAGES = {json.dumps(pages())!r}\n{ALL}"
    found = json.loads(json.loads(run_by_node("pyodide.mjs", json.dumps({"all": code}), library()))["all"])
    assert [each for each in found if each[-2] is not None and each[-2] != each[-1]] == []
    asked = [(role, right) for _, _, role, right, *_ in found if right is not None]
    assert len({page for page, *_ in found}) > 5
    assert asked.count(("exercise", False)) > 20
    assert asked.count(("solution", True)) > 10
    assert set(asked) == {("exercise", False), ("solution", True)}


def test_what_is_said_to_an_answer_stands_beside_it(session):
    cell = Cell(session(STEP), "04-30")
    for answer, said, verdict in [
        ("[20, 5]", "Not yet: that is where you stand.", "run-not-yet"),
        ("vector_mean([linear_gradient(x, y, [20, 5]) for x, y in inputs])", "Right. The ground is level", "run-right"),
    ]:
        cell.run(f'check("at-the-best-line", {answer})')
        expect(cell.said).to_contain_text(said)
        expect(cell.element).to_have_class(re.compile(verdict))
    cell.press("Forget what I wrote")


def test_what_was_written_is_there_again_and_can_be_forgotten(session):
    page = session(LOOP)
    cell = Cell(page, "05-34")
    starter = cell.element.locator("textarea.run-code").input_value()
    cell.run('check("epochs-to-nineteen", 200)')
    expect(cell.said).to_contain_text("Not yet")
    page.reload()
    expect(cell.element.locator("textarea.run-code")).to_have_value('check("epochs-to-nineteen", 200)')
    expect(cell.said).to_contain_text("As you left it. Not yet: at 200")
    cell.press("Forget what I wrote")
    expect(cell.said).to_be_empty()
    page.reload()
    expect(cell.element.locator("textarea.run-code")).to_have_value(starter)
    expect(cell.bar.get_by_role("button", name="Forget what I wrote")).to_be_hidden()


# Loading


@pytest.fixture
def copied(book, tmp_path):
    """A copy of the book whose files may be changed."""
    shutil.copytree(book, tmp_path / "book", copy_function=lambda one, other: Path(other).symlink_to(one))
    with serving(tmp_path / "book") as address:
        yield tmp_path / "book", address


def test_a_file_that_is_not_whole_is_said_and_python_comes_once_all_are(context, copied):
    folder, address = copied
    page = context.new_page()
    page.goto(f"{address}{STEP}")
    cell = Cell(page, "04-03")
    for name, torn in [
        ("pyodide.asm.mjs", False),
        ("pyodide.asm.mjs", True),
        ("pyodide.asm.wasm", False),
        ("python_stdlib.zip", True),
    ]:
        path = folder / PYTHON / name
        whole = path.resolve()
        path.unlink()
        if torn:
            path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        cell.run()
        expect(cell.said).to_contain_text("Python could not be loaded")
        path.unlink(missing_ok=True)
        path.symlink_to(whole)
    cell.run()
    cell.gives("(2, 45)")
    page.close()


def test_python_can_be_stopped_while_it_comes(context, book_url):
    page = context.new_page()
    held = []
    context.route("**/pyodide.asm.wasm", lambda route: held.append(route))
    page.goto(f"{book_url}{STEP}")
    cell = Cell(page, "04-03")
    cell.press("Run")
    expect(cell.said).to_contain_text("Python is coming")
    cell.press("Stop")
    expect(cell.ends().said).to_contain_text("Stopped.")
    context.unroute("**/pyodide.asm.wasm")
    cell.run()
    cell.gives("(2, 45)")
    page.clock.install()
    cell.write("while True: pass")
    cell.press("Run")
    expect(cell.said).to_have_text("Running.")
    page.clock.fast_forward(10_000)
    expect(cell.said).to_have_text("This has been running for 10 seconds. Stop ends it.")
    cell.press("Stop")
    cell.ends().press("Back to the book's")
    page.close()


@pytest.fixture
def asked(context):
    """The files that were asked for."""
    urls = []
    context.on("request", lambda request: urls.append(request.url.rpartition("/")[2]))
    return urls


@pytest.fixture(scope="session")
def compiled(tmp_path_factory, go_without):
    """A package of PyPI that is compiled for the pages' Python, and depends on nothing."""
    folder = tmp_path_factory.mktemp("wheel")
    (folder / "requirements.txt").write_text(f"simplejson==4.3.0 --hash=sha256:{SIMPLEJSON}")
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--require-hashes",
        "--only-binary=:all:",
        "--no-deps",
    ]
    command += ["--platform=pyemscripten_2026_0_wasm32", "--python-version=314", "--implementation=cp"]
    ran = subprocess.run([*command, "-r", "requirements.txt"], cwd=folder, capture_output=True, text=True, check=False)
    if ran.returncode:
        go_without(f"pip brings no wheel for the pages' Python: {ran.stderr}")
    (wheel,) = folder.glob("*.whl")
    return wheel


def carry(folder, wheel, digests):
    """Lay a wheel beside the pages' Python as the build does, by some names, each with a digest in the lock."""
    core = folder / PYTHON
    packages, entries = {}, {}
    for name, digest in digests.items():
        file = shutil.copy(wheel, core / wheel.name.replace("simplejson", name)).name
        packages[name] = {"file": file, "size": wheel.stat().st_size, "depends": [], "imports": [name]}
        entry = {
            "name": name,
            "version": "4.3.0",
            "file_name": file,
            "sha256": digest,
            "depends": [],
            "imports": [name],
        }
        entries[name] = entry | {"install_dir": "site", "package_type": "package", "unvendored_tests": False}
    lock = core / "pyodide-lock.json"
    text = json.loads(lock.read_text(encoding="utf-8"))
    lock.unlink()
    lock.write_text(json.dumps(text | {"packages": entries}), encoding="utf-8")
    path = folder / "_static/python/pages/chapters/one-step-downhill.json"
    page = json.loads(path.read_text(encoding="utf-8"))
    page["files"]["core/pyodide-lock.json"] = lock.stat().st_size
    page["packages"] = packages
    path.unlink()
    path.write_text(json.dumps(page), encoding="utf-8")


def test_a_compiled_package_is_loaded_when_a_cell_imports_it_and_with_another_digest_it_is_not(
    context, copied, compiled, asked
):
    folder, address = copied
    carry(folder, compiled, {"simplejson": SIMPLEJSON, "another": SIMPLEJSON[::-1]})
    page = context.new_page()
    page.goto(f"{address}{STEP}")
    cell = Cell(page, "04-03")
    cell.run("import another")
    cell.gives("another could not be loaded")
    assert compiled.name not in asked
    for _ in range(2):
        cell.run("import simplejson\nprint(simplejson.dumps([1, 2]), simplejson.encoder.c_make_encoder is not None)")
        expect(cell.output).to_have_text("[1, 2] True\n")
    assert asked.count(compiled.name) == 1
    cell.press("Back to the book's")
    page.close()


def test_numpy_computes_in_a_page_as_it_does_here(session, book):
    path = book / "_static/python/pages/chapters/the-normal-equation.json"
    if "numpy" not in json.loads(path.read_text(encoding="utf-8"))["packages"]:
        pytest.skip("no NumPy for the browser")
    page = session("chapters/the-normal-equation.html")
    page.get_by_role("button", name="Recompute this page").click()
    expect(page.locator(".run-all .run-said")).to_contain_text("the same, character for character", timeout=COMES)
    assert page.locator(".run-same").count() > 5
    expect(page.locator(".run-differs")).to_have_count(0)


NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  configurable: true,
  get() { throw new DOMException("denied"); },
})"""


def test_where_storage_is_denied_a_page_forgets(context, book_url):
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.add_init_script(NO_STORAGE)
    page.goto(f"{book_url}{LOOP}")
    area = page.locator("[id='cell-05-34'] textarea.run-code")
    starter = area.input_value()
    area.fill("epochs_needed = 3")
    page.reload()
    expect(area).to_have_value(starter)
    assert wrong == []
    page.close()


# The page recomputed


def test_a_page_recomputes_what_it_prints_and_one_changed_digit_turns_one_cell(session):
    page = session(STEP)
    page.get_by_role("button", name="Recompute this page").click()
    expect(page.locator(".run-all .run-said")).to_contain_text("1 differs", timeout=COMES)
    expect(page.locator(".run-differs")).to_have_count(1)
    expect(page.locator("#cell-04-08 .run-differs")).to_contain_text(MISPRINT)
    assert page.locator(".run-same").count() > 10


# For everybody


def test_editor_result_and_verdict_have_no_barrier(context, book_url):
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto(f"{book_url}{STEP}")
    Cell(page, "04-03").run("inputs = [(2, 45)]\ninputs")
    Cell(page, "04-05").run("1 / 0")
    Cell(page, "04-38").run('check("without-the-2", "uphill")')
    page.evaluate("document.querySelector('#pst-back-to-top').remove()")  # the theme's, which comes and goes
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        wait_until(page, "scheme => document.documentElement.dataset.theme === scheme", scheme)
        assert barriers_of_a_kind(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.close()
