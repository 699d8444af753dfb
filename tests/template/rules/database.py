"""Rules about Aurora and its network: closed, encrypted, kept, and no cost unasked."""

from collections.abc import Iterator

from tests.template.rules.stack import Stack, caught_by, choices, rule

ANYWHERE = ("0.0.0.0/0", "::/0")
PAID_BY_THE_HOUR = {"AWS::EC2::NatGateway", "AWS::EC2::EIP", "AWS::EC2::InternetGateway"}


@rule
def the_database_is_private(stack: Stack) -> Iterator[str]:
    for name, instance in stack.of("AWS::RDS::DBInstance"):
        if instance.get("PubliclyAccessible") is not False:
            yield f"{name} has a public address"
    for name, group in stack.of("AWS::RDS::DBSubnetGroup"):
        subnets = {stack.target(one) for one in group["SubnetIds"]}
        if len(subnets) < 2 or any("Private" not in one for one in subnets):
            yield f"{name} is not in two private subnets"


@rule
def the_database_is_encrypted_and_backed_up(stack: Stack) -> Iterator[str]:
    for name, cluster in stack.of("AWS::RDS::DBCluster"):
        if cluster.get("StorageEncrypted") is not True:
            yield f"{name} is not encrypted"
        if cluster.get("BackupRetentionPeriod", 1) < 7:
            yield f"{name} has no week of backups"


@rule
def aurora_keeps_its_password_itself(stack: Stack) -> Iterator[str]:
    for name, cluster in stack.of("AWS::RDS::DBCluster"):
        if cluster.get("ManageMasterUserPassword") is not True or "MasterUserPassword" in cluster:
            yield f"{name} has a password that somebody wrote down"


@rule
def an_idle_database_costs_nothing(stack: Stack) -> Iterator[str]:
    for name, cluster in stack.of("AWS::RDS::DBCluster"):
        scaling = cluster.get("ServerlessV2ScalingConfiguration", {})
        if scaling.get("MinCapacity") != {"Ref": "AuroraMinCapacity"}:
            yield f"{name} does not scale by the parameter"
        if {"Ref": "AuroraPauseSeconds"} not in choices(scaling.get("SecondsUntilAutoPause", {})):
            yield f"{name} never pauses"
    if stack.parameter("AuroraMinCapacity")["Default"] != 0:
        yield "Aurora does not pause unless it is told to"


@rule
def nothing_comes_in_from_anywhere(stack: Stack) -> Iterator[str]:
    for name, group in stack.of("AWS::EC2::SecurityGroup"):
        for one in group.get("SecurityGroupIngress", []):
            if stack.target(one.get("SourceSecurityGroupId")) != "FunctionsSecurityGroup":
                yield f"{name} lets in more than the functions"
            if one["FromPort"] != one["ToPort"] or one["IpProtocol"] != "tcp":
                yield f"{name} opens more than a port"
        if "SecurityGroupEgress" not in group:
            yield f"{name} lets out anything"
    yield from (f"{name} is a rule apart" for name, _ in stack.of("AWS::EC2::SecurityGroupIngress"))


@rule
def the_ways_out_are_asked_for(stack: Stack) -> Iterator[str]:
    for name, resource in stack.template["Resources"].items():
        out = resource["Type"] in PAID_BY_THE_HOUR or (
            resource["Type"] == "AWS::EC2::Route"
            and resource["Properties"].get("DestinationCidrBlock") in ANYWHERE
        )
        if out and resource.get("Condition") != "HasNat":
            yield f"{name} leads out although nobody asked for it"
    if stack.parameter("Egress")["Default"] != "none":
        yield "the network has a way out unless it is told otherwise"


@rule
def endpoints_reach_what_functions_call(stack: Stack) -> Iterator[str]:
    reached = {
        str(endpoint["ServiceName"]["Fn::Sub"]).rpartition(".")[2]: endpoint
        for _, endpoint in stack.of("AWS::EC2::VPCEndpoint")
    }
    for service in ("s3", "sqs", "secretsmanager"):
        if service not in reached:
            yield f"functions in the network do not reach {service}"
    for service, endpoint in reached.items():
        if service != "s3" and endpoint.get("PrivateDnsEnabled") is not True:
            yield f"{service} keeps its public address"
        if service == "s3" and "cloudformation-custom-resource-response" not in str(endpoint):
            yield "the stack never hears how migrations went"


@rule
def no_aurora_unless_it_is_asked_for(stack: Stack) -> Iterator[str]:
    for name, resource in stack.template["Resources"].items():
        conditions = {"HasAurora", "HasAuroraReader", "HasNat", "ReachesBedrock"}
        inside = resource["Type"].startswith(("AWS::EC2::", "AWS::RDS::"))
        if inside and resource.get("Condition") not in conditions:
            yield f"{name} is made for every database"


@rule
def only_questions_are_asked_of_a_reader(stack: Stack) -> Iterator[str]:
    """What reads its own writes would meet a copy that is behind."""
    for name, function in stack.of("AWS::Lambda::Function"):
        variables = function.get("Environment", {}).get("Variables", {})
        asks = name in ("ApiFunction", "StreamFunction")
        if ("FOOTNOTE_READER_HOST" in variables) is not asks:
            yield f"{name} reads {'the writer only' if asks else 'a copy that may be behind'}"
    if stack.template["Resources"]["DatabaseReader"].get("Condition") != "HasAuroraReader":
        yield "a second instance is paid for unasked"
    if stack.parameter("AuroraReader")["Default"] != "off":
        yield "a second instance is there unless it is told otherwise"


@caught_by(only_questions_are_asked_of_a_reader)
def what_writes_reads_a_copy(stack: Stack) -> None:
    variables = stack["IngestFunction"]["Environment"]["Variables"]
    variables["FOOTNOTE_READER_HOST"] = {"Ref": "ReaderHost"}


@caught_by(only_questions_are_asked_of_a_reader)
def streamed_questions_leave_the_reader_idle(stack: Stack) -> None:
    del stack["StreamFunction"]["Environment"]["Variables"]["FOOTNOTE_READER_HOST"]


@caught_by(only_questions_are_asked_of_a_reader)
def everybody_pays_for_a_reader(stack: Stack) -> None:
    stack.template["Resources"]["DatabaseReader"]["Condition"] = "HasAurora"


@caught_by(only_questions_are_asked_of_a_reader)
def a_reader_is_the_default(stack: Stack) -> None:
    stack.parameter("AuroraReader")["Default"] = "on"


@caught_by(the_database_is_private)
def the_database_has_a_public_address(stack: Stack) -> None:
    stack["DatabaseInstance"]["PubliclyAccessible"] = True


@caught_by(the_database_is_private)
def the_database_is_where_the_gateway_is(stack: Stack) -> None:
    stack["DatabaseSubnets"]["SubnetIds"] = [{"Ref": "PublicSubnet"}, {"Ref": "PrivateSubnetB"}]


@caught_by(the_database_is_encrypted_and_backed_up)
def the_database_lies_open(stack: Stack) -> None:
    del stack["DatabaseCluster"]["StorageEncrypted"]


@caught_by(the_database_is_encrypted_and_backed_up)
def the_database_has_a_day_of_backups(stack: Stack) -> None:
    del stack["DatabaseCluster"]["BackupRetentionPeriod"]


@caught_by(aurora_keeps_its_password_itself)
def a_password_is_in_the_template(stack: Stack) -> None:
    stack["DatabaseCluster"]["MasterUserPassword"] = "letmein"


@caught_by(an_idle_database_costs_nothing)
def aurora_never_pauses(stack: Stack) -> None:
    del stack["DatabaseCluster"]["ServerlessV2ScalingConfiguration"]["SecondsUntilAutoPause"]


@caught_by(an_idle_database_costs_nothing)
def half_a_unit_is_the_least(stack: Stack) -> None:
    stack.parameter("AuroraMinCapacity")["Default"] = 0.5


@caught_by(nothing_comes_in_from_anywhere)
def postgres_is_open_to_the_network(stack: Stack) -> None:
    stack["DatabaseSecurityGroup"]["SecurityGroupIngress"] = [
        {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "0.0.0.0/0"}
    ]


@caught_by(nothing_comes_in_from_anywhere)
def functions_may_send_anything_anywhere(stack: Stack) -> None:
    del stack["FunctionsSecurityGroup"]["SecurityGroupEgress"]


@caught_by(the_ways_out_are_asked_for)
def there_is_always_a_nat_gateway(stack: Stack) -> None:
    stack.resource("Nat")["Condition"] = "HasAurora"


@caught_by(the_ways_out_are_asked_for)
def private_subnets_lead_out(stack: Stack) -> None:
    stack.resource("PrivateWayOut")["Condition"] = "HasAurora"


@caught_by(endpoints_reach_what_functions_call)
def secrets_are_out_of_reach(stack: Stack) -> None:
    del stack.template["Resources"]["SecretsEndpoint"]


@caught_by(endpoints_reach_what_functions_call)
def the_endpoint_of_queues_has_no_name(stack: Stack) -> None:
    del stack["QueuesEndpoint"]["PrivateDnsEnabled"]


@caught_by(endpoints_reach_what_functions_call)
def migrations_cannot_answer(stack: Stack) -> None:
    del stack["BucketEndpoint"]["PolicyDocument"]["Statement"][1]


@caught_by(no_aurora_unless_it_is_asked_for)
def everybody_gets_a_cluster(stack: Stack) -> None:
    del stack.resource("DatabaseCluster")["Condition"]
