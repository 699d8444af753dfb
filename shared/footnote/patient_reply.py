"""A reply of a model that may be down for a while: who waits a little hears it."""

from collections.abc import Callable

from footnote.domain.errors import ModelUnavailableError
from footnote.domain.prompt import Completion, Prompt
from footnote.generation.port import Generator

_REPLY_S = 60.0
_PAUSES_S = (1.0, 5.0, 15.0)


def patient_reply(
    generator: Generator, prompt: Prompt, sleep: Callable[[float], None]
) -> Completion:
    """What a model writes.

    Raises:
        ModelUnavailableError: it is down for longer.
        ModelRefusedError: the endpoint refuses the request.
    """
    for pause in _PAUSES_S:
        try:
            return generator.generate(prompt, deadline_s=_REPLY_S)
        except ModelUnavailableError as error:
            sleep(error.retry_after_s or pause)
    return generator.generate(prompt, deadline_s=_REPLY_S)
