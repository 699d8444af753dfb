"""Everything of one local system: started in order, watched, and stopped in the reverse order."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from footnote.client import ApiClient, ApiRefusedError, ApiUnreachableError
from footnote.domain.errors import FootnoteError, TransientError
from footnote.local.connection import forget_connection, write_connection
from footnote.local.database import start_postgres
from footnote.local.emulator import start_emulator, wait_for_emulator
from footnote.local.event_source import EventSource
from footnote.local.fair_queue import FairQueue
from footnote.local.functions import (
    Addresses,
    api_function,
    ingest_function,
    intake_function,
    stream_function,
    use_local_credentials,
)
from footnote.local.gateway import Gateway
from footnote.local.lifeline import RunningProgram
from footnote.local.pool import FunctionPool
from footnote.local.ports import HOST, require_free
from footnote.local.repository import Repository
from footnote.local.workspace import Hold, Workspace

if TYPE_CHECKING:
    from footnote.local.documents import DocumentsBucket

READY_TIMEOUT_S = 90.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `footnote up` was asked for."""

    port: int
    s3_port: int
    root: Path
    sample: bool = True
    keyless: bool = True
    environments: int = 2

    @property
    def url(self) -> str:
        """Where the API and the page are."""
        return f"http://{HOST}:{self.port}"

    @property
    def origins(self) -> tuple[str, ...]:
        """What a browser calls the page that is at `url`."""
        return (self.url, f"http://localhost:{self.port}")


class LocalSystem:
    """The running whole; `stop` may be called at any point of its life."""

    def __init__(self, options: Options, repository: Repository) -> None:
        self.options = options
        self._repository = repository
        # Before the S3 endpoint comes up: see recovery.
        self._started = datetime.now(UTC)
        self._database_url = ""
        self._programs: list[RunningProgram] = []
        self._parts = ExitStack()

    def start(self, migrate: Callable[[str], None], report: Callable[[str], None]) -> None:
        """Start every part, and return once questions are answered.

        Raises:
            SettingsError: the folder or a port is taken.
            TransientError: a part does not come up; the message names its log.
        """
        options = self.options
        workspace = Workspace(options.root)
        self._parts.callback(Hold(workspace, url=options.url).release)
        require_free(options.port, "--port")
        require_free(options.s3_port, "--s3-port")
        use_local_credentials()

        report("starting the database")
        emulator = self._keep(start_emulator(workspace, options.s3_port, options.origins))
        postgres = start_postgres(workspace)
        self._keep(postgres.program)
        self._database_url = postgres.url
        addresses = Addresses(database_url=postgres.url, s3_port=options.s3_port)
        functions = (self._repository, workspace, addresses, options.environments)
        api = self._pool(FunctionPool(api_function(*functions, keyless=options.keyless)))
        # One for now: two at once would keep both cores from the rest of the start.
        api.start(1)
        migrate(postgres.url)

        report("starting the S3 and SQS endpoint")
        wait_for_emulator(emulator, options.s3_port)
        # Only now: importing boto3 takes as long as starting everything above.
        from footnote.local.documents import provision_documents

        bucket = provision_documents(addresses.aws_endpoint_url, options.origins)
        write_connection(workspace, addresses, bucket.made)
        self._parts.callback(forget_connection, workspace)
        stream = self._pool(FunctionPool(stream_function(*functions, keyless=options.keyless)))
        gateway = Gateway(options.port, api, stream)
        gateway.start()
        self._parts.callback(gateway.stop)

        report("starting the functions")
        self._wait_until_ready(workspace.logs / "api.log")
        intake = self._pool(FunctionPool(intake_function(*functions[:3])))
        intake.start(1)
        ingest = self._pool(FunctionPool(ingest_function(*functions)))
        for pool in (ingest, api):
            pool.start(options.environments)
        stream.start(1)
        self._start_ingestion(intake, ingest, bucket)

    def dead_part(self) -> str | None:
        """The name and the log of a part that ended by itself, if any."""
        for program in self._programs:
            if program.exit_status() is not None:
                return f"the {program.name} ended; see {program.log}"
        return None

    def stop(self) -> None:
        """Finish what is being worked on and stop every part."""
        self._parts.close()

    def _keep(self, program: RunningProgram) -> RunningProgram:
        self._programs.append(program)
        self._parts.callback(program.stop)
        return program

    def _pool(self, pool: FunctionPool) -> FunctionPool:
        self._parts.callback(pool.stop)
        return pool

    def _wait_until_ready(self, api_log: Path) -> None:
        client = ApiClient(self.options.url)
        deadline = time.monotonic() + READY_TIMEOUT_S
        while True:
            try:
                client.health()
            except (ApiUnreachableError, ApiRefusedError) as error:
                if time.monotonic() > deadline:
                    message = f"the API does not get healthy ({error}); see {api_log}"
                    raise TransientError(message) from error
                time.sleep(0.2)
            else:
                return

    def _start_ingestion(
        self, intake: FunctionPool, ingest: FunctionPool, documents: "DocumentsBucket"
    ) -> None:
        made = documents.made
        for source, pollers in (
            (EventSource(documents.queue, made.queue_arn, intake), 1),
            (
                EventSource(FairQueue(documents.work_queue), made.work_queue_arn, ingest),
                self.options.environments,
            ),
        ):
            self._parts.callback(source.stop)
            source.start(pollers)
        threading.Thread(target=self._catch_up, args=(documents,), daemon=True).start()

    def _catch_up(self, documents: "DocumentsBucket") -> None:
        """What no one has to wait for."""
        from footnote.local.recovery import send_lost_events
        from footnote.local.sample import upload_sample

        try:
            report = send_lost_events(
                documents.bucket, documents.queue, self._database_url, started=self._started
            )
            log.info("%d notifications were sent again", report.sent)
            if report.braked:
                names = ", ".join(report.braked)
                log.error("%d deletions were held back (%s)", report.held_back, names)
            if self.options.sample:
                uploaded = upload_sample(documents.bucket, self._repository)
                log.info("%d sample documents were uploaded", uploaded)
        except (FootnoteError, OSError):
            log.exception("catching up with the bucket failed")
