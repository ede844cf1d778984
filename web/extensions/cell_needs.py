"""What each cell of a notebook needs before it can run: names that other cells make, and packages.

Read from the sources alone: nothing is run. A function needs what its body names; a module of gdlib needs what it
imports, and what a function of it imports when it is called.
"""

import ast
import builtins
import symtable
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from gdlib import __path__ as gdlib_path

PACKAGE = Path(gdlib_path[0])


@dataclass
class Cell:
    """A cell of code, and what is known of it."""

    id: str
    source: str
    role: str = "text"  # or "exercise", "solution"
    reads: set[str] = field(default_factory=set)
    makes: set[str] = field(default_factory=set)
    imports: dict[str, str] = field(default_factory=dict)  # a name, and the statement that imports it
    packages: set[str] = field(default_factory=set)  # from elsewhere than Python and the book
    before: list[str] = field(default_factory=list)  # the cells that run first
    prelude: list[str] = field(default_factory=list)  # imports of exercises above
    absent: list[str] = field(default_factory=list)  # packages for lack of which it cannot run


def understand(cells: list[Cell], carried: set[str]) -> None:
    """Fill in what the cells need, where these packages are at hand.

    The text's cells run in their order, but for those that cannot. An exercise stands alone: of others it takes only
    what it names.
    """
    for cell in cells:
        cell.reads, cell.makes, cell.imports, cell.packages = _read(cell.source)
    by_id = {cell.id: cell for cell in cells}
    for place, cell in enumerate(cells):
        above = cells[:place]
        makers = {name: maker for name in sorted(cell.reads) if (maker := _maker(name, above, cell))}
        absent = cell.packages - carried
        first: set[str] = {each.id for each in above if each.role == "text"}
        for name, maker in makers.items():
            if maker.role == "text":
                absent |= set(maker.absent)
            elif name in maker.imports:
                cell.prelude.append(maker.imports[name])
                absent |= _packages(ast.parse(maker.imports[name])) - carried - sys.stdlib_module_names
            else:
                absent |= set(maker.absent)
                first |= {maker.id, *maker.before}
                cell.prelude += maker.prelude
        cell.absent = sorted(absent)
        cell.before = [each.id for each in above if each.id in first and not by_id[each.id].absent]
        cell.prelude = list(dict.fromkeys(cell.prelude))


@cache  # a build asks of every cell what it needs with these packages at hand, and with those
def _read(source: str) -> tuple[set[str], set[str], dict[str, str], set[str]]:
    """What a cell reads, makes and imports, and the packages that it loads."""
    tree = ast.parse(source)
    reader = _Reader()
    reader.take(tree.body)
    return reader.reads, reader.made, reader.imports, _packages(tree) - sys.stdlib_module_names


def _maker(name: str, above: list[Cell], cell: Cell) -> Cell | None:
    """The last cell above that makes a name: one of the text, or an exercise's if none does and this is one, too."""
    for roles in (("text",), ("exercise", "solution") if cell.role != "text" else ()):
        for each in reversed(above):
            if each.role in roles and name in each.makes:
                return each
    return None


class _Reader:
    """Goes through statements in their order, and notes what they read before they have made it themselves."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.made: set[str] = set()
        self.imports: dict[str, str] = {}

    def take(self, statements: Iterable[ast.stmt]) -> None:
        """Read some statements."""
        for statement in statements:
            self._take(statement)

    def _take(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Import() | ast.ImportFrom():
                for alias in statement.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    self.made.add(name)
                    self.imports[name] = ast.unparse(statement)
            case ast.FunctionDef() | ast.ClassDef():
                self.made.add(statement.name)  # its own name may stand in it
                self._read(statement)
            case ast.For():
                self._read(statement.iter)
                self._make(statement.target)
                self.take([*statement.body, *statement.orelse])
            case ast.While() | ast.If():
                self._read(statement.test)
                self.take([*statement.body, *statement.orelse])
            case ast.With():
                for item in statement.items:
                    self._read(item.context_expr)
                    if item.optional_vars:
                        self._make(item.optional_vars)
                self.take(statement.body)
            case ast.Try():
                self.take(statement.body)
                for handler in statement.handlers:
                    if handler.type:
                        self._read(handler.type)
                    self.made |= {handler.name} if handler.name else set()
                    self.take(handler.body)
                self.take([*statement.orelse, *statement.finalbody])
            case ast.Assign():
                self._read(statement.value)
                for target in statement.targets:
                    self._make(target)
            case _:
                self._read(statement)
                self._make(statement)

    def _read(self, node: ast.stmt | ast.expr) -> None:
        self.reads |= set(_globals_of(ast.unparse(node))) - self.made - vars(builtins).keys()

    def _make(self, node: ast.AST) -> None:
        """What is assigned to; of an entry or an attribute the object has to be there."""
        for each in ast.walk(node):
            if isinstance(each, ast.Name):
                if isinstance(each.ctx, ast.Store):
                    self.made.add(each.id)
                elif each.id not in self.made and isinstance(node, ast.expr):
                    self._read(each)


def _globals_of(source: str) -> Iterator[str]:
    """The names that a piece of code looks up in the notebook, functions within it included."""
    tables = [symtable.symtable(source, "cell", "exec")]
    for table in tables:
        tables += table.get_children()
        for symbol in table.get_symbols():
            at_top = table.get_type() == "module" and symbol.is_referenced()
            if at_top or (table.get_type() != "module" and symbol.is_global() and symbol.is_referenced()):
                yield symbol.get_name()


# Packages


def _packages(tree: ast.AST) -> set[str]:
    """The packages that a piece of code loads, as they are imported; of gdlib, those that it loads in turn."""
    found: set[str] = set()
    for node in ast.walk(tree):
        found |= _imported(node)
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found |= _of_function(node.module, alias.name)
        elif isinstance(node, ast.Attribute):
            found |= _by_names().get(node.attr, set())
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check" and node.args:
            found |= _of_question(str(getattr(node.args[0], "value", "")))
    return found


def _imported(node: ast.AST) -> set[str]:
    """The packages that come with the modules which a statement imports."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module:
        names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return {package for name in names for package in _of_module(name)}


@cache
def _of_module(name: str) -> frozenset[str]:
    """What comes with a module, whose name may also be that of something in it."""
    if name.partition(".")[0] != "gdlib":
        return frozenset([name.partition(".")[0]])
    path = _path_of(name)
    if path is None:
        return frozenset()
    return frozenset(package for statement in _tree(path).body for package in _imported(statement))


@cache
def _of_function(module: str, name: str) -> frozenset[str]:
    """What a function of gdlib imports when it is called."""
    path = _path_of(module) if module.partition(".")[0] == "gdlib" else None
    if path is None:
        return frozenset()
    for statement in _tree(path).body:
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            return frozenset(_packages(statement))
    return frozenset()


@cache
def _by_names() -> dict[str, set[str]]:
    """What gdlib's functions and the methods of its classes import when they are called, by their names."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in _tree(path).body:
            for called in [node, *(node.body if isinstance(node, ast.ClassDef) else ())]:
                if isinstance(called, ast.FunctionDef):
                    packages = {package for each in ast.walk(called) for package in _imported(each)}
                    found.setdefault(called.name, set()).update(packages - sys.stdlib_module_names)
    return found


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _of_question(label: str) -> frozenset[str]:
    """What the module needs in which a question stands."""
    for path in sorted((PACKAGE / "checks").glob("[a-z]*.py")):
        if f'"{label}": ' in path.read_text(encoding="utf-8"):
            return _of_module(f"gdlib.checks.{path.stem}")
    return frozenset()


def _path_of(module: str) -> Path | None:
    """Where a module of gdlib is, if it is one."""
    path = PACKAGE.joinpath(*module.split(".")[1:])
    return next((each for each in (path.with_suffix(".py"), path / "__init__.py") if each.is_file()), None)
