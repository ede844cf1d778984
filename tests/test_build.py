"""What is served is always a whole book: a build that fails, is killed or meets another one changes nothing else."""

import os
import signal
import subprocess
import sys
import threading

import build
import pytest

# In the place of Jupyter Book: writes two pages, slowly, of which the second tells what the first build left behind.
SLOW_BOOK = """
import os, pathlib, sys, time
html = pathlib.Path(sys.argv[-1]) / "_build" / "html"
html.mkdir(parents=True, exist_ok=True)
seen = (html / "count").read_text() if (html / "count").exists() else ""
(html / "index.html").write_text("half")
time.sleep(float(os.environ.get("PAUSE", 0)))
if os.environ.get("FAIL"):
    sys.exit(1)
(html / "count").write_text(seen + "i")
(html / "index.html").write_text("whole")
"""


@pytest.fixture
def target(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "BUILD", [sys.executable, "-c", SLOW_BOOK])
    return tmp_path / "a folder of mine, größer"


def pages(target):
    return {path.name: path.read_text() for path in (target / "html").iterdir()}


def test_a_build_is_published_and_the_next_one_goes_on_from_it(target):
    assert build.build(target) == 0
    assert pages(target) == {"index.html": "whole", "count": "i"}
    assert build.build(target) == 0
    assert pages(target) == {"index.html": "whole", "count": "ii"}
    assert sorted(path.name for path in target.iterdir()) == [".lock", "html", "work"]


def test_a_build_that_fails_publishes_nothing_and_the_next_one_begins_anew(target, monkeypatch, capfd):
    build.main(str(target))
    monkeypatch.setenv("FAIL", "1")
    assert build.main(str(target)) == 1
    assert "Nothing was published" in capfd.readouterr().out
    assert pages(target) == {"index.html": "whole", "count": "i"}
    monkeypatch.delenv("FAIL")
    assert build.build(target) == 0
    assert pages(target) == {"index.html": "whole", "count": "i"}


@pytest.mark.skipif(os.name == "nt", reason="there, a process group is not killed at once")
def test_a_build_that_is_killed_half_way_leaves_the_old_pages_and_no_trace(target):
    build.build(target)
    program = f"import build; build.BUILD = {build.BUILD}; build.build(build.Path({str(target)!r}))"
    environment = {"PAUSE": "60", "PYTHONPATH": str(build.ROOT / "tools")}
    with subprocess.Popen([sys.executable, "-c", program], env=environment, start_new_session=True) as killed:
        while (target / "work" / "_build" / "html" / "index.html").read_text() != "half":
            assert killed.poll() is None
        os.killpg(killed.pid, signal.SIGKILL)
    assert pages(target) == {"index.html": "whole", "count": "i"}
    assert build.build(target) == 0
    assert pages(target) == {"index.html": "whole", "count": "i"}


def test_what_a_publication_left_over_is_cleared_away(target):
    for left_over in ("html.new", "html.old"):
        (target / left_over).mkdir(parents=True)
        (target / left_over / "stale").touch()
    assert build.build(target) == 0
    assert sorted(path.name for path in target.iterdir()) == [".lock", "html", "work"]


def test_two_builds_at_once_wait_for_each_other(target, monkeypatch):
    monkeypatch.setenv("PAUSE", "0.3")
    codes = []
    threads = [threading.Thread(target=lambda: codes.append(build.build(target))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [0, 0]
    assert pages(target) == {"index.html": "whole", "count": "ii"}
