"""Make the students' copies of all assignments, without their solutions and hidden tests.

python tools/assignments.py [OUTPUT]    into this folder; by default, into _build/assignments
"""

import os
import shutil
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory

from nbgrader.apps import NbGraderAPI
from traitlets.config import Config, PyFileConfigLoader

from gdlib._files import written_whole

ROOT = Path(__file__).parent.parent
EXERCISES = ROOT / "exercises"


def configuration(root: Path) -> Config:
    """The configuration of `exercises`, for a course in this folder."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(EXERCISES)).load_config()
    config.CourseDirectory.root = str(root)
    return config


def find_alembic() -> None:
    """Let nbgrader find `alembic`: it calls it by its name, which is known only where this environment is activated."""
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])


def course(folder: Path) -> Config:
    """The configuration, with the gradebook and all that is generated in another folder.

    The sources are copied there: nbgrader takes their path for a pattern, and finds none where it has brackets.
    """
    config = configuration(folder)
    shutil.copytree(EXERCISES / "source", folder / "source", dirs_exist_ok=True)
    return config


def main(output: Path = ROOT / "_build" / "assignments") -> None:
    """Run as a command."""
    if EXERCISES.resolve() in [output.resolve(), *output.resolve().parents]:
        sys.exit(f"{output} is in {EXERCISES}, where the sources are: choose another folder")
    find_alembic()
    with TemporaryDirectory() as folder:
        api = NbGraderAPI(config=course(Path(folder)))
        found = sorted(api.get_source_assignments())
        if not found:
            sys.exit(f"nbgrader finds no assignment in {folder}: choose another folder by TMPDIR")
        for assignment in found:
            result = api.generate_assignment(assignment)
            if not result["success"]:
                sys.exit(f"nbgrader could not generate {assignment}:\n{result.get('log', '')}{result['error']}")
        release = Path(folder, "release")
        for path in sorted(release.glob("*/*")):
            target = output / path.relative_to(release)
            target.parent.mkdir(parents=True, exist_ok=True)
            with written_whole(target) as file:
                file.write(path.read_bytes())
            print(target)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
