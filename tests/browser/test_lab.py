"""The live figure in JupyterLab: what its controls and points say and what Python has are the same numbers."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from urllib.parse import urlparse
from urllib.request import urlopen

import nbformat
import pytest
from figure import number
from notebooks import ROOT
from playwright.sync_api import expect

SLOW = 120_000  # ms, of which a busy machine may need a part until Jupyter runs
CELLS = EARLIER, FIGURE, ASK, TOO_MANY, FULL, CHOOSE, LINK, OWN, MEND = range(9)  # the notebook's cells

ASKING = """
import json

from gdlib.checking import check_gradient

explorer = live
theta, raw_theta = explorer.theta.tolist(), explorer.raw_theta.tolist()
numbers = {"intercept": theta[0], "slope": theta[1], "loss": explorer.objective.value(explorer.theta)}
if "standardised" in explorer.switches:
    numbers |= {"raw intercept": raw_theta[0], "raw slope": raw_theta[1]}
if explorer.panel == "differences":
    for scheme in ("forward", "central"):
        numbers[scheme] = check_gradient(explorer.objective, theta, explorer.difference, scheme).error
print(json.dumps({name: getattr(explorer, name) for name in explorer.home} | {
    "home": explorer.home,
    "numbers": numbers,
    "stops": {name: f"{run.epochs:,}" if run.stopped_by else "not reached" for name, run in explorer.stopped.items()},
    "status": explorer.status.name if explorer.status else "",
}))
"""
EVERY_CONTROL = """
from gdlib.widgets import DescentExplorer

live = DescentExplorer(
    [2, 3, 4, 5],
    [45, 62, 89, 105],
    start=[0, 0],
    learning_rate=0.03,
    rules=["plain", "heavy ball", "nesterov"],
    batch_size=2,
    half_life=50,
    switches=["shrinking", "standardised"],
    panel="differences",
    stop_tolerance=0.1,
)
live
"""
CHOOSING = """
chosen = {"rule": "nesterov", "momentum": 0.5, "seed": 7, "standardised": True, "learning_rate": 0.5, "epochs": 3}
for name, value in chosen.items():
    setattr(live, name, value)
"""
LINKING = """
from ipywidgets import FloatLogSlider, IntSlider, VBox, jslink

rate = FloatLogSlider(value=0.001, base=10, min=-4, max=0, step=0.1, readout_format=".4g")
epochs = IntSlider(value=100, min=0, max=1000)
jslink((rate, "value"), (live, "learning_rate"))
jslink((epochs, "value"), (live, "epochs"))
VBox([rate, epochs])
"""
OWN_STEP = """
def linear_gradient(x, y, theta):
    slope, intercept = theta
    error = slope * x + intercept - y
    return [error * x, error]

def one_epoch(points, theta, learning_rate):
    gradients = [linear_gradient(x_i, y_i, theta) for x_i, y_i in points]
    return gradient_step(theta, vector_mean(gradients), -learning_rate)

DescentExplorer(x, y, start=[0, 0], max_epochs=100, step=one_epoch)
"""
MENDING = """
def linear_gradient(x, y, theta):
    slope, intercept = theta
    error = slope * x + intercept - y
    return [2 * error * x, 2 * error]
"""
OURS = re.compile(r"explorer|anywidget|gd-|blob:")


def notebook():
    """The cell of chapter 5 that shows the figure, what comes before it, another, and what the tests ask and set."""
    chapter = nbformat.read(ROOT / "chapters" / "the-loop.ipynb", as_version=4)
    code = [cell.source for cell in chapter.cells if cell.cell_type == "code"]
    here = next(i for i, source in enumerate(code) if "DescentExplorer(" in source)
    kept, replaced = re.subn(r"^DescentExplorer\(", "live = DescentExplorer(", code[here], flags=re.MULTILINE)
    assert replaced == 1
    sources = {
        EARLIER: "%%capture\n" + "\n".join(code[:here]),
        FIGURE: f"{kept}\nlive",
        ASK: ASKING.strip(),
        TOO_MANY: "live.epochs = 10**6",
        FULL: EVERY_CONTROL.strip(),
        CHOOSE: CHOOSING.strip(),
        LINK: LINKING.strip(),
        OWN: OWN_STEP.strip(),
        MEND: MENDING.strip(),
    }
    cells = [nbformat.v4.new_code_cell(sources[name]) for name in sorted(sources)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def answers(url):
    try:
        with urlopen(f"{url}api/status", timeout=5):
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def lab_url(tmp_path_factory):
    """Where a JupyterLab runs that knows of no reader's settings and has the notebook in its folder."""
    home, work = tmp_path_factory.mktemp("jupyter"), tmp_path_factory.mktemp("work")
    nbformat.write(notebook(), work / "live.ipynb")
    news = home / "config" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    news.mkdir(parents=True)
    quiet = {"fetchNews": "false", "checkForUpdates": False}
    (news / "notification.jupyterlab-settings").write_text(json.dumps(quiet), encoding="utf-8")

    own = {f"JUPYTER_{name.upper()}_DIR": str(home / name) for name in ("config", "data", "runtime")}
    own |= {"IPYTHONDIR": str(home / "ipython"), "JUPYTER_PREFER_ENV_PATH": "1"}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *[sys.executable, "-m", "jupyterlab"],
        "--no-browser",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={work}",
        "--IdentityProvider.token=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    ]
    url, log = f"http://127.0.0.1:{port}/", home / "log"
    with log.open("w") as out:
        lab = subprocess.Popen(command, env=inherited | own, stdout=out, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + SLOW / 1000
        while not answers(url):
            assert lab.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield url
    finally:
        lab.terminate()  # it ends its kernels
        try:
            lab.wait(timeout=15)
        except subprocess.TimeoutExpired:
            lab.kill()
            lab.wait()


class Lab:
    """The notebook in a browser window, and what the window asked for and complained of."""

    def __init__(self, page):
        self.page, self.asked, self.said, self.runs = page, [], [], 0
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda opened: self.asked.append(opened.url))
        page.on("pageerror", lambda error: self.said.append(f"{error} {error.stack}"))
        page.on("console", lambda m: self.said.append(f"{m.text} {m.location}") if m.type == "error" else None)

    def run(self, name):
        """Run a cell to its end; its output."""
        cell = self.page.locator(".jp-Notebook .jp-CodeCell").nth(name)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        self.runs += 1  # counted here: the prompts of cells that are out of sight are not in the page
        expect(cell.locator(".jp-InputPrompt")).to_have_text(f"[{self.runs}]:", timeout=SLOW)
        return cell.locator(".jp-OutputArea")

    def python(self, **awaited):
        """What Python has; asked again while a message of the browser, which no cell waits for, is on its way."""
        for _ in range(20):
            output = self.run(ASK)
            expect(output).to_contain_text("}")
            told = json.loads(output.inner_text())
            if all(told[name] == value for name, value in awaited.items()):
                break
        return told


class Figure:
    """The live figure in the notebook, as a reader meets it."""

    def __init__(self, output):
        self.output = output
        self.rate, self.epochs = self.slider("learning rate"), self.slider("epochs")
        self.rules = output.get_by_role("group", name="rule", exact=True)
        self.how = output.locator(".gd-how")

    def slider(self, name):
        return self.output.get_by_role("slider", name=name, exact=True)

    def rule(self, name):
        return self.rules.get_by_role("radio", name=name, exact=True)

    def switch(self, name):
        return self.output.get_by_role("checkbox", name=name, exact=True)

    def table(self, name):
        """A table's first column by the names of its rows, as it is written."""
        rows = self.output.locator(f"table.{name} tbody tr").all()
        return {row.locator("th").inner_text(): row.locator("td").first.inner_text() for row in rows}

    def numbers(self):
        """The numbers in the table and, where they are shown, the errors of finite differences, as they are written."""
        rates = self.output.locator(".gd-rates").inner_text()
        return self.table("gd-numbers") | dict(re.findall(r"(forward|central) (.+?)[,.](?: |$)", rates))

    def agrees(self, told):
        """Hold what tables and sentences say against Python's numbers, to the digits that are shown."""
        numbers = self.numbers()
        assert numbers.keys() == told["numbers"].keys()
        for name, written in numbers.items():
            known = told["numbers"][name]
            assert number(written) == pytest.approx(known, rel=6e-3 if "×" in written else 6e-4), name
        assert self.table("gd-stops") == told["stops"]
        assert self.how.inner_text().upper().startswith(told["status"])


@pytest.fixture(scope="module")
def lab(browser, lab_url):
    page = browser.new_page(viewport={"width": 1280, "height": 2000})
    opened = Lab(page)
    page.goto(f"{lab_url}lab/tree/live.ipynb", timeout=SLOW)
    expect(page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(len(CELLS), timeout=SLOW)
    # A cell that is run before its kernel is there is not run at all; the toolbar says "idle" even then.
    status = page.locator("#jp-main-statusbar").get_by_text(re.compile(r"^Python 3.* \| Idle$"))
    expect(status).to_be_visible(timeout=SLOW)
    opened.run(EARLIER)
    yield opened
    page.close()


@pytest.fixture
def figure(lab):
    """A new figure: each test begins with the chapter's rate and epochs."""
    shown = Figure(lab.run(FIGURE))
    expect(shown.how).to_have_text(re.compile("Converges"), timeout=SLOW)
    expect(shown.epochs).to_have_attribute("aria-valuetext", "100")
    return shown


@pytest.fixture
def full(lab):
    """A new figure that has every control there is."""
    shown = Figure(lab.run(FULL))
    expect(shown.rule("plain")).to_be_checked(timeout=SLOW)
    expect(shown.slider("seed")).to_have_attribute("aria-valuetext", "0")
    return shown


def press(handle, *keys):
    for key in keys:
        handle.press(key)


def test_the_figure_appears_and_not_its_picture_and_what_its_sliders_are_moved_to_is_what_python_has(lab, figure):
    expect(figure.output.locator(".gd-figure svg.gd-area")).to_have_count(3)
    expect(figure.output.locator("img")).to_have_count(0)
    press(figure.rate, *["ArrowRight"] * 5, "PageUp", "PageUp")
    figure.output.get_by_role("button", name="Epoch 1,000").click()
    press(figure.epochs, *["ArrowLeft"] * 3)
    expect(figure.epochs).to_have_attribute("aria-valuetext", "997")
    told = lab.python(epochs=997)
    assert told["epochs"] == 997
    assert told["learning_rate"] == 0.00178
    assert figure.rate.get_attribute("aria-valuetext") == "0.00178"
    figure.agrees(told)


def test_a_step_of_ones_own_is_drawn_and_compared_and_followed_when_it_changes(lab, figure):
    shown = Figure(lab.run(OWN))
    said = shown.output.locator(".gd-own")
    expect(said).to_contain_text("Your steps are half as long as gdlib's: a 2?", timeout=SLOW)
    number = shown.output.locator(".gd-number").first
    before = number.inner_text()
    press(shown.rate, "PageUp")
    expect(shown.rate).to_have_attribute("aria-valuetext", "0.00126")
    expect(number).not_to_have_text(before, timeout=SLOW)  # once the kernel has answered
    expect(said).to_contain_text("half as long")
    lab.run(MEND)
    expect(said).to_contain_text("Your steps are gdlib's, to rounding.")


def test_what_python_refuses_is_said_in_the_cell_and_the_figure_stays(lab, figure):
    before = figure.numbers()
    refused = lab.run(TOO_MANY)
    expect(refused).to_contain_text("TraitError: epochs must be at most max_epochs, 1000, but it is 1000000")
    told = lab.python()
    assert told["epochs"] == 100
    assert figure.numbers() == before
    expect(figure.epochs).to_have_attribute("aria-valuetext", "100")
    figure.agrees(told)


def test_a_point_moved_by_the_keyboard_is_moved_in_python(lab, figure):
    before = lab.python()["points"]
    dot = figure.output.locator(".gd-dot").first
    press(dot, *["ArrowUp"] * 3)
    x, y = map(float, re.search(r"x (.+), y (.+)\. Arrow", dot.get_attribute("aria-label")).groups())
    assert x == before[0][0]
    assert y > before[0][1]
    told = lab.python(points=[[x, y], *before[1:]])
    assert told["points"] == [[x, y], *before[1:]]
    figure.agrees(told)


def test_every_slider_is_named_and_home_and_end_reach_its_ends(lab, full):
    for name, low, high in [
        ("epochs", "0", "1000"),
        ("momentum", "0", "0.99"),
        ("batch size", "1", "4"),
        ("seed", "0", "20"),
        ("step h", "1e−14", "1"),
        ("stopping tolerance", "1e−8", "1"),
    ]:
        for key, end in [("Home", low), ("End", high)]:
            full.slider(name).press(key)
            expect(full.slider(name)).to_have_attribute("aria-valuetext", end)
    for key, end in [("End", "1"), ("Home", "0.0001")]:
        full.rate.press(key)
        expect(full.rate).to_have_attribute("aria-valuetext", end)
    ends = {
        "learning_rate": 1e-4,
        "epochs": 1000,
        "momentum": 0.99,
        "batch_size": 4,
        "seed": 20,
        "difference": 1,
        "stop_tolerance": 1,
    }
    told = lab.python(**ends)
    assert {name: told[name] for name in ends} == ends
    full.agrees(told)


def test_what_every_further_control_is_set_to_by_keyboard_is_what_python_has_until_reset(lab, full):
    begun = lab.python()
    full.agrees(begun)
    changes = [
        (full.rule("plain"), "ArrowRight", "rule", "heavy ball"),
        (full.rule("heavy ball"), "ArrowDown", "rule", "nesterov"),
        (full.slider("momentum"), "ArrowLeft", "momentum", 0.89),
        (full.slider("batch size"), "ArrowRight", "batch_size", 3),
        (full.slider("seed"), "ArrowRight", "seed", 1),
        (full.switch("shrinking rate"), "Space", "shrinking", False),
        (full.switch("standardised x"), "Space", "standardised", True),
        (full.slider("step h"), "ArrowLeft", "difference", 0.0977),
        (full.slider("stopping tolerance"), "Home", "stop_tolerance", 1e-8),
    ]
    for control, key, _, _ in changes:
        control.press(key)
    wanted = {name: value for _, _, name, value in changes}  # of a name that is there twice the last
    told = lab.python(**wanted)
    assert {name: told[name] for name in wanted} == wanted
    assert told["numbers"] != begun["numbers"]
    full.agrees(told)
    full.output.get_by_role("button", name="Reset").click()
    home = begun["home"]
    told = lab.python(**home)
    assert {name: told[name] for name in home} == home
    full.agrees(told)
    expect(full.rule("plain")).to_be_checked()
    expect(full.switch("shrinking rate")).to_be_checked()
    expect(full.slider("momentum")).to_have_attribute("aria-valuetext", "0.9")


def test_what_python_sets_is_what_the_figure_shows(lab, full):
    lab.run(CHOOSE)
    expect(full.rule("nesterov")).to_be_checked()
    expect(full.switch("standardised x")).to_be_checked()
    expect(full.slider("momentum")).to_have_attribute("aria-valuetext", "0.5")
    expect(full.slider("seed")).to_have_attribute("aria-valuetext", "7")
    expect(full.rate).to_have_attribute("aria-valuetext", "0.5")
    expect(full.epochs).to_have_attribute("aria-valuetext", "3")
    full.agrees(lab.python())


def test_sliders_of_ipywidgets_that_are_linked_to_the_figure_move_it_and_are_moved_by_it(lab, figure):
    sliders = lab.run(LINK).get_by_role("slider")
    expect(sliders).to_have_count(2, timeout=SLOW)
    sliders.first.press("ArrowRight")
    sliders.last.press("ArrowRight")
    expect(figure.epochs).to_have_attribute("aria-valuetext", "101")
    told = lab.python(epochs=101)
    assert told["learning_rate"] == pytest.approx(10**-2.9)
    expect(figure.rate).to_have_attribute("aria-valuetext", str(told["learning_rate"]))
    figure.agrees(told)
    for handle in (figure.rate, figure.epochs):
        handle.press("Home")
    expect(sliders.first).to_have_attribute("aria-valuenow", "-4.0")
    expect(sliders.last).to_have_attribute("aria-valuenow", "0.0")
    figure.agrees(lab.python(learning_rate=1e-4, epochs=0))


def test_through_all_this_no_other_host_was_asked_and_nothing_of_the_figures_was_complained_of(lab, lab_url, figure):
    assert {urlparse(url).netloc for url in lab.asked} - {""} == {urlparse(lab_url).netloc}  # data: and blob: have none
    assert [said for said in lab.said if OURS.search(said)] == []
