"""LoRA adapters that were trained elsewhere, loaded into a vLLM server that serves them by name.

The server has to run with `--enable-lora` and VLLM_ALLOW_RUNTIME_LORA_UPDATING=1. What it loads it
forgets when it restarts; looking at the job then says so.
"""

from typing import Any, Self, override

from pydantic import BaseModel

from footnote.domain.errors import SettingsError
from footnote.domain.fine_tuning import JobReport, JobState, Trained, TrainingOrder
from footnote.openai_endpoint import OpenAIEndpoint

_LOAD_S, _CALL_S = 300.0, 30.0


class _Said(BaseModel):
    """Loading is answered with a sentence, not with JSON."""

    @classmethod
    @override
    def model_validate_json(cls, *said: Any, **how: Any) -> Self:
        return cls()


class _Model(BaseModel):
    id: str
    parent: str | None = None


class _Models(BaseModel):
    data: list[_Model] = []


class VllmAdapters:
    """See `FineTuning`; nothing is trained, and the rows of the data set stay here."""

    def __init__(self, base_url: str, api_key: str, adapter: str) -> None:
        """Connect to nothing yet; `adapter` is the path or the repository that the server reads.

        Raises:
            SettingsError: there is none.
        """
        if not adapter:
            message = "say where the server finds the adapter's weights: --option adapter=PATH"
            raise SettingsError(message)
        self._adapter = adapter
        self._endpoint = OpenAIEndpoint(base_url, api_key, name="fine-tuning", attempts=1)

    def start(self, order: TrainingOrder) -> str:
        """Load it under the order's mark, where the server does not have it already."""
        if not self._loaded(order.mark):
            body = {"lora_name": order.mark, "lora_path": self._adapter}
            self._post("/load_lora_adapter", body)
        return order.mark

    def look(self, remote_id: str) -> JobReport:
        """Whether the server has it."""
        if self._loaded(remote_id):
            trained = (Trained(remote_name=remote_id),)
            return JobReport(status="loaded", state=JobState.SUCCEEDED, trained=trained)
        error = "the server does not have the adapter: it restarted, or somebody unloaded it"
        return JobReport(status="not loaded", state=JobState.FAILED, error=error)

    def cancel(self, remote_id: str) -> None:
        """Unload it."""
        self._post("/unload_lora_adapter", {"lora_name": remote_id})

    def _loaded(self, name: str) -> bool:
        models = self._endpoint.call(
            lambda client: client.models.with_raw_response.list(), _Models, deadline_s=_CALL_S
        )
        return any(one.id == name for one in models.data)

    def _post(self, path: str, body: dict[str, str]) -> None:
        self._endpoint.post(path, body, _Said, deadline_s=_LOAD_S)
