"""Serve a folder at localhost, at a free port if the wanted one is taken, until Ctrl-C."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

LAST_PORT = 2**16 - 1


class Quiet(SimpleHTTPRequestHandler):
    """Says nothing of each request, so that the address stays in sight."""

    def log_message(self, *args: object) -> None:
        """Print nothing."""

    def send_head(self) -> BinaryIO | None:
        """The file that is asked for; what cannot be the name of one is not found, as where there is none."""
        try:
            return super().send_head()
        except (OSError, ValueError) as problem:  # a name that is too long, or has a zero byte or half a character
            if isinstance(problem, ConnectionError):
                raise
            self.send_error(HTTPStatus.NOT_FOUND)
            return None


class Server(ThreadingHTTPServer):
    """Several readers at once, each of whom may leave before all has come."""

    request_queue_size = 128  # a connection that finds no room is tried again only after a second

    def handle_error(self, *args: object) -> None:
        """Print nothing of a reader who left."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*args)


def server(folder: Path, port: int) -> Server:
    """Bind to ``port`` on this machine alone, or to any free one if that is taken."""
    handler = partial(Quiet, directory=str(folder))
    try:
        return Server(("127.0.0.1", port), handler)
    except OSError:
        return Server(("127.0.0.1", 0), handler)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder at a free port while something else is done; its address."""
    with server(folder, 0) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))  # seconds until it sees that it is to end
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}/"
        finally:
            running.shutdown()
            thread.join()


def main(folder: str, port: str) -> int | str:
    """Run as a command."""
    if not (port.isascii() and port.isdecimal() and len(port) <= 5 and int(port) <= LAST_PORT):
        return f"PORT must be a whole number from 0 to {LAST_PORT}, but it is {port!r}"
    if not Path(folder).is_dir():
        return f"there is no folder {folder}: `make book` builds the book"
    with server(Path(folder), int(port)) as running:
        print(f"\nThe book is at http://localhost:{running.server_port}/  (Ctrl-C ends it)", flush=True)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
