"""Every setting: an environment variable `FOOTNOTE_<NAME>`, its default, and what it does."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Settings(BaseModel):
    """Read once per process by `bootstrap`, never at import time."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """What is set there, and defaults.

        A variable that is set to nothing is not set: `sam local` does so to what a template leaves
        out. White space around a value is none of it: files and secrets end in a line's end.

        Raises:
            pydantic.ValidationError: one is not what it can be.
        """
        found = {
            name: environment.get(f"FOOTNOTE_{name.upper()}", "").strip()
            for name in cls.model_fields
        }
        return cls.model_validate({name: value for name, value in found.items() if value})

    database_url: SecretStr = Field(
        SecretStr(""), description="Postgres connection URL; or give DATABASE_SECRET_ARN"
    )
    database_secret_arn: str = Field(
        "",
        description="Secrets Manager secret with the connection URL, or Aurora's user and password",
    )
    database_host: str = Field("", description="host, where that secret does not tell it")
    reader_host: str = Field(
        "", description="host of a read-only copy that questions are searched in; else the database"
    )
    database_connect_timeout_s: float = Field(
        5.0, gt=0, le=25, description="wait for a connection; a paused Aurora needs 15 to wake up"
    )
    database_connections: int = Field(2, ge=1, description="connections that one process may open")
    database_prepare: bool = Field(
        True,
        description="prepare the search in Postgres; `false` behind RDS Proxy, which would pin",
    )
    keyless: bool = Field(
        False, description="answer without keys; on one's own machine only, set by `footnote up`"
    )
    bucket: str = Field("footnote-documents", description="bucket that holds the documents")
    aws_endpoint_url: str = Field(
        "", description="S3 and SQS endpoint instead of AWS; set by `footnote up`"
    )
    queue_url: str = Field("", description="queue that S3's notifications come in by")
    work_queue_url: str = Field("", description="queue of the work that `ingest` does")
    dead_letter_queue_url: str = Field(
        "", description="queue of messages that failed too often, for `footnote redrive`"
    )
    reconcile_max_delete_share: float = Field(
        0.2, ge=0, le=1, description="larger shares of a knowledge base are not deleted unasked"
    )
    object_tags: bool = Field(
        True, description="tag objects with `footnote-status` and `footnote-reason`"
    )
    embedder: Literal["", "local", "hosted"] = Field(
        "", description="`local` or `hosted`; empty: hosted when EMBEDDING_API_KEY is set"
    )
    embedding_base_url: str = Field(
        "https://api.openai.com/v1", description="OpenAI-compatible endpoint for embeddings"
    )
    embedding_api_key: SecretStr = Field(SecretStr(""), description="key for that endpoint")
    embedding_model: str = Field("text-embedding-3-small", description="hosted embedding model")
    embedding_price: Decimal | None = Field(
        None, ge=0, description="US dollars per million tokens of questions; unset: not in budgets"
    )
    embedding_dimension: int = Field(1536, ge=1, le=4000, description="floats per hosted embedding")
    model_dir: str = Field(
        "",
        description="folder of the local embedding model, beside it `encoders`; empty: the cache",
    )
    generator: Literal["", "extractive", "hosted"] = Field(
        "", description="`extractive` or `hosted`; empty: hosted when GENERATION_BASE_URL is set"
    )
    generation_base_url: str = Field(
        "", description="OpenAI-compatible endpoint for chat completions"
    )
    generation_api_key: SecretStr = Field(SecretStr(""), description="key for that endpoint")
    generation_model: str = Field("gpt-4.1-mini", description="chat model that writes answers")
    generation_input_price: Decimal | None = Field(
        None, ge=0, description="US dollars per million tokens that it reads; a budget needs them"
    )
    generation_output_price: Decimal | None = Field(
        None, ge=0, description="US dollars per million tokens that it writes"
    )
    daily_budget_usd: Decimal | None = Field(
        None, gt=0, description="US dollars that all questions of a day (UTC) may cost; no limit"
    )
    rerank_base_url: str = Field(
        "", description="reranker's endpoint, asked at `/rerank` in Cohere's form; empty: none"
    )
    rerank_api_key: SecretStr = Field(SecretStr(""), description="key for that endpoint")
    rerank_model: str = Field("rerank-v3.5", description="model that reranks")
    rerank_passages: int = Field(
        50, ge=2, le=100, description="passages that the reranker chooses from"
    )
    rerank_price: Decimal | None = Field(
        None, ge=0, description="US dollars per thousand searches of it; unset: not in budgets"
    )
    question_timeout_s: float = Field(
        25.0, gt=0, le=26, description="seconds for one question, below API Gateway's 29"
    )
    max_document_mb: int = Field(100, ge=1, description="larger files are refused, by name")
    parse_timeout_s: float = Field(120.0, gt=0, description="wall clock for parsing one file")
    parse_memory_mb: int = Field(1536, ge=256, description="memory for parsing one file")
    ocr_languages: str = Field(
        "eng", pattern=r"^[A-Za-z_+]*$", description="of scans, as `eng+deu`, where Tesseract is"
    )
    ocr_max_pages: int = Field(100, ge=0, description="documents with more pages of scans fail")
    recall_sample: float = Field(
        0.01,
        ge=0,
        le=1,
        description="share of the searches of large indexes that are checked exactly",
    )
    answer_cache_hours: float = Field(
        168.0, ge=0, description="answers of models are kept so long while they hold; 0: not at all"
    )
    answer_cache_entries: int = Field(
        1000, ge=1, description="answers kept for one knowledge base; the oldest make room"
    )
    conversation_hours: float = Field(
        24.0, ge=0, description="a question may lean on others that were asked so long before it"
    )
    conversation_turns: int = Field(
        10, ge=1, le=100, description="a question may lean on so many before it"
    )
    unanswered_alike: float = Field(
        0.72, ge=0, le=1, description="cosine from which on unanswered questions are taken for one"
    )
    retention_days: int = Field(
        90,
        ge=0,
        le=36500,
        description="questions are forgotten after so many days, sums stay; 0: only sums are kept",
    )
    max_question_chars: int = Field(4000, ge=1, description="longer questions are refused")

    @property
    def embeds_hosted(self) -> bool:
        """Whether the hosted embedding model is chosen; without a key there is the local one."""
        hosted = self.embedder == "hosted"
        return hosted or (not self.embedder and bool(self.embedding_api_key.get_secret_value()))

    @property
    def generates_hosted(self) -> bool:
        """Whether a hosted model writes answers; without an endpoint they are extracts."""
        return self.generator == "hosted" or (not self.generator and bool(self.generation_base_url))
