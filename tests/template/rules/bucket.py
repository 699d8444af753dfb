"""Rules about documents and other data: private, versioned, over TLS, and kept."""

from collections.abc import Iterator

from tests.template.rules.queues import denies_plain
from tests.template.rules.stack import Stack, caught_by, choices, rule, statements

BUCKET = "AWS::S3::Bucket"
CLOSED = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
# Amazon S3 User Guide, "Supported event types": uploads, deletions, and what lifecycle expires.
EVENTS = {"s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"}
KEPT = {
    "AWS::S3::Bucket": {"Retain"},
    "AWS::SecretsManager::Secret": {"Retain"},
    "AWS::RDS::DBCluster": {"Snapshot", "Retain"},
}


@rule
def buckets_keep_versions(stack: Stack) -> Iterator[str]:
    for name, bucket in stack.of(BUCKET):
        if bucket.get("VersioningConfiguration") != {"Status": "Enabled"}:
            yield f"{name} forgets what is overwritten"


@rule
def buckets_are_closed_to_the_public(stack: Stack) -> Iterator[str]:
    for name, bucket in stack.of(BUCKET):
        closed = bucket.get("PublicAccessBlockConfiguration", {})
        if any(closed.get(key) is not True for key in CLOSED):
            yield f"{name} can be opened to the public"
        ownership = bucket.get("OwnershipControls", {}).get("Rules")
        if ownership != [{"ObjectOwnership": "BucketOwnerEnforced"}]:
            yield f"{name} has lists of access beside its policy"


@rule
def buckets_are_encrypted(stack: Stack) -> Iterator[str]:
    for name, bucket in stack.of(BUCKET):
        [encryption] = bucket.get("BucketEncryption", {}).get(
            "ServerSideEncryptionConfiguration", [{}]
        )
        used = {
            one.get("SSEAlgorithm")
            for one in choices(encryption.get("ServerSideEncryptionByDefault", {}))
        }
        if not used or not used <= {"AES256", "aws:kms"}:
            yield f"{name} is not encrypted"


@rule
def buckets_refuse_plain_connections(stack: Stack) -> Iterator[str]:
    guarded = {
        stack.target(policy["Bucket"])
        for _, policy in stack.of("AWS::S3::BucketPolicy")
        if any(
            denies_plain(one, "s3:*") and len(one["Resource"]) == 2
            for one in statements(policy["PolicyDocument"])
        )
    }
    yield from (f"{name} takes plain http" for name, _ in stack.of(BUCKET) if name not in guarded)


@rule
def bucket_policies_allow_nobody(stack: Stack) -> Iterator[str]:
    for name, policy in stack.of("AWS::S3::BucketPolicy"):
        if any(one["Effect"] != "Deny" for one in statements(policy["PolicyDocument"])):
            yield f"{name} lets somebody in"


@rule
def old_versions_and_unfinished_uploads_go(stack: Stack) -> Iterator[str]:
    for name, bucket in stack.of(BUCKET):
        rules = bucket.get("LifecycleConfiguration", {}).get("Rules", [])
        enabled = {key for one in rules if one["Status"] == "Enabled" for key in one}
        for wanted in ("NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
            if wanted not in enabled:
                yield f"{name} lacks {wanted}"
        if "ExpirationInDays" in enabled:
            yield f"{name} deletes documents by their age"


@rule
def every_change_of_a_document_is_told(stack: Stack) -> Iterator[str]:
    for name, bucket in stack.of(BUCKET):
        told = bucket.get("NotificationConfiguration", {}).get("QueueConfigurations", [])
        if {one["Event"] for one in told} != EVENTS or any("Filter" in one for one in told):
            yield f"{name} does not tell of everything"
        if {stack.target(one["Queue"]) for one in told} != {"NotificationsQueue"}:
            yield f"{name} tells somebody else"


@rule
def data_outlive_the_stack(stack: Stack) -> Iterator[str]:
    for name, resource in stack.template["Resources"].items():
        allowed = KEPT.get(resource["Type"])
        for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
            if allowed and resource.get(policy) not in allowed:
                yield f"{name} goes with the stack, or when it is replaced"


@rule
def only_a_stack_that_was_told_to_erases(stack: Stack) -> Iterator[str]:
    for name, resource in stack.of("Custom::Migrations"):
        erase = resource.get("Erase")
        if erase is not None and (
            not isinstance(erase, dict) or erase.get("Fn::If", [""])[0] != "ErasesData"
        ):
            yield f"{name} erases documents unasked"
    if stack.parameter("DataOnDelete")["Default"] != "keep":
        yield "erasing is the default"


@caught_by(buckets_keep_versions)
def versions_are_suspended(stack: Stack) -> None:
    stack["DocumentsBucket"]["VersioningConfiguration"]["Status"] = "Suspended"


@caught_by(buckets_are_closed_to_the_public)
def a_policy_may_open_the_bucket(stack: Stack) -> None:
    stack["DocumentsBucket"]["PublicAccessBlockConfiguration"]["BlockPublicPolicy"] = False


@caught_by(buckets_are_closed_to_the_public)
def public_lists_are_heeded(stack: Stack) -> None:
    del stack["DocumentsBucket"]["PublicAccessBlockConfiguration"]["IgnorePublicAcls"]


@caught_by(buckets_are_closed_to_the_public)
def uploaders_own_their_objects(stack: Stack) -> None:
    stack["DocumentsBucket"]["OwnershipControls"]["Rules"] = [{"ObjectOwnership": "ObjectWriter"}]


@caught_by(buckets_are_encrypted)
def documents_lie_open(stack: Stack) -> None:
    del stack["DocumentsBucket"]["BucketEncryption"]


@caught_by(buckets_refuse_plain_connections)
def only_the_bucket_itself_wants_tls(stack: Stack) -> None:
    for one in stack["DocumentsBucketPolicy"]["PolicyDocument"]["Statement"]:
        one["Resource"] = one["Resource"][:1]


@caught_by(buckets_refuse_plain_connections)
def plain_connections_are_allowed_by_name(stack: Stack) -> None:
    for one in stack["DocumentsBucketPolicy"]["PolicyDocument"]["Statement"]:
        one["Effect"] = "Allow"


@caught_by(bucket_policies_allow_nobody)
def everybody_may_read(stack: Stack) -> None:
    read = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    stack["DocumentsBucketPolicy"]["PolicyDocument"]["Statement"].append(read)


@caught_by(old_versions_and_unfinished_uploads_go)
def old_versions_stay(stack: Stack) -> None:
    stack["DocumentsBucket"]["LifecycleConfiguration"]["Rules"][0]["Status"] = "Disabled"


@caught_by(old_versions_and_unfinished_uploads_go)
def unfinished_uploads_stay(stack: Stack) -> None:
    del stack["DocumentsBucket"]["LifecycleConfiguration"]["Rules"][1]


@caught_by(old_versions_and_unfinished_uploads_go)
def documents_expire(stack: Stack) -> None:
    stack["DocumentsBucket"]["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] = 30


@caught_by(every_change_of_a_document_is_told)
def expirations_are_not_told(stack: Stack) -> None:
    del stack["DocumentsBucket"]["NotificationConfiguration"]["QueueConfigurations"][2]


@caught_by(every_change_of_a_document_is_told)
def an_event_that_does_not_exist(stack: Stack) -> None:
    told = stack["DocumentsBucket"]["NotificationConfiguration"]["QueueConfigurations"]
    told[0]["Event"] = "s3:ObjectMade:*"


@caught_by(every_change_of_a_document_is_told)
def only_pdf_is_told(stack: Stack) -> None:
    told = stack["DocumentsBucket"]["NotificationConfiguration"]["QueueConfigurations"]
    told[1]["Filter"] = {"S3Key": {"Rules": [{"Name": "suffix", "Value": ".pdf"}]}}


@caught_by(every_change_of_a_document_is_told)
def the_queue_of_work_is_told(stack: Stack) -> None:
    told = stack["DocumentsBucket"]["NotificationConfiguration"]["QueueConfigurations"]
    told[0]["Queue"] = {"Fn::GetAtt": ["WorkQueue", "Arn"]}


@caught_by(data_outlive_the_stack)
def documents_go_with_the_stack(stack: Stack) -> None:
    stack.resource("DocumentsBucket")["DeletionPolicy"] = "Delete"


@caught_by(data_outlive_the_stack)
def a_replaced_secret_is_lost(stack: Stack) -> None:
    del stack.resource("DatabaseSecret")["UpdateReplacePolicy"]


@caught_by(data_outlive_the_stack)
def the_database_goes_without_a_snapshot(stack: Stack) -> None:
    stack.resource("DatabaseCluster")["DeletionPolicy"] = "Delete"


@caught_by(only_a_stack_that_was_told_to_erases)
def it_erases_whatever_was_said(stack: Stack) -> None:
    stack["Migrations"]["Erase"] = {"Ref": "DocumentsBucket"}


@caught_by(only_a_stack_that_was_told_to_erases)
def it_erases_unless_told_otherwise(stack: Stack) -> None:
    stack.parameter("DataOnDelete")["Default"] = "erase"
