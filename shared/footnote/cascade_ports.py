"""What having answers written needs from outside."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from footnote.circuit_breaker import CircuitBreakers
from footnote.domain.model import Model
from footnote.generation.port import Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class CascadePorts:
    """Who writes, by model and without any, and which endpoints are left alone for now."""

    generators: Callable[[Model], Generator]
    extractive: Generator
    breakers: CircuitBreakers
    sleep: Callable[[float], None] = time.sleep
