"""How the operator's commands find a running `footnote up`: a file in its data folder."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from footnote.domain.errors import SettingsError
from footnote.local.functions import BUCKET, Addresses, use_local_credentials
from footnote.local.workspace import Workspace

if TYPE_CHECKING:
    from footnote.aws.provisioning import Provisioned

# The settings that tell where the parts are.
_TOLD = (
    "FOOTNOTE_DATABASE_URL",
    "FOOTNOTE_AWS_ENDPOINT_URL",
    "FOOTNOTE_BUCKET",
    "FOOTNOTE_QUEUE_URL",
    "FOOTNOTE_WORK_QUEUE_URL",
    "FOOTNOTE_DEAD_LETTER_QUEUE_URL",
)


def write_connection(workspace: Workspace, addresses: Addresses, made: "Provisioned") -> None:
    """Tell where `footnote reconcile`, `redrive` and `reindex` find what they work on."""
    urls = (addresses.database_url, addresses.aws_endpoint_url)
    values = (*urls, BUCKET, made.queue_url, made.work_queue_url, made.dead_letter_url)
    path = workspace.connection
    path.touch(mode=0o600)  # whoever can read it can use the database
    path.write_text(json.dumps(dict(zip(_TOLD, values, strict=True)), indent=2) + "\n")


def forget_connection(workspace: Workspace) -> None:
    """Nothing is there any more."""
    workspace.connection.unlink(missing_ok=True)


def find_deployment(data_dir: Path | None) -> None:
    """Make this process a client of the deployment that its settings, or a data folder, name.

    Without a folder, FOOTNOTE_QUEUE_URL says that the settings name one; else it is `.footnote`.

    Raises:
        SettingsError: neither is there.
    """
    if data_dir is None and os.environ.get("FOOTNOTE_QUEUE_URL"):
        return
    root = (data_dir or Path(".footnote")).expanduser().resolve()
    told = _read(root)
    use_local_credentials()
    os.environ.update(told)


def _read(root: Path) -> dict[str, str]:
    try:
        told = json.loads(Workspace(root).connection.read_text())
        return {name: str(told[name]) for name in _TOLD}
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = (
            f"`footnote up` does not run on {root}. Start it with `make run`, name its folder with "
            "--data-dir, or, for a deployed Footnote, set FOOTNOTE_QUEUE_URL and the other "
            "settings that docs/operations.md lists"
        )
        raise SettingsError(message) from error
