"""Sphinx extension: every build reads and writes every page.

What Sphinx remembers of an earlier build goes by the times of files, and it would put old words into the search index,
and no longer the entries of the general index; a page whose neighbour has a new title would keep the old one. All pages
take seconds.
"""

import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("config-inited", forget)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def forget(app: Sphinx, config: Config) -> None:
    """Empty the folders of an earlier build, which are known by what Sphinx alone leaves in them."""
    for folder, mark in ((app.outdir, ".buildinfo"), (app.doctreedir, "environment.pickle")):
        if Path(folder, mark).exists():
            shutil.rmtree(folder)
            Path(folder).mkdir()
