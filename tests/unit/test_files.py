"""What is written is whole or not at all, by whichever tool: a full disk tears nothing that was there."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from notebooks import ROOT

from gdlib._files import written_whole

# What each writer of the project writes over; a limit on the size of files fails the write as a full disk does.
WRITERS = [
    "notebooks.execute(Path('chapter.ipynb'))",
    "offline.pack(Path('book'), Path('book.zip'))",
    "side_by_side.store({'x': 'x' * 10**6}, 'benchmarks/table.py')",
    "Checkpoint('run.npz').save({}, {}, {'theta': np.ones(10**6)})",
]
LIMITED = """
import resource, sys
from pathlib import Path
import nbformat, numpy as np
import notebooks, offline, side_by_side
from gdlib.large.checkpoint import Checkpoint

class Client:
    def __init__(self, notebook, **_): notebook.cells[1].source = "x" * 10**6
    def execute(self): pass

notebooks.NotebookClient = Client
resource.setrlimit(resource.RLIMIT_FSIZE, (10**5, 10**5))
"""


def test_a_file_takes_its_name_once_it_is_complete_and_on_the_disk(tmp_path, monkeypatch):
    done = []
    for owner, name in ((os, "fsync"), (Path, "replace")):
        real = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *args, name=name, real=real: (done.append(name), real(*args)))
    path = tmp_path / "a file"
    with written_whole(path) as file:
        file.write(b"a part")
        file.flush()
        assert not path.exists()
    assert done == ["fsync", "replace"]
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a file", b"a part")]


@pytest.mark.parametrize("failing", [None, (os, "fsync"), (Path, "replace")], ids=["write", "fsync", "replace"])
def test_what_is_interrupted_leaves_what_was_there_and_nothing_else(tmp_path, monkeypatch, failing):
    def interrupted(*_):
        raise KeyboardInterrupt

    def write():
        with written_whole(tmp_path / "a file") as file:
            file.write(b"newer")
            if not failing:
                interrupted()

    (tmp_path / "a file").write_text("older")
    if failing:
        monkeypatch.setattr(*failing, interrupted)
    with pytest.raises(KeyboardInterrupt):
        write()
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a file", "older")]


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions, and not everybody may make links")
def test_permissions_and_links_stay_and_a_new_file_has_the_permissions_of_any_other(tmp_path):
    old, new, other, link = (tmp_path / name for name in ("old", "new", "other", "link"))
    old.touch()
    old.chmod(0o600)
    other.touch()
    link.symlink_to("old")
    for path in (link, new):
        with written_whole(path) as file:
            file.write(b"x")
    assert link.is_symlink()
    assert old.read_bytes() == b"x"
    assert old.stat().st_mode & 0o777 == 0o600
    assert new.stat().st_mode == other.stat().st_mode


def test_what_is_no_file_is_not_replaced(tmp_path):
    with pytest.raises(OSError, match="no file that could be replaced"), written_whole(tmp_path):
        pass
    with pytest.raises(OSError, match="no file that could be replaced"), written_whole(os.devnull):
        pass


@pytest.mark.skipif(os.name == "nt", reason="there, nothing limits the size of files")
def test_a_full_disk_tears_nothing(tmp_path):
    shutil.copy(ROOT / "chapters" / "the-loop.ipynb", tmp_path / "chapter.ipynb")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "index.html").write_bytes(os.urandom(10**6))
    (tmp_path / "gdlib" / "data").mkdir(parents=True)
    for name in ("book.zip", "gdlib/data/table.json", "run.npz"):
        (tmp_path / name).write_text("older")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    path = os.pathsep.join(map(str, [ROOT, ROOT / "tools", ROOT / "benchmarks"]))
    tried = "".join(f"try: {writer}\nexcept OSError as error: print(error)\n" for writer in WRITERS)
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED + tried],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.count("File too large") == len(WRITERS), ran.stdout
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before


def test_no_tool_writes_in_place():
    """The pages are written into an empty folder, which is published whole; everything else is somebody's file."""
    sources = [path for folder in ("tools", "benchmarks", "gdlib") for path in Path(ROOT, folder).rglob("*.py")]
    for path in sources:
        for line in path.read_text(encoding="utf-8").splitlines():
            in_place = any(way in line for way in (".write_text(", ".write_bytes(", "nbformat.write("))
            assert not in_place or "PLACE /" in line or "Path(folder)" in line or "/proc/" in line, (path, line)


def test_every_file_of_tests_has_a_name_of_its_own():
    """Two of one name cannot be collected together."""
    names = Counter(path.name for path in Path(ROOT, "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
