"""The packages that pages may carry: those of the lock, whole, with what they depend on, or none."""

import hashlib
import json

import pytest
import wheels
from sphinx.errors import ExtensionError

CONTENTS = {"numpy": b"numbers", "matplotlib": b"pictures", "six": b"2 * 3", "other": b"nobody asked for it"}
DEPENDS = {"matplotlib": ["numpy", "six"]}


@pytest.fixture
def distribution(tmp_path, monkeypatch):
    """A distribution on the disk with a lock of its own, and an empty folder for what is got of it."""
    packages = {
        name: {
            "file_name": f"{name}-1-any.whl",
            "sha256": hashlib.sha256(content).hexdigest(),
            "depends": DEPENDS.get(name, []),
            "imports": [name],
            "version": "1",
        }
        for name, content in CONTENTS.items()
    }
    (tmp_path / "lock.json").write_text(json.dumps({"packages": packages}))
    (tmp_path / "package.json").write_text(json.dumps({"version": "7.8.9"}))
    served = tmp_path / "v7.8.9"
    served.mkdir()
    for name, content in CONTENTS.items():
        (served / f"{name}-1-any.whl").write_bytes(content)
    monkeypatch.setattr(wheels, "LOCK", tmp_path / "lock.json")
    monkeypatch.setattr(wheels, "FOLDER", tmp_path / "wheels")
    monkeypatch.setattr(wheels, "WANTED", ("numpy", "matplotlib"))
    monkeypatch.setattr(wheels, "DISTRIBUTION", f"{tmp_path.as_uri()}/v{{}}/")
    return served


def got():
    return sorted(path.name for path in wheels.FOLDER.iterdir())


def test_what_is_wanted_comes_with_what_it_depends_on_and_is_kept(distribution):
    assert wheels.bring() == "The pages carry numpy 1 and matplotlib 1"
    assert got() == ["matplotlib-1-any.whl", "numpy-1-any.whl", "six-1-any.whl"]
    for path in distribution.iterdir():
        path.unlink()
    assert wheels.bring() == "The pages carry numpy 1 and matplotlib 1"


def test_out_of_reach_is_said_in_a_line_and_is_no_error(distribution, monkeypatch, capsys):
    monkeypatch.setattr(wheels.npm, "install", lambda: None)
    for path in distribution.iterdir():
        path.unlink()
    assert wheels.main() == 0
    said = capsys.readouterr().out
    assert said.startswith("The pages carry plain Python alone: ")
    assert ("numpy-1-any.whl is out of reach" in said, said.count("\n")) == (True, 1)
    assert wheels.carried() == {}


def test_a_package_without_what_it_depends_on_is_not_carried(distribution):
    (distribution / "six-1-any.whl").unlink()
    assert wheels.bring().startswith("The pages carry numpy 1: ")
    assert list(wheels.carried()) == ["numpy"]


def test_what_has_another_digest_is_refused_when_it_comes(distribution, monkeypatch, capsys):
    monkeypatch.setattr(wheels.npm, "install", lambda: None)
    (distribution / "numpy-1-any.whl").write_bytes(b"numberz")
    assert wheels.main() == 1
    assert "numpy-1-any.whl is refused: its sha256 is " in capsys.readouterr().out
    assert got() == []


def test_what_has_another_digest_is_refused_where_it_lies(distribution):
    wheels.bring()
    (wheels.FOLDER / "six-1-any.whl").write_bytes(b"2 * 4")
    with pytest.raises(ExtensionError, match=r"six-1-any\.whl is refused"):
        wheels.carried()


def test_what_nobody_wants_is_not_carried(distribution):
    wheels.bring()
    (wheels.FOLDER / "other-1-any.whl").write_bytes(CONTENTS["other"])
    assert sorted(wheels.carried()) == ["matplotlib", "numpy", "six"]


@pytest.mark.parametrize("name", wheels.WANTED)
def test_pyodides_lock_names_a_wheel_with_its_digest(name):
    wheels.npm.install()
    entry = wheels.wanted()[name]
    assert entry["file_name"].endswith("wasm32.whl")
    assert len(entry["sha256"]) == 64
