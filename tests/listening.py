"""A listener as simple as a client can be: it adds what it is told, and forgets when told to."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from footnote.domain.telling import Retraction, Telling


@dataclass
class Listener:
    """What somebody holds who hears an answer being written; `moments`: after each change."""

    sentences: list[str] = field(default_factory=list)
    moments: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def hear(self, telling: Telling) -> None:
        if isinstance(telling, Retraction):
            self.forget(telling.sentence, telling.reason)
        else:
            self.add(telling.sentence, telling.text)

    def add(self, sentence: int, text: str) -> None:
        self.sentences.extend([""] * (sentence + 1 - len(self.sentences)))
        self.sentences[sentence] += text
        self.moments.append(self.text)

    def forget(self, sentence: int, reason: str) -> None:
        del self.sentences[sentence:]
        self.reasons.append(reason)
        self.moments.append(self.text)

    @property
    def text(self) -> str:
        return "".join(self.sentences)


@dataclass
class StreamListener(Listener):
    """The same for server-sent events; `events` are all of them, by name and content."""

    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def listen(self, parts: Iterable[str]) -> "StreamListener":
        """Hear all of a stream."""
        for name, content in read_events(parts):
            self.events.append((name, content))
            if name == "token":
                self.add(content["sentence"], content["text"])
            if name == "retract":
                self.forget(content["sentence"], content["reason"])
        return self

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.events]

    def content(self, name: str) -> dict[str, Any]:
        """What the only event of a name holds."""
        (found,) = [content for known, content in self.events if known == name]
        return found


def read_events(parts: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each event as soon as it is complete, however the stream was cut into parts."""
    text = ""
    for part in parts:
        *complete, text = (text + part).split("\n\n")
        for event in complete:
            lines = dict(line.split(": ", 1) for line in event.split("\n"))
            yield lines["event"], json.loads(lines["data"])
    assert text == "", "the stream ends in the middle of an event"
