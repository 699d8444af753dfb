"""Reads a draft while it is being written: each sentence as soon as its claims are complete."""

import re

from footnote.answering.draft import (
    CLAIM,
    LONGEST_DRAFT,
    NAMED,
    OPENING,
    DraftSentence,
    read_claim,
    read_draft,
    read_sentences,
)

_BETWEEN_CLAIMS = re.compile(r"[ \n\t,;]*")
# A claim as far as it has come: what stands so behind another one may still become its neighbour.
_NAME_BEGUN = r"\[(?:[Pp](?:a(?:s(?:s(?:a(?:g(?:e\s?)?)?)?)?)?)?)?"
_CLAIM_BEGUN = re.compile(
    rf"{_NAME_BEGUN}|{NAMED}(?:\d{{0,3}}|\d{{1,3}}\s*:?\s*|\d{{1,3}}\s*:\s*{OPENING}.*)", re.DOTALL
)
# A segment without any claim is looked at again once it grew by this share, so that one that never
# ends costs no more than its length.
_GROWTH = 50


class DraftReader:
    """Gives the same sentences as `read_draft` does of the whole text, each as early as possible.

    Claims end a segment: what stands before them is read for itself, whatever comes behind.
    """

    def __init__(self) -> None:
        self._open = ""
        self._received = 0
        self._look_at = 0
        self._endless = False

    @property
    def is_due(self) -> bool:
        """Whether the text has grown enough to be looked at."""
        return len(self._open) >= self._look_at

    def feed(self, piece: str) -> list[DraftSentence]:
        """The sentences that are complete with this piece of text."""
        room = LONGEST_DRAFT - self._received
        self._endless = self._endless or len(piece) > room
        self._received += len(piece[:room])
        self._open += piece[:room]
        return self._complete() if self.is_due else []

    def looked(self) -> None:
        """Wait for more text before the next look."""
        self._look_at = len(self._open) + len(self._open) // _GROWTH

    def end(self) -> tuple[list[DraftSentence], bool]:
        """The sentences that were left, and whether the draft was longer than one may be."""
        rest, self._open = self._open, ""
        return list(read_draft(rest).sentences), self._endless

    def begun(self) -> tuple[list[DraftSentence], bool]:
        """The sentences whose claims are not complete yet, and whether the last word is cut."""
        said, bracket, _ = self._open.partition("[")
        cut = not bracket and not said[-1:].isspace()
        return list(read_sentences(said, ())), cut

    def _complete(self) -> list[DraftSentence]:
        complete: list[DraftSentence] = []
        while run := self._complete_run():
            claims = tuple(read_claim(found) for found in run)
            complete.extend(read_sentences(self._open[: run[0].start()], claims))
            self._open = self._open[run[-1].end() :]
            self._look_at = 0
        return complete

    def _complete_run(self) -> list[re.Match[str]]:
        """The next claims that follow each other, once it is sure that no more follow."""
        found = CLAIM.search(self._open)
        run: list[re.Match[str]] = []
        behind = 0
        while found:
            run.append(found)
            behind = self._behind(found)
            found = CLAIM.match(self._open, behind)
        rest = self._open[behind:]
        return [] if not rest or _CLAIM_BEGUN.fullmatch(rest) else run

    def _behind(self, claim: re.Match[str]) -> int:
        blank = _BETWEEN_CLAIMS.match(self._open, claim.end())
        return blank.end() if blank else claim.end()
