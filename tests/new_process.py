"""What a new process has: nothing that the composition root built for an earlier test."""

from importlib import import_module
from pkgutil import iter_modules

from footnote import bootstrap


def forget_what_was_built() -> None:
    """Have the composition root build everything anew."""
    bootstrap.close()
    for module in iter_modules(bootstrap.__path__, f"{bootstrap.__name__}."):
        for built in vars(import_module(module.name)).values():
            if hasattr(built, "cache_clear"):
                built.cache_clear()
