"""What was deployed of one function: its configuration, its code and its layers, unpacked."""

import io
import os
import threading
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import urllib3

# Where Lambda unpacks layers; nothing is there on this machine.
_OPT = "/opt/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One function as Lambda would run it."""

    name: str
    handler: str
    timeout_s: int
    memory_mb: int
    task: Path
    layers: tuple[Path, ...]
    variables: Mapping[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """Every variable that Lambda sets, with the deployed ones."""
        # A later layer goes over an earlier one.
        packages = [str(layer / "python") for layer in reversed(self.layers)]
        return {name: self.on_this_machine(value) for name, value in self.variables.items()} | {
            "PATH": os.defpath,
            "HOME": "/tmp",  # noqa: S108 - as in Lambda
            "TZ": ":UTC",
            "LANG": "en_US.UTF-8",
            "LAMBDA_TASK_ROOT": str(self.task),
            "PYTHONPATH": os.pathsep.join(packages),
            # Code and layers are read-only in Lambda: no run leaves compiled modules to the next.
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory_mb),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(self.timeout_s),
            "AWS_LAMBDA_LOG_FORMAT": "Text",
        }

    def on_this_machine(self, value: str) -> str:
        """A path below /opt as that of the layer which has it; any other text as it is."""
        if not value.startswith(_OPT):
            return value
        paths = (layer / value.removeprefix(_OPT) for layer in reversed(self.layers))
        return str(next((path for path in paths if path.exists()), value))


@dataclass(slots=True)
class Registry:
    """Fetches what was deployed from Lambda's API, each layer once."""

    endpoint: str
    folder: Path
    _layers: dict[str, Path] = field(default_factory=dict)
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def fetch(self, name: str) -> Artifact:
        """The function of this name, with its code and layers in folders."""
        with self._one_at_a_time:
            found: Any = self._client().get_function(FunctionName=name)
            configuration = found["Configuration"]
            task = self.folder / name
            _unpack(found["Code"]["Location"], task)
            return Artifact(
                name=name,
                handler=configuration["Handler"],
                timeout_s=configuration["Timeout"],
                memory_mb=configuration["MemorySize"],
                task=task,
                layers=tuple(self._layer(layer["Arn"]) for layer in configuration["Layers"]),
                variables={
                    # CloudFormation makes text of numbers, which ministack does not.
                    variable: str(value)
                    for variable, value in configuration["Environment"]["Variables"].items()
                },
            )

    def _layer(self, arn: str) -> Path:
        if arn not in self._layers:
            found: Any = self._client().get_layer_version_by_arn(Arn=arn)
            folder = self.folder / "-".join(arn.split(":")[-2:])
            _unpack(found["Content"]["Location"], folder)
            self._layers[arn] = folder
        return self._layers[arn]

    def _client(self) -> Any:
        return boto3.client("lambda", endpoint_url=self.endpoint)


def _unpack(url: str, folder: Path) -> None:
    reply = urllib3.request("GET", url)
    assert reply.status == 200, f"{url}: {reply.status}"
    with zipfile.ZipFile(io.BytesIO(reply.data)) as archive:
        archive.extractall(folder)
        for path, mode in _modes(archive, folder):
            path.chmod(mode)


def _modes(archive: zipfile.ZipFile, folder: Path) -> Iterator[tuple[Path, int]]:
    """Permissions, which `zipfile` leaves out: the runtime's wrapper is executable."""
    for entry in archive.infolist():
        if (mode := entry.external_attr >> 16) and not entry.is_dir():
            yield folder / entry.filename, mode & 0o777 | 0o600
