"""Sphinx extension: exercises whose solutions fold without script.

`sphinx-exercise` makes an admonition of a solution, and folds it by a script. Here it becomes a ``<details>``, which
every browser folds by itself, with keyboard and screen reader. The sections that the package wraps around what an
exercise says all have the same id, which a page may have but once: they go.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node, solution_node


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.setup_extension("sphinx_exercise")
    app.connect("doctree-resolved", unwrap, priority=900)
    app.add_node(solution_node, override=True, html=(open_details, close_details))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def unwrap(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the content of exercises and solutions where the sections around it were."""
    for kind in (exercise_node, exercise_enumerable_node, solution_node):
        for node in doctree.findall(kind):
            node.children = [
                child for each in node for child in (each.children if isinstance(each, nodes.section) else [each])
            ]
            node["classes"] = [name for name in node["classes"] if name != "dropdown"]  # which asks for that script


def open_details(self: HTML5Translator, node: solution_node) -> None:
    """The title is what is seen of it at first."""
    title, *node.children = node.children
    self.body.append(
        f'<details class="solution" id="{node["ids"][0]}"><summary>{self.encode(title.astext())}</summary>\n'
    )


def close_details(self: HTML5Translator, node: solution_node) -> None:
    """The end of it."""
    self.body.append("</details>\n")
