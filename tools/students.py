"""Make the students' edition of the project: what they read and run, and nothing that solves an assignment.

python tools/students.py [OUTPUT]             a folder; by default, _build/students
python tools/students.py --branch [BRANCH]    a branch of this repository, `students` by default, which you push

It is what hubs, Colab and Binder are to fetch: the chapters, the assignments as they are handed out, the package, and
the packages that it needs. The chapters' folded solutions are in it: those are the reader's.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import assignments
from notebooks import NOTEBOOKS, ROOT

from gdlib._files import written_whole

FILES = [
    *[".binder/postBuild", ".binder/requirements.txt", ".binder/runtime.txt"],
    *["CITATION.cff", "LICENSE", "LICENSE-TEXT", "chapters/matplotlibrc", "pyproject.toml"],
]
README = """# Grasping Gradient Descent, for students

The notebooks of the book, in `chapters`, the assignments, in `assignments`, and the book's package, `gdlib`. On a hub,
on Colab or on Binder all is installed. On a machine of your own, with Python {python} or newer, in this folder:

```console
python3 -m venv .venv
.venv/bin/python -m pip install --require-hashes -r .binder/requirements.txt
.venv/bin/python -m pip install --no-deps --no-build-isolation -e .
.venv/bin/jupyter lab index.ipynb
```

An assignment says in its first cell what it is about. Try the cells below a task as often as you like. What you hand in
is the notebook, under the name that it has.
"""


def make(output: Path) -> list[Path]:
    """Write the edition into an empty folder; its files."""
    package = [path for path in (ROOT / "gdlib").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    for path in [*NOTEBOOKS, *(ROOT / name for name in FILES), *package]:
        target = output / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    with written_whole(output / "README.md") as file:
        file.write(README.format(python="3.11").encode())
    assignments.main(output / "assignments")
    return sorted(path.relative_to(output) for path in output.rglob("*") if path.is_file())


def commit(folder: Path, branch: str) -> str:
    """Make the folder the branch's next commit, where it differs from the last; touch no other branch and no file."""
    with TemporaryDirectory() as index:
        place = {"GIT_INDEX_FILE": str(Path(index, "index")), "GIT_WORK_TREE": str(folder)}

        def git(*command: str) -> str:
            ran = subprocess.run(
                ["git", *command], cwd=ROOT, env={**os.environ, **place}, capture_output=True, text=True, check=False
            )
            if ran.returncode:
                sys.exit(f"git {' '.join(command)}:\n{ran.stderr}")
            return ran.stdout.strip()

        last = git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")
        place["GIT_DIR"] = git("rev-parse", "--absolute-git-dir")
        git("add", "--all", "--force", ".")
        tree = git("write-tree")
        if last and git("rev-parse", f"{last}^{{tree}}") == tree:
            return last
        made = git("commit-tree", tree, *(["-p", last] if last else []), "-m", "The students' edition")
        git("update-ref", f"refs/heads/{branch}", made)
        return made


def main(*arguments: str) -> None:
    """Run as a command."""
    if arguments[:1] == ("--branch",):
        branch = arguments[1] if arguments[1:] else "students"
        with TemporaryDirectory() as folder:
            make(Path(folder))
            print(f"{branch} is at {commit(Path(folder), branch)[:10]}: `git push origin {branch}` publishes it")
        return
    output = Path(arguments[0]) if arguments else ROOT / "_build" / "students"
    if not arguments:
        shutil.rmtree(output, ignore_errors=True)
    elif output.exists() and any(output.iterdir()):
        sys.exit(f"{output} is not empty: choose a folder that is, or that does not exist yet")
    make(output)
    print(f"The students' edition is in {output}")


if __name__ == "__main__":
    main(*sys.argv[1:])
