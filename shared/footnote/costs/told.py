"""Files in TOML that bills are worked out from: read, checked, or refused with every mistake."""

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from footnote.domain.errors import SettingsError


def read_told[Whole: BaseModel](
    form: type[Whole], path: Path, holds: str, context: dict[str, Any] | None = None
) -> Whole:
    """Read and check a file that is what `holds` says in messages.

    Raises:
        SettingsError: it cannot be read, or is of another form.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        return form.model_validate(told, context=context)
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        message = f"{path} is not {holds}: {'; '.join(wrong)}"
    except (OSError, ValueError) as error:
        message = f"{path} cannot be read as {holds}: {error}"
    raise SettingsError(message)
