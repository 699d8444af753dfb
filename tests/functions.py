"""The functions as they are deployed: loaded from their folders, called as Lambda calls them."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace

ROOT = Path(__file__).parents[1]


def handler_module(name: str) -> ModuleType:
    """The module with a function's handler, as new: the folders of functions are no packages."""
    path = ROOT / "functions" / name / "handler.py"
    spec = spec_from_file_location(f"{name}_handler", path)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def context(name: str, *, memory_mb: int = 512, remaining_ms: int = 300_000) -> SimpleNamespace:
    """What Lambda tells of an invocation."""
    return SimpleNamespace(
        function_name=name,
        memory_limit_in_mb=memory_mb,
        invoked_function_arn=f"arn:aws:lambda:eu-central-1:1:function:{name}",
        aws_request_id="r",
        get_remaining_time_in_millis=lambda: remaining_ms,
    )
