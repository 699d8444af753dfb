"""A port that somebody listens on is refused, with the process named."""

import os
import socket

import pytest

from footnote.domain.errors import SettingsError
from footnote.local.ports import require_free

pytestmark = pytest.mark.integration


def test_a_port_in_use_names_its_process_and_the_flag() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(SettingsError, match=f"process {os.getpid()} .* --s3-port"):
            require_free(port, "--s3-port")


def test_a_free_port_passes() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    require_free(port, "--port")
