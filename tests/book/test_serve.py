"""The book is served at localhost; tools/serve.py is used by all tests that open its pages."""

import socket
from urllib.parse import urlsplit

import pytest
from serve import main, server, serving


@pytest.mark.parametrize(
    ("error", "said"), [(BrokenPipeError, ""), (ConnectionResetError, ""), (ValueError, "ValueError")]
)
def test_a_reader_who_leaves_early_is_no_error(tmp_path, capsys, error, said):
    with server(tmp_path, 0) as running:
        try:
            raise error
        except error:
            running.handle_error(None, ("127.0.0.1", 50000))
    written = capsys.readouterr().err
    assert said in written
    assert bool(said) == bool(written)


def test_a_port_that_is_taken_is_no_obstacle(tmp_path):
    with server(tmp_path, 0) as first, server(tmp_path, first.server_port) as second:
        assert second.server_port != first.server_port


@pytest.fixture
def asked(tmp_path, capsys):
    """What the server answers to bytes, before it closes the connection; nothing that comes may end in a traceback."""
    (tmp_path / "index.html").write_text("a page")
    (tmp_path / "folder").mkdir()
    with serving(tmp_path) as address:
        place = urlsplit(address)

        def ask(request):
            with socket.create_connection((place.hostname, place.port)) as connection:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                return b"".join(iter(lambda: connection.recv(65536), b""))

        yield ask
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "path",
    [
        *("/%00", "/folder%00/", "/\0", "/%ED%A0%80", "/%", "/%zz", "/%ff", "/" + "a" * 300, "/" + "a/" * 3000),
        *("/../serve.py", "/%2e%2e/serve.py", "//folder", "/index.html/", "*", "http://[/", "//["),
    ],
)
def test_what_cannot_be_a_file_s_name_is_not_found(asked, method, path):
    answer = asked(f"{method} {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode("latin-1"))
    assert answer.split(b" ")[1] == (b"301" if path == "//folder" else b"404")


@pytest.mark.parametrize(
    "request_",
    [
        *(b"\x16\x03\x01\xff\r\n", b"GET\r\n\r\n", b"GET / HTTP/x\r\n\r\n", b"GET /a b HTTP/1.1\r\n\r\n", b"G" * 70000),
        *(b"GET / HTTP/1.1\r\nX: " + b"y" * 70000 + b"\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n"),
    ],
    ids=lambda request: repr(request[:15]),
)
def test_what_is_no_request_is_refused(asked, request_):
    answer = asked(request_)
    assert b"Error code: " in answer
    assert b"a page" not in answer


@pytest.mark.parametrize("header", [b"Range: bytes=0-2", b"Range: x", b"If-Modified-Since: x", b"Content-Length: -5"])
def test_an_odd_header_is_passed_over(asked, header):
    assert asked(b"GET /index.html HTTP/1.1\r\n" + header + b"\r\n\r\n").endswith(b"a page")


def test_many_may_come_at_once(tmp_path):
    """All of them find room while the server looks at none, so that none of them asks again a second later."""
    (tmp_path / "index.html").write_text("a page")
    with server(tmp_path, 0) as waiting:
        connections = [socket.create_connection(waiting.server_address, timeout=30) for _ in range(100)]
        assert waiting.request_queue_size >= len(connections)
        for connection in connections:
            connection.close()


@pytest.mark.parametrize("port", ["65536", "-1", "8000.0", "eighty", "", " 80", "٨٠", "9" * 5000])
def test_a_port_that_is_none_is_refused_in_a_sentence(tmp_path, port):
    assert main(str(tmp_path), port) == f"PORT must be a whole number from 0 to 65535, but it is {port!r}"


def test_a_folder_that_is_not_there_is_told_of_in_a_sentence(tmp_path):
    assert main(str(tmp_path / "html"), "0") == f"there is no folder {tmp_path / 'html'}: `make book` builds the book"
