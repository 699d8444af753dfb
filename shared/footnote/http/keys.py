"""`/v1/keys`: who may call, made, replaced and ended by who holds a secret key."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from footnote.access.granting import check_may_grant, check_may_manage, oversees
from footnote.access.key_text import key_id_in
from footnote.domain.access import VISITOR_RATE, AccessKey, Caller, KeyKind, Limits, NewKey
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError
from footnote.http.entrance import caller_of
from footnote.http.key_contracts import (
    KeyBody,
    KeyReply,
    KeysReply,
    KeyState,
    NewKeyReply,
    RotateBody,
)
from footnote.http.ports import ApiPorts, KeyStore
from footnote.observability import logger

type KeyId = Annotated[str, Path(pattern=r"^[ps]k_[0-9A-Za-z]{10}$")]


def add_key_routes(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the routes."""
    keys = ports.keys

    @app.get("/v1/keys", tags=["keys"])
    def list_keys() -> KeysReply:
        """Every key within the knowledge bases of the caller's own."""
        caller = caller_of(app)
        return KeysReply(keys=[_reply(key) for key in keys.every() if oversees(caller, key)])

    @app.post("/v1/keys", tags=["keys"])
    def post_key(body: KeyBody) -> Response[NewKeyReply]:
        """Make a key, which permits no more than the caller's own."""
        caller, new = caller_of(app), _new_key(body)
        check_may_grant(caller, new)
        return _told_once(keys, keys.add(new), caller)

    @app.post("/v1/keys/<key_id>/rotate", tags=["keys"])
    def rotate_key(key_id: KeyId, body: RotateBody) -> Response[NewKeyReply]:
        """Replace a key by one that permits the same; both are valid for a while."""
        caller = caller_of(app)
        check_may_manage(caller)
        _known(keys, caller, key_id)
        return _told_once(keys, keys.rotate(key_id, timedelta(hours=body.grace_hours)), caller)

    @app.delete("/v1/keys/<key_id>", tags=["keys"])
    def delete_key(key_id: KeyId) -> KeyReply:
        """End a key at once; it stays in the list."""
        caller = caller_of(app)
        check_may_manage(caller)
        _known(keys, caller, key_id)
        keys.revoke(key_id)
        logger.info("key revoked", key_id=key_id, by=_name(caller))
        return _reply(_known(keys, caller, key_id))


def _known(keys: KeyStore, caller: Caller, key_id: str) -> AccessKey:
    key = keys.find(key_id)
    if key is None or not oversees(caller, key):
        message = f"there is no key {key_id}"
        raise NotFoundError(message)
    return key


def _new_key(body: KeyBody) -> NewKey:
    visitors = body.visitor_requests_per_minute
    if visitors is None and body.kind is KeyKind.PUBLISHABLE:
        visitors = VISITOR_RATE
    return NewKey(
        kind=body.kind,
        name=body.name,
        knowledge_bases=tuple(KnowledgeBaseId(kb) for kb in dict.fromkeys(body.knowledge_bases)),
        origins=tuple(dict.fromkeys(body.origins)),
        limits=Limits(
            requests_per_minute=body.requests_per_minute,
            visitor_requests_per_minute=visitors,
            tokens_per_minute=body.tokens_per_minute,
            daily_usd=None if body.daily_usd is None else Decimal(str(body.daily_usd)),
        ),
    )


def _told_once(keys: KeyStore, text: str, caller: Caller) -> Response[NewKeyReply]:
    """The reply that alone has the whole key; nothing on the way is to keep it."""
    key_id = key_id_in(text) or ""
    logger.info("key made", key_id=key_id, by=_name(caller))
    told = _reply(_known(keys, caller, key_id)).model_dump()
    return Response(
        status_code=200,
        content_type="application/json",
        body=NewKeyReply(**told, key=text),
        headers={"Cache-Control": "no-store"},
    )


def _name(caller: Caller) -> str:
    return caller.key.key_id if caller.key else "owner"


def _reply(key: AccessKey) -> KeyReply:
    limits = asdict(key.limits)
    spend = key.limits.daily_usd
    return KeyReply(
        key_id=key.key_id,
        kind=key.kind,
        name=key.name,
        knowledge_bases=list(key.knowledge_bases),
        origins=list(key.origins),
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        state=_state(key),
        **limits | {"daily_usd": None if spend is None else float(spend)},
    )


def _state(key: AccessKey) -> KeyState:
    if key.revoked_at:
        return KeyState.REVOKED
    if key.expires_at is None:
        return KeyState.VALID
    return KeyState.REPLACED if key.expires_at > datetime.now(UTC) else KeyState.EXPIRED
