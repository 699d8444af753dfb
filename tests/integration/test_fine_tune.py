"""Fine-tuning jobs against the simulated server and a real Postgres; nothing is ever trained."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from footnote.domain.dataset import Dataset, KeptDataset, Row, RowKind, Split
from footnote.domain.errors import ModelRefusedError, ModelUnavailableError, UnprocessableError
from footnote.domain.fine_tuning import FineTuning, Job, JobReport, JobSettings, JobState, Provider
from footnote.fine_tune import FineTunePorts, cancel, estimate, look, start, watch
from footnote.postgres.connection import Database
from footnote.postgres.datasets import PostgresDatasets
from footnote.postgres.fine_tuning import PostgresJobs
from footnote.tuning.openai_jobs import OpenAIJobs
from tests.asking import KB
from tests.openai_test_server import OpenAITestServer, reset, status
from tests.simulated_fine_tuning import FAILS, STEPS

pytestmark = pytest.mark.integration
KEY = "sk-very-secret-key-0123456789"


def row(number: int, **changed: object) -> Row:
    made = Row(
        kind=RowKind.ANSWER,
        question=f"Why {number}?",
        system="Use the passages.",
        user=f"passage\n\nQuestion: Why {number}?",
        reply="So.",
        answer="So.",
        cluster=f"{number}.md",
        tokens=20,
        sources=(),
        split=Split.HELD_OUT if number % 5 == 0 else Split.TRAIN,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


@pytest.fixture
def server() -> Iterator[OpenAITestServer]:
    with OpenAITestServer(api_key=KEY) as server:
        yield server


@pytest.fixture
def datasets(database: Database) -> PostgresDatasets:
    return PostgresDatasets(database)


def keep(datasets: PostgresDatasets, rows: list[Row]) -> KeptDataset:
    datasets.add(
        Dataset(
            kb=KB,
            name="support",
            prompt_version="p1",
            seed=1,
            decline_rate=0.0,
            rows=rows,
            left_out={},
        )
    )
    return datasets.find(KB, "support")


@pytest.fixture
def kept(datasets: PostgresDatasets) -> KeptDataset:
    return keep(datasets, [row(number) for number in range(20)])


@pytest.fixture
def settings(server: OpenAITestServer) -> JobSettings:
    return JobSettings(provider=Provider.OPENAI, base_model="test-model", base_url=server.base_url)


def provided(settings: JobSettings) -> FineTuning:
    return OpenAIJobs(settings.base_url, KEY)


@pytest.fixture
def ports(database: Database, datasets: PostgresDatasets) -> FineTunePorts:
    return FineTunePorts(
        jobs=PostgresJobs(database),
        datasets=datasets,
        providers=provided,
        sleep=lambda _: None,
    )


@pytest.fixture
def begun(kept: KeptDataset, settings: JobSettings, ports: FineTunePorts) -> Callable[[], Job]:
    return lambda: start(kept, KB, settings, None, ports)


def checkpoints(database: Database) -> list[dict[str, object]]:
    with database.transaction() as connection:
        return connection.execute("select * from checkpoint order by name").fetchall()


def test_a_job_is_followed_to_its_checkpoints_with_events_and_losses(
    database: Database, server: OpenAITestServer, ports: FineTunePorts, begun: Callable[[], Job]
) -> None:
    server.shutdown_dates["test-model"] = "2027-01-06"
    job = begun()
    assert job.remote_id
    assert server.fine_tuning.files["file-1"].count(b"\n") == 16
    reports = [one for one in watch(job, 1, ports) if isinstance(one, JobReport)]
    told = [one.status for one in reports]
    assert told == ["validating_files", "queued", "running", "succeeded"]
    events = PostgresJobs(database).events(job)
    losses = [one.train_loss for one in events if one.train_loss is not None]
    assert len(losses) == STEPS
    assert losses == sorted(losses, reverse=True)
    assert len({one.event_id for one in events}) == len(events)
    early, last = checkpoints(database)[::-1]
    assert (last["name"], last["prompt_version"]) == ("support-1", "p1")
    assert str(last["sunset"]) == "2027-01-06"
    assert last["remote_name"] == server.fine_tuning.trained[0]
    assert str(early["name"]).startswith("support-1.step-")
    done = ports.jobs.find(KB, job.job_id)
    assert (done.state, bool(done.trained_tokens)) == (JobState.SUCCEEDED, True)
    assert look(done, ports) is None


def test_whoever_comes_after_a_crash_goes_on_and_orders_nothing_twice(
    database: Database, server: OpenAITestServer, ports: FineTunePorts, begun: Callable[[], Job]
) -> None:
    job = begun()
    with database.transaction() as connection:  # it died before it wrote the provider's id down
        connection.execute("update fine_tuning_job set remote_id = null, state = 'starting'")
    again = ports.jobs.find(KB, job.job_id)
    assert again.remote_id is None
    list(watch(again, 1, ports))
    assert ports.jobs.find(KB, job.job_id).remote_id == job.remote_id
    created = [one for one in server.requests if one.path == "/v1/fine_tuning/jobs" and one.body]
    assert len(created) == 1


def test_a_reply_that_is_lost_is_found_again(
    server: OpenAITestServer,
    kept: KeptDataset,
    settings: JobSettings,
    ports: FineTunePorts,
) -> None:
    server.faults.extend([reset, reset, reset])
    with pytest.raises(ModelUnavailableError):
        start(kept, KB, settings, None, ports)
    job = ports.jobs.find(KB, 1)
    assert (job.remote_id, job.state) == (None, JobState.STARTING)
    list(watch(job, 1, ports))
    assert ports.jobs.find(KB, 1).state is JobState.SUCCEEDED


def test_a_status_that_nobody_knows_is_shown_and_waited_for(
    server: OpenAITestServer, ports: FineTunePorts, begun: Callable[[], Job]
) -> None:
    server.fine_tuning.script = ("validating_files", "paused_for_review", "succeeded")
    told = [one.status for one in watch(begun(), 1, ports) if isinstance(one, JobReport)]
    assert told == ["validating_files", "paused_for_review", "succeeded"]


def test_a_failed_job_shows_its_providers_own_words(
    database: Database, server: OpenAITestServer, ports: FineTunePorts, begun: Callable[[], Job]
) -> None:
    server.fine_tuning.script = FAILS
    server.fine_tuning.failure = "This training file violates our usage policies.\0"
    job = begun()
    list(watch(job, 1, ports))
    done = ports.jobs.find(KB, job.job_id)
    assert done.state is JobState.FAILED
    assert done.error == "This training file violates our usage policies. (server_error)"
    assert checkpoints(database) == []


def test_a_provider_that_is_down_for_a_while_is_waited_for(
    server: OpenAITestServer, ports: FineTunePorts, begun: Callable[[], Job]
) -> None:
    job = begun()
    server.faults.extend([status(503, message="busy", retry_after="0")] * 7)
    told = list(watch(job, 1, ports))
    assert "busy" in str(told[0])
    assert ports.jobs.find(KB, job.job_id).state is JobState.SUCCEEDED


def test_one_that_is_down_for_good_ends_the_watch_and_not_the_job(
    server: OpenAITestServer, ports: FineTunePorts, begun: Callable[[], Job]
) -> None:
    job = begun()
    server.faults.extend([status(503, retry_after="0")] * 100)
    with pytest.raises(ModelUnavailableError):
        list(watch(job, 1, ports))
    server.faults.clear()
    list(watch(ports.jobs.find(KB, job.job_id), 1, ports))
    assert ports.jobs.find(KB, job.job_id).state is JobState.SUCCEEDED


def test_what_the_provider_refuses_is_written_down_without_the_key(
    server: OpenAITestServer, kept: KeptDataset, settings: JobSettings, ports: FineTunePorts
) -> None:
    wrong = replace(settings, base_model="unknown-model")
    with pytest.raises(ModelRefusedError, match="unknown-model is not available"):
        start(kept, KB, wrong, None, ports)
    failed = ports.jobs.find(KB, 1)
    assert (failed.state, "not available" in failed.error) == (JobState.FAILED, True)
    server.faults.append(status(400, message=f"bad key {KEY}"))
    with pytest.raises(ModelRefusedError) as refused:
        start(kept, KB, settings, None, ports)
    assert KEY not in str(refused.value) + ports.jobs.find(KB, 2).error


def test_rows_that_break_the_providers_rules_are_never_sent(
    server: OpenAITestServer,
    datasets: PostgresDatasets,
    settings: JobSettings,
    ports: FineTunePorts,
) -> None:
    small = keep(datasets, [row(number) for number in range(1, 5)])
    with pytest.raises(UnprocessableError, match="4 rows, at least 10"):
        start(small, KB, settings, None, ports)
    assert server.requests == []


def test_a_job_is_cancelled(ports: FineTunePorts, begun: Callable[[], Job]) -> None:
    job = begun()
    cancel(job, ports)
    done = ports.jobs.find(KB, job.job_id)
    assert done.state is JobState.CANCELLED
    with pytest.raises(UnprocessableError, match="is over"):
        cancel(done, ports)


def test_what_is_about_to_be_sent_is_told_with_its_cost(kept: KeptDataset) -> None:
    planned = estimate(kept, 3, Decimal(25))
    assert (planned.rows, planned.held_out, planned.tokens) == (16, 4, 320)
    assert planned.cost == Decimal("0.024")
    assert estimate(kept, 3, None).cost is None
