"""One move of a slider in JupyterLab, with matplotlib: what the live figure of the pages is compared with.

A real JupyterLab is started in a temporary folder, with a notebook of one cell in which `ipywidgets.interact` draws
three panels anew for every learning rate. The time is that from a pressed arrow key to the changed picture, decoded.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent
PATIENCE = 60_000  # ms, for JupyterLab and its kernel to start

CELL = """\
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatLogSlider, interact

from gdlib import plots
from gdlib.datasets import four_inputs
from gdlib.descent import descend
from gdlib.losses import MeanSquaredError
from gdlib.regression import design_matrix

x, y = np.transpose(four_inputs()).astype(float)
loss = MeanSquaredError.from_data(design_matrix(x), y)


def redraw(learning_rate):
    run = descend(loss, [0, 0], learning_rate, 1000)
    figure, panels = plt.subplot_mosaic([["data", "surface"], ["losses", "losses"]], figsize=(7.5, 6.4))
    plots.data_and_line(panels["data"], x, y, run.theta)
    plots.contours(panels["surface"], loss, run.trajectory)
    plots.loss_over_epochs(panels["losses"], run.losses)
    plt.show()


interact(redraw, learning_rate=FloatLogSlider(value=1e-3, min=-4, max=0, step=0.05))
"""

# A key that is pressed leaves its time; a picture that then is another leaves the milliseconds between the two.
WATCH = """() => {
  const source = () => document.querySelector(".jp-OutputArea-output img")?.src;
  window.redraws = [];
  let pressed = null;
  let shown = source();
  addEventListener("keydown", () => (pressed = performance.now()), true);
  new MutationObserver(async () => {
    const now = source();
    if (pressed === null || !now || now === shown) return;
    const begin = pressed;
    [pressed, shown] = [null, now];
    await document.querySelector(".jp-OutputArea-output img").decode();
    redraws.push(performance.now() - begin);
  }).observe(document.querySelector(".jp-Notebook"), { subtree: true, childList: true, attributeFilter: ["src"] });
}"""


def redraws(browser: Browser, moves: int) -> list[float]:
    """Milliseconds of each of some moves of the slider, the first of which only warms up and is left out."""
    with TemporaryDirectory() as folder:
        kernel = {"name": "python3", "display_name": "Python 3"}
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)], metadata={"kernelspec": kernel})
        nbformat.write(notebook, Path(folder) / "redraw.ipynb")
        with jupyter_lab(Path(folder)) as address, browser.new_context() as context:
            page = context.new_page()
            page.goto(f"{address}lab/tree/redraw.ipynb")
            page.locator(".jp-Notebook .jp-CodeCell .cm-content").click(timeout=PATIENCE)
            page.get_by_text("| Idle").wait_for(timeout=PATIENCE)  # a cell run before is lost at times
            page.keyboard.press("Control+Enter")
            handle = page.locator(".jp-OutputArea-output .noUi-handle")
            page.locator(".jp-OutputArea-output img").wait_for(timeout=PATIENCE)
            page.evaluate(WATCH)
            handle.focus()
            for move in range(moves + 1):
                page.keyboard.press("ArrowRight")
                page.wait_for_function("count => redraws.length > count", arg=move)
                page.wait_for_timeout(100)  # the reader looks at it
            return page.evaluate("redraws")[1:]


@contextmanager
def jupyter_lab(folder: Path) -> Iterator[str]:
    """Run JupyterLab on this machine alone, with nothing of it outside the folder; the address it answers at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "ip": "127.0.0.1",
        "port": port,
        "port_retries": 0,
        "root_dir": folder,
        "open_browser": False,
        "allow_root": True,
    }
    command = [sys.executable, "-m", "jupyterlab", "--IdentityProvider.token="]
    command += [f"--ServerApp.{name}={setting}" for name, setting in settings.items()]
    own = {f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    surroundings = os.environ | own | {"JUPYTER_PREFER_ENV_PATH": "1", "PYTHONPATH": str(ROOT)}
    address = f"http://127.0.0.1:{port}/"
    with subprocess.Popen(command, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(f"{address}api", server)
            yield address
        finally:
            server.terminate()


def wait_for(address: str, server: subprocess.Popen) -> None:
    """Return once the server answers."""
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end and server.poll() is None:
        try:
            with urlopen(address):
                return
        except URLError:
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab does not answer at {address}")
