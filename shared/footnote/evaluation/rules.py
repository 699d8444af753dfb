"""A team's own rules of format, tone and terminology: a TOML file to figures."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, PositiveInt, ValidationError

from footnote.domain.errors import UnprocessableError
from footnote.domain.sentences import sentence_spans
from footnote.evaluation.behaviours import Behaviour
from footnote.evaluation.estimators import Observation
from footnote.evaluation.metrics.metric import Metric, observed
from footnote.evaluation.outcome import Outcome

# A JSON schema to whether a value fits it; refuses what is no schema with an UnprocessableError.
type Fitting = Callable[[Any], Callable[[Any], bool]]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Format(_Part):
    json_schema: Path | None = None
    most_words: PositiveInt | None = None


class _Tone(_Part):
    avoid: tuple[str, ...] = ()
    longest_sentence_words: PositiveInt | None = None


class _Terminology(_Part):
    # The term that is wanted, and those that it takes the place of.
    instead_of: dict[str, tuple[str, ...]] = {}


class _Rules(_Part):
    format: _Format | None = None
    tone: _Tone | None = None
    terminology: _Terminology | None = None


_PARTS: Mapping[str, type[_Part]] = {
    "format": _Format,
    "tone": _Tone,
    "terminology": _Terminology,
}


def read_rules(path: Path, fitting: Fitting) -> dict[Behaviour, Metric]:
    """The figures of a rules file: the share of answers that keep all rules of a behaviour.

    Raises:
        UnprocessableError: it is no rules file; says where.
    """
    try:
        rules = _Rules.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        format_check = _format_check(rules.format, path.parent, fitting) if rules.format else None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        why = _unknown(first["loc"]) if first["type"] == "extra_forbidden" else first["msg"]
        message = f"{path} is no rules file: {where}: {why}"
        raise UnprocessableError(message) from error
    except ValueError as error:
        message = f"{path} is no rules file: {error}"
        raise UnprocessableError(message) from error
    checks = {
        Behaviour.FORMAT: format_check,
        Behaviour.TONE: _tone_check(rules.tone) if rules.tone else None,
        Behaviour.TERMINOLOGY: _terms_check(rules.terminology) if rules.terminology else None,
    }
    return {
        behaviour: Metric(group="rules", name=f"{behaviour} as the rules say", observe=_kept(check))
        for behaviour, check in checks.items()
        if check
    }


def _kept(keeps: Callable[[str], bool]) -> Callable[[Outcome], Observation | None]:
    """Of answers; a decline has its own words."""

    def observe(outcome: Outcome) -> Observation | None:
        if outcome.said is None or not outcome.said.answered:
            return None
        return observed(outcome, float(keeps(outcome.told)))

    return observe


def _format_check(rules: _Format, folder: Path, fitting: Fitting) -> Callable[[str], bool]:
    file = rules.json_schema
    fits = fitting(json.loads((folder / file).read_text(encoding="utf-8"))) if file else None

    def keeps(answer: str) -> bool:
        if rules.most_words and len(answer.split()) > rules.most_words:
            return False
        if fits is None:
            return True
        try:
            return fits(json.loads(answer))
        except (ValueError, RecursionError):
            return False

    return keeps


def _tone_check(rules: _Tone) -> Callable[[str], bool]:
    avoided = _any_of(rules.avoid)
    longest = rules.longest_sentence_words

    def keeps(answer: str) -> bool:
        if avoided and avoided.search(answer):
            return False
        sentences = (answer[start:end] for start, end in sentence_spans(answer))
        return not longest or all(len(one.split()) <= longest for one in sentences)

    return keeps


def _terms_check(rules: _Terminology) -> Callable[[str], bool]:
    terms: Mapping[str, tuple[str, ...]] = rules.instead_of
    avoided = _any_of(tuple(name for names in terms.values() for name in names))
    return lambda answer: not (avoided and avoided.search(answer))


def _any_of(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Whole words in any case; a sign such as `!` wherever it stands."""
    wanted = [one.strip() for one in words if one.strip()]
    if not wanted:
        return None
    parts = (
        (r"\b" if one[0].isalnum() else "") + re.escape(one) + (r"\b" if one[-1].isalnum() else "")
        for one in wanted
    )
    return re.compile("|".join(parts), re.IGNORECASE)


def _unknown(where: tuple[int | str, ...]) -> str:
    """What there is in the place of a name that nobody knows."""
    part = _PARTS.get(str(where[0]), _Rules) if len(where) > 1 else _Rules
    return f"there is no such rule; there are {', '.join(part.model_fields)}"
