"""Whatever happens to events on their way, the index comes to what the bucket holds.

A model bucket, and a delivery that repeats, reorders, delays, loses and crashes at every point
where work touches the outside, against a real Postgres. See `tests/delivery`.
"""

from dataclasses import replace

import pytest

from footnote.domain.document import DocumentStatus, ObjectVersion
from footnote.domain.generation import Generation
from footnote.domain.order import Claim, Verdict
from footnote.postgres.connection import Database
from footnote.postgres.documents import PostgresDocuments, identity_of, lock_document
from footnote.postgres.index import PostgresIndex
from tests.delivery.machine import Delivery
from tests.delivery.world import Fences
from tests.machines import STORM_SEED, run_machine

pytestmark = pytest.mark.integration
EXAMPLES = 300
# The storm is 5,000 examples, in parts that several cores share; a part that failed is run alone
# with the same STORM_SEED and ARGS="-k 'part_7]'".
STORM_PARTS = 50
STORM_EXAMPLES = 100


def check(
    database: Database,
    examples: int,
    *,
    fences: Fences | None = None,
    at_random: int | None = None,
) -> None:
    """Drive the machine; the same examples each time, or those that a seed draws."""

    class Machine(Delivery):
        pass

    Machine.database = database
    Machine.fences = fences or Fences()
    run_machine(Machine, examples=examples, steps=50, at_random=at_random)


def test_the_index_comes_to_what_the_bucket_holds(quick_database: Database) -> None:
    check(quick_database, EXAMPLES)


@pytest.mark.storm
@pytest.mark.parametrize("part", range(STORM_PARTS), ids="part_{}".format)
def test_in_a_storm_the_index_comes_to_what_the_bucket_holds(
    quick_database: Database, part: int
) -> None:
    check(quick_database, STORM_EXAMPLES, at_random=STORM_SEED * STORM_PARTS + part)


class WithoutSequencer(PostgresDocuments):
    """Every event is news."""

    def admit(self, versions: list[ObjectVersion]) -> list[Verdict]:  # type: ignore[override]
        return super().admit([replace(version, sequencer="") for version in versions])

    def claim(self, version: ObjectVersion) -> Claim:
        return super().claim(replace(version, sequencer=""))


class WithoutTombstone(PostgresIndex):
    """What is deleted leaves no row behind."""

    def publish(self, version: ObjectVersion, claim: Claim, generation: Generation) -> bool:
        published = super().publish(version, claim, generation)
        if published and generation.status is DocumentStatus.DELETED:
            with self._database.transaction() as connection:
                connection.execute(
                    "delete from document where kb = %(kb)s and document_id = %(document_id)s",
                    identity_of(version.key),
                )
        return published


class WithoutClaim(PostgresIndex):
    """Work is published as if nobody else had accepted anything meanwhile."""

    def publish(self, version: ObjectVersion, claim: Claim, generation: Generation) -> bool:
        with self._database.transaction() as connection:
            known = lock_document(connection, identity_of(version.key))
        number = known.claim if known else claim.number
        return super().publish(version, replace(claim, number=number), generation)


@pytest.mark.parametrize(
    "fences",
    [
        Fences(documents=WithoutSequencer),
        Fences(index=WithoutTombstone),
        Fences(index=WithoutClaim),
    ],
    ids=["sequencer", "tombstone", "claim"],
)
def test_with_a_fence_taken_away_the_same_check_fails(
    quick_database: Database, fences: Fences
) -> None:
    with pytest.raises((AssertionError, ExceptionGroup)):
        check(quick_database, EXAMPLES, fences=fences)
