"""`make drill-upgrade` and `make drill-restore`: what operators rely on, tried out and timed."""

import argparse
import os
import sys

from tests.drills.old_code import NoHistoryError, old_code, revision_before
from tests.drills.restore import NoToolsError, Restored, restore
from tests.drills.upgrade import LONGEST_WAIT_S, Outcome, upgrade

_NOT_RUN = 2


def main() -> int:
    """Run one drill; 0 where it went well, 1 where not, 2 where it could not be run."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description=__doc__)
    drills = parser.add_subparsers(dest="drill", required=True)
    one = drills.add_parser("upgrade", help="old and new code on one database, under traffic")
    one.add_argument("--before", help="the old code is that before this migration, such as 0025")
    one.add_argument("--revision", help="or any revision, such as a tag")
    one.add_argument("--seconds", type=float, default=10.0, help="of each phase")
    one.add_argument("--documents", type=int, default=50)
    one.add_argument("--questions", type=int, default=100_000, help="rows of the ledger")
    one.set_defaults(run=_upgrade)
    other = drills.add_parser("restore", help="a lost database, from its backup and the bucket")
    other.add_argument("--documents", type=int, default=50)
    other.set_defaults(run=_restore)
    chosen = parser.parse_args()
    try:
        good = bool(chosen.run(chosen))
    except (NoHistoryError, NoToolsError) as error:
        _say(f"NOT RUN: {error}")
        return _NOT_RUN
    _say("PASSED" if good else "FAILED")
    return 0 if good else 1


def _upgrade(chosen: argparse.Namespace) -> bool:
    revision = chosen.revision or revision_before(chosen.before)
    with old_code(revision, os.environ.get("UV", "uv")) as code:
        _say(f"old code: {code.revision[:12]}, up to {code.migrations[-1]}")
        outcome = upgrade(
            code,
            seconds=chosen.seconds,
            documents=chosen.documents,
            questions=chosen.questions,
        )
    _tell(outcome)
    return outcome.good


def _tell(outcome: Outcome) -> None:
    _say(f"applied in {outcome.migrating_s:.1f} s: {', '.join(outcome.applied) or 'nothing'}")
    for name, number in outcome.done.items():
        _say(f"  {number:6} {name}")
    _say(f"errors: {len(outcome.errors)}")
    for error in outcome.errors[:20]:
        _say(f"  {error}")
    _say(f"longest wait for a lock: {outcome.longest_wait_s:.2f} s (limit {LONGEST_WAIT_S} s)")
    if outcome.longest_wait_s > LONGEST_WAIT_S:
        _say(f"  by: {' '.join(outcome.waiting.split())}")


def _restore(chosen: argparse.Namespace) -> bool:
    result: Restored = restore(chosen.documents)
    for step, seconds in result.seconds.items():
        _say(f"{step:16} {seconds:6.1f} s")
    _say(f"{'dump':16} {result.dump_bytes / 1024:6.0f} kB")
    for what, found in result.found.items():
        _say(f"  {'yes' if found else 'NO ':4} {what}")
    return result.good


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
