"""Environments of their own for what is compared: installed once, pinned, under `.cache/bench`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

_ENVIRONMENTS = Path(__file__).parents[1] / ".cache" / "bench"


class MissingToolError(Exception):
    """The environment of a peer cannot be made."""


def python_of(name: str) -> str:
    """The interpreter of a peer's environment; our own where it has none."""
    own = _ENVIRONMENTS / name / "bin" / "python"
    return str(own) if own.exists() else sys.executable


def make_environment(name: str, listed: Path) -> None:
    """Install what a requirements file lists, without dependencies, unless that was done.

    Raises:
        MissingToolError: there is no uv, or the packages cannot be had.
    """
    target = _ENVIRONMENTS / name
    made = target / ".made"
    if made.exists() and made.read_text() == listed.read_text():
        return
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        message = "uv was not found; run it by `make`, which brings one"
        raise MissingToolError(message)
    python = str(target / "bin" / "python")
    making = ["venv", "--no-config", "--quiet", "--clear", "--python", sys.executable, str(target)]
    filling = ["pip", "install", "--no-config", "--quiet", "--no-deps", "--python", python]
    for command in ([uv, *making], [uv, *filling, "-r", str(listed)]):
        ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if ran.returncode:
            message = f"{name} cannot be installed: {ran.stderr.strip()[-500:]}"
            raise MissingToolError(message)
    made.write_text(listed.read_text())
