"""Which function calls which, read from the source itself."""

import ast
import inspect
from types import ModuleType

__all__ = ["calls"]


def calls(*modules: ModuleType) -> dict[str, list[str]]:
    """Find which public functions of some modules call one another.

    A call from a private helper (``_name``) counts as its caller's, so the graph holds only names that a
    reader can import.

    Parameters
    ----------
    *modules : module
        Modules whose source can be read and whose function names do not clash.

    Returns
    -------
    dict of str to list of str
        For each public function, in source order, the public functions that it calls, in the order in
        which its source names them.

    Raises
    ------
    ValueError
        If an argument is not a module, its source cannot be read, or two modules define the same function.

    Examples
    --------
    >>> from gdlib import vectors
    >>> calls(vectors)["vector_mean"]
    ['scalar_multiply', 'vector_sum']
    """
    functions: dict[str, ast.FunctionDef] = {}
    for module in modules:
        if not isinstance(module, ModuleType):
            raise ValueError(f"calls() takes modules, but {module!r} is a {type(module).__name__}")
        for node in ast.parse(_source(module)).body:
            if isinstance(node, ast.FunctionDef):
                if node.name in functions:  # helpers count, since the calls of two would be mixed up
                    raise ValueError(f"two of the modules define a function {node.name}")
                functions[node.name] = node
    return {name: _public_calls(name, functions, set()) for name in functions if not name.startswith("_")}


def _source(module: ModuleType) -> str:
    try:
        return inspect.getsource(module)
    except (OSError, TypeError):  # a module in C, or typed at a prompt
        raise ValueError(f"calls() reads source, but {module.__name__} has none that can be read") from None


def _public_calls(name: str, functions: dict[str, ast.FunctionDef], seen: set[str]) -> list[str]:
    seen.add(name)
    found: list[str] = []
    called = [node.func for node in ast.walk(functions[name]) if isinstance(node, ast.Call)]
    names = [func for func in called if isinstance(func, ast.Name) and func.id in functions]
    for callee in [func.id for func in sorted(names, key=lambda func: (func.lineno, func.col_offset))]:
        if not callee.startswith("_"):
            found.append(callee)
        elif callee not in seen:
            found.extend(_public_calls(callee, functions, seen))
    return list(dict.fromkeys(found))
