"""What was measured on."""

import os
import platform
from pathlib import Path


def machine() -> str:
    """Cores and the name of the processor."""
    return f"{os.cpu_count()} cores, {_processor()}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()
