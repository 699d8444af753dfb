"""What layers and the image carry, and what builds it, comes by hashes of the repository."""

import hashlib
import io
import re
import tarfile
import zipfile
from pathlib import Path

import pytest
from layers.build import ROOT, export, install, recipes

pytestmark = pytest.mark.template

HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
PINNED = re.compile(r"[\w.-]+==[\w.]+\b")
INSTALLED_BY = ("functions/ingest/Dockerfile", "layers/build.py")
BUILDERS = (ROOT / "layers/builders.txt").read_text()


def logical_lines(text: str) -> list[str]:
    joined = re.sub(r"\\\n\s*", "", text).splitlines()
    return [line for line in joined if line and not line.startswith("#")]


def hashless(requirements: str) -> list[str]:
    return [
        line
        for line in logical_lines(requirements)
        if not (PINNED.match(line) and HASH.search(line))
    ]


def wheel(folder: Path, name: str, version: str, code: str = "") -> Path:
    """A distribution of one module."""
    made = folder / f"{name}-{version}-py3-none-any.whl"
    told = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"{name}.py", code)
        archive.writestr(
            f"{told}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        archive.writestr(
            f"{told}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{told}/RECORD", "")
    return made


def source(folder: Path, name: str, version: str) -> Path:
    """A source distribution, which something has to build."""
    made = folder / f"{name}-{version}.tar.gz"
    files = {
        "setup.py": b"from setuptools import setup\nsetup()\n",
        "PKG-INFO": f"Metadata-Version: 1.0\nName: {name}\nVersion: {version}\n".encode(),
    }
    with tarfile.open(made, "w:gz") as archive:
        for path, content in files.items():
            entry = tarfile.TarInfo(f"{name}-{version}/{path}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return made


def with_hash(path: Path, name: str) -> str:
    return f"{name} @ {path.as_uri()} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


@pytest.mark.parametrize("layer", sorted(recipes()))
def test_every_requirement_of_a_layer_has_a_version_and_a_hash(layer: str) -> None:
    requirements = export(recipes()[layer].extras, without=())
    assert len(logical_lines(requirements)) > 10
    assert hashless(requirements) == []


def test_what_builds_layers_has_a_version_and_a_hash() -> None:
    assert {line.partition("==")[0] for line in logical_lines(BUILDERS)} == {"setuptools", "uv"}
    assert hashless(BUILDERS) == []


@pytest.mark.parametrize(
    "line", ["six", "six>=1.17", "six==1.17.0", "-e .", "six @ git+https://a.b"]
)
def test_what_has_no_version_or_no_hash_is_found(line: str) -> None:
    assert hashless(f"# of the lock file\n{line}\n") == [line]


@pytest.mark.parametrize("path", INSTALLED_BY)
def test_nothing_is_installed_for_a_deployment_without_hashes(path: str) -> None:
    text = (ROOT / path).read_text()
    commands = [
        line
        for line in re.sub(r"\\\n\s*", " ", text).splitlines()
        if re.search(r"""\bpip["', ]+install\b""", line)
    ]
    assert commands
    assert [
        line for line in commands if "--require-hashes" not in line and "*exact" not in line
    ] == []


def test_a_requirement_without_a_hash_is_not_installed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = wheel(tmp_path, "tiny", "1.0")
    with pytest.raises(SystemExit):
        install(f"tiny @ {made.as_uri()}", tmp_path / "site")
    assert "--require-hashes" in capfd.readouterr().err
    assert not (tmp_path / "site/tiny.py").exists()


def test_what_is_not_what_was_locked_is_not_installed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = wheel(tmp_path, "tiny", "1.0")
    locked = with_hash(made, "tiny")
    install(locked, tmp_path / "site")
    assert (tmp_path / "site/tiny.py").exists()
    wheel(tmp_path, "tiny", "1.0", code="import os")
    with pytest.raises(SystemExit):
        install(locked, tmp_path / "other")
    assert "Hash mismatch" in capfd.readouterr().err


def test_another_build_tool_than_the_one_that_was_looked_at_builds_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    [version] = re.findall(r"^setuptools==(\S+)", BUILDERS, re.MULTILINE)
    (tmp_path / "setuptools").mkdir()
    made = wheel(tmp_path / "setuptools", "setuptools", version)
    (made.parent / "index.html").write_text(f'<a href="{made.name}">{made.name}</a>')
    monkeypatch.setenv("UV_DEFAULT_INDEX", tmp_path.as_uri())
    with pytest.raises(SystemExit):
        install(with_hash(source(tmp_path, "langdetect", "1.0.9"), "langdetect"), tmp_path / "site")
    assert f"Hash mismatch for `setuptools=={version}`" in capfd.readouterr().err
