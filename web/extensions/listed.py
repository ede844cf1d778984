"""Sphinx extension: the book consists of the files in _toc.yml, whatever the folder is called that it lies in.

``only_build_toc_files`` of Jupyter Book looks for the others by a pattern that begins with the folder's name, so it
finds none where that has brackets; nor does it leave out a file whose own name has them.
"""

from glob import escape
from pathlib import PurePosixPath

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.matching import get_matching_files


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("config-inited", leave_out_others, priority=900)  # once _toc.yml is read
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def leave_out_others(app: Sphinx, config: Config) -> None:
    """Add what is not listed to the patterns of what Sphinx does not read."""
    found = get_matching_files(app.srcdir, exclude_patterns=config.exclude_patterns)
    sources = (name for name in found if PurePosixPath(name).suffix in config.source_suffix)
    listed = config.external_site_map
    others = [name for name in sources if name not in listed and str(PurePosixPath(name).with_suffix("")) not in listed]
    config.exclude_patterns = [*config.exclude_patterns, *map(escape, others)]
