"""Loads of Powertools what a REST API needs, and not every resolver and kind of event there is.

Two of its packages do nothing but import names from all of their modules: half of what loading the
resolver takes. They are put in place so that each name is imported when it is asked for.
"""

import ast
import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec, resolve_name
from types import ModuleType

PACKAGES = ("aws_lambda_powertools.event_handler", "aws_lambda_powertools.utilities.data_classes")

# By the name that is asked of a package: the module that has it, and what it is called there.
type Homes = dict[str, tuple[str, str]]


def install() -> None:
    """Put the packages in place; to be called before anything of them is imported.

    One that is there already is left as it is, and so is one that does more than import.
    """
    for name in PACKAGES:
        if name not in sys.modules:
            _put_in_place(name)


class LazyPackage(ModuleType):
    """A package that imports a name when it is asked for it."""

    homes: Homes

    def __getattr__(self, name: str) -> object:
        """What the package's own `__init__` would have imported under this name."""
        if name not in self.homes:  # it may be a module, which the import system finds itself
            message = f"module {self.__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        module, called = self.homes[name]
        value: object = getattr(import_module(module), called)
        setattr(self, name, value)
        return value

    def __setattr__(self, name: str, value: object) -> None:
        """Keep it, unless it is a module that has the name of what the package has from it."""
        if name not in self.homes or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


def _put_in_place(name: str) -> None:
    spec = find_spec(name)
    source = getattr(spec.loader, "get_source", lambda _: None)(name) if spec else None
    homes = homes_in(source, name) if source else None
    if spec is None or homes is None:
        return
    package = LazyPackage(name)
    vars(package).update(vars(module_from_spec(spec)), homes=homes, __all__=list(homes))
    sys.modules[name] = package
    parent, _, child = name.rpartition(".")
    setattr(sys.modules[parent], child, package)


def homes_in(source: str, package: str) -> Homes | None:
    """Where an `__init__` has each name from; None where it does anything else than import."""
    homes: Homes = {}
    for statement in ast.parse(source).body:
        match statement:
            case ast.ImportFrom(names=names, module=str(module), level=level):
                home = resolve_name("." * level + module, package)
                homes |= {one.asname or one.name: (home, one.name) for one in names}
            case ast.Expr(value=ast.Constant()) | ast.Assign(targets=[ast.Name(id="__all__")]):
                pass
            case _:
                return None
    return homes
