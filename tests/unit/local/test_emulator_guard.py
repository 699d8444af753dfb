"""Who may speak to the S3 and SQS endpoint: programs of this machine and the page, nobody else."""

from pathlib import Path

import pytest

from footnote.local.guarded_emulator import admits
from footnote.local.system import Options

PAGE = "http://localhost:8080"
ORIGINS = ("http://127.0.0.1:8080", PAGE)
KEY = "/footnote-documents/kb/a.md"


def admitted(*, path: str = KEY, host: str = "127.0.0.1:4566", **headers: str) -> bool:
    named = {"host": host} | {name.replace("_", "-"): value for name, value in headers.items()}
    pairs = [(name.encode(), value.encode()) for name, value in named.items()]
    return admits(path, pairs, ORIGINS)


@pytest.mark.parametrize("host", ["127.0.0.1:4566", "localhost:4566", "LocalHost"])
def test_a_program_of_this_machine_may_do_everything(host: str) -> None:
    assert admitted(host=host)


@pytest.mark.parametrize("origin", ORIGINS)
def test_the_page_may_upload_whatever_it_is_called(origin: str) -> None:
    assert admitted(origin=origin, sec_fetch_site="cross-site")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3000", ""])
def test_another_page_may_not(origin: str) -> None:
    assert not admitted(origin=origin)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_foreign_page_may_not_even_load_an_image(site: str) -> None:
    assert not admitted(sec_fetch_site=site)


def test_an_address_that_a_person_types_is_answered() -> None:
    assert admitted(sec_fetch_site="none")


@pytest.mark.parametrize("host", ["rebound.example:4566", "127.0.0.1.nip.example", ""])
def test_a_name_that_only_points_here_is_refused(host: str) -> None:
    assert not admitted(host=host)


def test_a_second_host_or_origin_hides_nothing() -> None:
    host, page = (b"Host", b"localhost"), (b"Origin", PAGE.encode())
    foreign = b"https://evil.example"
    assert admits(KEY, [host, page], ORIGINS)
    assert not admits(KEY, [host, (b"host", b"evil.example")], ORIGINS)
    assert not admits(KEY, [host, page, (b"origin", foreign)], ORIGINS)


@pytest.mark.parametrize("path", ["/_ministack/reset", "/_ministack/config", "/_aws/execute-api/a"])
def test_nobody_reaches_the_controls_of_the_emulator(path: str) -> None:
    assert not admitted(path=path)


def test_whether_it_runs_may_be_asked() -> None:
    assert admitted(path="/_ministack/health")


def test_the_page_is_known_by_both_names_of_this_machine(tmp_path: Path) -> None:
    assert Options(port=8080, s3_port=4566, root=tmp_path).origins == ORIGINS
