"""What an SQS message says happened in the bucket: S3's notifications, read and written."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote_plus, unquote_plus

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from footnote.domain.document import ObjectVersion
from footnote.domain.errors import InvalidRequestError

# LifecycleTransition moves an object between storage classes: its content stays.
_REMOVALS = ("ObjectRemoved:", "LifecycleExpiration:")
# Of a version; without versioning it has none, or the one called null.
_DROPS = ("ObjectRemoved:Delete", "LifecycleExpiration:Delete")
_CREATIONS = ("ObjectCreated:", "ObjectRestore:Completed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectEvent:
    """One thing that happened to one object; `version.sequencer` may be empty."""

    version: ObjectVersion
    removed: bool


def read_notification(body: str) -> tuple[ObjectEvent, ...]:
    """The events in one SQS message; none for S3's test message and for kinds that change nothing.

    Raises:
        InvalidRequestError: the message is not an S3 notification.
    """
    try:
        message = _Message.model_validate_json(body)
    except ValidationError as error:
        reason = f"the queue message is not an S3 notification: {error.errors()[0]['msg']}"
        raise InvalidRequestError(reason) from error
    if message.records is None and message.event != "s3:TestEvent":
        reason = "the queue message is not an S3 notification: it has no Records"
        raise InvalidRequestError(reason)
    return tuple(
        _event(record)
        for record in message.records or ()
        if _kind(record).startswith(_REMOVALS + _CREATIONS)
    )


def write_notification(event: ObjectEvent) -> str:
    """An event in the form in which S3 tells it: for who passes one on, or tells of one himself."""
    version = event.version
    stored = _Object(
        key=quote_plus(version.key, safe="/"),
        size=version.size,
        e_tag=version.etag,
        version_id=version.version_id,
        sequencer=version.sequencer,
    )
    record = _Record(
        event_name=_name(event),
        event_time=version.event_time,
        asked_at=version.asked_at,
        s3=_S3(bucket=_Bucket(name=version.bucket), object=stored),
    )
    return _Message(records=(record,)).model_dump_json(by_alias=True, exclude_none=True)


class _Wire(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, frozen=True, validate_by_name=True, validate_by_alias=True
    )


class _Object(_Wire):
    key: str
    size: int | None = None
    e_tag: str | None = None
    version_id: str | None = None
    sequencer: str = ""


class _Bucket(_Wire):
    name: str


class _S3(_Wire):
    bucket: _Bucket
    object: _Object


class _Record(_Wire):
    event_name: str
    event_time: datetime
    s3: _S3
    asked_at: datetime | None = None  # of Footnote's own


class _Message(BaseModel):
    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    records: tuple[_Record, ...] | None = Field(None, alias="Records")
    event: str | None = Field(None, alias="Event")


def _name(event: ObjectEvent) -> str:
    if not event.removed:
        return "ObjectCreated:Put"
    return "ObjectRemoved:Delete" if event.version.dropped else "ObjectRemoved:DeleteMarkerCreated"


def _kind(record: _Record) -> str:
    return record.event_name.removeprefix("s3:")


def _event(record: _Record) -> ObjectEvent:
    stored = record.s3.object
    return ObjectEvent(
        removed=_kind(record).startswith(_REMOVALS),
        version=ObjectVersion(
            bucket=record.s3.bucket.name,
            key=unquote_plus(stored.key),
            sequencer=stored.sequencer,
            version_id=stored.version_id,
            event_time=record.event_time,
            size=stored.size,
            etag=stored.e_tag,
            asked_at=record.asked_at,
            dropped=_kind(record) in _DROPS,
        ),
    )
