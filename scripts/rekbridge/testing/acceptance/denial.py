"""Denies one region: by a policy of ANALYZE's role on AWS, by a fault of the local Rekognition on an emulator."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import ClientError

from rekbridge.read_models.deployment import Deployment
from rekbridge.support.aws_errors import get_error_code
from rekbridge.testing.local_rekognition import LocalRekognition


class RegionDenial(Protocol):
    """Makes Rekognition refuse every call of ANALYZE in a region."""

    def deny(self, region: str) -> None:
        """Refuse calls from now on; on AWS it takes a while until this is so."""

    def allow(self) -> None:
        """End every refusal. It does no harm where there is none."""


POLICY_NAME = "rekbridge-accept-denies-a-region"


@dataclass(frozen=True, slots=True)
class FaultDenial:
    """A fault: Rekognition answers as to a role without permission."""

    rekognition: LocalRekognition

    def deny(self, region: str) -> None:
        """Refuse calls at once."""
        self.rekognition.return_error("AccessDeniedException", region=region)

    def allow(self) -> None:
        """Remove all faults."""
        self.rekognition.clear_faults()


@dataclass(frozen=True, slots=True)
class PolicyDenial:
    """An inline policy of ANALYZE's role. IAM needs seconds, sometimes a minute, to apply it everywhere."""

    deployed: Deployment

    def deny(self, region: str) -> None:
        """Add the policy."""
        statement = {
            "Effect": "Deny",
            "Action": "rekognition:*",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": region}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._client.put_role_policy(RoleName=self._find_role(), PolicyName=POLICY_NAME, PolicyDocument=policy)

    def allow(self) -> None:
        """Remove the policy. IAM deletes no role that has one, so this comes before every destroy."""
        try:
            self._client.delete_role_policy(RoleName=self._find_role(), PolicyName=POLICY_NAME)
        except ClientError as error:
            # No such policy, role or function: there is nothing to remove.
            if get_error_code(error) not in {"NoSuchEntity", "ResourceNotFoundException"}:
                raise

    @property
    def _client(self) -> Any:
        return self.deployed.client("iam", self.deployed.home)

    def _find_role(self) -> str:
        functions = self.deployed.client("lambda", self.deployed.home)
        configuration = functions.get_function_configuration(FunctionName=self.deployed.outputs["functions"]["analyze"])
        return str(configuration["Role"]).rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class DeniedRegion:
    """A region to deny. `taken_over` are the operations that other regions take over; `waiting` have no other one."""

    name: str
    taken_over: frozenset[str]
    waiting: frozenset[str]


def choose_region(operations: Mapping[str, Mapping[str, Any]], home: str) -> DeniedRegion:
    """Choose the region whose denial shows most: others take over all that they can, and as little as possible waits.

    The home region comes first among equals, because calls go there first.
    """
    names = sorted({region for operation in operations.values() for region in operation["regions"]})
    choices = [_split_operations(operations, name) for name in names]
    return min(choices, key=lambda one: (not one.taken_over, len(one.waiting), -len(one.taken_over), one.name != home))


def _split_operations(operations: Mapping[str, Mapping[str, Any]], region: str) -> DeniedRegion:
    using = {name: operation["regions"] for name, operation in operations.items() if region in operation["regions"]}
    taken_over = frozenset(name for name, regions in using.items() if len(regions) > 1)
    return DeniedRegion(region, taken_over, frozenset(using) - taken_over)
