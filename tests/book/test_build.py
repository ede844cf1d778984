"""What is served is always a whole book, that of today's sources, whatever happened to a build or to the clock."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import build
import pytest

# In the place of Jupyter Book: writes a page, slowly.
SLOW_BOOK = """
import os, time
def make_pages(folder):
    html = folder / "_build" / "html"
    html.mkdir(parents=True)
    (html / "index.html").write_text("half")
    print("half", flush=True)
    time.sleep(float(os.environ.get("PAUSE", 0)))
    if os.environ.get("FAIL"):
        return None
    (html / "index.html").write_text("whole " + os.environ.get("NAME", ""))
    (html / os.environ.get("NAME", "a page")).touch()
    return html
"""
LEFT = [".lock", "html", "work"]


def slow_book():
    names = {}
    exec(SLOW_BOOK, names)
    return names["make_pages"]


@pytest.fixture
def target(tmp_path, monkeypatch):
    """A folder to build in, of a project whose sources are in another."""
    project = tmp_path / "project"
    (project / "chapters").mkdir(parents=True)
    (project / "chapters" / "05.md").write_text("The loop")
    monkeypatch.setattr(build, "ROOT", project)
    monkeypatch.setattr(build, "make_pages", slow_book())
    return tmp_path / "a folder of mine, größer"


def pages(target):
    return {path.name: path.read_text() for path in (target / "html").iterdir()}


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# What is in a book


def test_a_build_is_published_and_the_next_one_has_nothing_of_it(target, monkeypatch):
    monkeypatch.setenv("NAME", "first")
    assert build.build(target) == 0
    assert pages(target) == {"index.html": "whole first", "first": ""}
    monkeypatch.setenv("NAME", "second")
    (build.ROOT / "chapters" / "05.md").write_text("The step")
    assert build.build(target) == 0
    assert pages(target) == {"index.html": "whole second", "second": ""}
    assert names(target) == LEFT


def touched(path):
    os.utime(path)


def dated_before_the_last_build(path):
    path.write_text("The step")  # as long as before
    os.utime(path, (1e9, 1e9))


def renamed(path):
    path.rename(path.with_name("06.md"))


@pytest.mark.parametrize(
    ("change", "builds"), [(touched, 0), (dated_before_the_last_build, 1), (renamed, 1), (Path.unlink, 1)]
)
def test_the_content_of_the_sources_decides_whether_there_is_anything_to_do(target, monkeypatch, capfd, change, builds):
    build.build(target)
    monkeypatch.setenv("NAME", "second")
    change(build.ROOT / "chapters" / "05.md")
    assert build.build(target) == 0
    assert ("second" in pages(target)) == bool(builds)
    assert ("Nothing has changed" in capfd.readouterr().out) != bool(builds)


def test_what_the_build_makes_in_the_project_is_no_source_of_it(target, monkeypatch, capfd):
    for target in (build.ROOT / "out", build.ROOT / "_build"):
        build.build(target)
    (build.ROOT / "web" / "node_modules").mkdir(parents=True)
    (build.ROOT / "web" / "node_modules" / "index.js").touch()
    (build.ROOT / ".venv").mkdir()
    (build.ROOT / ".venv" / "pyvenv.cfg").touch()
    capfd.readouterr()
    build.build(target)
    assert "Nothing has changed" in capfd.readouterr().out


def test_another_version_of_what_is_installed_is_a_source(target, monkeypatch, tmp_path):
    build.build(target)
    monkeypatch.setenv("NAME", "second")
    (tmp_path / "sphinx-99.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    build.build(target)
    assert "second" in pages(target)


def truncated(html):
    (html / "index.html").write_text("w")


@pytest.mark.parametrize("damage", [truncated, shutil.rmtree])
def test_a_published_book_that_was_damaged_is_built_again(target, damage):
    build.build(target)
    whole = pages(target)
    damage(target / "html")
    assert build.build(target) == 0
    assert pages(target) == whole


# What goes wrong


def test_a_build_that_fails_publishes_nothing_and_the_next_one_begins_anew(target, monkeypatch, capfd):
    build.main(str(target))
    (build.ROOT / "chapters" / "05.md").write_text("The step")
    monkeypatch.setenv("FAIL", "1")
    assert build.main(str(target)) == 1
    assert "Nothing was published" in capfd.readouterr().out
    assert pages(target) == {"index.html": "whole ", "a page": ""}
    monkeypatch.delenv("FAIL")
    monkeypatch.setenv("NAME", "second")
    assert build.build(target) == 0
    assert pages(target) == {"index.html": "whole second", "second": ""}


def test_a_full_disk_is_told_of_in_words_and_leaves_the_old_pages(target, monkeypatch, capfd):
    def full(folder):
        raise OSError(28, "No space left on device", str(folder))

    build.main(str(target))
    (build.ROOT / "chapters" / "05.md").write_text("The step")
    monkeypatch.setattr(build, "make_pages", full)
    assert build.main(str(target)) == 1
    said = capfd.readouterr()
    assert "No space left on device" in said.out
    assert "Traceback" not in said.err
    assert pages(target) == {"index.html": "whole ", "a page": ""}


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_a_build_that_is_killed_leaves_the_old_pages_and_nothing_that_runs(target):
    build.build(target)
    program = f"""
import build
{SLOW_BOOK}
build.ROOT, build.make_pages = build.Path({str(build.ROOT)!r}), make_pages
build.build(build.Path({str(target)!r}))
"""
    (build.ROOT / "chapters" / "05.md").write_text("The step")
    tools = Path(build.__file__).parent
    environment = os.environ | {"PAUSE": "60", "PYTHONPATH": os.pathsep.join([str(tools), *sys.path])}
    with subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE) as killed:
        assert killed.stdout.readline() == b"half\n"
        os.kill(killed.pid, signal.SIGKILL)  # it alone, and not what it started
    assert pages(target) == {"index.html": "whole ", "a page": ""}
    assert build.build(target) == 0  # nobody holds the lock
    assert pages(target) == {"index.html": "whole ", "a page": ""}
    assert len(names(target / "work")) == 2


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_nothing_that_the_build_of_a_book_starts_outlives_it():
    """What renders the formulas is a process of its own, which holds the output of the build until it ends."""
    program = """
import os
from mathematics import rendered
rendered("x", False)
os.kill(os.getpid(), 9)  # as somebody else would end the build
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", program]
    killed = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr


def test_two_builds_at_once_wait_for_each_other(target, monkeypatch):
    monkeypatch.setenv("PAUSE", "0.3")
    codes = []
    threads = [threading.Thread(target=lambda: codes.append(build.build(target))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [0, 0]
    assert pages(target) == {"index.html": "whole ", "a page": ""}


# How a book is published


def made(folder, name):
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(f"whole {name}")
    return folder


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="elsewhere no system call exchanges two folders")
def test_no_step_of_a_publication_leaves_its_place_empty(tmp_path, monkeypatch):
    place = made(tmp_path / "html", "old")
    for name in ("rename", "replace"):
        monkeypatch.setattr(Path, name, lambda self, *to: pytest.fail(f"{self} was moved to {to}"))
    build.publish(made(tmp_path / "new", "new"), place)
    assert (place / "index.html").read_text() == "whole new"
    assert (tmp_path / "new" / "index.html").read_text() == "whole old"


@pytest.fixture
def in_two_steps(monkeypatch):
    """A system that cannot exchange folders at once."""
    monkeypatch.setattr(build, "exchange", lambda one, other: False)


def test_where_it_takes_two_steps_the_old_book_stands_aside(tmp_path, in_two_steps):
    for name in ("1", "2", "3"):
        build.publish(made(tmp_path / name, name), tmp_path / "html")
    assert {path.name: (path / "index.html").read_text() for path in tmp_path.iterdir()} == {
        "html": "whole 3",
        "html.old": "whole 2",
    }


def test_a_publication_that_was_ended_between_two_steps_is_made_good(target, monkeypatch, in_two_steps):
    build.build(target)
    (build.ROOT / "chapters" / "05.md").write_text("The step")
    rename = Path.rename

    def ended(path, to):
        if to.name == "html":
            raise KeyboardInterrupt
        return rename(path, to)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", ended)
        with pytest.raises(KeyboardInterrupt):
            build.build(target)
    assert not (target / "html").exists()
    monkeypatch.setenv("FAIL", "1")  # even if no other can be built
    assert build.build(target) == 1
    assert pages(target) == {"index.html": "whole ", "a page": ""}


def test_what_earlier_publications_left_over_is_cleared_away(target):
    for left_over in ("html", "html.old", "work"):
        (target / left_over).mkdir(parents=True)
        (target / left_over / "stale").touch()
    assert build.build(target) == 0
    assert names(target) == LEFT
    assert pages(target) == {"index.html": "whole ", "a page": ""}
