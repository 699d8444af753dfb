"""Sidecar files `<key>.metadata.json`: what people say of a document beside it."""

import json

from pydantic import BaseModel, Field, JsonValue, ValidationError

from footnote.domain.document import SIDECAR_SUFFIX, SourceMetadata
from footnote.domain.errors import SidecarError

# The limit that Amazon Bedrock Knowledge Bases sets, too.
LARGEST_SIDECAR = 10_240
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class _Sidecar(BaseModel):
    """The form that Amazon Bedrock Knowledge Bases uses."""

    attributes: dict[str, JsonValue] = Field(alias="metadataAttributes")


def sidecar_key(key: str) -> str:
    """Where the sidecar of the document at `key` lies."""
    return key + SIDECAR_SUFFIX


def read_sidecar(content: bytes) -> SourceMetadata:
    """The attributes that a sidecar gives its document.

    Raises:
        SidecarError: the sidecar is not of the form that is read.
    """
    try:
        attributes = _Sidecar.model_validate_json(content.removeprefix(_BYTE_ORDER_MARK)).attributes
    except ValidationError as error:
        problem = error.errors()[0]["msg"]
        reason = f'the sidecar needs the form {{"metadataAttributes": {{...}}}}: {problem}'
        raise SidecarError(reason) from error
    _check_storable(attributes)
    return SourceMetadata(
        title=_text(attributes.get("title")),
        url=_text(attributes.get("url")),
        attributes=dict(attributes),
    )


def _check_storable(attributes: dict[str, JsonValue]) -> None:
    """Postgres' JSON has neither NUL characters nor numbers that are none."""
    try:
        text = json.dumps(attributes, allow_nan=False)
    except ValueError as error:
        reason = "the sidecar holds a number that JSON does not have, such as NaN"
        raise SidecarError(reason) from error
    if "\\u0000" in text:
        reason = "the sidecar holds a NUL character"
        raise SidecarError(reason)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
