"""Loads of Powertools what a REST API needs, and not every resolver and kind of event there is.

Two of its packages import all of their modules: half of what loading the resolver takes. They are
put in place without that, and run their own `__init__` as soon as a name is asked for that is not
listed here or is not where it was, so that whatever is asked for is found.
"""

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType

# Which module of a package has what is asked of the package.
LISTED = {
    "aws_lambda_powertools.event_handler": {
        "APIGatewayRestResolver": "api_gateway",
        "ApiGatewayResolver": "api_gateway",
        "Response": "api_gateway",
    },
    "aws_lambda_powertools.utilities.data_classes": {
        "ALBEvent": "alb_event",
        "APIGatewayProxyEvent": "api_gateway_proxy_event",
        "APIGatewayProxyEventV2": "api_gateway_proxy_event",
        "BedrockAgentEvent": "bedrock_agent_event",
        "LambdaFunctionUrlEvent": "lambda_function_url_event",
        "VPCLatticeEvent": "vpc_lattice",
        "VPCLatticeEventV2": "vpc_lattice",
    },
}


def install() -> None:
    """Put the packages in place; to be called before anything of them is imported.

    One that is there already is left as it is.
    """
    for name in LISTED:
        if name in sys.modules:
            continue
        spec = find_spec(name)
        if spec is None:  # whoever imports it hears of that
            continue
        package = module_from_spec(spec)
        package.__class__ = UnreadPackage
        sys.modules[name] = package
        parent, _, child = name.rpartition(".")
        setattr(sys.modules[parent], child, package)


class UnreadPackage(ModuleType):
    """A package whose `__init__` did not run yet."""

    def __getattr__(self, name: str) -> object:
        """What the package does not have yet; see `LISTED`."""
        home = LISTED[self.__name__].get(name)
        if home is not None:
            try:
                return getattr(import_module(f"{self.__name__}.{home}"), name)
            except (ModuleNotFoundError, AttributeError):
                pass  # it has moved
        elif name.startswith("__") or find_spec(f"{self.__name__}.{name}"):
            raise AttributeError(name)  # the import system goes on and finds modules itself
        self.__class__ = ModuleType  # type: ignore[assignment]
        assert self.__spec__ is not None  # noqa: S101 - it was made from one
        assert self.__spec__.loader is not None  # noqa: S101
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)
