"""Text of others as Postgres takes it."""


def storable(text: str) -> str:
    """What an endpoint or a provider said, without the characters that Postgres does not take."""
    return text.replace("\0", "").encode(errors="replace").decode()
