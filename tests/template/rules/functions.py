"""Rules about functions and the API before them: time, order, roles, logs, names."""

import json
from collections.abc import Iterator
from typing import Any

from footnote.http.event_contracts import ErrorReply
from tests.template.rules.stack import NOTHING, Stack, caught_by, choices, rule

FUNCTION, ROLE = "AWS::Lambda::Function", "AWS::IAM::Role"
API_GATEWAY_TIMEOUT_S = 29  # Amazon API Gateway quotas, "Integration timeout" of regional REST APIs
LONGEST_S = 900
REFUSED = {
    *("DEFAULT_4XX", "DEFAULT_5XX", "ACCESS_DENIED", "WAF_FILTERED", "REQUEST_TOO_LARGE"),
    *("THROTTLED", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"),
}
TAGGED = {
    *("AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SecretsManager::Secret", "AWS::Logs::LogGroup"),
    *("AWS::IAM::Role", "AWS::Lambda::Function", "AWS::EC2::VPC", "AWS::EC2::Subnet"),
    *("AWS::EC2::SecurityGroup", "AWS::EC2::RouteTable", "AWS::EC2::InternetGateway"),
    *("AWS::EC2::NatGateway", "AWS::EC2::EIP", "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"),
    *("AWS::RDS::DBSubnetGroup", "AWS::SNS::Topic", "AWS::CloudWatch::Alarm"),
    *("AWS::WAFv2::WebACL", "AWS::ApiGateway::DomainName"),
}


def operations(stack: Stack) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and integration of every route."""
    for _, api in stack.of("AWS::ApiGateway::RestApi"):
        for path, methods in api["Body"]["paths"].items():
            for method, operation in methods.items():
                if "x-amazon-apigateway-integration" in operation:
                    yield path, method, operation["x-amazon-apigateway-integration"]


def behind_the_api(stack: Stack) -> set[str]:
    uris = [str(integration["uri"]) for _, _, integration in operations(stack)]
    return {name for name, _ in stack.of(FUNCTION) if any(f"${{{name}." in uri for uri in uris)}


@rule
def functions_answer_before_the_api_gives_up(stack: Stack) -> Iterator[str]:
    answering = behind_the_api(stack)
    if len(answering) < 2:
        yield "the API leads nowhere"
    for name in answering:
        if stack[name]["Timeout"] >= API_GATEWAY_TIMEOUT_S:
            yield f"{name} may take longer than API Gateway waits"


@rule
def functions_have_a_limit_of_their_own(stack: Stack) -> Iterator[str]:
    for name, function in stack.of(FUNCTION):
        if not 10 <= function.get("Timeout", 3) <= LONGEST_S or function.get("MemorySize", 0) < 512:
            yield f"{name} has Lambda's default of 3 seconds and 128 MB, or more than there is"


@rule
def the_streaming_route_streams(stack: Stack) -> Iterator[str]:
    for path, method, integration in operations(stack):
        is_streamed = (path, method) == ("/v1/ask/stream", "post")
        mode = integration.get("responseTransferMode")
        if (mode == "STREAM") != is_streamed:
            yield f"{method} {path} has the transfer mode {mode}"
        if is_streamed and "/response-streaming-invocations" not in str(integration["uri"]):
            yield "the function behind the route that streams is asked for a whole reply"
    if ("/v1/ask/stream", "post") not in {(path, method) for path, method, _ in operations(stack)}:
        yield "no route streams"


@rule
def the_api_is_regional_and_throttled(stack: Stack) -> Iterator[str]:
    for name, api in stack.of("AWS::ApiGateway::RestApi"):
        if api.get("EndpointConfiguration", {}).get("Types") != ["REGIONAL"]:
            yield f"{name} is not regional"
        if "aws:SourceIp" not in str(api["Body"].get("x-amazon-apigateway-policy", "")):
            yield f"{name} has no policy of addresses"
    for name, stage in stack.of("AWS::ApiGateway::Stage"):
        settings = stage.get("MethodSettings", [])
        if not any(one.get("ThrottlingRateLimit") for one in settings):
            yield f"{name} takes any number of requests"


def gateway_responses(stack: Stack) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = stack["Api"]["Body"].get(
        "x-amazon-apigateway-gateway-responses", {}
    )
    return found


@rule
def the_gateways_own_errors_have_our_form(stack: Stack) -> Iterator[str]:
    told = gateway_responses(stack)
    yield from (f"{name} has the form of API Gateway" for name in sorted(REFUSED - set(told)))
    for name, response in told.items():
        text = response.get("responseTemplates", {}).get("application/json", "")
        headers = {key.rpartition(".")[2] for key in response.get("responseParameters", {})}
        try:
            error = json.loads(text)["error"]
        except (ValueError, KeyError):
            error = {}
        if set(error) != set(ErrorReply.model_fields) or "$context.requestId" not in text:
            yield f"{name} is no error of ours"
        waits = error.get("code") in {"rate_limited", "unavailable"}
        if ("Retry-After" in headers) != waits:
            yield f"{name} does not say when to come back"


@rule
def migrations_come_before_traffic(stack: Stack) -> Iterator[str]:
    for name, _ in stack.of(FUNCTION):
        waits = stack.resource(name).get("DependsOn", [])
        if name != "MigrateFunction" and "Migrations" not in (
            [waits] if isinstance(waits, str) else waits
        ):
            yield f"{name} may meet yesterday's tables"
    for name, migrations in stack.of("Custom::Migrations"):
        if not stack.target(migrations.get("Package")).startswith("PackageLayer"):
            yield f"{name} does not run for new code"
        if migrations.get("ServiceTimeout", 3600) > LONGEST_S:
            yield f"{name} leaves the stack waiting for an hour"
        aurora = [one for value in migrations.values() for one in choices(value)]
        if {"Ref": "DatabaseInstance"} not in aurora:
            yield f"{name} does not wait for the database"


@rule
def every_function_has_a_role_of_its_own(stack: Stack) -> Iterator[str]:
    used: dict[str, str] = {}
    for name, function in stack.of(FUNCTION):
        role = stack.target(function["Role"])
        same = {"IngestFunction", "IngestWithOcrFunction"} >= {name, used.get(role, name)}
        if role not in dict(stack.of(ROLE)) or (role in used and not same):
            yield f"{name} shares its role with {used.get(role)}, or has none of this stack"
        used[role] = name


@rule
def logs_are_forgotten(stack: Stack) -> Iterator[str]:
    groups = dict(stack.of("AWS::Logs::LogGroup"))
    for name, function in stack.of(FUNCTION):
        group = stack.target(function.get("LoggingConfig", {}).get("LogGroup"))
        if group not in groups:
            yield f"{name} logs into a group that nobody set up, and that keeps everything"
    yield from (
        f"{name} keeps all" for name, group in groups.items() if "RetentionInDays" not in group
    )


@rule
def secrets_reach_functions_by_reference_only(stack: Stack) -> Iterator[str]:
    hidden = {name for name, one in stack.template["Parameters"].items() if one.get("NoEcho")}
    for name, function in stack.of(FUNCTION):
        for variable, value in function.get("Environment", {}).get("Variables", {}).items():
            for one in choices(value):
                if any(f"{key}" in str(one) for key in hidden) or (
                    variable.endswith("_API_KEY") and "{{resolve:secretsmanager:" not in str(one)
                ):
                    yield f"{variable} of {name} holds a secret in plain sight"
    for parameter in ("DatabaseUrl", "EmbeddingApiKey", "GenerationApiKey", "RerankApiKey"):
        if parameter not in hidden:
            yield f"{parameter} is shown"


@rule
def everything_is_tagged(stack: Stack) -> Iterator[str]:
    for kind in sorted(TAGGED):
        for name, resource in stack.of(kind):
            tags = {one["Key"] for one in resource.get("Tags", [])}
            if not tags >= {"application", "stage"}:
                yield f"{name} is not tagged"


@rule
def functions_with_aurora_are_in_its_network(stack: Stack) -> Iterator[str]:
    for name, function in stack.of(FUNCTION):
        inside = choices(function.get("VpcConfig", NOTHING))
        if not inside or inside[0]["SecurityGroupIds"] != [{"Ref": "FunctionsSecurityGroup"}]:
            yield f"{name} does not reach Aurora"


@caught_by(functions_answer_before_the_api_gives_up)
def the_api_function_takes_a_minute(stack: Stack) -> None:
    stack["ApiFunction"]["Timeout"] = 60


@caught_by(functions_answer_before_the_api_gives_up)
def the_stream_function_takes_as_long_as_the_gateway(stack: Stack) -> None:
    stack["StreamFunction"]["Timeout"] = 29


@caught_by(functions_have_a_limit_of_their_own)
def intake_has_three_seconds(stack: Stack) -> None:
    del stack["IntakeFunction"]["Timeout"]


@caught_by(functions_have_a_limit_of_their_own)
def reconcile_has_128_megabytes(stack: Stack) -> None:
    del stack["ReconcileFunction"]["MemorySize"]


@caught_by(the_streaming_route_streams)
def the_stream_is_buffered(stack: Stack) -> None:
    for path, method, integration in operations(stack):
        if (path, method) == ("/v1/ask/stream", "post"):
            del integration["responseTransferMode"]


@caught_by(the_streaming_route_streams)
def there_is_no_route_that_streams(stack: Stack) -> None:
    del stack["Api"]["Body"]["paths"]["/v1/ask/stream"]


@caught_by(the_streaming_route_streams)
def another_route_streams_as_well(stack: Stack) -> None:
    for path, _, integration in operations(stack):
        if path == "/":
            integration["responseTransferMode"] = "STREAM"


@caught_by(the_api_is_regional_and_throttled)
def the_api_is_at_the_edge(stack: Stack) -> None:
    stack["Api"]["EndpointConfiguration"]["Types"] = ["EDGE"]


@caught_by(the_api_is_regional_and_throttled)
def nothing_is_throttled(stack: Stack) -> None:
    del stack["ApiStage"]["MethodSettings"]


@caught_by(the_api_is_regional_and_throttled)
def every_address_may_call(stack: Stack) -> None:
    del stack["Api"]["Body"]["x-amazon-apigateway-policy"]


@caught_by(the_gateways_own_errors_have_our_form)
def too_many_requests_get_another_form(stack: Stack) -> None:
    del gateway_responses(stack)["THROTTLED"]


@caught_by(the_gateways_own_errors_have_our_form)
def a_timeout_is_no_json(stack: Stack) -> None:
    gateway_responses(stack)["INTEGRATION_TIMEOUT"]["responseTemplates"] = {
        "application/json": '{"error": {"code": "unavailable", "message": $context.error.message'
    }


@caught_by(the_gateways_own_errors_have_our_form)
def nobody_says_when_to_come_back(stack: Stack) -> None:
    parameters = gateway_responses(stack)["THROTTLED"]["responseParameters"]
    for name in [name for name in parameters if name.endswith("Retry-After")]:
        del parameters[name]


@caught_by(migrations_come_before_traffic)
def the_api_does_not_wait_for_migrations(stack: Stack) -> None:
    del stack.resource("ApiFunction")["DependsOn"]


@caught_by(migrations_come_before_traffic)
def new_code_does_not_migrate(stack: Stack) -> None:
    del stack["Migrations"]["Package"]


@caught_by(migrations_come_before_traffic)
def migrations_do_not_wait_for_aurora(stack: Stack) -> None:
    del stack["Migrations"]["DatabaseInstance"]


@caught_by(migrations_come_before_traffic)
def a_lost_answer_holds_the_stack_for_an_hour(stack: Stack) -> None:
    del stack["Migrations"]["ServiceTimeout"]


@caught_by(every_function_has_a_role_of_its_own)
def stream_uses_the_role_of_api(stack: Stack) -> None:
    stack["StreamFunction"]["Role"] = {"Fn::GetAtt": ["ApiRole", "Arn"]}


@caught_by(logs_are_forgotten)
def a_group_keeps_everything(stack: Stack) -> None:
    del stack["ApiLogs"]["RetentionInDays"]


@caught_by(logs_are_forgotten)
def a_function_makes_its_own_group(stack: Stack) -> None:
    del stack["IngestFunction"]["LoggingConfig"]


@caught_by(secrets_reach_functions_by_reference_only)
def a_key_is_a_plain_variable(stack: Stack) -> None:
    plain = {"Ref": "GenerationApiKey"}
    stack["ApiFunction"]["Environment"]["Variables"]["FOOTNOTE_GENERATION_API_KEY"] = plain


@caught_by(secrets_reach_functions_by_reference_only)
def the_database_url_is_shown(stack: Stack) -> None:
    del stack.parameter("DatabaseUrl")["NoEcho"]


@caught_by(everything_is_tagged)
def a_queue_has_no_tags(stack: Stack) -> None:
    del stack["WorkQueue"]["Tags"]


@caught_by(everything_is_tagged)
def the_database_does_not_say_its_stage(stack: Stack) -> None:
    stack["DatabaseCluster"]["Tags"] = [{"Key": "application", "Value": "footnote"}]


@caught_by(functions_with_aurora_are_in_its_network)
def reconcile_stays_outside(stack: Stack) -> None:
    del stack["ReconcileFunction"]["VpcConfig"]
