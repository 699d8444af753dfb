"""Rules about how functions that answer start: the API calls an alias, and that follows changes."""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from tests.template.rules.functions import FUNCTION, behind_the_api, operations
from tests.template.rules.stack import NOTHING, Stack, caught_by, rule
from tests.template.sam_template import ROOT, strings

ALIAS, VERSION = "AWS::Lambda::Alias", "AWS::Lambda::Version"
CONFIGURATION, PERMISSION = "Custom::Configuration", "AWS::Lambda::Permission"
# What is told of a function by other means, or of no consequence to what it does.
APART = {"Code", "Tags", "Description"}
# AWS Lambda Developer Guide, "Improving startup performance with Lambda SnapStart".
FIRST_PYTHON, MOST_STORAGE_MB = 12, 512
KEY = re.compile(r"^\{\{resolve:secretsmanager:\$\{(\w+)\}\}\}$")


def of_function(stack: Stack, kind: str, function: str) -> dict[str, Any]:
    """The one resource of a type that is for a function, with its name."""
    found = [
        {"Name of it": name} | one
        for name, one in stack.of(kind)
        if stack.target(one.get("FunctionName")) == function
    ]
    return found[0] if len(found) == 1 else {}


def holds(stack: Stack, condition: Any, parameters: dict[str, Any]) -> bool:
    """Whether a condition does; of parameters without a value the default counts."""
    if isinstance(condition, str):
        condition = stack.template["Conditions"][condition]
    [(kind, told)] = condition.items()
    if kind == "Condition":
        return holds(stack, told, parameters)
    if kind == "Fn::Equals":
        ends = (_value(stack, one, parameters) for one in told)
        return len(set(ends)) == 1
    each = [holds(stack, one, parameters) for one in told]
    return {"Fn::Not": not each[0], "Fn::Or": any(each), "Fn::And": all(each)}[kind]


def _value(stack: Stack, value: Any, parameters: dict[str, Any]) -> str:
    if isinstance(value, dict):
        name = value["Ref"]
        return str(parameters.get(name, stack.parameter(name).get("Default")))
    return str(value)


def settled(stack: Stack, value: Any, **parameters: Any) -> Any:
    """A value without its conditions."""
    if not isinstance(value, dict) or value == NOTHING:
        return None if value == NOTHING else value
    if set(value) == {"Fn::If"}:
        condition, then, otherwise = value["Fn::If"]
        chosen = then if holds(stack, condition, parameters) else otherwise
        return settled(stack, chosen, **parameters)
    return {name: settled(stack, one, **parameters) for name, one in value.items()}


@rule
def the_api_calls_aliases_and_may_call_nothing_else(stack: Stack) -> Iterator[str]:
    waits = stack.resource("Api").get("DependsOn", [])
    for path, _, integration in operations(stack):
        called = re.search(r"/functions/\$\{(\w+)\.Arn\}:(\w+)/", str(integration["uri"]))
        alias = of_function(stack, ALIAS, called[1]) if called else {}
        if not called or alias.get("Name") != called[2]:
            yield f"{path} goes around the alias"
        elif alias["Name of it"] not in waits:
            yield f"{path} may be there before {alias['Name of it']}"
    for name, one in stack.of(PERMISSION):
        if one["Principal"] == "apigateway.amazonaws.com":
            if stack.target(one["FunctionName"]) not in dict(stack.of(ALIAS)):
                yield f"{name} lets the API call what is no alias"
            if "${Api}/" not in str(one.get("SourceArn")):
                yield f"{name} lets any API in"
    allowed = {stack.target(one["FunctionName"]) for _, one in stack.of(PERMISSION)}
    yield from (
        f"the API may not call {name}" for name, _ in stack.of(ALIAS) if name not in allowed
    )


@rule
def an_alias_follows_the_version_of_its_function(stack: Stack) -> Iterator[str]:
    for function in behind_the_api(stack):
        alias, version = (of_function(stack, kind, function) for kind in (ALIAS, VERSION))
        latest = {"Fn::GetAtt": [version.get("Name of it"), "Version"]}
        if alias.get("FunctionVersion") != {"Fn::If": ["PublishesVersions", latest, "$LATEST"]}:
            yield f"what answers for {function} is not its latest version"
        configuration = stack.target(version.get("Description"))
        if version.get("Description") != {"Fn::GetAtt": [configuration, "Digest"]}:
            yield f"no change publishes a version of {function}"
        elif configuration not in dict(stack.of(CONFIGURATION)):
            yield f"{configuration} is no configuration"


@rule
def every_change_of_a_function_is_a_change_of_its_configuration(stack: Stack) -> Iterator[str]:
    for function in behind_the_api(stack):
        version = of_function(stack, VERSION, function)
        told = dict(stack.of(CONFIGURATION)).get(stack.target(version.get("Description")), {})
        wanted = {name: one for name, one in stack[function].items() if name not in APART}
        different = {
            name
            for name in {*wanted, *told.get("Function", {})}
            if _by_secrets(wanted.get(name)) != told.get("Function", {}).get(name)
        }
        if different:
            yield f"of {function}, {sorted(different)} may change and no version is published"
        folder = function.removesuffix("Function").lower()
        digest = sha256((ROOT / f"functions/{folder}/handler.py").read_bytes()).hexdigest()
        if told.get("Handler") != digest:
            yield f"the handler of {folder} is another one: write {digest} into template.yaml"


def _by_secrets(value: Any) -> Any:
    """The same with each key replaced by the secret that holds it."""
    if not isinstance(value, dict):
        return [_by_secrets(one) for one in value] if isinstance(value, list) else value
    if set(value) == {"Fn::Sub"} and (key := KEY.match(str(value["Fn::Sub"]))):
        return {"Ref": key[1]}
    return {name: _by_secrets(one) for name, one in value.items()}


@rule
def a_configuration_tells_no_secret(stack: Stack) -> Iterator[str]:
    hidden = {name for name, one in stack.template["Parameters"].items() if one.get("NoEcho")}
    for name, one in stack.of(CONFIGURATION):
        if any("{{resolve:" in text or text in hidden for text in strings(one)):
            yield f"{name} sends a secret to the function that makes the digest"
        if stack.resource(name).get("DependsOn") != "Migrations":
            yield f"{name} may have no way out of the network yet"


@rule
def functions_start_as_the_parameter_says_and_in_one_way(stack: Stack) -> Iterator[str]:
    if stack.parameter("ColdStart")["Default"] != "none":
        yield "what costs money is the default"
    wanted = {"none": ("None", False), "snapstart": ("PublishedVersions", False)}
    for chosen in stack.parameter("ColdStart")["AllowedValues"]:
        publishes = holds(stack, "PublishesVersions", {"ColdStart": chosen})
        if publishes != (chosen != "none"):
            yield f"{chosen} publishes versions: {publishes}"
        for function in behind_the_api(stack):
            applied = settled(stack, stack[function].get("SnapStart"), ColdStart=chosen) or {}
            alias = of_function(stack, ALIAS, function).get("ProvisionedConcurrencyConfig")
            started = settled(stack, alias, ColdStart=chosen) is not None
            if (applied.get("ApplyOn"), started) != wanted.get(chosen, ("None", True)):
                yield f"{chosen} of {function} is {applied} and started ahead: {started}"


@rule
def what_snapstart_cannot_do_is_not_asked_of_it(stack: Stack) -> Iterator[str]:
    for name, function in stack.of(FUNCTION):
        if "SnapStart" not in function:
            continue
        python = re.fullmatch(r"python3\.(\d+)", str(function.get("Runtime")))
        if not python or int(python[1]) < FIRST_PYTHON or "ImageUri" in function.get("Code", {}):
            yield f"{name} has a runtime without snapshots"
        if function.get("EphemeralStorage", {}).get("Size", 0) > MOST_STORAGE_MB:
            yield f"{name} has more storage than a snapshot holds"
        if "FileSystemConfigs" in function:
            yield f"{name} mounts a file system"


def _uris(stack: Stack) -> Iterator[dict[str, str]]:
    for _, _, integration in operations(stack):
        yield integration["uri"]


@caught_by(the_api_calls_aliases_and_may_call_nothing_else)
def the_api_goes_around_the_alias(stack: Stack) -> None:
    uri = next(_uris(stack))
    uri["Fn::Sub"] = uri["Fn::Sub"].replace(":live/", "/")


@caught_by(the_api_calls_aliases_and_may_call_nothing_else)
def the_stream_goes_to_an_alias_that_is_not_there(stack: Stack) -> None:
    for uri in _uris(stack):
        uri["Fn::Sub"] = uri["Fn::Sub"].replace(
            "StreamFunction.Arn}:live", "StreamFunction.Arn}:old"
        )


@caught_by(the_api_calls_aliases_and_may_call_nothing_else)
def the_api_may_call_the_function_itself(stack: Stack) -> None:
    stack["ApiInvocations"]["FunctionName"] = {"Ref": "ApiFunction"}


@caught_by(the_api_calls_aliases_and_may_call_nothing_else)
def any_api_may_call_the_alias(stack: Stack) -> None:
    stack["StreamInvocations"]["SourceArn"] = {"Fn::Sub": "arn:aws:execute-api:*:*:*"}


@caught_by(the_api_calls_aliases_and_may_call_nothing_else)
def the_api_does_not_wait_for_its_aliases(stack: Stack) -> None:
    del stack.resource("Api")["DependsOn"]


@caught_by(an_alias_follows_the_version_of_its_function)
def the_alias_stays_on_the_first_version(stack: Stack) -> None:
    stack["ApiAlias"]["FunctionVersion"] = "1"


@caught_by(an_alias_follows_the_version_of_its_function)
def the_alias_is_on_the_version_of_another_function(stack: Stack) -> None:
    version = {"Fn::GetAtt": ["ApiVersion", "Version"]}
    stack["StreamAlias"]["FunctionVersion"]["Fn::If"][1] = version


@caught_by(an_alias_follows_the_version_of_its_function)
def a_version_is_published_once(stack: Stack) -> None:
    del stack["ApiVersion"]["Description"]


@caught_by(every_change_of_a_function_is_a_change_of_its_configuration)
def another_model_reaches_no_version(stack: Stack) -> None:
    del stack["StreamConfiguration"]["Function"]["Environment"]["Variables"][
        "FOOTNOTE_GENERATION_MODEL"
    ]


@caught_by(every_change_of_a_function_is_a_change_of_its_configuration)
def another_package_reaches_no_version(stack: Stack) -> None:
    del stack["ApiConfiguration"]["Function"]["Layers"][0]


@caught_by(every_change_of_a_function_is_a_change_of_its_configuration)
def a_version_is_due_although_the_function_is_the_same(stack: Stack) -> None:
    stack["ApiConfiguration"]["Function"]["Sources"] = {"Ref": "AllowedSources"}


@caught_by(every_change_of_a_function_is_a_change_of_its_configuration)
def another_handler_reaches_no_version(stack: Stack) -> None:
    stack["ApiConfiguration"]["Handler"] = stack["StreamConfiguration"]["Handler"]


@caught_by(a_configuration_tells_no_secret)
def migrate_is_sent_the_key_of_the_model(stack: Stack) -> None:
    variables = stack["ApiConfiguration"]["Function"]["Environment"]["Variables"]
    of_the_function = stack["ApiFunction"]["Environment"]["Variables"]
    variables["FOOTNOTE_GENERATION_API_KEY"] = of_the_function["FOOTNOTE_GENERATION_API_KEY"]


@caught_by(a_configuration_tells_no_secret)
def a_digest_is_asked_for_before_there_is_a_network(stack: Stack) -> None:
    del stack.resource("StreamConfiguration")["DependsOn"]


@caught_by(functions_start_as_the_parameter_says_and_in_one_way)
def snapstart_and_provisioned_concurrency_together(stack: Stack) -> None:
    stack.template["Conditions"]["TakesSnapshots"] = {"Condition": "PublishesVersions"}
    either = [{"Fn::Equals": [{"Ref": "ColdStart"}, one]} for one in ("snapstart", "provisioned")]
    stack.template["Conditions"]["PublishesVersions"] = {"Fn::Or": either}


@caught_by(functions_start_as_the_parameter_says_and_in_one_way)
def provisioned_concurrency_of_nothing_published(stack: Stack) -> None:
    stack.template["Conditions"]["PublishesVersions"] = {"Condition": "TakesSnapshots"}


@caught_by(functions_start_as_the_parameter_says_and_in_one_way)
def everybody_pays_for_started_functions(stack: Stack) -> None:
    stack.parameter("ColdStart")["Default"] = "provisioned"


@caught_by(functions_start_as_the_parameter_says_and_in_one_way)
def stream_takes_no_snapshot(stack: Stack) -> None:
    del stack["StreamFunction"]["SnapStart"]


@caught_by(what_snapstart_cannot_do_is_not_asked_of_it)
def snapshots_of_an_older_python(stack: Stack) -> None:
    stack["ApiFunction"]["Runtime"] = "python3.11"


@caught_by(what_snapstart_cannot_do_is_not_asked_of_it)
def snapshots_with_a_gigabyte_of_storage(stack: Stack) -> None:
    stack["StreamFunction"]["EphemeralStorage"] = {"Size": 1024}


@caught_by(what_snapstart_cannot_do_is_not_asked_of_it)
def snapshots_with_a_file_system(stack: Stack) -> None:
    stack["ApiFunction"]["FileSystemConfigs"] = [{"LocalMountPath": "/mnt/model"}]
