"""The JSON form of a filter, and how large it may be."""

from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StringConstraints,
    Tag,
    model_validator,
)

from footnote.domain.filter import Filter
from footnote.domain.filter_form import filter_in
from footnote.http.text import Text, repeated

MOST_CONDITIONS = 64
DEEPEST = 8
MOST_VALUES = 100

# No sidecar is longer than 10,240 bytes.
Key = Annotated[Text, StringConstraints(min_length=1, max_length=256)]
Value = Annotated[Text, StringConstraints(strict=True, max_length=2048)]
# Python reads 1e999 as infinity, which JSON does not have.
Fraction = Annotated[StrictFloat, Field(allow_inf_nan=False)]


def _kind_of(value: Any) -> str | None:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else None


def _kinds(names: str) -> Discriminator:
    """Values are told apart before they are read: a refusal is about what was given."""
    message = f"has to be {names}"
    return Discriminator(_kind_of, custom_error_type="kind", custom_error_message=message)


Scalar = Annotated[
    Annotated[StrictBool, Tag("boolean")]
    | Annotated[StrictInt | Fraction, Tag("number")]
    | Annotated[Value, Tag("text")],
    _kinds("a text, a number or a boolean"),
]
Bound = Annotated[
    Annotated[StrictInt | Fraction, Tag("number")] | Annotated[Value, Tag("text")],
    _kinds("a number or a text"),
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_null(cls, form: Any) -> Any:
        if isinstance(form, dict) and (empty := [name for name in form if form[name] is None]):
            message = f"{repeated(empty[0])} must not be null"
            raise ValueError(message)
        return form


class EqualsForm(_Part):
    """The attribute has this value, or is a list that holds it."""

    key: Key
    value: Scalar


class InForm(_Part):
    """The attribute has one of these values, or is a list that holds one."""

    key: Key
    values: Annotated[list[Scalar], Field(min_length=1, max_length=MOST_VALUES)]


_BOUNDS = ("gt", "gte", "lt", "lte")


def without_null(schema: dict[str, Any]) -> None:
    """What may be left out must not be given as null, which would say nothing."""
    for form in schema["properties"].values():
        kinds = [one for one in form.pop("anyOf", []) if one.get("type") != "null"]
        form.pop("default", None)
        form.update(kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {})


def _describe_range(schema: dict[str, Any]) -> None:
    without_null(schema)
    schema["minProperties"] = 2
    alike = [{name: {"type": kind} for name in _BOUNDS} for kind in ("number", "string")]
    schema["anyOf"] = [{"properties": bounds} for bounds in alike]


class RangeForm(_Part):
    """The attribute lies within bounds: numbers, or texts in the order of their characters."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_describe_range)

    key: Key
    gt: Bound | None = None
    gte: Bound | None = None
    lt: Bound | None = None
    lte: Bound | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        bounds = [one for one in (self.gt, self.gte, self.lt, self.lte) if one is not None]
        if not bounds or len({isinstance(bound, str) for bound in bounds}) > 1:
            message = "a range has one of gt, gte, lt, lte or more: all numbers, or all texts"
            raise ValueError(message)
        return self


class ExistsForm(_Part):
    """The document has the attribute, and it is not null."""

    key: Key


def _check_size(value: Any) -> Any:
    """Refuse what is too deep or too large before anything walks through all of it."""
    level, conditions = [value], 0
    for _ in range(DEEPEST):
        conditions += len(level)
        if conditions > MOST_CONDITIONS:
            message = f"a filter has {MOST_CONDITIONS} conditions at most"
            raise ValueError(message)
        level = [inner for one in level if isinstance(one, dict) for inner in _inner(one)]
    if level:
        message = f"a filter is {DEEPEST} levels deep at most"
        raise ValueError(message)
    return value


def _inner(form: dict[str, Any]) -> list[Any]:
    lists = [parts for name in ("and", "or") if isinstance(parts := form.get(name), list)]
    negated = [form["not"]] if "not" in form else []
    return [part for parts in lists for part in parts] + negated


def _describe_filter(schema: dict[str, Any]) -> None:
    without_null(schema)
    schema["minProperties"] = schema["maxProperties"] = 1
    schema["examples"] = [
        {"equals": {"key": "product", "value": "router"}},
        {
            "and": [
                {"in": {"key": "language", "values": ["en", "de"]}},
                {"range": {"key": "year", "gte": 2025, "lt": 2027}},
                {"not": {"exists": {"key": "superseded_by"}}},
            ]
        },
    ]


class FilterForm(_Part):
    """Which documents count, by the attributes of their sidecars: an object with one member.

    A condition on an attribute that a document does not have is not met. Values are compared with
    their type; dates are texts in ISO 8601.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra=_describe_filter,
    )

    equals: EqualsForm | None = None
    in_: InForm | None = Field(None, alias="in")
    range: RangeForm | None = None
    exists: ExistsForm | None = None
    and_: Annotated[list["FilterForm"], Field(min_length=1)] | None = Field(None, alias="and")
    or_: Annotated[list["FilterForm"], Field(min_length=1)] | None = Field(None, alias="or")
    not_: "FilterForm | None" = Field(None, alias="not")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if sum(member is not None for _, member in self) != 1:
            message = "give exactly one of equals, in, range, exists, and, or, not"
            raise ValueError(message)
        return self

    def to_filter(self) -> Filter:
        """The same inside."""
        return filter_in(self.model_dump(by_alias=True, exclude_none=True))


FilterBody = Annotated[FilterForm, BeforeValidator(_check_size)]
