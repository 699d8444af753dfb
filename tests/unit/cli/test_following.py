"""An answer on a terminal while it is written."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from footnote.cli.following import follow


def test_each_change_is_shown_and_what_is_taken_back_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")  # a dumb terminal shows the end only
    terminal = StringIO()
    console = Console(file=terminal, force_terminal=True, force_interactive=True, width=80)
    moments: list[str] = []

    def events() -> Iterator[tuple[str, dict[str, Any]]]:
        told: tuple[tuple[str, dict[str, Any]], ...] = (
            ("token", {"sentence": 0, "text": "Lies"}),
            ("token", {"sentence": 0, "text": " here."}),
            ("retract", {"sentence": 0, "reason": "number"}),
            ("token", {"sentence": 0, "text": "Due [soon]. [1]"}),
            ("done", {"answer": "Due [soon]. [1]"}),
        )
        for event in told:
            yield event
            moments.append(terminal.getvalue().rpartition("\x1b[2K")[2])

    assert follow(events(), console) == {"answer": "Due [soon]. [1]"}
    shown = ["Lies", "Lies here.", "Asking", "Due [soon]. [1]"]
    assert all(text in moment for text, moment in zip(shown, moments, strict=False))
    assert "Lies" not in moments[2] + moments[3]
