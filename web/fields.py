"""Sphinx extension: the fields of named tuples stand once in the package's reference, where their class explains them.

Python gives each field a docstring of its own, "Alias for field number 0", which autodoc takes for an explanation.
"""

from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("autodoc-skip-member", leave_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def leave_out(app: Sphinx, what: str, name: str, member: object, skip: bool, options: object) -> bool | None:
    """Say no to what has no docstring but Python's own; None leaves it to autodoc."""
    return True if (getattr(member, "__doc__", None) or "").startswith("Alias for field number") else None
