"""JavaScript, run without a browser."""

import subprocess
from pathlib import Path

import npm

HERE = Path(__file__).parent


def run_by_node(script: str, given: str = "", *arguments: object) -> str:
    """What a script of this folder prints."""
    command = [npm.node(), HERE / script, *arguments]
    ran = subprocess.run(command, input=given, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout
