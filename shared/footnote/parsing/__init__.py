"""Bytes to elements; the only place that imports unstructured."""

from footnote.parsing.limits import ParsingLimits
from footnote.parsing.partitioning import partition
from footnote.parsing.sandbox import SandboxedParser

__all__ = ["ParsingLimits", "SandboxedParser", "partition"]
