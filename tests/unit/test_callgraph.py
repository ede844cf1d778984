import importlib.util
import math

import pytest

from gdlib import scratch, vectors
from gdlib.callgraph import calls


@pytest.fixture
def module(tmp_path):
    """Make a module of its source."""

    def make(name, source):
        path = tmp_path / f"{name}.py"
        path.write_text(source)
        spec = importlib.util.spec_from_file_location(name, path)
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        return made

    return make


def test_the_articles_functions_call_each_other_as_their_source_says():
    assert calls(vectors, scratch) == {
        "add": [],
        "scalar_multiply": [],
        "vector_sum": [],
        "vector_mean": ["scalar_multiply", "vector_sum"],
        "linear_gradient": [],
        "gradient_step": ["scalar_multiply", "add"],
        "descend": ["vector_mean", "linear_gradient", "gradient_step"],
    }


SOURCES = {
    "functions come in source order": ("def b(): pass\ndef c(): pass\ndef a(): pass", {"b": [], "c": [], "a": []}),
    "callees in the order in which they are named, once": (
        "def a(): pass\ndef b(): pass\ndef f():\n    a()\n    return b(a())",
        {"a": [], "b": [], "f": ["a", "b"]},
    ),
    "the calls of private helpers count as their callers'": (
        "def a(): pass\ndef f(): _outer()\ndef _outer(): _inner()\ndef _inner(): a(); _outer()",
        {"a": [], "f": ["a"]},
    ),
    "a function may call itself": ("def f(): f()", {"f": ["f"]}),
    "other modules' functions are left out": (
        "from math import floor\ndef f(): return len(str(floor(1.5)))",
        {"f": []},
    ),
    "a function that is only named is not called": ("def a(): pass\ndef f(): return a", {"a": [], "f": []}),
}


@pytest.mark.parametrize(("source", "found"), SOURCES.values(), ids=SOURCES)
def test_the_calls_of_a_module_are_those_of_its_source(module, source, found):
    assert list(calls(module("made", source)).items()) == list(found.items())


def test_a_private_helper_of_another_module_is_followed_too(module):
    first = module("first", "def a(): pass\ndef _helper(): a()")
    second = module("second", "def f(): _helper()")
    assert calls(first, second)["f"] == ["a"]


@pytest.mark.parametrize("wrong", [None, "gdlib.vectors", vectors.add])
def test_what_is_not_a_module_is_refused_with_its_type(wrong):
    with pytest.raises(ValueError, match=rf"takes modules, but .* is a {type(wrong).__name__}"):
        calls(vectors, wrong)


@pytest.mark.parametrize("name", ["f", "_f"])
def test_modules_that_define_one_name_or_have_no_source_are_refused(module, name):
    first, second = module("first", f"def {name}(): pass"), module("second", f"def {name}(): pass")
    with pytest.raises(ValueError, match=f"two of the modules define a function {name}$"):
        calls(first, second)
    with pytest.raises(ValueError, match="math has none that can be read"):
        calls(math)
