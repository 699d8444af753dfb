"""Names of hosted embedding models, which say how long their vectors are."""

from footnote.domain.errors import SettingsError


def full_name(model: str, dimension: int) -> str:
    """A hosted model with the length of its vectors: those of other lengths are other vectors."""
    return f"{model}/{dimension}"


def name_and_dimension(full: str) -> tuple[str, int]:
    """The parts of a full name.

    Raises:
        SettingsError: there is no length in it.
    """
    name, _, dimension = full.rpartition("/")
    if not name or not dimension.isdecimal():
        message = (
            f"{full} is no embedding model: a hosted one is named with its length, name/1536, and"
            " an encoder as `footnote tune encoder` named it"
        )
        raise SettingsError(message)
    return name, int(dimension)
