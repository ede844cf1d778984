"""Runs the cells of a page: the Python side of worker.js, inside Pyodide.

What a cell prints goes out in pieces as it comes, its value and its error in the end, as plain data: which words a
reader sees is messages.js's affair.
"""

import ast
import base64
import builtins
import io
import json
import linecache
import os
import sys
import time
import traceback
import warnings

LINES = 2000  # that a run may print; what follows is counted and dropped
LETTERS = 200_000
PAUSE = 0.05  # seconds between two pieces of a line
FRAMES = 6  # of a traceback

# A picture is drawn in memory, and taken from there; to show it means nothing more.
os.environ |= {"MPLBACKEND": "agg", "MATPLOTLIBRC": "/book/matplotlibrc"}
warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")

names = {}  # the page's own, as a notebook's


class _Printed(io.TextIOBase):
    """Takes what is printed, as much as a page can show."""

    def __init__(self, emit):
        self.emit, self.waiting, self.sent = emit, [], 0.0
        self.lines = self.letters = self.dropped = 0

    def write(self, text):
        if self.lines >= LINES or self.letters >= LETTERS:
            self.dropped += text.count("\n")
            return len(text)
        kept = "".join(text.splitlines(keepends=True)[: LINES - self.lines])[: LETTERS - self.letters]
        self.lines += kept.count("\n")
        self.letters += len(kept)
        self.dropped += text.count("\n") - kept.count("\n")
        self.waiting.append(kept)
        if "\n" in kept or time.monotonic() - self.sent > PAUSE:
            self.flush()
        return len(text)

    def flush(self):
        if self.waiting:
            self.emit("".join(self.waiting))
            self.waiting.clear()
        self.sent = time.monotonic()


class InputError(RuntimeError):
    """A page has nobody at the keyboard."""


def _no_input(prompt=""):
    raise InputError("input() cannot ask anybody here")


def run(name, source, prelude, anew, emit):
    """Run a cell by the name of its file; what it was worth, or how it ended, as JSON."""
    if anew:
        names.clear()
        names.update(__name__="__main__", __builtins__=builtins)
    builtins.input = _no_input
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    printed, streams = _Printed(emit), (sys.stdout, sys.stderr)
    begun, outcome = time.perf_counter(), {}
    sys.stdout = sys.stderr = printed
    try:
        exec(prelude, names)
        value = _execute(name, source)
        if type(value).__module__ == "gdlib.widgets.explorer":
            outcome["figure"] = value._told()
        elif value is not None:
            outcome["value"] = repr(value)[:LETTERS]
            if type(value).__module__ == "gdlib.checks._verdict":
                outcome["right"] = bool(value)
    except SystemExit as problem:
        outcome["ended"] = "" if problem.code is None else str(problem.code)
    except BaseException as problem:
        outcome["error"] = _described(problem, name)
    finally:
        try:
            outcome["pictures"] = _pictures()
        except BaseException as problem:  # such as a formula in a label that cannot be set
            outcome.setdefault("error", _described(problem, name))
        sys.stdout, sys.stderr = streams
        printed.flush()
    return json.dumps(outcome | {"seconds": time.perf_counter() - begun, "dropped": printed.dropped})


def path(own, asked):
    """Where the page's function of this name leads, for a live figure, as JSON; nothing if there is none."""
    from gdlib._own_step import path_of  # when it is needed: Python is to be there soon

    if own not in names:
        return "{}"
    return json.dumps(path_of(names[own], **json.loads(asked)))


def renew():
    """Forget what was found out before a package was there."""
    checks = sys.modules.get("gdlib.checks")
    if checks:
        checks._loaded.cache_clear()


def _pictures():
    """What Matplotlib has drawn, as PNGs; none of it stays."""
    plt = sys.modules.get("matplotlib.pyplot")
    return [_picture(plt, number) for number in plt.get_fignums()] if plt else []


def _picture(plt, number):
    picture = io.BytesIO()
    try:
        plt.figure(number).savefig(picture, format="png", bbox_inches="tight")
    finally:
        plt.close(number)
    return base64.b64encode(picture.getvalue()).decode()


def _execute(name, source):
    """The value of the last line, if it is an expression; a notebook shows none behind a semicolon."""
    tree = ast.parse(source, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), names)
    if last is None:
        return None
    value = eval(compile(ast.Expression(last.value), name, "eval"), names)
    return None if source.rstrip().endswith(";") else value


def _described(problem, name):
    """An error as plain data: what it says, and the reader's lines on the way to it."""
    if isinstance(problem, SyntaxError) and problem.filename == name:
        frames = [{"cell": name, "line": problem.lineno or 1, "code": (problem.text or "").strip(), "function": ""}]
    else:
        frames = [
            {
                "cell": each.filename,
                "line": each.lineno,
                "code": each.line,
                "function": "" if each.name == "<module>" else each.name,
            }
            for each in traceback.extract_tb(problem.__traceback__)
            if each.filename.startswith("cell ")
        ]
    try:
        text = str(problem)
    except Exception:
        text = ""
    if isinstance(problem, SyntaxError):
        text = problem.msg
    kind = type(problem).__name__
    missing = getattr(problem, "name", None) if isinstance(problem, (NameError, ImportError)) else None
    return {"kind": kind, "text": text[:2000], "frames": frames[-FRAMES:], "missing": missing}
