"""The book is served at localhost; tools/serve.py is used by all tests that open its pages."""

import pytest
from serve import server


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
