"""What `pip install` gets: every file of the package and no other, one version everywhere, and an import that works."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import live_code
import numpy
import pytest
import scipy
import setup_cell
import tqdm

import gdlib
from gdlib.checks import questions

ROOT = Path(__file__).parent.parent.parent

KINDS = {".py", ".js", ".css", ".csv", ".json", ".typed"}

# Run by an interpreter that is not told of its environment; of that, it finds what the wheel declares to need.
CODE = """
import json, re, sys
from importlib.machinery import PathFinder
from importlib.metadata import requires, version

target, *others = sys.argv[1:]
sys.path.append(target)
needed = [re.match(r"\\w+", wanted)[0] for wanted in requires("grasping-gradient-descent") if "extra ==" not in wanted]

class Needed:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return PathFinder.find_spec(name, others) if name in needed else None

sys.meta_path.append(Needed)

import gdlib
from gdlib.checks import questions
from gdlib.losses import LogisticLoss

print(json.dumps({
    "file": gdlib.__file__,
    "needed": needed,
    "versions": [gdlib.__version__, version("grasping-gradient-descent")],
    "separable": LogisticLoss([[1.0, 1.0], [1.0, 2.0]], [0, 1]).separable,
    "columns": list(gdlib.datasets.penguins()),
    "questions": len(questions()),
}))
"""


def run(*command):
    result = subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def can_build_here():
    try:
        return int(version("setuptools").partition(".")[0]) >= 77
    except PackageNotFoundError:
        return False


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, made from the source archive as an index would have it; without the network where that is possible."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("gdlib", "tests"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    offline = ["--offline", "--no-build-isolation"] if can_build_here() else []
    run("-m", "uv", "build", *offline, "--python", sys.executable, "--out-dir", target, source)
    (made,) = target.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def files(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """What an interpreter says that has nothing but the wheel and what the package depends on."""
    target = tmp_path_factory.mktemp("installed")
    run("-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps", "--target", target, wheel)
    others = {Path(package.__file__).parent.parent for package in (numpy, scipy, tqdm)}
    return target, json.loads(run("-I", "-S", "-c", CODE, target, *others))


def test_the_wheel_holds_every_file_of_the_package_and_no_other(files):
    parts = [path.relative_to(ROOT) for path in (ROOT / "gdlib").rglob("*") if path.suffix in KINDS]
    assert {path.suffix for path in parts} == KINDS
    assert sorted(name for name in files if ".dist-info/" not in name) == sorted(path.as_posix() for path in parts)


def test_the_wheel_brings_its_licence(files):
    assert f"grasping_gradient_descent-{gdlib.__version__}.dist-info/licenses/LICENSE" in files


def test_the_installed_package_works_with_what_it_depends_on_alone(installed):
    target, found = installed
    assert Path(found["file"]) == target / "gdlib" / "__init__.py"
    assert found["needed"] == ["numpy", "scipy", "tqdm"]
    assert found["separable"] is True
    assert found["columns"] == list(gdlib.datasets.penguins())
    assert found["questions"] == len(questions())


def test_the_file_beside_the_book_is_that_package_and_the_same_bytes_when_made_twice(files, tmp_path):
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        live_code.make_wheel(tmp_path / name)
        (path,) = (tmp_path / name).iterdir()
        assert path.name == setup_cell.wheel()
        made.append(path.read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == sorted(files)


def test_the_version_is_the_same_everywhere(installed):
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    named = re.search(r"^version: (\S+)$", citation, re.MULTILINE)
    assert [*installed[1]["versions"], named[1]] == [gdlib.__version__] * 3


def test_the_changelog_names_the_version():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(gdlib.__version__)} \(", changes, re.MULTILINE)


@pytest.mark.parametrize(
    "program",
    sorted(
        path.relative_to(ROOT).as_posix()
        for folder in ("tools", "web/extensions", "benchmarks")
        for path in (ROOT / folder).glob("*.py")
        if "__main__" in path.read_text(encoding="utf-8")
    ),
)
def test_a_program_finds_what_it_imports_without_the_tests(program):
    place = Path(program)
    code = f"import sys; sys.path[0] = {str(place.parent)!r}; import {place.stem}"
    bare = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=bare, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
