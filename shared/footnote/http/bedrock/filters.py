"""A filter in Bedrock's form as one in ours.

Source of what each operator means: Amazon Bedrock API Reference, `RetrievalFilter`.
"""

from collections.abc import Callable
from typing import Any

from footnote.http.filters import DEEPEST
from footnote.http.text import repeated

type Form = dict[str, Any]

_BOUNDS = {
    "greaterThan": "gt",
    "greaterThanOrEquals": "gte",
    "lessThan": "lt",
    "lessThanOrEquals": "lte",
}
_JOINED = {"andAll": "and", "orAll": "or"}
_LAST_SIGN = 0x10FFFF
_BEFORE_SURROGATES, _BEHIND_SURROGATES = 0xD7FF, 0xE000


def in_our_form(value: Any, depth: int = DEEPEST) -> Any:
    """The same filter; values are checked by whoever reads our form.

    Raises:
        ValueError: it is none, or asks for what there is no way to do here.
    """
    if not depth:
        message = f"a filter is {DEEPEST} levels deep at most"
        raise ValueError(message)
    if not isinstance(value, dict) or len(value) != 1:
        message = f"give exactly one of {', '.join((*_JOINED, *_OPERATORS))}"
        raise ValueError(message)
    ((name, inner),) = value.items()
    if name in _JOINED:
        if not isinstance(inner, list):
            message = f"{name} takes a list of filters"
            raise ValueError(message)
        return {_JOINED[name]: [in_our_form(part, depth - 1) for part in inner]}
    operator = _OPERATORS.get(name)
    if operator is None:
        raise ValueError(_unsupported(name))
    if not isinstance(inner, dict) or set(inner) != {"key", "value"}:
        message = f"{name} takes a key and a value"
        raise ValueError(message)
    return operator(inner["key"], inner["value"])


def _unsupported(name: str) -> str:
    if name == "stringContains":
        return (
            "stringContains is not supported: use equals, in or startsWith, or put the words into "
            "the question, which is searched for by words as well"
        )
    return f"there is no operator {repeated(name)}; there are {', '.join((*_JOINED, *_OPERATORS))}"


def _equals(key: Any, value: Any) -> Form:
    return {"equals": {"key": key, "value": value}}


def _in(key: Any, value: Any) -> Form:
    return {"in": {"key": key, "values": value}}


def _but_there(key: Any, unwanted: Form) -> Form:
    """As in Bedrock, a document without the attribute does not pass."""
    return {"and": [{"exists": {"key": key}}, {"not": unwanted}]}


def _starts_with(key: Any, value: Any) -> Form:
    """Texts are ordered by their characters, so those with one beginning stand together."""
    if not isinstance(value, str) or not value:
        message = "startsWith takes a text"
        raise ValueError(message)
    behind = _behind(value)
    return {"range": {"key": key, "gte": value, **({"lt": behind} if behind else {})}}


def _behind(beginning: str) -> str:
    """The first text behind all that begin so; empty where there is none."""
    kept = beginning.rstrip(chr(_LAST_SIGN))
    if not kept:
        return ""
    last = ord(kept[-1])
    following = _BEHIND_SURROGATES if last == _BEFORE_SURROGATES else last + 1
    return kept[:-1] + chr(following)


def _bound(name: str) -> Callable[[Any, Any], Form]:
    return lambda key, value: {"range": {"key": key, name: value}}


_OPERATORS: dict[str, Callable[[Any, Any], Form]] = {
    "equals": _equals,
    "notEquals": lambda key, value: _but_there(key, _equals(key, value)),
    "in": _in,
    "notIn": lambda key, value: _but_there(key, _in(key, value)),
    # A list meets a condition where one of its members does.
    "listContains": _equals,
    "startsWith": _starts_with,
    **{name: _bound(bound) for name, bound in _BOUNDS.items()},
}
