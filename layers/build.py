"""Builds one Lambda layer from uv.lock: what its functions load, byte-compiled, nothing twice."""

import argparse
import compileall
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = ("--python-version", "3.13", "--python-platform", "x86_64-manylinux_2_28")
# langdetect is published as source only; it is pure Python, so building it runs no compiler, and
# what builds it is held to a hash as well.
WHEELS_ONLY = ("--only-binary", ":all:", "--no-binary", "langdetect")
BUILDERS = ("--build-constraints", "layers/builders.txt")
NEVER_LOADED = (
    *(".lock", "bin/", "**/__pycache__/", "**/tests/"),
    *("**/*.dist-info/RECORD", "**/*.dist-info/sboms/"),
    *("**/*.pyi", "**/*.pyx", "**/*.pxd", "**/*.h", "**/*.c", "**/*.cpp", "**/*.a"),
)
# What `footnote up`, the command line and the build of models need stays where they run.
NOT_DEPLOYED = shutil.ignore_patterns(
    *("__pycache__", "local", "cli", "Makefile"),
    *("bert_graph.py", "bert_reference.py", "build_encoder.py"),
    *("encoder_folder.py", "encoder_weights.py"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What one layer carries; recipes.toml explains the fields."""

    extras: list[str]
    above: list[str]
    leave_out: list[str]
    delete: list[str]
    keep: list[str]


def recipes() -> dict[str, Recipe]:
    """The recipe of every layer of dependencies, by name."""
    tables = tomllib.loads((ROOT / "layers/recipes.toml").read_text())
    return {name: Recipe(**table) for name, table in tables.items()}


def build_package(artifact: Path) -> None:
    """Puts the footnote package into the layer, without what only a developer's machine needs."""
    site = artifact / "python"
    shutil.copytree(ROOT / "shared", site, ignore=NOT_DEPLOYED, dirs_exist_ok=True)
    tell_version(site)
    byte_compile(site)


def tell_version(site: Path) -> None:
    """Writes what `importlib.metadata` reads the version of the package from."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    folder = site / f"{project['name']}-{project['version']}.dist-info"
    folder.mkdir()
    told = ("Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}")
    (folder / "METADATA").write_text("\n".join(told) + "\n")


def build_dependencies(name: str, artifact: Path) -> None:
    """Installs what the layer's recipe asks for, less what the layers below it carry."""
    known = recipes()
    recipe, site = known[name], artifact / "python"
    below = [package for other in recipe.above for package in locked_names(known[other])]
    install(export(recipe.extras, without=[*below, *recipe.leave_out]), site)
    prune(site, [*NEVER_LOADED, *recipe.delete], recipe.keep)
    byte_compile(site)


def locked_names(recipe: Recipe) -> list[str]:
    """The distributions that a layer carries, by name."""
    lines = export(recipe.extras, without=recipe.leave_out).splitlines()
    return [line.partition("==")[0] for line in lines if "==" in line]


def export(extras: Iterable[str], without: Iterable[str]) -> str:
    """The locked requirements with their hashes, in the form that pip reads."""
    chosen = [f"--extra={extra}" for extra in extras]
    dropped = [f"--no-emit-package={package}" for package in without]
    plain = ("--frozen", "--no-dev", "--no-emit-project", "--no-annotate", "--no-header")
    return uv("export", *plain, *chosen, *dropped)


def install(requirements: str, site: Path) -> None:
    """Installs wheels for Lambda's platform, checked against the lock file's hashes."""
    with TemporaryDirectory() as folder:
        listed = Path(folder, "requirements.txt")
        listed.write_text(requirements)
        exact = ("--no-deps", "--require-hashes", *BUILDERS, *WHEELS_ONLY)
        uv(
            *("pip", "install", *exact, *RUNTIME, "--link-mode=copy"),
            *("--target", str(site), "--requirements", str(listed)),
        )


def prune(site: Path, delete: Iterable[str], keep: Iterable[str]) -> None:
    """Deletes what the globs name, except the paths to keep."""
    kept = {site / path for path in keep}
    for pattern in delete:
        for path in [found for found in site.glob(pattern) if found not in kept]:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def byte_compile(site: Path) -> None:
    """Compiles every module; a read-only runtime would compile it anew at each cold start.

    Unchecked byte code survives the time stamps that zipping rewrites (PEP 552).
    """
    compiled = compileall.compile_dir(
        site,
        quiet=1,
        stripdir=str(site.parent),
        prependdir="/opt",  # so that tracebacks show the paths of Lambda
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )
    if not compiled:
        msg = f"a module in {site} does not compile"
        raise SystemExit(msg)


def build_model(target: Path) -> None:
    """Builds the local embedding model with the tools of the `model` group."""
    tools = ("--frozen", "--isolated", "--no-default-groups", "--group=model")
    module = ("--extra=local-embedding", "python", "-m", "footnote.embedding.build_local_model")
    uv("run", *tools, *module, "--output", str(target))


def copy_encoders(source: Path, target: Path) -> None:
    """Puts encoders of one's own beside the local model, whole as their manifests say."""
    for folder in sorted(path.parent for path in source.glob("*/manifest.json")):
        listed = json.loads((folder / "manifest.json").read_bytes())["files_sha256"]
        for name, sha256 in listed.items():
            with (folder / name).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                    sys.exit(f"{folder / name} is not what was built: copy the folder once more")
        shutil.copytree(folder, target / folder.name)


def uv(*arguments: str) -> str:
    """Runs uv at the project's root and returns what it prints."""
    command = [os.environ.get("UV", "uv"), "--quiet", *arguments]
    ran = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603
    if ran.returncode:
        sys.exit(ran.returncode)  # uv has said why on stderr
    return ran.stdout


def main() -> None:
    """Builds the layer that the command line names into the folder it names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("layer", choices=["package", *recipes()])
    parser.add_argument("artifact", type=Path)
    chosen = parser.parse_args()
    if chosen.layer == "package":
        build_package(chosen.artifact)
        return
    build_dependencies(chosen.layer, chosen.artifact)
    if chosen.layer == "embedding":
        build_model(chosen.artifact / "model")
        copy_encoders(ROOT / "layers/encoders", chosen.artifact / "encoders")


if __name__ == "__main__":
    main()
