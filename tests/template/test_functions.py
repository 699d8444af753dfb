"""The functions: their settings, limits, triggers and order of deployment."""

import re
from pathlib import Path
from typing import Any

import pytest

from footnote.local.proxy_event import STREAMED
from footnote.settings import Settings
from tests.template.sam_template import (
    ROOT,
    Block,
    functions,
    resource,
    strings,
    template,
    variables,
)

pytestmark = pytest.mark.template

# Source: Amazon API Gateway quotas, "Integration timeout" of regional REST APIs.
API_GATEWAY_TIMEOUT_S = 29
# The settings that a parameter of the template decides, with the parameter's default.
CHOSEN = {
    "embedding_base_url": "EmbeddingBaseUrl",
    "embedding_model": "EmbeddingModel",
    "embedding_dimension": "EmbeddingDimension",
    "generation_base_url": "GenerationBaseUrl",
    "generation_model": "GenerationModel",
    "rerank_base_url": "RerankBaseUrl",
    "rerank_model": "RerankModel",
    "retention_days": "RetentionDays",
}


@pytest.fixture(params=sorted(functions()))
def function(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def default_of(setting: str) -> Any:
    return Settings.model_fields[setting].default


def test_every_function_has_its_handler_in_its_own_folder(function: str) -> None:
    folder = functions()[function]["CodeUri"]
    module, _, name = template()["Globals"]["Function"]["Handler"].partition(".")
    source = (ROOT / folder / f"{module}.py").read_text()
    assert re.search(rf"^def {name}\(event", source, re.MULTILINE)


def test_every_variable_is_a_real_setting(function: str) -> None:
    named = {
        name.removeprefix("FOOTNOTE_").lower()
        for name in variables(function)
        if not name.startswith(("AWS_", "POWERTOOLS_"))  # others' own
    }
    assert named - {"keys_as_of"} <= set(Settings.model_fields)


def test_a_new_key_reaches_every_function_that_has_one(function: str) -> None:
    told = variables(function)
    if "{{resolve:secretsmanager:" in "".join(strings(told)):
        assert told["KEYS_AS_OF"] == {"Ref": "KeysAsOf"}


@pytest.mark.parametrize("setting", sorted(CHOSEN))
def test_a_parameter_has_the_default_of_its_setting(setting: str) -> None:
    parameter = CHOSEN[setting]
    assert template()["Parameters"][parameter]["Default"] == default_of(setting)
    assert variables("ApiFunction")[f"FOOTNOTE_{setting.upper()}"] == {"Ref": parameter}


def test_keys_are_never_shown_and_reach_functions_from_secrets_only() -> None:
    parameters = template()["Parameters"]
    secret = {"DatabaseUrl", "EmbeddingApiKey", "GenerationApiKey", "RerankApiKey"}
    assert {name for name, block in parameters.items() if block.get("NoEcho")} == secret
    for name in functions():
        assert not secret & set(strings(variables(name)))
    for name in ("EMBEDDING", "GENERATION", "RERANK"):
        value = "".join(strings(variables("ApiFunction")[f"FOOTNOTE_{name}_API_KEY"]))
        assert "{{resolve:secretsmanager:" in value


def test_every_function_writes_to_a_log_group_that_forgets(function: str) -> None:
    group = functions()[function]["LoggingConfig"]["LogGroup"]["Ref"]
    assert template()["Resources"][group]["Type"] == "AWS::Logs::LogGroup"
    assert resource(group)["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_every_function_has_a_role_of_its_own() -> None:
    roles = [block["Role"]["Fn::GetAtt"][0] for block in functions().values()]
    assert len(roles) == len(set(roles)) == len(functions())


def test_the_schema_is_migrated_before_the_code_that_needs_it() -> None:
    for name in set(functions()) - {"MigrateFunction"}:
        assert template()["Resources"][name]["DependsOn"] == "Migrations"
    migrations = resource("Migrations")
    assert migrations["ServiceToken"] == {"Fn::GetAtt": ["MigrateFunction", "Arn"]}
    assert migrations["Package"] == {"Ref": "PackageLayer"}  # so that new code migrates again
    assert migrations["ServiceTimeout"] > functions()["MigrateFunction"]["Timeout"]


def test_the_api_answers_before_api_gateway_gives_up() -> None:
    timeout = functions()["ApiFunction"]["Timeout"]
    assert default_of("question_timeout_s") + 2 <= timeout < API_GATEWAY_TIMEOUT_S


def routes() -> dict[str, Block]:
    """Methods by path."""
    paths: dict[str, Block] = resource("Api")["DefinitionBody"]["paths"]
    return paths


def test_the_api_is_regional_and_takes_every_path() -> None:
    assert resource("Api")["EndpointConfiguration"] == {"Type": "REGIONAL"}
    any_method = "x-amazon-apigateway-any-method"
    # A resource of its own has only the methods that it was given: pages ask OPTIONS first.
    assert {path: set(methods) for path, methods in routes().items()} == {
        "/": {any_method},
        "/{proxy+}": {any_method},
        STREAMED[1]: {"options", STREAMED[0].lower()},
    }


def test_the_route_that_streams_has_a_function_whose_runtime_streams() -> None:
    streamed = routes()[STREAMED[1]][STREAMED[0].lower()]["x-amazon-apigateway-integration"]
    assert streamed["responseTransferMode"] == "STREAM"
    assert "${StreamFunction.Arn}:live/response-streaming-invocations" in streamed["uri"]["Fn::Sub"]
    wrapper = Path(variables("StreamFunction")["AWS_LAMBDA_EXEC_WRAPPER"])
    packed = ROOT / "shared" / wrapper.relative_to("/opt/python")
    assert packed.stat().st_mode & 0o111  # a layer keeps the permissions of its files
    assert {"Ref": "PackageLayer"} in functions()["StreamFunction"]["Layers"]


def test_both_functions_that_answer_have_the_same_models_and_the_same_time() -> None:
    own = {"FOOTNOTE_BUCKET", "FOOTNOTE_QUEUE_URL", "AWS_LAMBDA_EXEC_WRAPPER"}
    api, stream = (
        {name: value for name, value in variables(function).items() if name not in own}
        for function in ("ApiFunction", "StreamFunction")
    )
    assert api == stream
    assert functions()["StreamFunction"]["Timeout"] == functions()["ApiFunction"]["Timeout"]


def test_ingest_has_the_time_and_memory_that_parsing_may_take() -> None:
    ingest = functions()["IngestFunction"]
    [source] = ingest["Events"].values()
    assert source["Properties"]["BatchSize"] > 1  # embedded together
    # Another document is begun only where its parsing and publishing fit into the time left.
    assert ingest["Timeout"] >= 2 * (default_of("parse_timeout_s") + 5)
    assert ingest["MemorySize"] >= default_of("parse_memory_mb") + 1024  # the model and the rest


@pytest.mark.parametrize(
    ("name", "batch", "at_once"),
    [("IntakeFunction", 10, 2), ("IngestFunction", 5, {"Ref": "IngestConcurrency"})],
)
def test_only_the_messages_that_failed_come_back_and_a_burst_is_held_back(
    name: str, batch: int, at_once: object
) -> None:
    [source] = functions()[name]["Events"].values()
    assert source["Type"] == "SQS"
    assert source["Properties"] | {"Queue": None} == {
        "Queue": None,
        "BatchSize": batch,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": at_once},
    }
    assert variables(name)["FOOTNOTE_DATABASE_CONNECTIONS"] == 1


def test_every_hour_a_function_that_carries_little_reconciles() -> None:
    reconcile = functions()["ReconcileFunction"]
    [schedule] = reconcile["Events"].values()
    assert schedule == {
        "Type": "Schedule",
        "Properties": {"Schedule": {"Ref": "ReconcileSchedule"}},
    }
    assert template()["Parameters"]["ReconcileSchedule"]["Default"] == "rate(1 hour)"
    assert reconcile["Timeout"] == 900  # the most that Lambda gives
    assert reconcile["Layers"] == [{"Ref": "PackageLayer"}, {"Ref": "CoreLayer"}]


def test_whoever_sends_notifications_sends_them_to_the_queue_that_s3_notifies() -> None:
    notified = resource("DocumentsBucket")["NotificationConfiguration"]["QueueConfigurations"][0]
    queue = notified["Queue"]["Fn::GetAtt"][0]
    for name in ("ApiFunction", "ReconcileFunction"):
        assert variables(name)["FOOTNOTE_QUEUE_URL"] == {"Ref": queue}


def test_the_functions_run_on_the_python_that_the_layers_are_built_for() -> None:
    shared = template()["Globals"]["Function"]
    assert shared["Runtime"] == "python3.13"
    assert shared["Architectures"] == ["x86_64"]
    build = (ROOT / "layers/build.py").read_text()
    assert '"--python-version", "3.13", "--python-platform", "x86_64-' in build
    assert (ROOT / ".python-version").read_text().strip() == "3.13"
