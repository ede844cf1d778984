"""Sphinx extension: buttons that open a notebook's page on Colab and on Binder, where the book's repository is known.

The build knows it from the environment variable ``BOOK_REPOSITORY``, an address such as https://github.com/OWNER/NAME,
and its branch from ``BOOK_BRANCH``, which is main if nothing else is said. Without the variable there is no button.
"""

import sys
from pathlib import Path

import npm
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

sys.path.append(str(npm.WEB.parent / "tools"))
from setup_cell import repository  # what stamps the notebooks reads the variable too

SERVICES = {"colab_url": "https://colab.research.google.com", "binderhub_url": "https://mybinder.org"}


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("config-inited", offer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def offer(app: Sphinx, config: Config) -> None:
    """Tell the theme of the repository and of the services, and give its button an icon and room."""
    try:
        known = repository()
    except ValueError as problem:
        raise ConfigError(str(problem)) from None
    if known is None:
        return
    address, branch = known
    config.html_theme_options = config.html_theme_options | {
        "repository_url": address,
        "repository_branch": branch,
        "path_to_docs": "",
        "launch_buttons": {"notebook_interface": "jupyterlab", **SERVICES},
    }
    app.add_css_file("launch.css")
    app.connect("builder-inited", bundle_style)


def bundle_style(app: Sphinx) -> None:
    """Lay the button's style where the pages look for it."""
    if app.builder.format == "html":
        npm.bundle(Path(app.outdir) / "_static", launch="launch.css")
