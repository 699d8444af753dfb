"""Fine-tuning jobs in Postgres: whoever looks next goes on where the last one stopped."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from footnote.domain.document import KnowledgeBaseId
from footnote.domain.errors import NotFoundError
from footnote.domain.fine_tuning import (
    Job,
    JobEvent,
    JobReport,
    JobSettings,
    JobState,
    Provider,
    Trained,
)
from footnote.postgres.connection import Database
from footnote.postgres.queries import load_queries
from footnote.postgres.storable import storable

_SETTINGS = ("provider", "base_model", "base_url", "key_ref", "epochs", "options")


class PostgresJobs:
    """Keeps jobs, what was said of them, and registers what came of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql = load_queries("fine_tuning.sql")

    def add(
        self, kb: KnowledgeBaseId, dataset_id: int, settings: JobSettings, cost: Decimal | None
    ) -> Job:
        """Note a job before anybody is told of it."""
        values = asdict(settings) | {"options": Jsonb(dict(settings.options))}
        values |= {"kb": kb, "dataset_id": dataset_id, "estimated_cost": cost}
        (row,) = self._rows("add_job", values)
        return self.find(kb, row["job_id"])

    def find(self, kb: KnowledgeBaseId, job_id: int) -> Job:
        """One job.

        Raises:
            NotFoundError: there is none of that number.
        """
        rows = self._rows("jobs", {"kb": kb, "job_id": job_id})
        if not rows:
            message = f"{kb} has no job {job_id}; `footnote finetune list` shows those there are"
            raise NotFoundError(message)
        return _job(rows[0])

    def all_of(self, kb: KnowledgeBaseId) -> list[Job]:
        """Every job, the oldest first."""
        return [_job(row) for row in self._rows("jobs", {"kb": kb, "job_id": None})]

    def started(self, job: Job, remote_id: str) -> None:
        """Note what the provider calls it."""
        self._write("started", _named(job) | {"remote_id": remote_id})

    def refused(self, job: Job, error: str) -> None:
        """Note that the provider did not take it."""
        self._write("not_started", _named(job) | {"error": storable(error)})

    def looked_at(self, job: Job, report: JobReport) -> None:
        """Note how it stands, its events, and the checkpoints that came of it; at once."""
        told = {
            "status": storable(report.status),
            "state": report.state,
            "error": storable(report.error),
            "trained_tokens": report.trained_tokens,
        }
        with self._database.transaction() as connection, connection.cursor() as cursor:
            cursor.execute(self._sql["looked_at"], _named(job) | told)
            events = [_named(job) | _event(one) for one in report.events]
            cursor.executemany(self._sql["add_event"], events)
            trained = [_checkpoint(job, one, report) for one in report.trained]
            cursor.executemany(self._sql["add_checkpoint"], trained)

    def events(self, job: Job) -> list[JobEvent]:
        """What was said of it so far, in the order in which it was heard."""
        return [JobEvent(**row) for row in self._rows("events", _named(job))]

    def _rows(self, statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        with self._database.transaction() as connection:
            return connection.execute(self._sql[statement], parameters).fetchall()

    def _write(self, statement: str, parameters: dict[str, Any]) -> None:
        with self._database.transaction() as connection:
            connection.execute(self._sql[statement], parameters)


def _named(job: Job) -> dict[str, Any]:
    return {"kb": job.kb, "job_id": job.job_id}


def _event(one: JobEvent) -> dict[str, Any]:
    return asdict(one) | {"message": storable(one.message), "level": storable(one.level)}


def _checkpoint(job: Job, one: Trained, report: JobReport) -> dict[str, Any]:
    name = job.mark.removeprefix("footnote-").lower()
    settings = job.settings
    return _named(job) | {
        "name": f"{name}.step-{one.step}" if one.step else name,
        "base_url": settings.options.get("serve_at") or settings.base_url,
        "remote_name": one.remote_name,
        "metrics": Jsonb(dict(one.metrics)),
        "sunset": report.sunset,
    }


def _job(row: dict[str, Any]) -> Job:
    settings = {name: row.pop(name) for name in _SETTINGS}
    settings["provider"] = Provider(settings["provider"])
    row |= {"kb": KnowledgeBaseId(row["kb"]), "state": JobState(row["state"])}
    return Job(settings=JobSettings(**settings), **row)
