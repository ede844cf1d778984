import importlib.util
import math

import pytest

from gdlib import scratch, vectors
from gdlib.callgraph import calls


@pytest.fixture
def module(tmp_path):
    """Make a module of some source lines."""

    def make(name, *lines):
        path = tmp_path / f"{name}.py"
        path.write_text("\n".join(lines) + "\n")
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


def test_functions_come_in_source_order(module):
    made = module("made", "def b(): pass", "def c(): pass", "def a(): pass")
    assert list(calls(made)) == ["b", "c", "a"]


def test_callees_come_in_the_order_in_which_the_source_names_them(module):
    made = module("made", "def a(): pass", "def b(): pass", "def f():", "    return b(a())")
    assert calls(made)["f"] == ["b", "a"]


def test_a_callee_is_named_once_however_often_it_is_called(module):
    made = module("made", "def a(): pass", "def f():", "    a()", "    a()")
    assert calls(made)["f"] == ["a"]


def test_a_private_helpers_calls_count_as_its_callers(module):
    made = module("made", "def a(): pass", "def f(): _outer()", "def _outer(): _inner()", "def _inner(): a()")
    assert calls(made) == {"a": [], "f": ["a"]}


def test_private_helpers_that_call_each_other_are_followed_once(module):
    made = module("made", "def a(): pass", "def f(): _ping()", "def _ping(): _pong(); a()", "def _pong(): _ping()")
    assert calls(made)["f"] == ["a"]


def test_a_private_helper_of_another_module_is_followed_too(module):
    first = module("first", "def a(): pass", "def _helper(): a()")
    second = module("second", "def f(): _helper()")
    assert calls(first, second)["f"] == ["a"]


def test_a_function_that_calls_itself_says_so(module):
    assert calls(module("made", "def f(): f()")) == {"f": ["f"]}


def test_calls_of_other_modules_functions_are_left_out(module):
    made = module("made", "from math import floor", "def f(): return len(str(floor(1.5)))")
    assert calls(made) == {"f": []}


def test_a_function_that_is_only_named_is_not_called(module):
    made = module("made", "def a(): pass", "def f(): return a")
    assert calls(made)["f"] == []


@pytest.mark.parametrize("wrong", [3, None, "gdlib.vectors", vectors.add], ids=["int", "None", "str", "function"])
def test_what_is_not_a_module_is_refused_with_its_type(wrong):
    with pytest.raises(ValueError, match=rf"takes modules, but .* is a {type(wrong).__name__}"):
        calls(vectors, wrong)


@pytest.mark.parametrize("name", ["f", "_f"])
def test_two_modules_that_define_one_name_are_refused(module, name):
    first, second = module("first", f"def {name}(): pass"), module("second", f"def {name}(): pass")
    with pytest.raises(ValueError, match=f"two of the modules define a function {name}$"):
        calls(first, second)


def test_a_module_without_readable_source_is_refused_by_name():
    with pytest.raises(ValueError, match="math has none that can be read"):
        calls(math)
