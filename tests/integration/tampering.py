"""Changes of a deployed stack that a residency audit must find, each undone when its block ends."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from rekbridge.testing import Stack

# Outside of what any deployment of the tests may use.
ELSEWHERE = "us-east-2"
EVERYBODY = {"Sid": "Everybody", "Effect": "Allow", "Principal": "*"}


class Tampering(Protocol):
    """Changes a stack, until the block ends."""

    def __call__(self, stack: Stack) -> AbstractContextManager[None]: ...


@contextmanager
def open_bucket(stack: Stack) -> Iterator[None]:
    """Everybody may read staged copies."""
    s3, bucket = stack.client("s3", stack.deployed.remote), stack.deployed.get_bucket("staging")
    before = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    policy = json.loads(before)
    policy["Statement"].append(EVERYBODY | {"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"})
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    yield
    s3.put_bucket_policy(Bucket=bucket, Policy=before)
    on = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=on)


@contextmanager
def drop_tls(stack: Stack) -> Iterator[None]:
    """The media bucket accepts requests without TLS."""
    s3, bucket = stack.client("s3"), stack.deployed.get_bucket("media")
    before = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.delete_bucket_policy(Bucket=bucket)
    yield
    s3.put_bucket_policy(Bucket=bucket, Policy=before)


@contextmanager
def stop_expiry(stack: Stack) -> Iterator[None]:
    """Staged copies do not expire."""
    s3, bucket = stack.client("s3", stack.deployed.remote), stack.deployed.get_bucket("staging")
    before = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    s3.delete_bucket_lifecycle(Bucket=bucket)
    yield
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": before})


@contextmanager
def encrypt_otherwise(stack: Stack) -> Iterator[None]:
    """Results are encrypted with a key that is not the deployment's."""
    s3, bucket = stack.client("s3"), stack.deployed.get_bucket("results")
    before = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    yield
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=before)


@contextmanager
def replicate(stack: Stack) -> Iterator[None]:
    """Originals are copied to a region that is not allowed."""
    s3, bucket, target = stack.client("s3"), stack.deployed.get_bucket("media"), "copies-elsewhere"
    elsewhere = stack.client("s3", ELSEWHERE)
    elsewhere.create_bucket(Bucket=target, CreateBucketConfiguration={"LocationConstraint": ELSEWHERE})
    elsewhere.put_bucket_versioning(Bucket=target, VersioningConfiguration={"Status": "Enabled"})
    rule = {"Status": "Enabled", "Priority": 1, "Filter": {}, "DeleteMarkerReplication": {"Status": "Disabled"}}
    rule |= {"ID": "copy", "Destination": {"Bucket": f"arn:aws:s3:::{target}"}}
    role = f"arn:aws:iam::{stack.deployed.outputs['account_id']}:role/copy"
    s3.put_bucket_replication(Bucket=bucket, ReplicationConfiguration={"Role": role, "Rules": [rule]})
    yield
    s3.delete_bucket_replication(Bucket=bucket)
    elsewhere.delete_bucket(Bucket=target)


@contextmanager
def put_stray_copy(stack: Stack) -> Iterator[None]:
    """An object in staging that no run knows."""
    s3, bucket = stack.client("s3", stack.deployed.remote), stack.deployed.get_bucket("staging")
    s3.put_object(Bucket=bucket, Key="stray", Body=b"any")
    yield
    s3.delete_object(Bucket=bucket, Key="stray")


@contextmanager
def begin_upload(stack: Stack) -> Iterator[None]:
    """An upload to staging is never completed."""
    s3, bucket = stack.client("s3", stack.deployed.remote), stack.deployed.get_bucket("staging")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="never-completed")["UploadId"]
    yield
    s3.abort_multipart_upload(Bucket=bucket, Key="never-completed", UploadId=upload)


@contextmanager
def log_abroad(stack: Stack) -> Iterator[None]:
    """Something writes logs in the remote region: SNS's delivery status, for example."""
    logs, account = stack.client("logs", stack.deployed.remote), stack.deployed.outputs["account_id"]
    name = f"sns/{stack.deployed.remote}/{account}/rekbridge-events"
    logs.create_log_group(logGroupName=name)
    yield
    logs.delete_log_group(logGroupName=name)


@contextmanager
def keep_logs(stack: Stack) -> Iterator[None]:
    """The lines of a function are kept for ever."""
    logs, name = stack.client("logs"), "/aws/lambda/rekbridge-route"
    logs.delete_retention_policy(logGroupName=name)
    yield
    logs.put_retention_policy(
        logGroupName=name, retentionInDays=stack.deployed.outputs["residency"]["log_retention_days"]
    )


@contextmanager
def open_queue(stack: Stack) -> Iterator[None]:
    """Everybody may read the results queue."""
    queue = stack.deployed.outputs["queues"]["results"]
    with _set_attributes(stack, queue["url"], stack.deployed.home, Policy=_open_policy(queue["arn"], "sqs:*")):
        yield


@contextmanager
def retain_dead_letters(stack: Stack) -> Iterator[None]:
    """What could not be delivered stays abroad for two weeks."""
    dlq = stack.deployed.outputs["queues"]["events_delivery_dlq"]
    with _set_attributes(stack, dlq["url"], stack.deployed.remote, MessageRetentionPeriod=str(14 * 24 * 3600)):
        yield


@contextmanager
def listen(stack: Stack) -> Iterator[None]:
    """A queue of somebody else gets every notification of staged copies."""
    sns, topic = stack.client("sns", stack.deployed.remote), stack.deployed.outputs["topic_arn"]
    sqs = stack.client("sqs", stack.deployed.remote)
    url = sqs.create_queue(QueueName="listener")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
    yield
    sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    sqs.delete_queue(QueueUrl=url)


@contextmanager
def open_topic(stack: Stack) -> Iterator[None]:
    """Everybody may subscribe to the topic."""
    sns, topic = stack.client("sns", stack.deployed.remote), stack.deployed.outputs["topic_arn"]
    before = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    policy = json.loads(before)
    policy["Statement"].append(EVERYBODY | {"Action": "sns:Subscribe", "Resource": topic})
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
    yield
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=before)


@contextmanager
def stop_backups(stack: Stack) -> Iterator[None]:
    """The claims cannot be restored to a point in time."""
    table = stack.deployed.get_table("claims")
    _set_recovery(stack, table, enabled=False)
    yield
    _set_recovery(stack, table, enabled=True)


@contextmanager
def add_elsewhere(stack: Stack) -> Iterator[None]:
    """Something with the deployment's tags is in a third region."""
    with _create_tagged(stack, ELSEWHERE):
        yield


@contextmanager
def add_to_remote(stack: Stack) -> Iterator[None]:
    """The remote region has more with the deployment's tags than the kit creates there."""
    with _create_tagged(stack, stack.deployed.remote):
        yield


@contextmanager
def _create_tagged(stack: Stack, region: str) -> Iterator[None]:
    """A table and a secret: MiniStack's tagging API knows tables, LocalStack's secrets."""
    dynamodb, secrets = stack.client("dynamodb", region), stack.client("secretsmanager", region)
    tags = {"application": "rekbridge", "deployment": stack.deployed.outputs["prefix"]}
    rows = [{"Key": key, "Value": value} for key, value in tags.items()]
    secrets.create_secret(Name="elsewhere", SecretString="any", Tags=rows)
    dynamodb.create_table(
        TableName="elsewhere",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        Tags=rows,
    )
    yield
    secrets.delete_secret(SecretId="elsewhere", ForceDeleteWithoutRecovery=True)
    dynamodb.delete_table(TableName="elsewhere")


def _open_policy(arn: str, action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [EVERYBODY | {"Action": action, "Resource": arn}]})


@contextmanager
def _set_attributes(stack: Stack, url: str, region: str, **attributes: str) -> Iterator[None]:
    sqs: Any = stack.client("sqs", region)
    all_before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    yield
    sqs.set_queue_attributes(QueueUrl=url, Attributes={name: all_before.get(name, "") for name in attributes})


def _set_recovery(stack: Stack, table: str, *, enabled: bool) -> None:
    stack.client("dynamodb").update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled}
    )
