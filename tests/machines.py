"""State machines, driven the same way each time, or by a seed."""

import os

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

STORM_SEED = int(os.environ.get("FOOTNOTE_STORM_SEED", "0"))


def run_machine(
    machine: type[RuleBasedStateMachine], *, examples: int, steps: int, at_random: int | None
) -> None:
    """Drive a machine; the same examples each time, or those that a seed draws."""
    if at_random is not None:
        seed(at_random)(machine)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.generate],  # the shortest failure is not worth minutes of searching
            derandomize=at_random is None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
