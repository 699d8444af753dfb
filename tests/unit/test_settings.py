"""Settings are read from the environment; what is set to nothing is not set."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from footnote.bootstrap.model_endpoints import key_of
from footnote.domain.errors import SettingsError
from footnote.settings import Settings


def test_a_variable_that_is_set_to_nothing_leaves_the_default() -> None:
    settings = Settings.of(
        {
            "FOOTNOTE_DAILY_BUDGET_USD": "",
            "FOOTNOTE_QUESTION_TIMEOUT_S": "",
            "FOOTNOTE_RERANK_MODEL": "mine",
        }
    )
    assert settings.daily_budget_usd is None
    assert settings.question_timeout_s == Settings.model_fields["question_timeout_s"].default
    assert settings.rerank_model == "mine"


def test_the_end_of_a_line_is_no_part_of_a_value() -> None:
    settings = Settings.of(
        {
            "FOOTNOTE_GENERATION_API_KEY": "sk-key\n",
            "FOOTNOTE_KEYLESS": "true\r\n",
            "FOOTNOTE_RERANK_BASE_URL": " \n",
        }
    )
    assert settings.generation_api_key.get_secret_value() == "sk-key"
    assert (settings.keyless, settings.rerank_base_url) == (True, "")


def test_nor_is_it_part_of_a_models_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "sk-key\r\n")
    assert key_of("A_KEY", "model m") == "sk-key"
    monkeypatch.setenv("A_KEY", "\n")
    with pytest.raises(SettingsError, match="A_KEY is not set"):
        key_of("A_KEY", "model m")


def test_every_setting_is_read_in_its_type_and_nothing_else_is() -> None:
    settings = Settings.of(
        {
            "FOOTNOTE_KEYLESS": "true",
            "FOOTNOTE_DATABASE_CONNECTIONS": "3",
            "FOOTNOTE_RERANK_PRICE": "2.5",
            "FOOTNOTE_NO_SETTING": "1",
            "MODEL_DIR": "/elsewhere",
        }
    )
    read = settings.model_dump(exclude_unset=True)
    assert read == {"keyless": True, "database_connections": 3, "rerank_price": Decimal("2.5")}


def test_a_wrong_value_is_named_and_not_repeated() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings.of({"FOOTNOTE_QUESTION_TIMEOUT_S": "sk-secret"})
    assert [error["loc"] for error in caught.value.errors()] == [("question_timeout_s",)]
    assert "sk-secret" not in str(caught.value)
