"""What a submission may not import, since it would be the answer."""

from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules

import gdlib.checks

# Of gdlib, what a chapter teaches on the way to an assignment may be used in it: `gradient_step` in the third, say.
FORBIDDEN = {
    "1-one-point": ["gdlib.scratch", "gdlib.vectors"],
    "2-closed-form": ["gdlib.losses", "gdlib.regression", "sklearn"],
    "3-descent": ["gdlib.descent", "gdlib.losses", "gdlib.rates", "gdlib.spectrum", "torch"],
    "4-penguins": ["gdlib.descent", "gdlib.losses", "gdlib.regression", "gdlib.scaling", "gdlib.spectrum", "sklearn"],
    "5-your-points": ["gdlib.descent", "gdlib.losses", "gdlib.regression", "gdlib.spectrum", "sklearn"],
}

# Run in the submission's kernel before its cells.
REFUSE = """
import sys

class Refused:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in {names!r} or name.partition(".")[0] in {names!r}:
            raise ImportError(
                f"{{name}} is not there when this assignment is graded: it has the answer. Write it yourself."
            )

for name in [name for name in sys.modules if name in {names!r}]:
    del sys.modules[name]
sys.meta_path.insert(0, Refused)
"""


def names(assignment: str) -> list[str]:
    """The modules: those of the table, and the answers to the chapters' questions."""
    chapters = [module.name for module in iter_modules(gdlib.checks.__path__) if not module.name.startswith("_")]
    return [*FORBIDDEN.get(assignment, []), *[f"gdlib.checks.{name}" for name in chapters]]


def refusal(assignment: str) -> str:
    """The code that refuses them."""
    return f"exec({REFUSE.format(names=names(assignment))!r}, {{}})"


def files(assignment: str) -> list[str]:
    """Those of gdlib, as paths within the package."""
    package = Path(gdlib.__file__).parent
    found = [find_spec(name) for name in names(assignment) if name.startswith("gdlib.")]
    return [Path(spec.origin).relative_to(package).as_posix() for spec in found if spec and spec.origin]
