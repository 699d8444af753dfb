"""What `sam build` made of the sources, and a Python that sees nothing else."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.template.sam_template import ROOT, functions, resources

BUILT = ROOT / ".aws-sam/build"
SOURCES = ("shared", "functions", "layers")
SINGLE_SOURCES = ("template.yaml", "uv.lock", "pyproject.toml")


@cache
def built() -> Path:
    """The folder of artifacts, built anew where a source is younger; one process at a time."""
    lock = ROOT / ".aws-sam/lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not _is_fresh():
            run = subprocess.run(["make", "build"], cwd=ROOT, capture_output=True, text=True)  # noqa: S607
            assert run.returncode == 0, run.stdout + run.stderr
    return BUILT


def _is_fresh() -> bool:
    record = BUILT / "template.yaml"  # written last
    if not record.is_file():
        return False
    built_at = record.stat().st_mtime
    return all(path.stat().st_mtime <= built_at for path in _sources())


def _sources() -> Iterator[Path]:
    yield from (ROOT / name for name in SINGLE_SOURCES)
    for folder in SOURCES:
        yield from (
            path
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        )


def layer_names() -> list[str]:
    return sorted(resources("AWS::Serverless::LayerVersion"))


def layers_of(function: str) -> list[str]:
    return [layer["Ref"] for layer in functions()[function]["Layers"]]


def size(folder: Path) -> int:
    """Bytes of the files in it, as Lambda counts them."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())


def import_path(function: str) -> list[str]:
    """What Lambda puts before the standard library, without its own boto3."""
    folders = [built() / layer / "python" for layer in layers_of(function)]
    return [str(folder) for folder in (built() / function, *folders)]


def run_in(function: str, script: str, *arguments: str, **environment: str) -> Any:
    """What a script of `in_lambda/` writes as JSON, in a process without site-packages."""
    path = Path(__file__).parent / f"in_lambda/{script}.py"
    first = f"import runpy, sys; sys.path[:0] = {import_path(function)!r}"
    start = f"{first}; runpy.run_path({str(path)!r}, run_name='__main__')"
    run = subprocess.run(  # noqa: S603
        [os.path.realpath(sys.executable), "-I", "-S", "-B", "-c", start, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        cwd="/",
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])
