"""Shows an answer on a terminal while it is being written."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

type Events = Iterable[tuple[str, dict[str, Any]]]


def follow(events: Events, console: Console) -> dict[str, Any]:
    """The reply at the end; what was shown on the way is gone then, for the whole to be printed."""
    sentences: list[str] = []
    reply: dict[str, Any] = {}
    with Live(_shown(sentences), console=console, transient=True) as live:
        for name, content in events:
            if name == "token":
                sentences.extend([""] * (content["sentence"] + 1 - len(sentences)))
                sentences[content["sentence"]] += content["text"]
            elif name == "retract":
                del sentences[content["sentence"] :]
            elif name == "done":
                reply = content
            live.update(_shown(sentences), refresh=True)
    return reply


def _shown(sentences: list[str]) -> Text:
    return Text("".join(sentences)) if sentences else Text("Asking …", "dim")
