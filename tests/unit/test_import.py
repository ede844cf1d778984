import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pkgutil import iter_modules, walk_packages

import pytest

import gdlib

PUBLIC = sorted(module.name for module in iter_modules(gdlib.__path__) if not module.name.startswith("_"))
MODULES = [module.name for module in walk_packages(gdlib.__path__, "gdlib.")]
HEAVY = {"anywidget", "dask", "distributed", "ipywidgets", "matplotlib", "networkx"}
HEAVY |= {"numpy", "pandas", "pyarrow", "scipy"}


def test_the_modules_that_gdlib_offers_are_those_that_are_there():
    assert sorted(gdlib.__all__) == PUBLIC
    assert set(PUBLIC) <= set(dir(gdlib))
    for name in PUBLIC:
        assert getattr(gdlib, name) is import_module(f"gdlib.{name}")
    assert gdlib.__version__ == version("grasping-gradient-descent")


def test_what_gdlib_does_not_offer_is_missed_by_its_name():
    with pytest.raises(AttributeError, match=r"^module 'gdlib' has no attribute 'plot'$"):
        gdlib.plot  # noqa: B018


def test_a_module_loads_no_more_than_it_needs():
    """Of gdlib itself nothing; the numeric ones neither pictures nor what only some sources of blocks need."""
    numeric = [name for name in MODULES if not name.startswith(("gdlib.plots", "gdlib.widgets", "gdlib.checks"))]
    code = f"import sys, gdlib; print(*sys.modules)\nimport {', '.join(numeric)}; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, second = (set(line.split()) for line in ran.stdout.splitlines())
    assert {name for name in first if name.startswith("gdlib.")} == first & HEAVY == set()
    assert second & HEAVY == {"numpy"}


def test_the_articles_functions_and_points_need_no_numpy():
    code = """
import sys
sys.modules["numpy"] = None  # an import of it fails
from gdlib import autodiff, callgraph, scratch, vectors
from gdlib.datasets import four_inputs, printed_runs
*_, (_, _, theta) = scratch.descend(four_inputs(), [0, 0], 0.001, epochs=1000)
print(vectors.scalar_multiply(1, theta), len(printed_runs()), len(callgraph.calls(vectors, scratch)))
print(autodiff.gradient(lambda theta: (theta[0] * 2 + theta[1] - 45) ** 2, [0, 0]))
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.startswith("[19.955")
    assert result.stdout.endswith("[-180.0, -90.0]\n")


def test_the_questions_about_plain_python_need_no_numpy():
    code = """
import sys
sys.modules["numpy"] = None
from gdlib.checks import check, questions
found = questions()
print(*found)
print(all(check(label, question.right) for label, question in found.items()))
for label in ("moved-piont", "gradient-as-a-product"):
    try:
        check(label, 75)
    except (ValueError, ModuleNotFoundError) as problem:
        print(problem)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    labels, right, misspelt, of_arrays = result.stdout.splitlines()
    assert misspelt.startswith("no exercise is called 'moved-piont': did you mean 'moved-point'")
    assert "numpy" in of_arrays
    assert {"moved-point", "a-line-far-above", "the-whole-loop", "line-with-a-lifted-point"} <= set(labels.split())
    assert right == "True"


def test_every_name_that_a_module_offers_exists_and_is_offered_once():
    for name in ("gdlib", *MODULES):
        module = import_module(name)
        offered = getattr(module, "__all__", [])
        private = name.rpartition(".")[2].startswith("_") or name.startswith(("gdlib.widgets.", "gdlib.checks."))
        assert offered or private or name == "gdlib.large", name  # which is a folder of modules
        assert [each for each in offered if not hasattr(module, each)] == [], name
        assert len(offered) == len(set(offered)), name
