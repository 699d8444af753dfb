"""The door stands open on one's own machine, and nowhere else."""

from collections.abc import Iterator

import pytest

from footnote import bootstrap
from footnote.access.door import Request
from footnote.domain.access import Action, Caller
from footnote.domain.errors import SettingsError

STRANGER = Request(authorization="", origin="", address="203.0.113.9")


@pytest.fixture(autouse=True)
def keyless(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FOOTNOTE_KEYLESS", "true")
    for built in (bootstrap.settings, bootstrap.door):
        built.cache_clear()
    yield
    for built in (bootstrap.settings, bootstrap.door):
        built.cache_clear()


def test_on_ones_own_machine_it_lets_everybody_in() -> None:
    assert bootstrap.door().enter(STRANGER, Action.MANAGE) == Caller()


def test_in_lambda_the_function_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
    with pytest.raises(SettingsError, match="FOOTNOTE_KEYLESS is for one's own machine"):
        bootstrap.door()


def test_sam_local_is_ones_own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
    monkeypatch.setenv("AWS_SAM_LOCAL", "true")
    assert bootstrap.door().enter(STRANGER, Action.MANAGE) == Caller()
