"""A line of an export, and the types that its fields are of."""

import base64
import binascii
import math
import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_FLOAT_BYTES = 2
LONGEST_VECTOR = 4000


def encode_vector(vector: Sequence[float]) -> str:
    """Base64 of half-precision floats, 2 bytes each, the most significant byte first."""
    return base64.b64encode(struct.pack(f">{len(vector)}e", *vector)).decode()


def _vector(told: object) -> tuple[float, ...]:
    packed = _bytes(told)
    length = len(packed) // _FLOAT_BYTES
    if not 1 <= length <= LONGEST_VECTOR or len(packed) % _FLOAT_BYTES:
        message = f"a vector has 1 to {LONGEST_VECTOR} floats of {_FLOAT_BYTES} bytes"
        raise ValueError(message)
    floats = struct.unpack(f">{length}e", packed)
    if not all(map(math.isfinite, floats)):
        message = "a vector holds finite numbers only"
        raise ValueError(message)
    return floats


def _bytes(told: object) -> bytes:
    try:
        return base64.b64decode(str(told), validate=True)
    except (binascii.Error, ValueError) as error:
        message = "is not base64"
        raise ValueError(message) from error


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        message = "a time needs its offset from UTC"
        raise ValueError(message)
    return moment


type Vector = Annotated[tuple[float, ...], BeforeValidator(_vector)]
type Packed = Annotated[bytes, BeforeValidator(_bytes)]
type Moment = Annotated[datetime, AfterValidator(_aware)]
type Count = Annotated[int, Field(ge=0, lt=2**31)]
type Total = Annotated[int, Field(ge=0, lt=2**63)]
type Json = Mapping[str, Any]


class Line(BaseModel):
    """One line: a JSON object whose `kind` says what it is about."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    # Lines come in the order of their kinds' sections.
    section: ClassVar[int]
    once: ClassVar[bool] = False
    kind: str
