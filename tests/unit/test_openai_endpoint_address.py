"""The address of an OpenAI-compatible endpoint is checked before anything is sent."""

import pytest

from footnote.domain.errors import SettingsError
from footnote.openai_endpoint import OpenAIEndpoint


@pytest.mark.parametrize("address", ["", "localhost:8000/v1", "ftp://host/v1", "https://"])
def test_an_address_that_is_not_http_is_refused_by_its_settings_name(address: str) -> None:
    with pytest.raises(SettingsError, match="FOOTNOTE_GENERATION_BASE_URL"):
        OpenAIEndpoint(address, "", name="FOOTNOTE_GENERATION")
