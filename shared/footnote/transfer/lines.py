"""Every kind of line that an export holds: what writing and reading share."""

from collections.abc import Mapping
from typing import Literal

from footnote.transfer.knowledge_lines import (
    AdapterLine,
    ChunkLine,
    ClassifierLine,
    DocumentLine,
    IndexLine,
    KeyLine,
    RouteLine,
    SettingsLine,
)
from footnote.transfer.line import Line, Moment, Total
from footnote.transfer.question_lines import (
    ClusterLine,
    GoldenLine,
    PastCallsLine,
    PastQuestionsLine,
    QuestionLine,
)

FORMAT = "footnote export"
VERSION = 1


class Header(Line):
    """What the file is; `documents`, `chunks` and `questions` are for the progress alone."""

    section = 0
    once = True
    kind: Literal["header"]
    format: Literal["footnote export"]
    version: Literal[1]
    footnote: str
    knowledge_base: str
    exported_at: Moment
    bucket: str
    documents: Total
    chunks: Total
    questions: Total


class End(Line):
    """The last line: how many lines of each kind came before, and the hash of all of them."""

    section = 13
    once = True
    kind: Literal["end"]
    counts: dict[str, int]
    sha256: str


KINDS: Mapping[str, type[Line]] = {
    "header": Header,
    "settings": SettingsLine,
    "index": IndexLine,
    "adapter": AdapterLine,
    "route": RouteLine,
    "key": KeyLine,
    "classifier": ClassifierLine,
    "document": DocumentLine,
    "chunk": ChunkLine,
    "golden": GoldenLine,
    "question": QuestionLine,
    "cluster": ClusterLine,
    "past_questions": PastQuestionsLine,
    "past_calls": PastCallsLine,
    "end": End,
}
