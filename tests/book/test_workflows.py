"""What GitHub will be asked to do: in its own grammar, and by targets that the Makefile has."""

import re
import subprocess
import sys

import pytest
import yaml
from notebooks import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def commands(workflow):
    """All commands of a workflow, once for every value of its matrix."""
    for job in yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values():
        matrix = job.get("strategy", {}).get("matrix", {})
        for step in job["steps"]:
            command = step.get("run", "")
            name = re.search(r"\$\{\{ matrix\.(\w+) \}\}", command)
            yield from (command.replace(name[0], value) for value in matrix[name[1]]) if name else [command]


def checked(*workflows):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_github_understands_the_workflows(tmp_path):
    found = checked(*WORKFLOWS)
    assert found.returncode == 0, found.stdout
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(WORKFLOWS[0].read_text(encoding="utf-8").replace("runs-on:", "runs_on:"), encoding="utf-8")
    assert checked(wrong).returncode == 1


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_every_target_that_a_workflow_makes_is_one(workflow):
    targets = [target for command in commands(workflow) for target in re.findall(r"^make ([\w-]+)$", command, re.M)]
    assert targets
    for target in targets:
        dry = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
        assert dry.returncode == 0, dry.stderr
