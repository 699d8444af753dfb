"""A Hypothesis machine: changes of a bucket on one side, a delivery with all its faults behind."""

from collections.abc import Callable
from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from footnote.domain.document import LONGEST_KEY_BYTES, SIDECAR_SUFFIX, KnowledgeBaseId
from footnote.domain.drift import Repair
from footnote.domain.errors import ObjectStorageUnavailableError
from footnote.inbox.sidecar import sidecar_key
from footnote.postgres.connection import Database
from tests.delivery import state
from tests.delivery.draws import CONTENT, COPIES, NAME, NAMES, PLACES, PLAIN_CONTENT, SIDECARS, WAYS
from tests.delivery.failpoints import NO_TEXT, POINTS, Message, crash
from tests.delivery.model_bucket import TEST_EVENT
from tests.delivery.world import Fences, World

_numbers = count(1)


class Delivery(RuleBasedStateMachine):
    """Changes, and their events on their way to the index."""

    database: Database
    fences = Fences()

    @initialize(
        names=st.lists(st.sampled_from(NAMES), min_size=2, max_size=2, unique=True),
        lossy=st.sampled_from([False, False, False, True]),
    )
    def begin(self, names: list[str], lossy: bool) -> None:
        kb = KnowledgeBaseId(f"kb{next(_numbers)}")
        # No key has over 1,024 bytes.
        self.keys = [f"{kb}/{one}"[:1024] for one in names]
        self.world = World(self.database, kb, self.fences)
        self.bucket = self.world.bucket
        self.lossy = lossy

    @rule(at=NAME, content=CONTENT, how=WAYS)
    def put(self, at: int, content: bytes, how: str) -> None:
        self.world.tell(self.bucket.upload(self.keys[at], self._fresh(content), how))

    @rule(at=NAME)
    def copy(self, at: int) -> None:
        """Onto the other key, as a restore of an old version is a copy onto its own."""
        source = self.bucket.current(self.keys[at])
        if source:
            self.world.tell(self.bucket.upload(self.keys[1 - at], source[1], "Copy"))

    @rule(at=NAME)
    def remove(self, at: int) -> None:
        self.world.tell(self.bucket.delete(self.keys[at]))

    @rule(at=NAME)
    def expire(self, at: int) -> None:
        self.world.tell(self.bucket.expire(self.keys[at]))

    @rule(at=NAME, oldest=st.booleans())
    def drop_version(self, at: int, oldest: bool) -> None:
        drop = self.bucket.drop_oldest if oldest else self.bucket.drop_current
        self.world.tell(drop(self.keys[at]))

    @rule(at=NAME, content=st.sampled_from([*SIDECARS, SIDECARS[0], None]), expires=st.booleans())
    def sidecar(self, at: int, content: bytes | None, expires: bool) -> None:
        key = sidecar_key(self.keys[at])
        if len(key.encode()) > LONGEST_KEY_BYTES:
            return
        if content is not None:
            self.world.tell(self.bucket.upload(key, content))
        else:
            self.world.tell(self.bucket.expire(key) if expires else self.bucket.delete(key))

    @rule(what=st.sampled_from(["folder", "folder's sidecar", "sidecar's sidecar", "test"]))
    def noise(self, what: str) -> None:
        """What is told, and is no document."""
        key = {
            "folder": f"{self.world.kb}/folder/",
            "folder's sidecar": f"{self.world.kb}/.metadata.json",
            "sidecar's sidecar": f"{self.world.kb}/a.md.metadata.json.metadata.json",
        }.get(what)
        self.world.tell(self.bucket.upload(key, b"{}") if key else TEST_EVENT)

    @rule(places=PLACES, copies=COPIES, again=st.booleans())
    def notify(self, places: list[int], copies: int, again: bool) -> None:
        self.world.notify(places, copies=copies, again=again)

    @rule(places=PLACES, copies=COPIES, again=st.booleans())
    def work(self, places: list[int], copies: int, again: bool) -> None:
        self.world.ingest(places, copies=copies, again=again)

    @rule()
    def deliver_all(self) -> None:
        self.world.deliver_all()

    @rule(point=st.sampled_from(POINTS), places=PLACES)
    def end_at(self, point: str, places: list[int]) -> None:
        """The process ends at a point, or gets through; the queue delivers again either way."""
        self._at(point, crash, places, again=True)

    @rule(
        point=st.sampled_from(POINTS),
        places=PLACES,
        at=NAME,
        content=st.sampled_from([*PLAIN_CONTENT, None]),
        delivered=st.booleans(),
        index=st.sampled_from([None, None, "begin", "drop"]),
    )
    def meanwhile(
        self,
        point: str,
        places: list[int],
        at: int,
        content: bytes | None,
        delivered: bool,
        index: str | None,
    ) -> None:
        """While work stands at a point, others change the same things, and their work is done."""

        def others() -> None:
            if content is None:
                self.world.tell(self.bucket.delete(self.keys[at]))
            else:
                self.world.tell(self.bucket.upload(self.keys[at], self._fresh(content)))
            if index:
                self.change_index(index)
            if delivered:
                self.world.deliver_all()

        self._at(point, others, places, again=False)

    @rule(
        point=st.sampled_from(["fetched", "partition", "embed", "embedded", "kept", "publish"]),
        at=NAME,
        old=CONTENT,
        new=CONTENT,
        sidecar=st.sampled_from([*SIDECARS[:2], None, None]),
    )
    def overtake(self, point: str, at: int, old: bytes, new: bytes, sidecar: bytes | None) -> None:
        """After work has read its object, another version or sidecar comes and is done first."""
        world, key = self.world, self.keys[at]
        described = len(sidecar_key(key).encode()) <= LONGEST_KEY_BYTES

        def others() -> None:
            if sidecar is not None and described:
                self._put_and_ingest(sidecar_key(key), sidecar)
            else:
                self._put_and_ingest(key, self._fresh(new))

        world.points.armed = (point, others)
        self._put_and_ingest(key, self._fresh(old))
        world.points.armed = None
        assert state.shown(world)[key] == state.expected(world.bucket)[key]

    def _fresh(self, content: bytes) -> bytes:
        """With words that no example before had, so that there is something to embed."""
        if content in {b"", NO_TEXT}:
            return content
        return content + f" {self.world.kb} {len(self.world.told) // 4}".encode()

    def _put_and_ingest(self, key: str, content: bytes) -> None:
        self.world.tell(self.bucket.upload(key, content))
        self.world.notify([-1])
        self.world.ingest([-1])

    @rule(places=PLACES)
    def deny(self, places: list[int]) -> None:
        """A policy is wrong for a while: AccessDenied says of nothing that it is gone."""
        before = self._generations()
        self.bucket.unavailable = True
        self.world.notify(places, again=True)
        self.world.ingest(places, again=False)
        try:
            self.world.reconcile()
        except ObjectStorageUnavailableError:
            pass
        else:
            raise AssertionError
        self.bucket.unavailable = False
        assert self._generations() == before

    @rule()
    def reconcile(self) -> None:
        self.world.reconcile()

    @rule(what=st.sampled_from(["begin", "switch", "drop"]))
    def change_index(self, what: str) -> None:
        world = self.world
        steps = {
            "begin": world.begin_other_index,
            "switch": world.switch_index,
            "drop": world.drop_index,
        }
        steps[what]()

    @precondition(lambda self: self.lossy)
    @rule(at=st.integers(0))
    def lose(self, at: int) -> None:
        waiting = self.world.notifications.waiting
        if waiting:
            lost = waiting.pop(at % len(waiting)).body
            self.world.told = [body for body in self.world.told if body != lost]

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        world = self.world
        world.notifications.waiting.reverse()
        world.drain()
        if not self.lossy:
            state.check(world)
        report = world.reconcile()
        if report and not self.lossy:  # a sidecar of the same second counts as newer
            # An index that is being built lacks what nobody went on with.
            benign = {Repair.SIDECAR, Repair.INCOMPLETE}
            assert (set(report.sent) - benign, report.to_delete) == (set(), 0)
        world.drain()
        state.check(world)
        self._tell_all_again()

    def _tell_all_again(self) -> None:
        """What was done stays done: old news makes no document wait or change."""
        world = self.world
        ordered = [body for body in world.told if '"sequencer": ""' not in body]
        # A sidecar that came before its document was passed over; its event counts this once.
        world.notifications.waiting += [Message(body) for body in ordered if SIDECAR_SUFFIX in body]
        world.drain()
        before = state.fingerprint(world)
        world.notifications.waiting += map(Message, ordered)
        world.notify(range(len(ordered)))
        assert world.work.waiting == []
        assert state.fingerprint(world) == before

    def _at(
        self, point: str, happen: Callable[[], None], places: list[int], *, again: bool
    ) -> None:
        world = self.world
        world.points.armed = (point, happen)
        world.notify(places, again=again)
        world.ingest(places, again=again)
        world.points.armed = None

    def _generations(self) -> int:
        """How often what readers see of a document was replaced."""
        return sum(row["generation"] for row in state.fingerprint(self.world))
