"""Firefox and WebKit as the tests drive them: each by the W3C's protocol that it speaks itself.

Firefox speaks WebDriver BiDi; what others put before it, geckodriver, is in no registry that somebody keeps up. WebKit's
own driver speaks the older WebDriver. Both take the same keys and moves of a pointer.
"""

import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from contextlib import ExitStack, contextmanager
from pathlib import Path

import websocket

PATIENCE = 60  # seconds: nothing takes as long, but where something hangs
KEYS = {"ArrowRight": "\ue014", "ArrowLeft": "\ue012", "Home": "\ue011", "End": "\ue010", "Enter": "\ue007"}
ENDED = ["Aw"]


class Missing(Exception):
    """An engine that is not installed, and what to install."""


def program(*names, package):
    """Where the system has one of some programs."""
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise Missing(f"no {names[0]} here (apt install {package})")
    return found


class Engine(ABC):
    """A browser with one page."""

    @abstractmethod
    def size(self, width, height):
        """Give the page a size in pixels."""

    @abstractmethod
    def open(self, address):
        """Go to an address and wait until the page has loaded."""

    @abstractmethod
    def evaluate(self, expression):
        """The text that an expression of the page gives."""

    @abstractmethod
    def act(self, *devices):
        """Press keys and move pointers."""

    def ask(self, function, *arguments):
        """What a function of the page says."""
        given = ", ".join(map(json.dumps, arguments))
        return json.loads(self.evaluate(f"JSON.stringify(({function})({given}) ?? null)"))

    def wait(self, function, *arguments):
        """What a function of the page says, as soon as it is something."""
        end = time.monotonic() + PATIENCE
        while not (said := self.ask(function, *arguments)):
            if time.monotonic() > end:
                raise TimeoutError(f"{function} {arguments}")
            time.sleep(0.02)
        return said

    def press(self, key):
        """Press a key and let it go."""
        value = KEYS.get(key, key)
        self.act({"type": "key", "id": "keys", "actions": [{"type": kind, "value": value} for kind in ("keyDown", "keyUp")]})

    def drag(self, start, end, steps=8):
        """Press the mouse at a point of the window, move it to another and let it go."""
        places = [[round(a + (b - a) * step / steps) for a, b in zip(start, end, strict=True)] for step in range(steps + 1)]
        first, *others = [{"type": "pointerMove", "x": x, "y": y, "duration": 16} for x, y in places]
        moves = [first, {"type": "pointerDown", "button": 0}, *others, {"type": "pointerUp", "button": 0}]
        self.act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": moves})


class Firefox(Engine):
    """Firefox without a window."""

    PREFERENCES = """
user_pref("remote.active-protocols", 1);
"""

    def __init__(self, folder, left):
        command = [program("firefox-esr", "firefox", package="firefox-esr"), "--headless", "--no-remote"]
        command += ["--profile", folder, "--remote-debugging-port", "0"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        left.callback(end, process)
        for line in process.stderr:
            if found := re.search(r"listening on (ws://\S+)", line):
                break
        self.socket = websocket.create_connection(f"{found[1]}/session", timeout=PATIENCE, suppress_origin=True)
        left.callback(self.socket.close)
        self.asked, self.events = 0, []
        self.version = self.call("session.new", capabilities={})["capabilities"]["browserVersion"]
        self.page = self.call("browsingContext.getTree")["contexts"][0]["context"]
        self.call("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])

    def call(self, method, **parameters):
        self.asked += 1
        self.socket.send(json.dumps({"id": self.asked, "method": method, "params": parameters}))
        while (message := json.loads(self.socket.recv())).get("id") != self.asked:
            self.events.append(message)
        if message["type"] == "error":
            raise RuntimeError(f"{method}: {message['message']}")
        return message["result"]

    def size(self, width, height):
        self.call("browsingContext.setViewport", context=self.page, viewport={"width": width, "height": height})

    def open(self, address):
        self.call("browsingContext.navigate", context=self.page, url=address, wait="complete")

    def evaluate(self, expression):
        said = self.call("script.evaluate", expression=expression, target={"context": self.page}, awaitPromise=False)
        if said["type"] == "exception":
            raise RuntimeError(said["exceptionDetails"]["text"])
        return said["result"]["value"]

    def act(self, *devices):
        self.call("input.performActions", context=self.page, actions=devices)


class WebKit(Engine):
    """WebKitGTK in a window of a display that nobody sees."""

    def __init__(self, folder, left):
        driver = program("WebKitWebDriver", package="webkit2gtk-driver")
        display = subprocess.Popen(
            [program("Xvfb", package="xvfb"), "-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        left.callback(end, display)
        import os
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        env = os.environ | {"DISPLAY": f":{display.stdout.readline().strip()}"}
        self.driver = subprocess.Popen([driver, "--host=127.0.0.1", f"--port={port}"], env=env)
        left.callback(end, self.driver)
        self.address, self.log = f"http://127.0.0.1:{port}", Path(folder, "log")
        stop = time.monotonic() + PATIENCE
        while True:
            try:
                self.call("GET", "/status")
                break
            except urllib.error.URLError:
                if time.monotonic() > stop: raise
                time.sleep(0.02)
        options = {"binary": "/usr/bin/python3", "args": [str(Path(__file__).with_name("webkit_window.py")), str(self.log)]}
        found = self.call("POST", "/session", capabilities={"alwaysMatch": {"webkitgtk:browserOptions": options}})
        self.address += f"/session/{found['sessionId']}"
        left.callback(self.call, "DELETE", "")

    def call(self, method, path, **parameters):
        data = json.dumps(parameters).encode() if method == "POST" else None
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as problem:
            raise RuntimeError(f"{path}: {problem.read().decode()}") from None

    def size(self, width, height):
        self.call("POST", "/window/rect", x=0, y=0, width=width, height=height)

    def open(self, address):
        self.call("POST", "/url", url=address)

    def evaluate(self, expression):
        return self.call("POST", "/execute/sync", script=f"return {expression}", args=[])

    def act(self, *devices):
        self.call("POST", "/actions", actions=devices)


def end(process):
    process.terminate()
    process.wait()
