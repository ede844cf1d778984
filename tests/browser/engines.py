"""Firefox and WebKit as the tests drive them, each by the W3C's protocol that it speaks itself.

Firefox speaks WebDriver BiDi, with nothing before it: no registry has a geckodriver that somebody keeps up; Playwright
asks for what Debian's Firefox does not know. WebKit's driver speaks the older WebDriver. Both take keys and a pointer's
moves in the same form, and both tell what a page writes to the console and what it asks for.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import websocket

PATIENCE = 60  # seconds; what takes as long has failed
PYTHON = "/usr/bin/python3"  # the system's, which has WebKit's library
LIBRARY = "import gi; gi.require_version('WebKit2', '4.1')"
KEYS = {"ArrowRight": "\ue014", "Home": "\ue011"}


class NoEngine(Exception):
    """It is not installed; what to install."""


def program(*names: str, package: str) -> str:
    """The path of the first of some programs that the system has."""
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise NoEngine(missing(names[0], package))
    return found


def missing(thing: str, package: str) -> str:
    """What is said where something is not installed."""
    return f"no {thing} here (`apt install {package}`): the pages were not opened in it"


class Engine(ABC):
    """A browser with one page; `asked` are the addresses of all that it asked for, `said` its complaints."""

    @abstractmethod
    def size(self, width: int, height: int) -> None:
        """Give the page a size in pixels."""

    @abstractmethod
    def open(self, address: str) -> None:
        """Go to an address and wait until its page has loaded."""

    @abstractmethod
    def evaluate(self, expression: str) -> str:
        """The text that an expression of the page gives."""

    @abstractmethod
    def act(self, device: dict) -> None:
        """Press keys or move a pointer, as both protocols describe it."""

    @abstractmethod
    def within_frame(self) -> AbstractContextManager:
        """Ask the first frame of the page, and not the page itself."""

    @abstractmethod
    def heard(self) -> tuple[list[str], list[str]]:
        """What the page complained of, and the addresses that it asked for, since it was last asked."""

    def ask(self, function: str, *arguments: object) -> object:
        """What a function of the page gives."""
        given = ", ".join(map(json.dumps, arguments))
        return json.loads(self.evaluate(f"JSON.stringify(({function})({given}) ?? null)"))

    def wait(self, function: str, *arguments: object) -> object:
        """What a function of the page gives, as soon as it is something."""
        return patient(lambda: self.ask(function, *arguments), f"it never came: {function} of {arguments}")

    def press(self, key: str) -> None:
        """Press a key and let it go."""
        strokes = [{"type": stroke, "value": KEYS[key]} for stroke in ("keyDown", "keyUp")]
        self.act({"type": "key", "id": "keys", "actions": strokes})

    def drag(self, start: tuple[float, float], end: tuple[float, float], steps: int = 8) -> None:
        """Take what is at a point of the window to another."""

        def move(share: float) -> dict:
            x, y = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
            return {"type": "pointerMove", "x": x, "y": y, "duration": 16}

        way = [move(step / steps) for step in range(1, steps + 1)]
        moves = [move(0), {"type": "pointerDown", "button": 0}, *way, {"type": "pointerUp", "button": 0}]
        self.act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": moves})


class Firefox(Engine):
    """Firefox, which needs no display."""

    def __init__(self, folder: Path, left: ExitStack) -> None:
        firefox = program("firefox-esr", "firefox", package="firefox-esr")
        # A phone's scrollbars take no room.
        (folder / "user.js").write_text('user_pref("ui.useOverlayScrollbars", 1);', encoding="utf-8")
        command = [firefox, "--headless", "--no-remote", "--profile", folder, "--remote-debugging-port", "0"]
        begun(left, command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        place = folder / "WebDriverBiDiServer.json"
        patient(lambda: place.exists() and place.stat().st_size, "Firefox does not listen")
        address = "ws://{ws_host}:{ws_port}/session".format(**json.loads(place.read_text(encoding="utf-8")))
        self.socket = websocket.create_connection(address, timeout=PATIENCE, suppress_origin=True)
        left.callback(self.socket.close)
        self.sent, self.events = 0, []
        self.call("session.new", capabilities={})
        self.page = self.call("browsingContext.getTree")["contexts"][0]["context"]
        self.call("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])

    def call(self, method: str, **parameters: object) -> dict:
        """The answer to a command; what happens meanwhile is kept."""
        self.sent += 1
        self.socket.send(json.dumps({"id": self.sent, "method": method, "params": parameters}))
        while (message := json.loads(self.socket.recv())).get("id") != self.sent:
            self.events.append(message)
        if message["type"] == "error":
            raise RuntimeError(f"{method}: {message['message']}")
        return message["result"]

    def size(self, width: int, height: int) -> None:
        self.call("browsingContext.setViewport", context=self.page, viewport={"width": width, "height": height})

    def open(self, address: str) -> None:
        self.call("browsingContext.navigate", context=self.page, url=address, wait="complete")
        # Just begun, or busy, it may answer for the page before.
        self.wait("address => location.href === address && document.readyState === 'complete'", address)

    def evaluate(self, expression: str) -> str:
        answer = self.call("script.evaluate", expression=expression, target={"context": self.page}, awaitPromise=False)
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"]["value"]

    def act(self, device: dict) -> None:
        self.call("input.performActions", context=self.page, actions=[device])

    @contextmanager
    def within_frame(self) -> Iterator[None]:
        page = self.page
        self.page = self.call("browsingContext.getTree", root=page)["contexts"][0]["children"][0]["context"]
        yield
        self.page = page

    def heard(self) -> tuple[list[str], list[str]]:
        events, self.events = self.events, []
        entries = [event["params"] for event in events if event["method"] == "log.entryAdded"]
        requests = [event["params"]["request"] for event in events if event["method"] == "network.beforeRequestSent"]
        complaints = [entry["text"] for entry in entries if entry["level"] in ("warn", "error")]
        return complaints, [request["url"] for request in requests]


class WebKit(Engine):
    """WebKitGTK, on a display that nobody sees."""

    def __init__(self, folder: Path, left: ExitStack) -> None:
        driver = program("WebKitWebDriver", package="webkit2gtk-driver")
        display = [program("Xvfb", package="xvfb"), "-displayfd", "1", "-screen", "0", "1600x1000x24"]
        if subprocess.run([PYTHON, "-c", LIBRARY], stderr=subprocess.DEVNULL, check=False).returncode:
            raise NoEngine(missing("library of WebKit for Python", "gir1.2-webkit2-4.1"))
        xvfb = begun(left, display, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        environment = os.environ | {"DISPLAY": f":{xvfb.stdout.readline().strip()}"}
        port = free_port()
        begun(left, [driver, f"--port={port}"], env=environment)
        patient(lambda: listens(port), "WebKit's driver does not listen")
        self.address, self.log, self.read = f"http://127.0.0.1:{port}", folder / "log", 0
        window = [str(Path(__file__).with_name("webkit_window.py")), str(folder)]
        options = {"webkitgtk:browserOptions": {"binary": PYTHON, "args": window}}
        session = self.call("/session", capabilities={"alwaysMatch": options})
        self.address += f"/session/{session['sessionId']}"

    def call(self, command: str, **parameters: object) -> dict:
        """The answer to a command."""
        try:
            with urlopen(Request(self.address + command, json.dumps(parameters).encode()), timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except HTTPError as problem:
            with problem:
                raise RuntimeError(f"{command}: {problem.read().decode()}") from None

    def size(self, width: int, height: int) -> None:
        self.call("/window/rect", x=0, y=0, width=width, height=height)
        self.wait("width => innerWidth === width", width)

    def open(self, address: str) -> None:
        self.call("/url", url=address)

    def evaluate(self, expression: str) -> str:
        return self.call("/execute/sync", script=f"return {expression}", args=[])

    def act(self, device: dict) -> None:
        self.call("/actions", actions=[device])

    @contextmanager
    def within_frame(self) -> Iterator[None]:
        self.call("/frame", id=0)
        yield
        self.call("/frame", id=None)

    def heard(self) -> tuple[list[str], list[str]]:
        *lines, _ = self.log.read_text(encoding="utf-8")[self.read :].split("\n")
        self.read += sum(len(line) + 1 for line in lines)
        complaints = [line for line in lines if re.match(r"(.*: )?CONSOLE (\w+ )?(WARN|ERROR)\b", line)]
        return complaints, [line.removeprefix("ASKED ") for line in lines if line.startswith("ASKED ")]


def patient(look: Callable[[], object], otherwise: str) -> object:
    """What is seen, as soon as it is something."""
    end = time.monotonic() + PATIENCE
    while not (seen := look()):
        if time.monotonic() > end:
            raise TimeoutError(otherwise)
        time.sleep(0.02)
    return seen


def begun(left: ExitStack, command: list, **options: object) -> subprocess.Popen:
    """A process that ends with what it was begun for."""
    process = left.enter_context(subprocess.Popen(command, **options))
    left.callback(process.terminate)
    return process


def listens(port: int) -> bool:
    """Whether a port of this machine is listened at."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]
