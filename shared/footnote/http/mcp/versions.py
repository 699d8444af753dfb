"""Which version of the protocol a request speaks, and whether its headers say so as well."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from mcp_types import (
    CLIENT_CAPABILITIES_META_KEY,
    HEADER_MISMATCH,
    INVALID_PARAMS,
    PROTOCOL_VERSION_META_KEY,
    UNSUPPORTED_PROTOCOL_VERSION,
    JSONRPCRequest,
)
from mcp_types.version import (
    HANDSHAKE_PROTOCOL_VERSIONS,
    KNOWN_PROTOCOL_VERSIONS,
    LATEST_HANDSHAKE_VERSION,
    MODERN_PROTOCOL_VERSIONS,
)

# What a client speaks that names no version behind its handshake (specification of 2025-06-18).
_UNNAMED = "2025-03-26"
_VERSION, _METHOD, _NAME = "mcp-protocol-version", "mcp-method", "mcp-name"
_BASE64 = re.compile(r"=\?base64\?(.*)\?=")


class Refusal(Exception):
    """An error of the protocol, as JSON-RPC tells it."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data


def version_of(request: JSONRPCRequest, headers: Mapping[str, str]) -> str:
    """The version that this request is answered in.

    Raises:
        Refusal: there is no such version, or headers and body disagree.
    """
    named = headers.get(_VERSION)
    if named in MODERN_PROTOCOL_VERSIONS:
        _check_envelope(request, headers)
        return named
    if request.method == "initialize":
        wanted = (request.params or {}).get("protocolVersion")
        known = (one for one in HANDSHAKE_PROTOCOL_VERSIONS if one == wanted)
        return next(known, LATEST_HANDSHAKE_VERSION)
    if named is None or named in HANDSHAKE_PROTOCOL_VERSIONS:
        return named or _UNNAMED
    message = f"there is no version {named} of the protocol here"
    supported = {"supported": list(KNOWN_PROTOCOL_VERSIONS), "requested": named}
    raise Refusal(UNSUPPORTED_PROTOCOL_VERSION, message, supported)


def _check_envelope(request: JSONRPCRequest, headers: Mapping[str, str]) -> None:
    """What every request of 2026-07-28 carries, so that proxies can go by headers alone."""
    params = request.params or {}
    envelope = params.get("_meta")
    keys = (PROTOCOL_VERSION_META_KEY, CLIENT_CAPABILITIES_META_KEY)
    if not isinstance(envelope, dict) or any(key not in envelope for key in keys):
        raise Refusal(INVALID_PARAMS, f"params._meta must hold {' and '.join(keys)}")
    told = {
        _VERSION: envelope[PROTOCOL_VERSION_META_KEY],
        _METHOD: request.method,
        **({_NAME: params.get("name")} if request.method == "tools/call" else {}),
    }
    for header, wanted in told.items():
        if wanted is not None and _decoded(headers.get(header)) != wanted:
            message = f"the header {header} does not say what the body says"
            raise Refusal(HEADER_MISMATCH, message)


def _decoded(value: str | None) -> str | None:
    """A header's value; what is no printable ASCII comes as base64."""
    found = _BASE64.fullmatch(value or "")
    if found is None:
        return value
    try:
        return base64.b64decode(found[1], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
