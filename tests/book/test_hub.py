"""A class on a JupyterHub: pulling, fetching, submitting; collecting, grading, returning.

JupyterHub and its proxy are no packages of the book's: `make test-hub` puts them into _build/hub and runs this.
Elsewhere the test is skipped, and says so.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import npm
import pytest
import students
from assignments import EXERCISES
from notebooks import ROOT
from test_assignments import points, read, solved, written

HUB = Path(os.environ.get("GD_HUB", ROOT / "_build" / "hub"))
PROXY = HUB / "node_modules" / ".bin" / "configurable-http-proxy"
PYTHON = HUB / "env" / "bin" / "python"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (PROXY.exists() and PYTHON.exists()), reason=f"JupyterHub is not in {HUB}: `make test-hub` puts it there"
    ),
]

TOKEN = "only-on-this-machine"
COURSE, ASSIGNMENT = "grasping-gradient-descent", "5-your-points"
PATIENCE = 300  # seconds, for a server that starts on a busy machine

CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allowed_users = {{"anna", "teacher"}}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{root}/homes/{{username}}"
c.Spawner.cmd = ["{python}", "-m", "jupyterhub.singleuser", "--allow-root"]
c.Spawner.environment = {{"JUPYTER_CONFIG_PATH": "{root}/shared", "JUPYTER_PREFER_ENV_PATH": "1"}}
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = {patience}
c.Spawner.http_timeout = {patience}
c.ConfigurableHTTPProxy.command = ["{proxy}"]
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.JupyterHub.services = [{{"name": "test", "api_token": "{token}"}}]
c.JupyterHub.load_roles = [
    {{"name": "test", "services": ["test"], "scopes": ["admin:users", "admin:servers", "access:servers"]}}
]
"""
NBGRADER = """
c.CourseDirectory.course_id = "{course}"
c.Exchange.root = "{root}/exchange"
"""


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Client:
    """Asks the hub, and the servers behind it, as a service of the hub may."""

    def __init__(self, address):
        self._address = address

    def ask(self, method, path, body=None):
        """What is answered, and with which status."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self._address}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def get(self, path):
        """The answer, read as JSON."""
        return self._json(*self.ask("GET", path))

    def post(self, path, body=None, kind="POST"):
        """The answer, read as JSON."""
        return self._json(*self.ask(kind, path, body))

    def _json(self, status, text):
        assert 200 <= status < 300, (status, text[-3000:])
        return json.loads(text) if text else None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Homes, an exchange, and the students' edition as a repository that can be pulled."""
    root = tmp_path_factory.mktemp("hub")
    for name in ("anna", "teacher"):
        (root / "homes" / name / ".jupyter").mkdir(parents=True)
    (root / "exchange").mkdir()
    (root / "exchange").chmod(0o777)  # as nbgrader asks for
    (root / "shared").mkdir()
    (root / "shared" / "nbgrader_config.py").write_text(NBGRADER.format(course=COURSE, root=root), encoding="utf-8")
    me = 'c.CourseDirectory.student_id = "anna"\n'  # the simple spawner runs all as one user of the machine
    (root / "homes" / "anna" / ".jupyter" / "nbgrader_config.py").write_text(me, encoding="utf-8")
    book = root / "homes" / "teacher" / "book"
    for name in ("exercises", "tools", "web/extensions"):
        ignored = shutil.ignore_patterns(
            "release", "submitted", "autograded", "feedback", "gradebook.db*", "__pycache__"
        )
        shutil.copytree(ROOT / name, book / name, ignore=ignored)
    home = f'c.CourseDirectory.root = "{book}/exercises"\n'
    (root / "homes" / "teacher" / ".jupyter" / "nbgrader_config.py").write_text(home, encoding="utf-8")
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("JUPYTER_PREFER_ENV_PATH", "1")
        students.make(root / "edition")
    name = ["-c", "user.name=book", "-c", "user.email=book@example.org"]
    for command in (["init", "-q", "-b", "students"], ["add", "-A", "-f"], [*name, "commit", "-qm", "The edition"]):
        subprocess.run(["git", *command], cwd=root / "edition", check=True)
    return root


@pytest.fixture(scope="module")
def hub(folder):
    """The hub, with both servers started."""
    port, hub_port, api = free_port(), free_port(), free_port()
    config = CONFIG.format(
        port=port, hub=hub_port, api=api, root=folder, python=PYTHON, proxy=PROXY, token=TOKEN, patience=PATIENCE
    )
    (folder / "jupyterhub_config.py").write_text(config, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment |= {
        "PATH": f"{PYTHON.parent}:{npm.node().parent}:{os.environ['PATH']}",
        "CONFIGPROXY_AUTH_TOKEN": TOKEN,
    }
    with (folder / "log").open("w") as log:
        command = [PYTHON, "-m", "jupyterhub", "-f", folder / "jupyterhub_config.py"]
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            client = Client(f"http://127.0.0.1:{port}")
            until(lambda: client.ask("GET", "/hub/api/")[0] == 200, process, folder)
            for user in ("anna", "teacher"):
                client.ask("POST", f"/hub/api/users/{user}")
                client.ask("POST", f"/hub/api/users/{user}/server")
                until(lambda user=user: client.ask("GET", f"/user/{user}/api/status")[0] == 200, process, folder)
            yield client
        finally:
            for user in ("anna", "teacher"):
                client.ask("DELETE", f"/hub/api/users/{user}/server")
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)


def until(condition, process, folder):
    """Wait until it holds, for as long as the hub runs."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, (folder / "log").read_text()[-3000:]
        try:
            if condition():
                return
        except (urllib.error.URLError, ConnectionError):
            pass  # not there yet
        time.sleep(0.2)
    raise AssertionError((folder / "log").read_text()[-3000:])


def in_terminal(folder, *command):
    """What the teacher types in a terminal, in the folder `exercises`."""
    home = folder / "homes" / "teacher"
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment |= {
        "HOME": str(home),
        "JUPYTER_CONFIG_PATH": str(folder / "shared"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PATH": f"{PYTHON.parent}:{os.environ['PATH']}",
    }
    ran = subprocess.run(
        [PYTHON, *command],
        cwd=home / "book" / "exercises",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def test_a_class_from_pulling_to_the_returned_points(hub, folder):
    # The student pulls the edition, and opens a chapter.
    query = f"repo={folder}/edition&branch=students&targetpath=book"
    status, said = hub.ask("GET", f"/user/anna/git-pull/api?{query}")
    assert status == 200
    assert '"phase": "finished"' in said, said
    chapter = hub.get("/user/anna/api/contents/book/chapters/the-loop.ipynb")
    assert chapter["content"]["cells"][0]["source"].startswith("# The loop")

    # The teacher hands out, the student fetches.
    in_terminal(folder, "-m", "nbgrader", "generate_assignment", ASSIGNMENT)
    assert hub.post(f"/user/teacher/formgrader/api/assignment/{ASSIGNMENT}/release")["success"]
    named = {"course_id": COURSE, "assignment_id": ASSIGNMENT}
    fetched = hub.post(f"/user/anna/assignments/fetch?course_id={COURSE}&assignment_id={ASSIGNMENT}", named)
    assert fetched["success"], fetched

    # She solves it, and submits.
    path = f"/user/anna/api/contents/{ASSIGNMENT}/your-points.ipynb"
    given = hub.get(path)["content"]
    assert "BEGIN SOLUTION" not in json.dumps(given)
    source = read(EXERCISES / "source" / ASSIGNMENT / "your-points.ipynb")
    notebook = solved(source, nbformat.from_dict(given))
    hub.post(path, {"type": "notebook", "format": "json", "content": notebook}, kind="PUT")
    submitted = hub.post(f"/user/anna/assignments/submit?course_id={COURSE}&assignment_id={ASSIGNMENT}", named)
    assert submitted["success"], submitted

    # The teacher collects, grades and returns.
    collected = hub.post(f"/user/teacher/formgrader/api/assignment/{ASSIGNMENT}/collect")
    assert collected["success"], collected
    table = in_terminal(folder, "../tools/grade.py", ASSIGNMENT)
    full, unread = points(source), written(source)
    by_tests = sum(full.values()) - sum(full[name] for name in unread)
    assert f"waiting for you  {by_tests:g} of {sum(full.values()):g}" in table, table
    for step in ("generate_feedback", "release_feedback"):
        done = hub.post(f"/user/teacher/formgrader/api/assignment/{ASSIGNMENT}/{step}")
        assert done["success"], done
    fed_back = hub.post(f"/user/anna/assignments/fetch_feedback?course_id={COURSE}&assignment_id={ASSIGNMENT}", named)
    assert fed_back["success"], fed_back
    pages = list((folder / "homes" / "anna" / ASSIGNMENT / "feedback").rglob("your-points.html"))
    assert len(pages) == 1
    assert f"{by_tests:.1f}" in pages[0].read_text(encoding="utf-8")
