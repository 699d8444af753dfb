"""What others publish for the same work: their service, without and with a model that answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from footnote.costs.bill import Bill, Tariff, Use, bill_of
from footnote.costs.measured import Measured
from footnote.costs.traffic import DAYS_A_MONTH, HOURS_A_MONTH, Traffic

_GB = 1e9
_TOKENS_A_CHUNK = 250
# OpenSearch's own rule for HNSW in memory, at 1,024 dimensions and m = 16: 1.1 * (4 * d + 8 * m).
_VECTOR_BYTES = 1.1 * (4 * 1024 + 8 * 16)
_VECTOR_BYTES_AN_OCU = 3e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A managed service; `needs_model`: a model is paid for beside it, else its price has that."""

    name: str
    bill: Bill
    about: str
    needs_model: bool = True

    def usd(self, model_usd: Decimal) -> Decimal:
        """A month, with what the model's tokens cost where they come on top."""
        return self.bill.usd + (model_usd if self.needs_model else 0)


def alternatives(traffic: Traffic, measured: Measured, tariff: Tariff) -> list[Alternative]:
    """Every service of which a price was found."""
    gigabytes = traffic.documents * measured.document.bytes / _GB
    chunks = traffic.documents * measured.document.chunks
    changed = traffic.changed_a_month * measured.document.chunks

    def priced(*uses: Use) -> Bill:
        return bill_of(uses, tariff)

    return [
        Alternative(
            name="Bedrock Knowledge Bases on OpenSearch Serverless",
            bill=priced(*_opensearch(chunks, changed)),
            about="at least one OCU each to index and to search, with their standbys",
        ),
        Alternative(
            name="Amazon Kendra",
            bill=priced(_kendra(traffic)),
            about="Developer Edition up to 10,000 documents and 4,000 questions a day",
        ),
        Alternative(
            name="Vertex AI Search, Enterprise",
            bill=priced(_use("queries", traffic.questions, "vertex_enterprise_query")),
            about="with core generative answers; data storage comes on top",
            needs_model=False,
        ),
        Alternative(
            name="Vertex AI Search, Standard",
            bill=priced(_use("queries", traffic.questions, "vertex_standard_query")),
            about="data storage comes on top",
        ),
        Alternative(
            name="Azure AI Search",
            bill=priced(_azure(gigabytes)),
            about="Basic up to 15 GB, S1 above; one replica, without the semantic ranker",
        ),
        Alternative(
            name="OpenAI file search",
            bill=priced(
                _use("calls", traffic.questions, "openai_file_search_call"),
                _use("storage", gigabytes * DAYS_A_MONTH, "openai_vector_gb_day"),
            ),
            about="storage counted as the files' own bytes, the least it can be",
        ),
    ]


def _opensearch(chunks: float, changed: float) -> Iterable[Use]:
    searching = max(1, ceil(chunks * _VECTOR_BYTES / _VECTOR_BYTES_AN_OCU))
    yield _use("OCU", (1 + searching) * HOURS_A_MONTH, "opensearch_ocu_hour")
    yield _use("embedding", changed * _TOKENS_A_CHUNK, "titan_embedding_token")


def _kendra(traffic: Traffic) -> Use:
    if traffic.documents <= 10_000 and traffic.questions_a_day <= 4_000:
        return _use("index", 1, "kendra_developer_month")
    units = max(ceil(traffic.documents / 100_000), ceil(traffic.questions_a_day / 8_000))
    return _use("index units", units, "kendra_enterprise_month")


def _azure(gigabytes: float) -> Use:
    if gigabytes <= 15:
        return _use("search unit", 1, "azure_search_basic_month")
    return _use("search units", ceil(gigabytes / 160), "azure_search_s1_month")


def _use(item: str, quantity: float, price: str) -> Use:
    return Use(part="service", item=item, quantity=quantity, price=price)
