"""A taken port is reported with its holder and the way out."""

from footnote.local.ports import taken_message


def test_the_holder_and_the_flag_are_named() -> None:
    message = taken_message(8080, "--port", "process 42 (python -m http.server)")
    assert message.startswith("port 8080 is taken by process 42 (python -m http.server).")
    assert message.endswith("--port 8081")


def test_an_unknown_holder_is_still_a_clear_message() -> None:
    assert "taken by another program" in taken_message(4566, "--s3-port", None)


def test_the_last_port_suggests_the_one_before() -> None:
    assert taken_message(65535, "--port", None).endswith("--port 65534")
