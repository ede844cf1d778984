"""What is written is whole or not at all, by whichever tool: a full disk tears nothing that was there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from notebooks import ROOT

from gdlib._files import written_whole

# What each writer of the project writes over; a limit on the size of files fails the write as a full disk does.
WRITERS = {
    "tools/notebooks.py": "notebooks.execute(Path('chapter.ipynb'))",
    "tools/offline.py": "offline.pack(Path('book'), Path('book.zip'))",
    "benchmarks/side_by_side.py": "side_by_side.store({'x': 'x' * 10**6}, 'benchmarks/table.py')",
    "gdlib/large/checkpoint.py": "Checkpoint('run.npz').save({}, {}, {'theta': np.ones(10**6)})",
}
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


def test_a_file_takes_its_name_once_it_is_complete(tmp_path):
    path = tmp_path / "a file"
    with written_whole(path) as file:
        file.write(b"a part")
        file.flush()
        assert not path.exists()
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a file", b"a part")]


@pytest.mark.parametrize("error", [OSError("full"), KeyboardInterrupt()], ids=repr)
def test_what_is_interrupted_leaves_what_was_there_and_nothing_else(tmp_path, error):
    path = tmp_path / "a file"
    path.write_text("older")

    def interrupted():
        with written_whole(path) as file:
            file.write(b"newer")
            raise error

    with pytest.raises(type(error)):
        interrupted()
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a file", "older")]


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755])
def test_permissions_stay_and_a_new_file_has_those_of_any_other(tmp_path, mode):
    old, new, other = (tmp_path / name for name in ("old", "new", "other"))
    old.touch()
    old.chmod(mode)
    other.touch()
    for path in (old, new):
        with written_whole(path) as file:
            file.write(b"x")
    assert old.stat().st_mode & 0o777 == mode
    assert new.stat().st_mode == other.stat().st_mode


@pytest.mark.skipif(os.name == "nt", reason="not everybody may make links there")
def test_a_link_stays_one(tmp_path):
    (tmp_path / "link").symlink_to("file")
    with written_whole(tmp_path / "link") as file:
        file.write(b"x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"x"


def test_what_is_no_file_is_not_replaced(tmp_path):
    with pytest.raises(OSError, match="no file that could be replaced"), written_whole(tmp_path):
        pass
    with pytest.raises(OSError, match="no file that could be replaced"), written_whole(os.devnull):
        pass


@pytest.mark.skipif(os.name == "nt", reason="there, nothing limits the size of files")
@pytest.mark.parametrize("writer", WRITERS)
def test_a_full_disk_tears_nothing(tmp_path, writer):
    shutil.copy(ROOT / "chapters" / "the-loop.ipynb", tmp_path / "chapter.ipynb")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "index.html").write_bytes(os.urandom(10**6))
    (tmp_path / "gdlib" / "data").mkdir(parents=True)
    for name in ("book.zip", "gdlib/data/table.json", "run.npz"):
        (tmp_path / name).write_text("older")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    path = os.pathsep.join(map(str, [ROOT, ROOT / "tools", ROOT / "benchmarks"]))
    program = f"{LIMITED}\n{WRITERS[writer]}"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "File too large" in ran.stderr
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before


def test_no_tool_writes_in_place():
    """The pages are written into an empty folder, which is published whole; everything else is somebody's file."""
    sources = [path for folder in ("tools", "benchmarks", "gdlib") for path in Path(ROOT, folder).rglob("*.py")]
    for path in sources:
        for line in path.read_text(encoding="utf-8").splitlines():
            in_place = any(way in line for way in (".write_text(", ".write_bytes(", "nbformat.write("))
            assert not in_place or "PLACE /" in line or "Path(folder)" in line or "/proc/" in line, (path, line)
