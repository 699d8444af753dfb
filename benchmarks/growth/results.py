"""What was measured, stage by stage, in a file: an interrupted run goes on behind the last one."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

type Figures = dict[str, Any]


class Results:
    """One JSON file; each stage is kept with its day and the load of the machine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.stages: dict[str, Figures] = json.loads(path.read_text()) if path.exists() else {}

    def stage(self, name: str, measure: Callable[[], Figures]) -> Figures:
        """What this stage came to, measured unless it is known."""
        if name not in self.stages:
            before = os.getloadavg()[0]
            found = measure()
            self.stages[name] = {
                "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
                "load": [round(before, 1), round(os.getloadavg()[0], 1)],
                **found,
            }
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self.stages, indent=1) + "\n")
        return self.stages[name]

    def of(self, kind: str) -> dict[int, Figures]:
        """The stages of one kind, by their number: `chunks 10000` is of `chunks`."""
        found = (
            (name.split(" ")[1], stage)
            for name, stage in self.stages.items()
            if name.startswith(f"{kind} ")
        )
        return {int(number): stage for number, stage in sorted(found, key=lambda one: int(one[0]))}
