"""Filters: which documents a question is asked of, by the attributes of their sidecars.

A condition on an attribute that a document does not have is not met, so `Not` of it is. Values are
compared with their type: the text "2025" is not the number 2025. An attribute that is a list meets
a condition where one of its members does. Dates are texts in ISO 8601, whose order is that of time.
"""

from dataclasses import dataclass

type Scalar = str | bool | int | float
type Bound = str | int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Equals:
    """The attribute has this value."""

    key: str
    value: Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class In:
    """The attribute has one of these values."""

    key: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The attribute lies within bounds, which are all numbers or all texts; at least one is set."""

    key: str
    gt: Bound | None = None
    gte: Bound | None = None
    lt: Bound | None = None
    lte: Bound | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exists:
    """The document has the attribute, and it is not null."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """All of these are met."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """One of these is met, or more."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """This is not met."""

    part: "Filter"


type Filter = Equals | In | Range | Exists | And | Or | Not
