"""Build a book by Jupyter Book 1, or on a Sphinx that is too new for it: the way out, kept open by `make book-next`.

python tools/sphinx_book.py build SOURCE [-W] [-n] [--keep-going] [--all] --path-output FOLDER

On the newer Sphinx, too, the book is its _config.yml and _toc.yml. Jupyter Book says what they mean in Sphinx's words,
and nothing else of it runs.
"""

import argparse
import sys
from importlib.metadata import version
from pathlib import Path

# What builds a book here: Jupyter Book 1 takes no Sphinx after the 7th.
BEYOND_JUPYTER_BOOK = int(version("sphinx").partition(".")[0]) > 7
PROGRAM = [sys.executable, __file__]

# Jupyter Book's own extension and the one that builds on it, with the settings that they declare.
LEFT_OUT = {"jupyter_book", "sphinx_jupyterbook_latex"}
THEIRS = {"use_jupyterbook_latex", "use_multitoc_numbering"}


def configuration(source: Path) -> dict:
    """What a book's _config.yml says, in Sphinx's words."""
    from jupyter_book.config import get_final_config

    config, _ = get_final_config(
        user_yaml=source / "_config.yml", sourcedir=source, cli_config={"latex_individualpages": False}
    )
    config["extensions"] = [name for name in config["extensions"] if name not in LEFT_OUT]
    return {name: value for name, value in config.items() if name not in THEIRS}


def build(source: Path, folder: Path, *, strict: bool, nitpicky: bool, everything: bool) -> int:
    """Build where Jupyter Book would; the exit code. A strict build says every warning and then fails."""
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            srcdir=source,
            confdir=None,
            outdir=folder / "_build" / "html",
            doctreedir=folder / "_build" / ".doctrees",
            buildername="html",
            confoverrides=configuration(source) | {"nitpicky": nitpicky},
            warningiserror=strict,
        )
        app.build(force_all=everything)
        return app.statuscode


def run(arguments: list[str]) -> int | str | None:
    """Build in this process, whatever is installed; the exit code."""
    if BEYOND_JUPYTER_BOOK:
        return build_beyond(arguments)
    from jupyter_book.cli.main import main as jupyter_book

    try:
        return jupyter_book(arguments, standalone_mode=False)
    except SystemExit as ended:  # Sphinx has said what is wrong
        return ended.code


def build_beyond(arguments: list[str]) -> int:
    """Do what ``jupyter-book build`` would; the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("build", choices=["build"])
    parser.add_argument("source", type=Path)
    parser.add_argument("-W", dest="strict", action="store_true")
    parser.add_argument("-n", dest="nitpicky", action="store_true")
    parser.add_argument("--keep-going", action="store_true")  # which Sphinx 8 does in any case
    parser.add_argument("--all", dest="everything", action="store_true")
    parser.add_argument("--path-output", dest="folder", type=Path, required=True)
    told = parser.parse_args(arguments)
    return build(told.source, told.folder, strict=told.strict, nitpicky=told.nitpicky, everything=told.everything)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
