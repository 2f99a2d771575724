"""The deployment's buckets, and how they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from rekbridge.residency.audit.subject import AuditSubject
from rekbridge.support.aws_errors import get_error_code

# What S3 answers for a region's bucket without a LocationConstraint, and for very old ones of Ireland.
LOCATIONS = {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}


@dataclass(frozen=True)
class Bucket:
    """One bucket of the deployment, by its role (media, prepared, results, staging)."""

    subject: AuditSubject
    role: str
    name: str
    region: str

    @property
    def s3(self) -> Any:
        """S3 in the bucket's region."""
        return self.subject.client("s3", self.region)

    def read(self, method: str, *absent: str) -> Mapping[str, Any]:
        """Call S3 for this bucket. One of the codes `absent` means that nothing is configured: {}."""
        try:
            answer: Mapping[str, Any] = getattr(self.s3, method)(Bucket=self.name)
        except ClientError as error:
            if get_error_code(error) not in absent:
                raise
            return {}
        return answer


def list_buckets(subject: AuditSubject) -> list[Bucket]:
    """The buckets of the output; staging is in the remote region."""
    return [
        Bucket(subject, role, name, subject.remote if role == "staging" else subject.home)
        for role, name in sorted(subject.deployed.outputs["buckets"].items())
    ]


def read_location(s3: Any, bucket: str) -> str:
    """The region of a bucket."""
    constraint = s3.get_bucket_location(Bucket=bucket).get("LocationConstraint")
    return str(LOCATIONS.get(constraint, constraint))
