"""Processes that Lambda starts before anybody asks: what they load, and what they must not keep.

Under SnapStart Lambda starts one process when a version is published, and every other one goes on
from its snapshot: what was open is dead there, and what was drawn or read is the same in all.
"""

import gc
import os

from footnote.bootstrap.model_endpoints import index_form, question_embedder
from footnote.bootstrap.process import settings

# What Lambda sets AWS_LAMBDA_INITIALIZATION_TYPE to; "on-demand" otherwise.
_SNAPSHOT, _PROVISIONED = "snap-start", "provisioned-concurrency"
_RANDOM_BYTES = 48


def is_started_ahead() -> bool:
    """Whether nobody waits for this process yet."""
    return _initialization() in {_SNAPSHOT, _PROVISIONED}


def load_ahead() -> None:
    """Load what a first question would wait for; connect to nothing and read no secret."""
    if _initialization() == _SNAPSHOT:
        from snapshot_restore_py import register_after_restore

        register_after_restore(draw_anew)
    import footnote.aws.secrets  # noqa: F401 - boto3 is large

    chosen = settings()
    if chosen.embeds_hosted or chosen.generates_hosted:
        from footnote.openai_endpoint import load_client

        load_client()
    if not chosen.embeds_hosted:
        question_embedder(index_form().model).embed([""])
    gc.collect()
    gc.freeze()  # what is loaded is no garbage


def draw_anew() -> None:
    """Have random numbers begin anew: in the snapshot they are the same for every process."""
    import random
    import ssl

    random.seed()
    # OpenSSL's own generator, if anything has used it; it takes this in before it gives more.
    ssl.RAND_add(os.urandom(_RANDOM_BYTES), _RANDOM_BYTES)


def _initialization() -> str:
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE", "")
