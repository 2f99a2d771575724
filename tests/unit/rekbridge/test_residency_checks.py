"""What an audit says of states that no emulator can be put into, or that a stack could not come back from."""

import base64
import gzip
import json
from typing import Any

import pytest
from rekbridge.read_models.deployment import Deployment
from rekbridge.residency.audit import (
    bucket_outflows,
    buckets,
    functions,
    inventory,
    keys,
    log_groups,
    staging,
    tables,
    trails,
)
from rekbridge.residency.audit.subject import AuditSubject
from rekbridge.residency.audit.verdicts import Status
from rekbridge.support.errors import OperatorError

from tests.unit.rekbridge.aws_account import ACCOUNT, UNREACHABLE, USER, Reply, reply_json
from tests.unit.rekbridge.residency_account import HOME, OUTPUTS, REMOTE, create_subject, judge, run_checks

KEY = f"arn:aws:kms:{REMOTE}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def reply_xml(root: str, body: str = "") -> Reply:
    """A response of S3."""
    return Reply(200, f'<{root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{body}</{root}>')


def reply_s3_error(status: int, code: str) -> Reply:
    return Reply(status, f"<Error><Code>{code}</Code><Message>as S3 says it</Message></Error>")


def reply_versions(*versions: str, markers: str = "") -> Reply:
    body = "".join(versions) + markers
    return reply_xml("ListVersionsResult", f"<IsTruncated>false</IsTruncated>{body}")


def build_version(time: str, latest: bool = True) -> str:
    return (
        f"<Version><Key>a</Key><VersionId>null</VersionId><IsLatest>{str(latest).lower()}</IsLatest>"
        f"<LastModified>{time}</LastModified><Size>1</Size></Version>"
    )


NO_UPLOADS = reply_xml("ListMultipartUploadsResult", "<IsTruncated>false</IsTruncated>")
OLD_MARKER = (
    "<DeleteMarker><Key>a</Key><VersionId>b</VersionId><IsLatest>true</IsLatest>"
    "<LastModified>2026-11-27T11:00:00.000Z</LastModified></DeleteMarker>"
)


# The audit is at 12:00 on 27 November, staging_ttl_h is 24, and SWEEP may miss one turn.
@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        (reply_versions(), Status.PASSED),
        (reply_versions(build_version("2026-11-26T12:30:00.000Z")), Status.PASSED),
        (reply_versions(build_version("2026-11-26T11:55:00.000Z")), Status.PASSED),
        (reply_versions(build_version("2026-11-26T11:30:00.000Z")), Status.FAILED),
        (reply_versions(build_version("2026-11-27T11:00:00.000Z", latest=False)), Status.FAILED),
        (reply_versions(markers=OLD_MARKER), Status.FAILED),
    ],
)
def test_an_old_copy_and_any_hidden_version_is_a_leftover(versions: Reply, expected: Status) -> None:
    replies = {"s3.ListObjectVersions": versions, "s3.ListMultipartUploads": NO_UPLOADS}
    assert judge(staging, "staging-leftovers", replies).status is expected


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [(REMOTE, Status.PASSED), ("EU", Status.PASSED), ("", Status.FAILED), (HOME, Status.FAILED)],
)
def test_a_bucket_is_where_its_location_constraint_says(constraint: str, expected: Status) -> None:
    reply = reply_xml("LocationConstraint", constraint)
    assert judge(buckets, "bucket-region", {"s3.GetBucketLocation": reply}).status is expected


@pytest.mark.parametrize(
    ("check", "operation", "code"),
    [
        ("bucket-public-access", "GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
        ("bucket-tls", "GetBucketPolicy", "NoSuchBucketPolicy"),
        ("bucket-encryption", "GetBucketEncryption", "ServerSideEncryptionConfigurationNotFoundError"),
        ("bucket-lifecycle", "GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration"),
        ("bucket-ownership", "GetBucketOwnershipControls", "OwnershipControlsNotFoundError"),
    ],
)
def test_a_setting_that_a_bucket_does_not_have_fails(check: str, operation: str, code: str) -> None:
    assert judge(buckets, check, {f"s3.{operation}": reply_s3_error(404, code)}).status is Status.FAILED


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("AccessDenied", 403, Status.UNKNOWN),
        ("InternalError", 500, Status.UNKNOWN),
        ("NoSuchBucket", 404, Status.FAILED),
    ],
)
def test_what_cannot_be_read_is_no_failure_unless_it_is_gone(code: str, status: int, expected: Status) -> None:
    judgement = judge(buckets, "bucket-versioning", {"s3.GetBucketVersioning": reply_s3_error(status, code)})
    assert judgement.status is expected
    assert judgement.next_step


def test_versions_of_staged_copies_fail() -> None:
    reply = reply_xml("VersioningConfiguration", "<Status>Enabled</Status>")
    assert judge(buckets, "bucket-versioning", {"s3.GetBucketVersioning": reply}).status is Status.FAILED


def build_rule(body: str) -> Reply:
    abort = (
        "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>"
    )
    everything = f"<Rule><ID>a</ID><Filter></Filter><Status>Enabled</Status>{abort}</Rule>"
    return reply_xml("LifecycleConfiguration", f"{everything}<Rule><ID>b</ID>{body}</Rule>")


DAY = "<Expiration><Days>1</Days></Expiration>"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (f"<Filter></Filter><Status>Enabled</Status>{DAY}", Status.PASSED),
        (f"<Filter><Prefix></Prefix></Filter><Status>Enabled</Status>{DAY}", Status.PASSED),
        (f"<Filter></Filter><Status>Disabled</Status>{DAY}", Status.FAILED),
        (f"<Filter><Prefix>a/</Prefix></Filter><Status>Enabled</Status>{DAY}", Status.FAILED),
        (f"<Prefix>a/</Prefix><Status>Enabled</Status>{DAY}", Status.FAILED),
        (f"<Filter></Filter><Status>Enabled</Status>{DAY.replace('1', '2')}", Status.FAILED),
    ],
)
def test_staging_empties_itself_only_by_an_enabled_rule_for_everything(rule: str, expected: Status) -> None:
    replies = {"s3.GetBucketLifecycleConfiguration": build_rule(rule)}
    assert judge(buckets, "bucket-lifecycle", replies).status is expected


def reply_replication(account: str = "") -> Reply:
    owner = f"<Account>{account}</Account>" if account else ""
    rule = f"<Rule><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::t</Bucket>{owner}</Destination></Rule>"
    return reply_xml("ReplicationConfiguration", f"<Role>r</Role>{rule}")


@pytest.mark.parametrize(
    ("account", "location", "expected"),
    [
        ("", reply_xml("LocationConstraint", "eu-central-1"), Status.PASSED),
        (ACCOUNT, reply_xml("LocationConstraint", HOME), Status.PASSED),
        ("", reply_xml("LocationConstraint", "ap-south-1"), Status.FAILED),
        ("999999999999", reply_xml("LocationConstraint", "eu-central-1"), Status.FAILED),
        ("", reply_s3_error(403, "AccessDenied"), Status.UNKNOWN),
    ],
)
def test_replication_passes_only_into_allowed_regions_of_the_account(
    account: str, location: Reply, expected: Status
) -> None:
    replies = {"s3.GetBucketReplication": reply_replication(account), "s3.GetBucketLocation": location}
    assert judge(bucket_outflows, "bucket-replication", replies).status is expected


def reply_table(**more: Any) -> Reply:
    arn = f"arn:aws:dynamodb:{HOME}:{ACCOUNT}:table/rekbridge-claims"
    return reply_json(200, {"Table": {"TableName": "rekbridge-claims", "TableArn": arn} | more})


@pytest.mark.parametrize(
    ("replicas", "expected"),
    [([], Status.PASSED), ([HOME], Status.PASSED), ([REMOTE], Status.FAILED), (["us-east-1"], Status.FAILED)],
)
def test_a_global_table_fails(replicas: list[str], expected: Status) -> None:
    reply = reply_table(Replicas=[{"RegionName": region, "ReplicaStatus": "ACTIVE"} for region in replicas])
    assert judge(tables, "table-replicas", {"dynamodb.DescribeTable": reply}).status is expected


def test_a_table_with_another_key_than_the_operators_fails() -> None:
    rules = OUTPUTS["residency"] | {"kms_key_arns": {"home": "arn:aws:kms:eu-west-3:1:key/ours", "remote": None}}
    for key, expected in (("ours", Status.PASSED), ("other", Status.FAILED)):
        encryption = {"Status": "ENABLED", "KMSMasterKeyArn": f"arn:aws:kms:eu-west-3:1:key/{key}", "SSEType": "KMS"}
        replies = {"dynamodb.DescribeTable": reply_table(SSEDescription=encryption)}
        assert judge(tables, "table-encryption", replies, residency=rules).status is expected


def reply_topic(key: str) -> Reply:
    entry = f"<entry><key>KmsMasterKeyId</key><value>{key}</value></entry>"
    return Reply(
        200,
        "<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes>"
        f"{entry}</Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>",
    )


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({}, Status.PASSED),
        ({"MultiRegion": True}, Status.FAILED),
        ({"KeyState": "PendingDeletion"}, Status.FAILED),
        ({"Arn": KEY.replace(ACCOUNT, "999999999999")}, Status.FAILED),
        ({"Arn": KEY.replace(REMOTE, "us-east-1")}, Status.FAILED),
    ],
)
def test_a_key_that_may_decrypt_elsewhere_or_is_not_ours_fails(metadata: dict[str, Any], expected: Status) -> None:
    described = {"KeyId": KEY, "Arn": KEY, "KeyState": "Enabled", "MultiRegion": False} | metadata
    replies = {
        "sns.GetTopicAttributes": reply_topic(KEY),
        "kms.DescribeKey": reply_json(200, {"KeyMetadata": described}),
        "kms.GetKeyPolicy": reply_json(200, {"Policy": '{"Statement": []}', "PolicyName": "default"}),
    }
    assert judge(keys, "key-region", replies).status is expected


def reply_function(regions: list[str], **environment: str) -> Reply:
    rows = {
        "text": {"transfer": "bytes", "regions": {region: {"tps": 5} for region in regions}, "settings": {}}
        | {"queue_url": "q", "dlq_url": "d"}
    }
    packed = base64.b64encode(gzip.compress(json.dumps(rows).encode())).decode()
    variables = {"OPERATIONS": packed, "REMOTE_REGION": REMOTE, "IDS_SECRET": "rekbridge-ids"} | environment
    arn = f"arn:aws:lambda:{HOME}:{ACCOUNT}:function:rekbridge-ingest"
    return reply_json(200, {"FunctionArn": arn, "Environment": {"Variables": variables}})


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (reply_function([HOME, REMOTE, "eu-central-1"]), Status.PASSED),
        (reply_function([REMOTE, "us-east-1"]), Status.FAILED),
        (reply_function([REMOTE], REMOTE_REGION="us-east-1"), Status.FAILED),
        (reply_function([REMOTE], OPERATIONS="no base64 of gzip"), Status.FAILED),
    ],
)
def test_a_function_that_may_send_to_another_region_fails(reply: Reply, expected: Status) -> None:
    replies = {"lambda.GetFunctionConfiguration": reply}
    assert judge(functions, "function-regions", replies).status is expected


@pytest.mark.parametrize(("replicas", "expected"), [([], Status.PASSED), ([REMOTE], Status.FAILED)])
def test_a_replicated_secret_fails(replicas: list[str], expected: Status) -> None:
    secret = {"Name": "rekbridge-ids", "ReplicationStatus": [{"Region": region} for region in replicas]}
    replies = {"lambda.GetFunctionConfiguration": reply_function([REMOTE])}
    replies["secrets-manager.DescribeSecret"] = reply_json(200, secret)
    assert judge(functions, "secret-replicas", replies).status is expected


TAGGED = "resource-groups-tagging-api.GetResources"


NOT_ENABLED = reply_json(
    400,
    {"__type": "UnrecognizedClientException", "message": "The security token included in the request is invalid."},
)


def reply_tagged(*arns: str) -> Reply:
    return reply_json(200, {"ResourceTagMappingList": [{"ResourceARN": arn, "Tags": []} for arn in arns]})


OURS = reply_tagged(f"arn:aws:sqs:{HOME}:{ACCOUNT}:rekbridge-uploads")


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ({}, Status.PASSED),
        ({f"{TAGGED}@ap-east-1": NOT_ENABLED}, Status.PASSED),
        ({f"{TAGGED}@us-east-1": UNREACHABLE}, Status.UNKNOWN),
        ({f"{TAGGED}@us-east-1": OURS}, Status.FAILED),
        ({f"{TAGGED}@us-east-1": UNREACHABLE, f"{TAGGED}@sa-east-1": OURS}, Status.FAILED),
        # Not even what is deployed has the tags: nothing can be found by them.
        ({f"{TAGGED}@{HOME}": reply_tagged()}, Status.UNKNOWN),
    ],
)
def test_a_tagged_resource_in_a_third_region_fails(replies: dict[str, Reply], expected: Status) -> None:
    everywhere = {TAGGED: reply_tagged(), f"{TAGGED}@{HOME}": OURS}
    assert judge(inventory, "resources-elsewhere", everywhere | replies).status is expected


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("/aws/lambda/rekbridge-ingest", True),
        ("sns/eu-west-1/123456789012/rekbridge-events", True),
        ("/company/rekbridge", True),
        ("/aws/lambda/my-rekbridge-ingest", False),
        ("/aws/lambda/rekbridge2-ingest", False),
    ],
)
def test_a_log_group_is_found_by_the_prefix_as_a_word(name: str, found: bool) -> None:
    reply = reply_json(200, {"logGroups": [{"logGroupName": name}]})
    subject = create_subject({"cloudwatch-logs.DescribeLogGroups": reply})
    assert bool(log_groups.list_log_groups(subject, REMOTE)) is found


def test_advice_about_trails_needs_no_permission() -> None:
    denied = reply_json(400, {"__type": "AccessDeniedException", "Message": f"{USER} is not authorized"})
    verdicts = run_checks(trails, {"cloudtrail.DescribeTrails": denied})
    assert {(one.region, one.judgement.status) for one in verdicts} == {
        ("eu-central-1", Status.ADVICE),
        (REMOTE, Status.ADVICE),
    }


def test_a_deployment_of_an_earlier_version_needs_a_deploy_first() -> None:
    outputs = {name: value for name, value in OUTPUTS.items() if name != "residency"}
    with pytest.raises(OperatorError) as error:
        AuditSubject.create(Deployment(outputs, lambda *_: None))
    assert "rekbridge deploy" in error.value.next_step


def test_a_client_is_created_once_for_each_service_and_region() -> None:
    created: list[tuple[str, str]] = []

    def create_client(service: str, region: str) -> object:
        created.append((service, region))
        return object()

    subject = AuditSubject.create(Deployment(OUTPUTS, create_client))
    for names in [("s3", HOME), ("s3", REMOTE), ("s3", HOME), ("sqs", HOME)]:
        assert subject.client(*names) is subject.client(*names)
    assert created == [("s3", HOME), ("s3", REMOTE), ("sqs", HOME)]
