"""What a migration may not do while old code works on its tables, as rules on its text."""

import re
from collections.abc import Callable, Mapping

from footnote.postgres.migrate import OUTSIDE

type Rule = Callable[[str, "Context"], bool]

_CREATED = re.compile(r"\bcreate table (?:if not exists )?(\w+)")


class Context:
    """What a statement stands in: the tables that its migration makes itself are nobody's yet."""

    def __init__(self, text: str) -> None:
        self.outside = text.startswith(OUTSIDE)
        self.text = bare(text)
        self.own = set(_CREATED.findall(self.text))

    def changes(self, statement: str) -> str | None:
        """What is done to a table that was there before; none where nothing is."""
        found = re.match(r"alter table (?:only )?(?:if exists )?(\w+) (.*)", statement)
        return found.group(2) if found and found.group(1) not in self.own else None


def bare(text: str) -> str:
    """A text without comments, in lower case, with single spaces; what is quoted stays a word."""
    without = re.sub(r"--[^\n]*", "", text)
    without = re.sub(r"\$\$.*?\$\$", "$$", without, flags=re.DOTALL)
    return re.sub(r"\s+", " ", without).strip().lower()


def _actions(statement: str, context: Context) -> list[str]:
    """The single changes of an `alter table`, which commas part outside of brackets."""
    told = context.changes(statement) or ""
    parts, depth = [""], 0
    for sign in told:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


def _any_action(pattern: str, unless: str = r"(?!)") -> Rule:
    wanted, but = re.compile(pattern), re.compile(unless)

    def rule(statement: str, context: Context) -> bool:
        actions = _actions(statement, context)
        return any(wanted.search(one) and not but.search(one) for one in actions)

    return rule


def _index(statement: str, context: Context) -> bool:
    """Writers wait as long as an index is built, unless it is built concurrently."""
    found = re.match(r"create (?:unique )?index (concurrently )?.*? on (\w+)", statement)
    return bool(found and not found.group(1) and found.group(2) not in context.own)


def _unrepeatable(statement: str, context: Context) -> bool:
    """What was cut off leaves an index that nobody uses: it is dropped first, then built."""
    found = re.match(r"create (?:unique )?index concurrently (?:if not exists )?(\w+)", statement)
    dropped = found and f"drop index concurrently if exists {found.group(1)}" in context.text
    return bool(found and not (dropped and context.outside))


def _rows(statement: str, context: Context) -> bool:
    """Rows of a table that may be large, all at once: their locks are held until the end."""
    found = re.match(r"(?:update|delete from|truncate(?: table)?) (\w+)", statement)
    return bool(found and found.group(1) not in context.own)


def _drops(statement: str, context: Context) -> bool:
    found = re.match(r"drop (?:table|view|function|type|index)\b(?! concurrently)", statement)
    return bool(found) and "drop view" not in context.text[: context.text.find(statement)]


RULES: Mapping[str, Rule] = {
    "an index is built concurrently": _index,
    "an index that is built concurrently can be built again": _unrepeatable,
    "a type stays as it is": _any_action(r"^alter (?:column )?\w+ (?:set data )?type\b"),
    "a column of old rows may be null": _any_action(r"\bset not null\b"),
    "a new column has a default, or may be null": _any_action(
        r"^add (?:column )?(?:if not exists )?\w+ .*\bnot null\b", unless=r"\bdefault\b"
    ),
    "a new column's default is one value for all rows": _any_action(
        r"^add .*(?:clock_timestamp|random|nextval|generated|serial|uuid_send)"
    ),
    "a constraint is validated later": _any_action(
        r"^add (?:constraint \w+ )?(?:foreign key|check)\b", unless=r"\bnot valid$"
    ),
    "a unique constraint takes an index that is there": _any_action(
        r"^add (?:constraint \w+ )?(?:unique|primary key|exclude)\b", unless=r"\busing index\b"
    ),
    "a new column is not unique": _any_action(
        r"^add (?:column )?(?!constraint\b|unique\b|primary\b)\w+ .*\b(?:unique|primary key)\b"
    ),
    "old code finds what it knows": _any_action(r"^(?:drop|rename)\b", unless=r"^drop default"),
    "nothing is dropped that old code uses": _drops,
    "rows are not changed all at once": _rows,
    "what is done is written out": lambda statement, _: statement.startswith("do "),
    "no table is locked or written anew": lambda statement, _: bool(
        re.match(r"(?:lock|cluster|vacuum|reindex|refresh materialized)\b", statement)
    ),
}


def broken(text: str) -> list[str]:
    """The rules that a migration breaks, each once."""
    context = Context(text)
    statements = [part.strip() for part in context.text.split(";") if part.strip()]
    return [
        name
        for name, rule in RULES.items()
        if any(rule(statement, context) for statement in statements)
    ]
