"""What `template.yaml` deploys, as far as it costs something; tests hold this to the template."""

from dataclasses import dataclass
from enum import StrEnum

API_MB = 1769
INGEST_MB = 3008
INTAKE_MB = 512
RECONCILE_MB = 512
INTERFACE_ENDPOINTS = 2
ALARM_METRICS = 17
# Of the metrics that Footnote writes; those of the canary, the reranker and each knowledge base's
# recall come only where these are used.
METRICS = 14
# Of these, what the reconciliation writes while nobody asks and nothing changes.
IDLE_METRICS = 5
WAF_RULES = 3


class DatabaseKind(StrEnum):
    """The parameter `Database`."""

    EXTERNAL = "external"
    AURORA = "aurora"


class Egress(StrEnum):
    """The parameter `Egress`."""

    NONE = "none"
    BEDROCK = "bedrock"
    NAT = "nat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """The parameters that a bill depends on, with the template's own values."""

    database: DatabaseKind
    egress: Egress = Egress.NONE
    least_acu: float = 0.0
    most_acu: float = 4.0
    pause_s: float = 600.0
    reader: bool = False
    reconcile_a_day: float = 24.0
    alarms: bool = True
    waf: bool = False
    kms: bool = False

    @property
    def has_aurora(self) -> bool:
        """Whether the database is in the bill."""
        return self.database is DatabaseKind.AURORA
