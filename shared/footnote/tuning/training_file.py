"""Training files: JSON lines of chat messages, held against a provider's rules."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from footnote.domain.fine_tuning import Provider

MEGABYTE = 2**20
MOST_PROBLEMS = 20
_ROLES = ("system", "user", "assistant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a provider takes; limits that it does not name are None."""

    fewest_rows: int = 1
    most_rows: int | None = None
    most_tokens_a_row: int | None = None
    most_megabytes: int = 512


# OpenAI: supervised fine-tuning guide. Fireworks: at least 3 examples. Bedrock: quotas for
# fine-tuning of Nova and Llama models.
RULES = {
    Provider.OPENAI: Rules(fewest_rows=10, most_tokens_a_row=65_536, most_megabytes=512),
    Provider.TOGETHER: Rules(fewest_rows=1, most_megabytes=25 * 1024),
    Provider.FIREWORKS: Rules(fewest_rows=3, most_rows=3_000_000, most_megabytes=1024),
    Provider.BEDROCK: Rules(
        fewest_rows=8, most_rows=20_000, most_tokens_a_row=32_768, most_megabytes=1024
    ),
}


def written(rows: Iterable[list[dict[str, str]]]) -> bytes:
    """Messages as a training file."""
    lines = [json.dumps({"messages": row}, ensure_ascii=False) for row in rows]
    return "".join(f"{line}\n" for line in lines).encode()


def problems_of(content: bytes, rules: Rules, count: Callable[[str], int]) -> list[str]:
    """What a provider would refuse, each mistake with its line; `count` counts a text's tokens."""
    problems: list[str] = []
    size = len(content) / MEGABYTE
    if size > rules.most_megabytes:
        problems.append(f"the file has {size:.0f} MB, {rules.most_megabytes} are allowed")
    lines = content.splitlines()
    if len(lines) < rules.fewest_rows:
        problems.append(f"there are {len(lines)} rows, at least {rules.fewest_rows} are needed")
    if rules.most_rows is not None and len(lines) > rules.most_rows:
        problems.append(f"there are {len(lines)} rows, at most {rules.most_rows} are allowed")
    for number, line in enumerate(lines, start=1):
        problems += [f"line {number}: {one}" for one in _line_problems(line, rules, count)]
        if len(problems) >= MOST_PROBLEMS:
            return [*problems[:MOST_PROBLEMS], "and perhaps more: the rest was not looked at"]
    return problems


def tokens_in(content: bytes, count: Callable[[str], int]) -> int:
    """What is learned from in a file without problems: the texts of its messages."""
    rows = (json.loads(line) for line in content.splitlines())
    return sum(count(message["content"]) for row in rows for message in row["messages"])


def _line_problems(line: bytes, rules: Rules, count: Callable[[str], int]) -> Iterator[str]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        yield "this is no JSON"
        return
    if not isinstance(row, dict) or not isinstance(row.get("messages"), list):
        yield 'this is no object with a list of "messages"'
        return
    if extra := sorted(row.keys() - {"messages"}):
        yield f"{', '.join(map(repr, extra))} does not belong here, only 'messages' does"
    messages = row["messages"]
    found = [one for at, each in enumerate(messages, 1) for one in _message_problems(at, each)]
    yield from found
    if not found:
        yield from _conversation_problems(messages, rules, count)


def _message_problems(at: int, message: Any) -> Iterator[str]:
    if not isinstance(message, dict):
        yield f"message {at} is no object"
        return
    if message.get("role") not in _ROLES:
        yield f"message {at}: its role is none of {', '.join(_ROLES)}"
    content = message.get("content")
    if not isinstance(content, str) or not content.strip():
        yield f"message {at}: its content is no text, or empty"
    if extra := sorted(message.keys() - {"role", "content", "weight"}):
        yield f"message {at}: {', '.join(map(repr, extra))} does not belong here"
    if message.get("weight", 1) not in (0, 1):
        yield f"message {at}: a weight is 0 or 1"


def _conversation_problems(
    messages: list[dict[str, Any]], rules: Rules, count: Callable[[str], int]
) -> Iterator[str]:
    roles = [message["role"] for message in messages]
    if not roles or roles[-1] != "assistant":
        yield "the last message is not the assistant's"
    if "user" not in roles:
        yield "there is no message of a user"
    if "system" in roles[1:]:
        yield "a system message stands behind another message"
    tokens = sum(count(message["content"]) for message in messages)
    if rules.most_tokens_a_row is not None and tokens > rules.most_tokens_a_row:
        yield f"about {tokens:,} tokens, {rules.most_tokens_a_row:,} are allowed"
