"""Short ways to put questions to the use case, with models that do as they are told."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from footnote.ask_ports import AskPorts
from footnote.cascade_ports import CascadePorts
from footnote.circuit_breaker import CircuitBreakers
from footnote.classify import ClassifyPorts
from footnote.domain.access import Caller
from footnote.domain.answer import NO_TOKENS
from footnote.domain.deadline import Deadline
from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import DatabaseUnavailableError, ModelUnavailableError
from footnote.domain.ledger import LedgerEntry
from footnote.domain.model import EVERY_KB, Catalogue, Model, Route
from footnote.domain.prompt import Completion, Prompt
from footnote.domain.question import Question, QuestionId
from footnote.domain.search_index import IndexForm
from footnote.domain.spending import Amount
from footnote.embedding.port import Embedders
from footnote.embedding.query_adapter import KnownAdapters
from footnote.generation.extractive import ExtractiveGenerator
from footnote.generation.port import Generator
from footnote.generation.recent_models import RecentModels
from footnote.golden import GoldenPorts
from footnote.postgres.classifiers import PostgresClassifiers
from footnote.postgres.connection import Database
from footnote.postgres.golden import PostgresGolden
from footnote.postgres.ledger import PostgresLedger
from footnote.postgres.passages import PostgresPassages
from footnote.postgres.query_adapters import PostgresQueryAdapters
from footnote.postgres.search_indexes import PostgresSearchIndexes
from footnote.retrieval.last_known import LastKnownIndexes
from footnote.retrieval.terms import term_counts
from footnote.retrieve import RetrievePorts
from tests.fakes import FakeEmbedder

KB = KnowledgeBaseId("help")
FORM = IndexForm(model=FakeEmbedder.model, dimension=384)
_numbers = count(1)


def asked(
    text: str, *, kb: str = KB, top_k: int = 8, conversation: str = "conversation"
) -> Question:
    return Question(
        question_id=QuestionId(f"00000000-0000-0000-0000-{next(_numbers):012}"),
        conversation_id=conversation,
        kb=KnowledgeBaseId(kb),
        text=text,
        top_k=top_k,
    )


def seconds(number: float = 5.0) -> Deadline:
    return Deadline.within(number)


class WordByWord:
    """Streams what a generator writes; `breaks_off`: the attempts that fail behind three words."""

    breaks_off: Collection[int] = ()
    _streams: int = 0

    def generate(self, prompt: Prompt, *, deadline_s: float) -> Completion:
        raise NotImplementedError

    def stream(
        self, prompt: Prompt, *, deadline_s: float, most_s: float | None = None
    ) -> Iterator[str | Completion]:
        del most_s
        self._streams += 1
        completion = self.generate(prompt, deadline_s=deadline_s)
        for at, word in enumerate(completion.text.split(" ")):
            yield word if at == 0 else f" {word}"
            if at == 2 and self._streams in self.breaks_off:
                message = "broke off"
                raise ModelUnavailableError(message)
        yield completion


@dataclass
class ScriptedGenerator(WordByWord):
    """Writes or raises one thing after the other, the last of them for ever."""

    model: str
    script: Sequence[str | Completion | Exception]
    patience: list[float] = field(default_factory=list)
    breaks_off: Collection[int] = ()
    prompts: list[Prompt] = field(default_factory=list)

    def generate(self, prompt: Prompt, *, deadline_s: float) -> Completion:
        self.prompts.append(prompt)
        self.patience.append(deadline_s)
        done = self.script[min(len(self.patience), len(self.script)) - 1]
        if isinstance(done, Exception):
            raise done
        return done if isinstance(done, Completion) else Completion(text=done, usage=NO_TOKENS)


@dataclass
class FakeRegistry:
    """Models and routes in memory; each generator becomes a model of its name."""

    routes: Sequence[Route] = ()
    models: Sequence[Model] = ()
    reads: int = 0
    down: bool = False

    def catalogue(self) -> Catalogue:
        self.reads += 1
        if self.down:
            message = "the database cannot be reached"
            raise DatabaseUnavailableError(message)
        return Catalogue(
            models={model.name: model for model in self.models},
            routes={route.kb: route for route in self.routes},
        )


@dataclass
class FakeLedger:
    """Remembers what was recorded."""

    entries: list[LedgerEntry] = field(default_factory=list)
    down: bool = False

    def record(self, entry: LedgerEntry) -> None:
        if self.down:
            message = "the ledger cannot be written"
            raise DatabaseUnavailableError(message)
        self.entries.append(entry)


class OpenPurse:
    """Nothing is limited."""

    def is_open(self, caller: Caller) -> bool:
        del caller
        return True

    def reserve(self, caller: Caller, amount: Amount) -> None:
        raise AssertionError((caller, amount))

    def settle(self, caller: Caller, reserved: Amount, real: Amount) -> None:
        raise AssertionError((caller, reserved, real))


def a_model(name: str, base_url: str = "http://127.0.0.1:9/v1", **known: object) -> Model:
    return Model(**{"name": name, "base_url": base_url, "remote_name": name} | known)  # type: ignore[arg-type]


def cascade_ports(generators: Mapping[str, Generator], extractive: Generator) -> CascadePorts:
    return CascadePorts(
        generators=lambda model: generators[model.name],
        extractive=extractive,
        breakers=CircuitBreakers(),
        sleep=lambda _: None,
    )


def recent_models(*generators: Generator, **route: object) -> RecentModels:
    """The models of these generators, asked in this order; none where there are none."""
    names = [generator.model for generator in generators]
    way = {"kb": EVERY_KB, "steps": tuple(names)} | route
    routes = [Route(**way)] if names else []  # type: ignore[arg-type]
    return RecentModels(FakeRegistry(routes=routes, models=[a_model(name) for name in names]), None)


def ask_ports(
    database: Database,
    *generators: Generator,
    embedders: Embedders | None = None,
    ledger: FakeLedger | None = None,
) -> AskPorts:
    """The use case on a real Postgres, with the fake embedder unless others are given."""
    fake = FakeEmbedder()
    extractive = ExtractiveGenerator(fake.embed, term_counts)
    cascade = cascade_ports({one.model: one for one in generators}, extractive)
    return AskPorts(
        purse=OpenPurse(),
        retrieve=RetrievePorts(
            indexes=LastKnownIndexes(PostgresSearchIndexes(database, FORM)),
            embedders=embedders or (lambda _: fake),
            adapters=KnownAdapters(PostgresQueryAdapters(database).read),
            passages=PostgresPassages(database),
            breakers=cascade.breakers,
        ),
        models=recent_models(*generators),
        cascade=cascade,
        ledger=ledger or FakeLedger(),
    )


def golden_ports(database: Database, *generators: Generator) -> GoldenPorts:
    """Golden questions on a real Postgres, with its ledger."""
    ledger = PostgresLedger(database, gathers=False)
    ask = replace(ask_ports(database, *generators), ledger=ledger)
    return GoldenPorts(questions=PostgresGolden(database), ask=ask)


def classify_ports(database: Database) -> ClassifyPorts:
    """Classifiers in a real Postgres, on the fake embedder."""
    fake = FakeEmbedder()
    return ClassifyPorts(classifiers=PostgresClassifiers(database), embedders=lambda _: fake)
