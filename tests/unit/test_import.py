import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pkgutil import iter_modules, walk_packages

import pytest

import gdlib

PUBLIC = sorted(module.name for module in iter_modules(gdlib.__path__) if not module.name.startswith("_"))
MODULES = [module.name for module in walk_packages(gdlib.__path__, "gdlib.")]
HEAVY = {
    "anywidget",
    "dask",
    "distributed",
    "ipywidgets",
    "matplotlib",
    "networkx",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
}


def loaded(code):
    """The modules that a fresh interpreter holds after this code."""
    code = f"import sys; {code}; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_importing_gdlib_loads_nothing_until_it_is_used():
    found = loaded("import gdlib")
    assert {name for name in found if name.startswith("gdlib.")} == set()
    assert found & HEAVY == set()


def test_the_modules_that_gdlib_offers_are_those_that_are_there():
    assert sorted(gdlib.__all__) == PUBLIC
    assert set(PUBLIC) <= set(dir(gdlib))


@pytest.mark.parametrize("name", PUBLIC)
def test_a_module_is_loaded_when_it_is_first_used(name):
    assert getattr(gdlib, name) is import_module(f"gdlib.{name}")


def test_what_gdlib_does_not_offer_is_missed_by_its_name():
    with pytest.raises(AttributeError, match=r"^module 'gdlib' has no attribute 'plot'$"):
        gdlib.plot  # noqa: B018


def test_the_numeric_modules_load_neither_pictures_nor_what_only_some_sources_of_blocks_need():
    numeric = [name for name in MODULES if not name.startswith(("gdlib.plots", "gdlib.widgets", "gdlib.checks"))]
    assert loaded(f"import {', '.join(numeric)}") & HEAVY == {"numpy"}


def test_the_articles_functions_and_points_need_no_numpy():
    code = """
import sys
sys.modules["numpy"] = None  # an import of it fails
from gdlib import callgraph, scratch, vectors
from gdlib.datasets import four_inputs, printed_runs
*_, (_, _, theta) = scratch.descend(four_inputs(), [0, 0], 0.001, epochs=1000)
print(vectors.scalar_multiply(1, theta), len(printed_runs()), len(callgraph.calls(vectors, scratch)))
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.startswith("[19.955")


@pytest.mark.parametrize("name", ["gdlib", *MODULES])
def test_every_name_that_a_module_offers_exists_and_is_offered_once(name):
    module = import_module(name)
    offered = getattr(module, "__all__", [])
    private = name.rpartition(".")[2].startswith("_") or name.startswith(("gdlib.widgets.", "gdlib.checks."))
    assert offered or private or name == "gdlib.large"  # a folder of modules
    assert [each for each in offered if not hasattr(module, each)] == []
    assert len(offered) == len(set(offered))


def test_the_version_is_the_installed_one():
    assert gdlib.__version__ == version("gdlib")
