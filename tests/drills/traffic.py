"""Questions, uploads, overwrites and deletions without a pause, and what went wrong with them."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Self

from footnote.aws.bucket import Bucket
from footnote.client import ApiClient, ApiRefusedError, ApiUnreachableError

KB = "drill"
_ARRIVES_WITHIN_S = 60.0
_QUESTION = "How long are backups kept in region 7?"


class WentWrongError(Exception):
    """What was asked for did not come about."""


@dataclass
class Traffic:
    """Threads that work with every API that is listed, while it is entered."""

    bucket: Bucket
    delete: Callable[[str], None]
    apis: list[ApiClient]
    phase: str = ""
    done: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Begin."""
        steps: Sequence[Callable[[int], None]] = (self._ask, self._search, self._live)
        for number, step in enumerate(steps):
            thread = threading.Thread(target=self._repeat, args=(step, number), daemon=True)
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End what is under way, and no more."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, step: Callable[[int], None], number: int) -> None:
        for turn in count(number):
            if self._stop.is_set():
                return
            name = step.__name__.removeprefix("_")
            try:
                step(turn)
                self.done[f"{self.phase} {name}"] += 1
            except (ApiRefusedError, ApiUnreachableError, WentWrongError) as error:
                self.errors.append(f"{self.phase}: {name}: {type(error).__name__} {error}")

    def _api(self, turn: int) -> ApiClient:
        return self.apis[turn % len(self.apis)]

    def _ask(self, turn: int) -> None:
        reply = self._api(turn).ask(_QUESTION, KB)
        if reply["status"] != "answered" or "thirty" not in reply["answer"]:
            message = f"{reply['status']}: {reply['answer'][:80]}"
            raise WentWrongError(message)

    def _search(self, turn: int) -> None:
        if not self._api(turn).search(_QUESTION, KB, 5)["passages"]:
            message = "nothing was found"
            raise WentWrongError(message)

    def _live(self, turn: int) -> None:
        """A document comes, changes and goes, and each is seen by every API."""
        key = f"{KB}/life-{turn}.md"
        for word in (f"falcon{turn}", f"heron{turn}"):
            self.bucket.put(key, f"# Birds\n\nThe {word} nests here.\n".encode(), "text/markdown")
            self._until(word, found=True)
        self.delete(key)
        self._until(f"heron{turn}", found=False)

    def _finds(self, api: ApiClient, word: str) -> bool:
        return any(word in one["text"] for one in api.search(f"{word} nests", KB, 5)["passages"])

    def _until(self, word: str, *, found: bool) -> None:
        deadline = time.monotonic() + _ARRIVES_WITHIN_S
        for api in list(self.apis):
            while self._finds(api, word) != found:
                if time.monotonic() > deadline:
                    message = f"{word} is {'not' if found else 'still'} found after a minute"
                    raise WentWrongError(message)
                time.sleep(0.1)


def fill(bucket: Bucket, api: ApiClient, documents: int) -> None:
    """Upload what is asked about, and wait until all of it is ready."""
    names = cycle(("Backups", "Copies", "Archives"))
    for number in range(documents):
        text = f"# {next(names)}\n\nBackups are kept for thirty days in region {number}.\n"
        bucket.put(f"{KB}/{number}.md", text.encode(), "text/markdown")
    deadline = time.monotonic() + _ARRIVES_WITHIN_S + documents
    ready = 0
    while ready < documents and time.monotonic() < deadline:
        with suppress(ApiRefusedError):
            ready = sum(one["status"] == "ready" for one in api.documents(KB))
        time.sleep(0.2)
    if ready < documents:
        message = f"{ready} of {documents} documents are ready"
        raise WentWrongError(message)
