"""Settings are read from the environment; what is set to nothing is not set."""

import pytest

from footnote.settings import Settings


def test_a_variable_that_is_set_to_nothing_leaves_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOOTNOTE_DAILY_BUDGET_USD", "")
    monkeypatch.setenv("FOOTNOTE_QUESTION_TIMEOUT_S", "")
    monkeypatch.setenv("FOOTNOTE_RERANK_MODEL", "mine")
    settings = Settings()
    assert settings.daily_budget_usd is None
    assert settings.question_timeout_s == Settings.model_fields["question_timeout_s"].default
    assert settings.rerank_model == "mine"
