"""The code of the pages runs in them: in Chromium, with the Python that the book carries."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cell_needs as needs
import pytest
from answers import ANSWERS
from live_code import text_of, with_roles
from notebooks import ROOT
from playwright.sync_api import expect
from serve import serving
from test_pages import barriers

LOOP = "chapters/the-loop.html"
STEP = "chapters/one-step-downhill.html"
PYTHON = "_static/python/core/"
SIMPLEJSON = "53324eda57a9de7fab4731281bc8bd3fa254d28dbc06ce2141f2bcfeefbc3e3a"  # the sha256 of its wheel
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


@pytest.fixture(scope="module")
def session(context, book_url):
    """Pages that have their Python, each opened once; what goes wrong in one fails the test that sees it."""
    pages, wrong = {}, []

    def opened(address):
        if address not in pages:
            page = context.new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
            page.goto(f"{book_url}{address}", wait_until="load")
            pages[address] = page
        return pages[address]

    yield opened
    for page in pages.values():
        page.close()
    assert wrong == []


# Before the first click


def test_nothing_of_python_is_loaded_before_it_is_asked_for(context, book_url):
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{book_url}{STEP}", wait_until="networkidle")
    assert [url for url in asked if "/python/" in url and "start.js" not in url] == []
    page.close()


def test_cells_that_cannot_run_have_no_button_and_a_page_says_once_what_they_need(session):
    page = session(LOOP)
    expect(page.locator(":is(#cell-05-10, #cell-05-17) .run-bar")).to_have_count(0)
    expect(page.locator(".run-note")).to_have_count(1)
    note = page.locator("[id='cell-05-10'] .run-note")
    expect(note).to_contain_text("Cells with a button run on this page. The others need NumPy and Matplotlib;")
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
        ("import numpy", "This page does not have NumPy"),
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


def test_what_does_not_end_is_stopped_and_python_comes_again(session):
    page = session(STEP)
    cell, waiting = Cell(page, "04-05"), Cell(page, "04-08")
    cell.write("print('begun')\nwhile True: pass")
    cell.press("Run")
    cell.gives("begun")
    waiting.press("Run")
    expect(waiting.said).to_have_text("Waits for the cell that is running.")
    cell.bar.get_by_role("button", name="Stop").dblclick()
    for each in (cell, waiting):
        expect(each.ends().said).to_contain_text("Stopped.")
    expect(cell.editor).to_contain_text("while True")  # no other button has come under the pointer
    cell.press("Back to the book's")
    waiting.run()
    waiting.gives("nudge 1")
    waiting.press("Back to the book's")


def test_a_flood_leaves_the_page_alive(session):
    page = session(STEP)
    cell = Cell(page, "04-03")
    cell.write("while True: print('more')")
    cell.press("Run")
    cell.gives("more")
    assert page.evaluate("new Promise(requestAnimationFrame).then(() => 1 + 1)") == 2
    cell.press("Stop")
    cell.ends()
    assert cell.output.inner_text().count("more") <= 2000
    cell.press("Back to the book's")


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
    assert barriers(page) == []
    cell.press("Back to the book's")
    expect(page.locator(".run-figure")).to_have_count(0)


# Exercises


def exercises():
    """The exercises that run without a package, by chapter and label, with the names of their cells."""
    found = {}
    for path in sorted(ROOT.glob("chapters/*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        code = [(cell, role) for cell, role in with_roles(notebook["cells"]) if cell["cell_type"] == "code"]
        cells = [needs.Cell(cell["id"], text_of(cell["source"]), role) for cell, role in code]
        needs.understand(cells, carried=set())
        for cell in cells:
            if cell.role == "exercise" and not cell.absent:
                found[path.stem, re.search(r'check\("(.+?)"', cell.source)[1]] = cell
    return found


EXERCISES = exercises()


def test_every_exercise_that_runs_is_answered_rightly_and_in_three_other_ways():
    assert ANSWERS.keys() == EXERCISES.keys()
    for answers in ANSWERS.values():
        assert [said.startswith("Right. ") for _, said in answers[:4]] == [True, False, False, False]


@pytest.mark.parametrize("where", ANSWERS, ids=lambda where: where[1])
def test_an_exercise_is_checked_where_it_stands(session, where):
    exercise = EXERCISES[where]
    cell = Cell(session(f"chapters/{where[0]}.html"), exercise.id)
    first = re.findall(r"^from gdlib.checks import check$", exercise.source, re.M)  # the starter's, which stays
    for text, said in ANSWERS[where]:
        cell.run("\n".join([*first, text]))
        right = said.startswith("Right")
        expect(cell.element).to_have_class(re.compile("run-right" if right else "run-not-yet"))
        expect(cell.said).to_contain_text(said)
    cell.press("Forget what I wrote")


def test_what_was_written_is_there_again_and_can_be_forgotten(open_page):
    page = open_page(LOOP)
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


@pytest.mark.parametrize(
    ("name", "torn"),
    [("pyodide.asm.mjs", False), ("pyodide.asm.mjs", True), ("pyodide.asm.wasm", False), ("python_stdlib.zip", True)],
    ids=["no script", "half a script", "no WebAssembly", "half a library"],
)
def test_a_file_that_is_not_whole_is_said_and_python_comes_once_it_is(context, copied, name, torn):
    folder, address = copied
    path = folder / PYTHON / name
    whole = path.resolve()
    path.unlink()
    if torn:
        path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    page = context.new_page()
    page.goto(f"{address}{STEP}")
    cell = Cell(page, "04-03")
    cell.run()
    expect(cell.said).to_contain_text("Python could not be loaded")
    path.unlink(missing_ok=True)
    shutil.copy(whole, path)
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


def carry(folder, wheel, digest):
    """Lay a wheel beside the pages' Python as the build does, with the digest that a lock has of it."""
    core = folder / PYTHON
    shutil.copy(wheel, core)
    entry = {"name": "simplejson", "version": "4.3.0", "file_name": wheel.name, "sha256": digest, "depends": []}
    entry |= {"imports": ["simplejson"], "install_dir": "site", "package_type": "package", "unvendored_tests": False}
    lock = core / "pyodide-lock.json"
    text = json.loads(lock.read_text(encoding="utf-8"))
    lock.unlink()
    lock.write_text(json.dumps(text | {"packages": {"simplejson": entry}}), encoding="utf-8")
    path = folder / "_static/python/pages/chapters/one-step-downhill.json"
    page = json.loads(path.read_text(encoding="utf-8"))
    page["files"]["core/pyodide-lock.json"] = lock.stat().st_size
    page["packages"] = {
        "simplejson": {"file": wheel.name, "size": wheel.stat().st_size, "depends": [], "imports": ["simplejson"]}
    }
    path.unlink()
    path.write_text(json.dumps(page), encoding="utf-8")


USES = "import simplejson\nprint(simplejson.dumps([1, 2]), simplejson.encoder.c_make_encoder is not None)"


def test_a_compiled_package_is_loaded_when_a_cell_imports_it(context, copied, compiled, asked):
    folder, address = copied
    carry(folder, compiled, SIMPLEJSON)
    page = context.new_page()
    page.goto(f"{address}{STEP}")
    cell = Cell(page, "04-03")
    cell.run("1 + 1")
    assert compiled.name not in asked
    cell.run(USES)
    expect(cell.output).to_have_text("[1, 2] True\n")
    cell.run(USES)
    assert asked.count(compiled.name) == 1
    cell.press("Back to the book's")
    page.close()


def test_a_package_with_another_digest_is_not_taken(context, copied, compiled):
    folder, address = copied
    carry(folder, compiled, SIMPLEJSON[::-1])
    page = context.new_page()
    page.goto(f"{address}{STEP}")
    cell = Cell(page, "04-03")
    cell.run(USES)
    cell.gives("simplejson could not be loaded")
    cell.run("1 + 1")
    cell.gives("2")
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


def test_a_page_recomputes_what_it_prints_and_one_changed_digit_turns_one_cell(context, copied):
    folder, address = copied
    path = folder / "_static/python/pages/chapters/one-step-downhill.json"
    text = path.read_text(encoding="utf-8")
    path.unlink()
    path.write_text(text.replace("-183.067 per unit", "-183.068 per unit"), encoding="utf-8")
    page = context.new_page()
    page.goto(f"{address}{STEP}")
    page.get_by_role("button", name="Recompute this page").click()
    expect(page.locator(".run-all .run-said")).to_contain_text("1 differs", timeout=COMES)
    expect(page.locator(".run-differs")).to_have_count(1)
    expect(page.locator("#cell-04-08 .run-differs")).to_contain_text("-183.068 per unit")
    assert page.locator(".run-same").count() > 10
    page.close()


# For everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_editor_result_and_verdict_have_no_barrier(browser, book_url, scheme, width):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{book_url}{STEP}")
    Cell(page, "04-03").run("inputs = [(2, 45)]\ninputs")
    Cell(page, "04-05").run("1 / 0")
    Cell(page, "04-38").run('check("without-the-2", "uphill")')
    page.evaluate("document.querySelector('#pst-back-to-top').remove()")  # the theme's, which comes and goes
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    context.close()
