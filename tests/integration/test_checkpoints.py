"""Checkpoints judged against a simulated server, and put in force in a real Postgres."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from footnote.answering.prompt import build_prompt
from footnote.domain.dataset import Dataset, Row, RowKind, RowSource, Split
from footnote.domain.document import document_id_of
from footnote.domain.errors import ModelUnavailableError, NotFoundError, UnprocessableError
from footnote.domain.fine_tuning import (
    Checkpoint,
    CheckpointState,
    JobReport,
    JobSettings,
    JobState,
    Provider,
    Trained,
)
from footnote.domain.knowledge_base import USUAL_SETTINGS, KnowledgeBaseSettings
from footnote.domain.model import EVERY_KB, Model, Route
from footnote.evaluation.gate import Decision, Verdict
from footnote.generation.hosted import HostedGenerator
from footnote.judge_checkpoint import (
    JudgePorts,
    Judging,
    judge_checkpoint,
    score,
    verdict_as_json,
)
from footnote.postgres.checkpoints import PostgresCheckpoints
from footnote.postgres.connection import Database
from footnote.postgres.datasets import PostgresDatasets
from footnote.postgres.fine_tuning import PostgresJobs
from footnote.postgres.models import PostgresModels
from tests.asking import KB, a_model, asked
from tests.openai_test_server import ChatReply, Json, OpenAITestServer, status
from tests.rows import add_document

pytestmark = pytest.mark.integration
SYSTEM = build_prompt("", ()).system
PASSED = {"decision": "promote", "reason": "a gain is shown", "against": "base"}


def row(number: int) -> Row:
    said = f"The valve{number} is opened after {number} minutes."
    key = f"{KB}/{number // 2}.md"
    source = RowSource(
        document_id=document_id_of(key),
        key=key,
        version_id="v1",
        chunk_hash=bytes([number]) * 32,
        golden=True,
    )
    return Row(
        kind=RowKind.ANSWER,
        question=f"When is the valve{number} opened?",
        system=SYSTEM,
        user=f'<passage number="1">{said}</passage>\n\nQuestion: valve{number}?',
        reply=f'{said} [1: "{said}"]',
        answer=said,
        cluster=f"{number // 2}.md",
        tokens=50,
        sources=(source,),
        split=Split.HELD_OUT if number < 40 else Split.TRAIN,
    )


ROWS = [row(number) for number in range(80)]


def writes(request: Json) -> ChatReply:
    """The fine-tuned model answers, the base model forgets to quote."""
    user = request["messages"][-1]["content"]
    said = user.partition(">")[2].partition("<")[0]
    return ChatReply(text=f'{said} [1: "{said}"]' if request["model"] == "tuned" else said)


@pytest.fixture
def server() -> Iterator[OpenAITestServer]:
    with OpenAITestServer(chat=writes, models=("base", "tuned")) as server:
        yield server


@pytest.fixture
def registry(database: Database) -> PostgresCheckpoints:
    return PostgresCheckpoints(database)


@pytest.fixture
def checkpoint(database: Database, server: OpenAITestServer) -> Checkpoint:
    for number in range(40):
        add_document(database, f"{KB}/{number}.md", version_id="v1")
    datasets = PostgresDatasets(database)
    head = Dataset(
        kb=KB,
        name="support",
        prompt_version="p1",
        seed=1,
        decline_rate=0.0,
        rows=ROWS,
        left_out={},
    )
    datasets.add(head)
    models = PostgresModels(database)
    models.add(a_model("base", server.base_url))
    models.set_route(Route(kb=EVERY_KB, steps=("base",)))
    return train(database, server, "tuned")


def train(database: Database, server: OpenAITestServer, remote_name: str) -> Checkpoint:
    jobs = PostgresJobs(database)
    settings = JobSettings(
        provider=Provider.OPENAI, base_model="test-model", base_url=server.base_url
    )
    kept = PostgresDatasets(database).find(KB, "support")
    job = jobs.add(KB, kept.dataset_id, settings, None)
    trained = (Trained(remote_name=remote_name, metrics={"train_loss": 0.5}),)
    report = JobReport(status="succeeded", state=JobState.SUCCEEDED, trained=trained)
    jobs.looked_at(job, report)
    return PostgresCheckpoints(database).all_of(KB)[-1]


def judged(
    checkpoint: Checkpoint,
    server: OpenAITestServer,
    rows: list[Row] = ROWS,
    settings: KnowledgeBaseSettings = USUAL_SETTINGS,
) -> Verdict:
    judging = Judging(
        checkpoint=checkpoint,
        in_force=a_model("base", server.base_url),
        rows=rows,
        settings=settings,
        seed=1,
    )
    ports = JudgePorts(generators=lambda model: HostedGenerator(model, ""), sleep=lambda _: None)
    return judge_checkpoint(judging, ports)


def steps(database: Database) -> tuple[str, ...]:
    route = PostgresModels(database).catalogue().routes.get(KB)
    return route.steps if route else ()


def test_a_better_checkpoint_passes_the_gate(
    checkpoint: Checkpoint, server: OpenAITestServer
) -> None:
    verdict = judged(checkpoint, server)
    assert verdict.decision is Decision.PROMOTE
    told = verdict_as_json(verdict, "base")
    assert (told["in_force"], told["checkpoint"], told["questions"]) == (0.0, 1.0, 40)


def test_one_that_writes_the_same_does_not(
    checkpoint: Checkpoint, server: OpenAITestServer
) -> None:
    server.chat = lambda _: ChatReply(text="It is opened at once.")
    assert judged(checkpoint, server).decision is not Decision.PROMOTE


def test_rows_that_were_learned_as_well_are_no_judges(
    checkpoint: Checkpoint, server: OpenAITestServer
) -> None:
    leaky = [*ROWS[:40], *(replace(one, split=Split.TRAIN) for one in ROWS[:40])]
    assert judged(checkpoint, server, leaky).decision is Decision.REFUSE


def test_other_instructions_than_it_learned_want_another_data_set(
    checkpoint: Checkpoint, server: OpenAITestServer
) -> None:
    with pytest.raises(UnprocessableError, match="learned other instructions"):
        judged(checkpoint, server, settings=KnowledgeBaseSettings(persona="a pirate"))


def test_who_is_not_heard_is_not_judged(checkpoint: Checkpoint, server: OpenAITestServer) -> None:
    server.faults.extend([status(503, retry_after="0")] * 3)
    assert judged(checkpoint, server).decision is Decision.PROMOTE
    server.faults.extend([status(503, retry_after="0")] * 1000)
    with pytest.raises(ModelUnavailableError):
        judged(checkpoint, server)


def test_replies_are_scored_as_answers_would_be() -> None:
    one = row(7)
    assert score(one, one.reply) == 1.0
    assert score(one, one.answer) == 0.0  # it names no source
    assert score(one, f'{one.answer} [1: "invented words here"]') == 0.0
    assert score(one, "NOT IN THE DOCUMENTS") == 0.0
    decline = replace(one, kind=RowKind.DECLINE)
    assert score(decline, "NOT IN THE DOCUMENTS") == 1.0
    assert score(decline, one.reply) == 0.0
    output = replace(one, kind=RowKind.EXTRACTION, reply='{"output": {"a": 1, "b": 2}}')
    assert score(output, '{"output": {"a": 1, "b": 3}}') == 0.5
    assert score(output, "no JSON") == 0.0


def test_a_canary_keeps_each_conversation_with_its_model(
    database: Database, registry: PostgresCheckpoints, checkpoint: Checkpoint
) -> None:
    registry.judged(checkpoint, PASSED)
    assert registry.try_out(registry.find(KB, checkpoint.name), 0.3) == "base"
    catalogue = PostgresModels(database).catalogue()
    firsts = {}
    for number in range(300):
        plans = [
            catalogue.plan(asked("x", conversation=f"c{number}")).steps[0].name for _ in range(3)
        ]
        assert len(set(plans)) == 1
        firsts[number] = plans[0]
    assert 60 < sum(name == checkpoint.name for name in firsts.values()) < 120
    assert steps(database) == ("base",)
    assert registry.roll_back(KB) == (checkpoint.name, None)
    assert PostgresModels(database).catalogue().routes[KB].candidate is None


def test_promoting_and_rolling_back_move_the_first_step_and_nothing_else(
    database: Database,
    server: OpenAITestServer,
    registry: PostgresCheckpoints,
    checkpoint: Checkpoint,
) -> None:
    PostgresModels(database).add(a_model("large", server.base_url))
    PostgresModels(database).set_route(Route(kb=KB, steps=("base", "large")))
    registry.judged(checkpoint, PASSED)
    registry.try_out(registry.find(KB, checkpoint.name), 0.1)
    assert registry.promote(registry.find(KB, checkpoint.name)) == "base"
    assert steps(database) == (checkpoint.name, "large")
    second = train(database, server, "tuned-2")
    registry.judged(second, PASSED | {"against": checkpoint.name})
    registry.promote(registry.find(KB, second.name))
    states = [one.state for one in registry.all_of(KB)]
    assert states == [CheckpointState.REPLACED, CheckpointState.ACTIVE]
    assert registry.roll_back(KB) == (second.name, checkpoint.name)
    assert steps(database) == (checkpoint.name, "large")
    assert registry.find(KB, checkpoint.name).state is CheckpointState.ACTIVE
    assert registry.roll_back(KB) == (checkpoint.name, "base")
    assert steps(database) == ("base", "large")
    with pytest.raises(NotFoundError, match="nothing to take back"):
        registry.roll_back(KB)


def test_other_knowledge_bases_keep_their_route(
    database: Database, registry: PostgresCheckpoints, checkpoint: Checkpoint
) -> None:
    registry.judged(checkpoint, PASSED)
    registry.promote(registry.find(KB, checkpoint.name))
    assert PostgresModels(database).catalogue().routes[EVERY_KB].steps == ("base",)


def test_a_verdict_counts_against_what_answers_now(
    database: Database,
    server: OpenAITestServer,
    registry: PostgresCheckpoints,
    checkpoint: Checkpoint,
) -> None:
    registry.judged(checkpoint, PASSED | {"against": "other"})
    with pytest.raises(UnprocessableError, match="judged against other, but base answers now"):
        registry.promote(registry.find(KB, checkpoint.name))
    PostgresModels(database).add(
        Model(name="support-2", base_url=server.base_url, remote_name="something else")
    )
    second = train(database, server, "tuned-2")
    registry.judged(second, PASSED)
    with pytest.raises(UnprocessableError, match="there is another model support-2"):
        registry.promote(registry.find(KB, second.name))
    PostgresModels(database).remove_route(EVERY_KB)
    registry.judged(checkpoint, PASSED)
    with pytest.raises(UnprocessableError, match="no model answers the questions"):
        registry.promote(registry.find(KB, checkpoint.name))


def test_documents_that_go_flag_what_learned_from_them(
    database: Database, registry: PostgresCheckpoints, checkpoint: Checkpoint
) -> None:
    with database.transaction() as connection:  # all stand as they were
        connection.execute("update document set content_hash = 'x'")
        connection.execute("update dataset_row_source set document_hash = 'x'")
    assert registry.find(KB, checkpoint.name).affected == 0
    with database.transaction() as connection:
        connection.execute("update document set status = 'deleted' where key like '%%/3.md'")
        connection.execute("update document set content_hash = 'y' where key like '%%/30.md'")
    flagged = registry.find(KB, checkpoint.name)
    assert (flagged.affected, flagged.gone) == (4, 2)
    documents = registry.affected_documents(flagged)
    assert [(one.key, one.deleted, one.rows) for one in documents] == [
        (f"{KB}/3.md", True, 2),
        (f"{KB}/30.md", False, 2),
    ]
