"""The IAM actions that a call of an AWS API needs. A table has those that are not named after their operation."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import botocore.session
from botocore.model import ServiceModel

RECORD = Path(__file__).with_name("recorded_calls.json")
# The provider's name of a service, botocore's, and IAM's.
SERVICES = {
    "API Gateway": ("apigateway", "apigateway"),
    "CloudWatch": ("cloudwatch", "cloudwatch"),
    "CloudWatch Logs": ("logs", "logs"),
    "DynamoDB": ("dynamodb", "dynamodb"),
    "EC2": ("ec2", "ec2"),
    "EventBridge": ("events", "events"),
    "IAM": ("iam", "iam"),
    "KMS": ("kms", "kms"),
    "Lambda": ("lambda", "lambda"),
    "S3": ("s3", "s3"),
    "SNS": ("sns", "sns"),
    "SQS": ("sqs", "sqs"),
    "STS": ("sts", "sts"),
    "Secrets Manager": ("secretsmanager", "secretsmanager"),
}
# AWS's service authorization reference. STS says itself that this call needs no permission.
OTHER_NAMES: dict[str, set[str]] = {
    "s3:DeleteBucketEncryption": {"s3:PutEncryptionConfiguration"},
    "s3:DeleteBucketLifecycle": {"s3:PutLifecycleConfiguration"},
    "s3:DeletePublicAccessBlock": {"s3:PutBucketPublicAccessBlock"},
    "s3:GetBucketAccelerateConfiguration": {"s3:GetAccelerateConfiguration"},
    "s3:GetBucketCors": {"s3:GetBucketCORS"},
    "s3:GetBucketEncryption": {"s3:GetEncryptionConfiguration"},
    "s3:GetBucketLifecycleConfiguration": {"s3:GetLifecycleConfiguration"},
    "s3:GetBucketNotificationConfiguration": {"s3:GetBucketNotification"},
    "s3:GetBucketReplication": {"s3:GetReplicationConfiguration"},
    "s3:GetObjectLockConfiguration": {"s3:GetBucketObjectLockConfiguration"},
    "s3:GetPublicAccessBlock": {"s3:GetBucketPublicAccessBlock"},
    "s3:HeadBucket": {"s3:ListBucket"},
    "s3:ListMultipartUploads": {"s3:ListBucketMultipartUploads"},
    "s3:ListObjectVersions": {"s3:ListBucketVersions"},
    "s3:DeleteObjects": {"s3:DeleteObject", "s3:DeleteObjectVersion"},
    "s3:PutBucketEncryption": {"s3:PutEncryptionConfiguration"},
    "s3:PutBucketLifecycleConfiguration": {"s3:PutLifecycleConfiguration"},
    "s3:PutBucketNotificationConfiguration": {"s3:PutBucketNotification"},
    "s3:PutPublicAccessBlock": {"s3:PutBucketPublicAccessBlock"},
    # The function gets its role.
    "lambda:CreateFunction": {"lambda:CreateFunction", "iam:PassRole"},
    "sts:GetCallerIdentity": set(),
}


@dataclass(frozen=True)
class TerraformCall:
    """A recorded call: the type of resource, the regions (home, remote) and the operation."""

    kind: str
    regions: tuple[str, ...]
    service: str
    operation: str

    @property
    def actions(self) -> set[str]:
        """The IAM actions that it needs."""
        prefix = SERVICES[self.service][1]
        if prefix == "apigateway":
            return {f"apigateway:{self.http['method']}"}
        action = f"{prefix}:{self.operation}"
        return OTHER_NAMES.get(action, {action})

    @property
    def http(self) -> dict[str, str]:
        """The HTTP method and path of the operation, from botocore's model. Raises KeyError if there is none."""
        model = load_model(SERVICES[self.service][0])
        if self.operation not in model.operation_names:
            raise KeyError(f"{self.service} has no operation {self.operation}")
        http: dict[str, str] = model.operation_model(self.operation).http
        return http


@cache
def load_model(service: str) -> ServiceModel:
    """botocore's model of a service."""
    return botocore.session.get_session().get_service_model(service)


def read_recorded_calls() -> list[TerraformCall]:
    """Every call in the record."""
    return [
        TerraformCall(kind, tuple(row["regions"]), *call.split(":"))
        for kind, row in json.loads(RECORD.read_text()).items()
        for call in row["calls"]
    ]
