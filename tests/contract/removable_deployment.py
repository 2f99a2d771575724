"""A deployment in moto that can be removed: its resources, its Terraform state, and a Terraform that destroys them."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError
from rekbridge.deploy.removal import Removal
from rekbridge.support.aws_errors import GONE_CODES, get_error_code
from rekbridge.terraform.messages import ChangeCounts

from tests.builders import HOME
from tests.crash_points import WrapPort, pass_through

REMOTE = "eu-west-1"
ACCOUNT = "123456789012"
prefixes = count()


@cache
def create_client(service: str, region: str) -> Any:
    """A client of moto."""
    return boto3.client(service, region, aws_access_key_id="any", aws_secret_access_key="any")


@dataclass
class FakeTerraform:
    """Destroys resource by resource, and removes the outputs from the state first, as Terraform 1.11 does."""

    folder: Path
    rows: list[dict[str, Any]]
    outputs: dict[str, Any]
    # Deletes in AWS; crash tests replace it by one that is killed.
    client: Callable[[str, str], Any] = create_client
    variables: Mapping[str, Any] = field(default_factory=lambda: {"target": "aws"})
    tfvars: Path | None = None
    lineage: str = "1f0c"
    notify: Callable[[str], None] = lambda _: None
    # Raised once, before any resource is deleted.
    failure: Exception | None = None
    before_failure: Callable[[], None] = lambda: None
    # What was in the staging bucket when a destroy began.
    staged_at_destroy: list[int] = field(default_factory=list)

    def read_state(self) -> dict[str, Any]:
        if not self.rows and not self.outputs:
            return {}
        # The composition is a module with modules of its own.
        modules = [{"child_modules": [{"resources": list(self.rows)}]}]
        return {"values": {"outputs": dict(self.outputs), "root_module": {"child_modules": modules}}}

    def read_lineage(self) -> str:
        return self.lineage

    def destroy(self, _: object) -> ChangeCounts:
        staging = next((row["values"] for row in self.rows if "staging" in row["address"]), None)
        if staging:
            self.staged_at_destroy.append(len(list_keys(staging["bucket"], REMOTE)))
        self.outputs = {}
        if self.failure:
            failure, self.failure = self.failure, None
            self.before_failure()
            raise failure
        removed = len(self.rows)
        while self.rows:
            delete_resource(self.client, self.rows[-1])
            self.rows.pop()
        return ChangeCounts(remove=removed)


@dataclass
class RemovableDeployment:
    """One deployment with data in it. `run` removes it."""

    terraform: FakeTerraform
    prefix: str
    names: dict[str, str]

    @classmethod
    def create(cls, folder: Path, *, ephemeral: bool = True, with_output: bool = True) -> "RemovableDeployment":
        prefix = f"removable{next(prefixes)}"
        names = {
            "staging": f"{prefix}-staging",
            "media": f"{prefix}-media",
            "table": f"{prefix}-library",
            "queue": f"{prefix}-uploads",
            "rule": f"{prefix}-sweep",
            "log_group": f"/aws/apigateway/{prefix}-api",
            "secret": f"{prefix}-ids",
        }
        rows = list(create_resources(names, ephemeral=ephemeral))
        deployment = {"ephemeral": ephemeral, "prefix": prefix} if with_output else {"prefix": prefix}
        folder.mkdir(exist_ok=True)
        terraform = FakeTerraform(folder, rows, {"deployment": {"value": deployment}})
        return cls(terraform, prefix, names | {"mapping": find_values(rows, "mapping")["uuid"]})

    def prepare(self, wrap: WrapPort = pass_through) -> Removal:
        def create_wrapped(service: str, region: str) -> Any:
            return wrap(create_client(service, region))

        self.terraform.client = create_wrapped
        # Removal uses nothing else of Terraform.
        return Removal.prepare(self.terraform, create_wrapped)  # type: ignore[arg-type]

    def run(self, wrap: WrapPort = pass_through) -> ChangeCounts:
        return self.prepare(wrap).run(lambda *_: None)

    def put(self, bucket: str, key: str) -> None:
        region = REMOTE if bucket == "staging" else HOME
        create_client("s3", region).put_object(Bucket=self.names[bucket], Key=key, Body=b"any")

    def list_remaining(self) -> list[str]:
        """What is left in AWS; a key that waits for its deletion is not."""
        return sorted(find_remaining(self.prefix))


def create_resources(names: Mapping[str, str], *, ephemeral: bool) -> Iterator[dict[str, Any]]:
    """Create everything, with data. Yields the rows of the state in the order of their creation."""
    secret = create_client("secretsmanager", HOME).create_secret(Name=names["secret"], SecretString="any")
    yield build_row("module.ids_secret.aws_secretsmanager_secret.this[0]", name=names["secret"], arn=secret["ARN"])
    key = create_client("kms", REMOTE).create_key()["KeyMetadata"]
    yield build_row("module.remote.aws_kms_key.events", key_id=key["KeyId"], arn=key["Arn"])
    topic = create_client("sns", REMOTE).create_topic(Name=f"{names['queue']}-events")["TopicArn"]
    yield build_row("module.remote.aws_sns_topic.events", arn=topic)
    for bucket, region in (("staging", REMOTE), ("media", HOME)):
        s3 = create_client("s3", region)
        s3.create_bucket(Bucket=names[bucket], CreateBucketConfiguration={"LocationConstraint": region})
        if bucket == "media":
            s3.put_bucket_versioning(Bucket=names[bucket], VersioningConfiguration={"Status": "Enabled"})
        s3.put_object(Bucket=names[bucket], Key="anna/1+1 = 2 %.jpg", Body=b"any")
        s3.create_multipart_upload(Bucket=names[bucket], Key="anna/unfinished")
        yield build_row(
            f"module.{bucket}.aws_s3_bucket.this",
            bucket=names[bucket],
            arn=f"arn:aws:s3:::{names[bucket]}",
            region=region,
            force_destroy=ephemeral,
        )
    table = create_client("dynamodb", HOME).create_table(
        TableName=names["table"],
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )["TableDescription"]
    create_client("dynamodb", HOME).put_item(TableName=names["table"], Item={"pk": {"S": "one"}})
    yield build_row(
        "aws_dynamodb_table.library",
        name=names["table"],
        arn=table["TableArn"],
        deletion_protection_enabled=not ephemeral,
    )
    sqs = create_client("sqs", HOME)
    url = sqs.create_queue(QueueName=names["queue"])["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="any")
    queue = f"arn:aws:sqs:{HOME}:{ACCOUNT}:{names['queue']}"
    yield build_row("module.queue.aws_sqs_queue.this", url=url, name=names["queue"], arn=queue)
    create_client("logs", HOME).create_log_group(logGroupName=names["log_group"])
    yield build_row(
        "aws_cloudwatch_log_group.this",
        name=names["log_group"],
        arn=f"arn:aws:logs:{HOME}:{ACCOUNT}:log-group:{names['log_group']}",
    )
    events = create_client("events", HOME)
    rule = events.put_rule(Name=names["rule"], ScheduleExpression="rate(5 minutes)")["RuleArn"]
    yield build_row("aws_cloudwatch_event_rule.sweep", name=names["rule"], arn=rule)
    function = create_function(names["queue"])
    mapping = create_client("lambda", HOME).create_event_source_mapping(
        EventSourceArn=queue, FunctionName=names["queue"], BatchSize=1
    )
    # As in older versions of the provider, a mapping has no ARN.
    yield build_row("aws_lambda_event_source_mapping.mapping", uuid=mapping["UUID"], function_arn=function)


def create_function(name: str) -> str:
    """A Lambda, which is not one of the resources that a removal looks at. Returns its ARN."""
    role = create_client("iam", HOME).create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []})
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("any.py", "")
    function = create_client("lambda", HOME).create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="any.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    return str(function["FunctionArn"])


def build_row(address: str, **values: Any) -> dict[str, Any]:
    """A resource as `terraform show -json` has it."""
    kind = address.split(".")[-2]
    return {"address": f"module.rekbridge.{address}", "mode": "managed", "type": kind, "values": values}


def find_values(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(dict(row["values"]) for row in rows if row["address"].endswith(f".{name}"))


def delete_resource(client: Callable[[str, str], Any], row: Mapping[str, Any]) -> None:
    """Delete one resource. One that is gone is no error: Terraform refreshes its state first."""
    values = row["values"]
    region = REMOTE if "remote" in row["address"] or "staging" in row["address"] else HOME
    service, call, arguments = {
        "aws_s3_bucket": ("s3", "delete_bucket", {"Bucket": values.get("bucket")}),
        "aws_dynamodb_table": ("dynamodb", "delete_table", {"TableName": values.get("name")}),
        "aws_sqs_queue": ("sqs", "delete_queue", {"QueueUrl": values.get("url")}),
        "aws_sns_topic": ("sns", "delete_topic", {"TopicArn": values.get("arn")}),
        "aws_kms_key": ("kms", "schedule_key_deletion", {"KeyId": values.get("key_id"), "PendingWindowInDays": 7}),
        "aws_secretsmanager_secret": (
            "secretsmanager",
            "delete_secret",
            {"SecretId": values.get("name"), "ForceDeleteWithoutRecovery": True},
        ),
        "aws_cloudwatch_log_group": ("logs", "delete_log_group", {"logGroupName": values.get("name")}),
        "aws_cloudwatch_event_rule": ("events", "delete_rule", {"Name": values.get("name")}),
        "aws_lambda_event_source_mapping": ("lambda", "delete_event_source_mapping", {"UUID": values.get("uuid")}),
    }[row["type"]]
    try:
        getattr(client(service, region), call)(**arguments)
    except ClientError as error:
        # KMS: the key waits for its deletion already.
        if get_error_code(error) not in GONE_CODES | {"KMSInvalidStateException"}:
            raise


def list_keys(bucket: str, region: str) -> list[str]:
    """The keys in a bucket; none if it is gone."""
    if bucket not in {row["Name"] for row in create_client("s3", region).list_buckets()["Buckets"]}:
        return []
    return [row["Key"] for row in create_client("s3", region).list_objects_v2(Bucket=bucket).get("Contents", [])]


def find_remaining(prefix: str) -> Iterator[str]:
    """The names with this prefix that AWS still has, in any of the lists."""
    names = [bucket["Name"] for bucket in create_client("s3", HOME).list_buckets()["Buckets"]]
    names += create_client("dynamodb", HOME).list_tables()["TableNames"]
    names += create_client("sqs", HOME).list_queues().get("QueueUrls", [])
    names += [topic["TopicArn"] for topic in create_client("sns", REMOTE).list_topics()["Topics"]]
    names += [row["logGroupName"] for row in create_client("logs", HOME).describe_log_groups()["logGroups"]]
    names += [row["Name"] for row in create_client("events", HOME).list_rules()["Rules"]]
    names += [row["Name"] for row in create_client("secretsmanager", HOME).list_secrets()["SecretList"]]
    mappings = create_client("lambda", HOME).list_event_source_mappings()["EventSourceMappings"]
    names += [mapping["EventSourceArn"] for mapping in mappings]
    # removable1 is the beginning of removable10.
    yield from (name for name in names if f"{prefix}-" in name)
