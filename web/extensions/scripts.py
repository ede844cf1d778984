"""Sphinx extension: a page asks for the scripts and styles that it uses, and the scripts wait for its text.

The scripts stay files of their own: what fails in one ends that one alone.
"""

import shutil
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

# A part of a name of a file, or of a script, and of the classes or kinds of elements one that a page which uses it has.
USED_BY = {
    "clipboard": {"literal_block"},
    "copybutton": {"literal_block"},
    "design-tabs": {"sd-tab-set"},
    "toggle": {"dropdown", "toggle"},
}
SEARCH = ("doctools", "sphinx_highlight")  # for its page, and for those it leads to: see first.js
EARLY = "documentation_options"  # which what stands in the page adds to
# Font Awesome is a fourth of the book: icons.css draws the icons in use. Menus and tooltips are the browser's own, for
# Bootstrap's: see article-header-buttons.html. language_data.js has the stemmers, too.
UNUSED = [
    "vendor",
    *(f"scripts/{name}.js{end}" for name in ("fontawesome", "bootstrap") for end in ("", ".map", ".LICENSE.txt")),
    *(f"{name}-stemmer.js" for name in ("base", "english")),
]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("html-page-context", choose, priority=900)
    app.connect("build-finished", remove_unused)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def choose(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    """Leave out what nothing on the page needs, and let the rest wait until the page is read."""
    elements = doctree.findall(nodes.Element) if doctree else []
    classes = {name for element in elements for name in (element.tagname, *element.get("classes", ()))}
    unused = [name for name, users in USED_BY.items() if not users & classes]
    unused += SEARCH if pagename != "search" else ()
    for kind in ("css_files", "script_files"):
        named = ((file, f"{file.filename} {file.attributes.get('body')}") for file in context[kind])
        context[kind] = [file for file, names in named if not any(name in names for name in unused)]
    for script in context["script_files"]:
        if script.filename and EARLY not in script.filename:
            script.attributes["defer"] = "defer"


def remove_unused(app: Sphinx, exception: Exception | None) -> None:
    """Take out what no page asks for."""
    if app.builder.format != "html" or exception:
        return
    for name in UNUSED:
        path = Path(app.outdir, "_static", name)
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
