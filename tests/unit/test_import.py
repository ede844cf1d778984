import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pkgutil import walk_packages

import pytest

import gdlib

SUBMODULES = [module.name for module in walk_packages(gdlib.__path__, "gdlib.")]


@pytest.fixture(scope="module")
def loaded():
    """The modules that a fresh interpreter holds after ``import gdlib``."""
    code = "import sys, gdlib; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("name", ["matplotlib", "ipywidgets", "anywidget", "networkx", "scipy"])
def test_importing_gdlib_loads_no_package_that_only_pictures_and_sliders_need(loaded, name):
    assert name not in loaded


@pytest.mark.parametrize("name", ["dask", "distributed", "pyarrow", "pandas"])
def test_importing_gdlib_loads_no_package_that_only_some_sources_of_blocks_need(loaded, name):
    assert name not in loaded


@pytest.mark.parametrize(
    "name",
    [
        "blocks",
        "callgraph",
        "checking",
        "checkpoint",
        "cluster",
        "costs",
        "datasets",
        "descent",
        "regression",
        "scaling",
        "scratch",
        "spectrum",
        "streaming",
        "vectors",
    ],
)
def test_importing_gdlib_loads_the_modules_that_it_names(loaded, name):
    assert f"gdlib.{name}" in loaded


def test_the_public_modules_are_looked_for_where_they_are():
    assert {"gdlib.vectors", "gdlib.scratch", "gdlib.regression", "gdlib.plots", "gdlib.widgets"} <= {*SUBMODULES}


@pytest.mark.parametrize("name", ["gdlib", *SUBMODULES])
def test_every_name_that_a_module_offers_exists_and_is_offered_once(name):
    module = import_module(name)
    offered = getattr(module, "__all__", [])
    private = name.rpartition(".")[2].startswith("_") or name.startswith(("gdlib.widgets.", "gdlib.checks."))
    assert offered or private
    assert [each for each in offered if not hasattr(module, each)] == []
    assert len(offered) == len(set(offered))


def test_the_version_is_the_installed_one():
    assert gdlib.__version__ == version("gdlib")
