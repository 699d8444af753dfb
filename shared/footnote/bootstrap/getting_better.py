"""Getting better: what is learned from questions, and what is built beside what serves."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from footnote.bootstrap.model_endpoints import (
    embedder_of,
    extractive,
    generator,
    key_of,
    models,
    passages,
    search_indexes,
)
from footnote.bootstrap.process import database, settings, work_queue
from footnote.bootstrap.questions_out import (
    ask_ports,
    known_adapters,
    query_adapters,
    retrieve_ports,
    visits,
)

if TYPE_CHECKING:
    from footnote.build_dataset import BuildPorts
    from footnote.domain.fine_tuning import FineTuning, JobSettings
    from footnote.domain.model import Model
    from footnote.evaluation.reply_file import ReplyFile
    from footnote.fine_tune import FineTunePorts
    from footnote.generate_questions import GenerationPorts
    from footnote.golden import GoldenPorts
    from footnote.judge_checkpoint import JudgePorts
    from footnote.judge_encoder import EncoderPorts
    from footnote.judge_tone import ToneJudge
    from footnote.model_alone import ModelAlone
    from footnote.postgres.checkpoints import PostgresCheckpoints
    from footnote.postgres.datasets import PostgresDatasets
    from footnote.postgres.encoder_verdicts import PostgresEncoderVerdicts
    from footnote.postgres.fine_tuning import PostgresJobs
    from footnote.postgres.reindex import PostgresReindex
    from footnote.reindex import ReindexPorts
    from footnote.revisit import RevisitPorts
    from footnote.tune import TunePorts
    from footnote.tune_embeddings import AdapterPorts


@cache
def golden_ports() -> "GoldenPorts":
    """What asking golden questions needs."""
    from footnote.golden import GoldenPorts
    from footnote.postgres.golden import PostgresGolden
    from footnote.postgres.ledger import PostgresLedger

    kept = settings().retention_days > 0
    quiet = PostgresLedger(database(), keeps_words=kept, gathers=False)
    return GoldenPorts(
        questions=PostgresGolden(database()),
        ask=replace(ask_ports(), ledger=quiet, conversations=None),
    )


def revisit_ports() -> "RevisitPorts":
    """What looking at unanswered questions again needs."""
    from footnote.cascade_ports import CascadePorts
    from footnote.revisit import RevisitPorts

    # A reranker costs money with every question.
    retrieve = replace(retrieve_ports(), reranking=None)
    return RevisitPorts(
        visits=visits(),
        retrieve=retrieve,
        cascade=CascadePorts(
            generators=generator, extractive=extractive(), breakers=retrieve.breakers
        ),
    )


def measure_models() -> None:
    """Tell how long all models that routes lead to are there, where the end of one is known."""
    from footnote.observability import MODEL_DAYS, measure

    day = models().catalogue().next_sunset
    if day is not None:
        measure({MODEL_DAYS: (day - datetime.now(UTC).date()).days})


def model_alone(model: "Model") -> "ModelAlone":
    """A model without passages."""
    from footnote.model_alone import ModelAlone

    return ModelAlone(model, generator(model))


def tone_judge(model: "Model", guide: str) -> "ToneJudge":
    """A model that judges the tone of answers."""
    from footnote.judge_tone import ToneJudge

    return ToneJudge(model, generator(model), guide)


def generation_ports(model: "Model", replies: "ReplyFile") -> "GenerationPorts":
    """What generating questions needs."""
    from footnote.generate_questions import GenerationPorts
    from footnote.postgres.chunks import PostgresChunks

    return GenerationPorts(
        chunks=PostgresChunks(database()), generator=generator(model), replies=replies
    )


@cache
def reindexing() -> "PostgresReindex":
    """The indexes of knowledge bases, to build, switch and drop."""
    from footnote.postgres.reindex import PostgresReindex

    return PostgresReindex(database(), search_indexes())


@cache
def reindex_ports() -> "ReindexPorts":
    """What building an index needs."""
    from footnote.reindex import ReindexPorts

    return ReindexPorts(
        indexes=reindexing(),
        embedders=embedder_of,
        work=work_queue(),
        bucket=settings().bucket,
    )


@cache
def tune_ports() -> "TunePorts":
    """What fitting an index to a question set needs."""
    from footnote.postgres.fitted import PostgresFitted
    from footnote.tune import TunePorts

    return TunePorts(
        indexes=search_indexes(),
        embedders=embedder_of,
        adapters=known_adapters(),
        passages=passages(),
        fitted=PostgresFitted(database()),
    )


@cache
def adapter_ports() -> "AdapterPorts":
    """What learning a map on questions' embeddings needs."""
    from footnote.postgres.fitted import PostgresFitted
    from footnote.tune_embeddings import AdapterPorts

    return AdapterPorts(
        indexes=search_indexes(),
        embedders=embedder_of,
        passages=passages(),
        fitted=PostgresFitted(database()),
        store=query_adapters(),
    )


@cache
def encoder_ports() -> "EncoderPorts":
    """What judging an encoder of one's own needs."""
    from footnote.judge_encoder import EncoderPorts
    from footnote.postgres.corpus import PostgresCorpus
    from footnote.postgres.index import PostgresEmbeddings

    return EncoderPorts(
        search=adapter_ports(),
        adapters=known_adapters(),
        corpus=PostgresCorpus(database()),
        kept=PostgresEmbeddings(database()),
    )


@cache
def encoder_verdicts() -> "PostgresEncoderVerdicts":
    """What the gate said of encoders."""
    from footnote.postgres.encoder_verdicts import PostgresEncoderVerdicts

    return PostgresEncoderVerdicts(database())


@cache
def datasets() -> "PostgresDatasets":
    """The data sets to fine-tune with."""
    from footnote.postgres.datasets import PostgresDatasets

    return PostgresDatasets(database())


@cache
def fine_tuning_jobs() -> "PostgresJobs":
    """The fine-tuning jobs."""
    from footnote.postgres.fine_tuning import PostgresJobs

    return PostgresJobs(database())


@cache
def fine_tune_ports() -> "FineTunePorts":
    """What fine-tuning needs."""
    from footnote.fine_tune import FineTunePorts

    return FineTunePorts(jobs=fine_tuning_jobs(), datasets=datasets(), providers=_trainer)


@cache
def checkpoints() -> "PostgresCheckpoints":
    """The registry of fine-tuned models."""
    from footnote.postgres.checkpoints import PostgresCheckpoints

    return PostgresCheckpoints(database())


@cache
def judge_ports() -> "JudgePorts":
    """What judging a checkpoint needs."""
    from footnote.judge_checkpoint import JudgePorts

    return JudgePorts(generators=generator)


def _trainer(chosen: "JobSettings") -> "FineTuning":
    """Who trains; the key is read at the first use."""
    from footnote.domain.fine_tuning import Provider

    options = chosen.options
    if chosen.provider is Provider.BEDROCK:
        from footnote.aws.bedrock_jobs import BedrockJobs
        from footnote.aws.session import bedrock_client, s3_client

        return BedrockJobs(
            bedrock_client(chosen.base_url),
            s3_client(""),
            role=options.get("role", ""),
            bucket=options.get("bucket", ""),
        )
    key = key_of(chosen.key_ref, "the fine-tuning job")
    if chosen.provider is Provider.TOGETHER:
        from footnote.tuning.together_jobs import TogetherJobs

        return TogetherJobs(chosen.base_url, key)
    if chosen.provider is Provider.FIREWORKS:
        from footnote.tuning.fireworks_jobs import FireworksJobs

        return FireworksJobs(chosen.base_url, key, account=options.get("account", ""))
    if chosen.provider is Provider.VLLM:
        from footnote.tuning.vllm_adapters import VllmAdapters

        return VllmAdapters(chosen.base_url, key, options.get("adapter", ""))
    from footnote.tuning.openai_jobs import OpenAIJobs

    return OpenAIJobs(chosen.base_url, key)


@cache
def build_ports() -> "BuildPorts":
    """What building a data set needs."""
    from footnote.build_dataset import BuildPorts

    # A reranker costs money with every question.
    return BuildPorts(retrieve=replace(retrieve_ports(), reranking=None), asked=datasets())
