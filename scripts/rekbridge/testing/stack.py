"""A deployed Rekbridge as tests use it: upload, wait, check."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from botocore.credentials import Credentials

from rekbridge.api.client import ApiClient, ApiResponse
from rekbridge.deploy import deployment
from rekbridge.emulator import LocalCloud
from rekbridge.emulator.servers import CREDENTIALS
from rekbridge.read_models.deployment import Deployment
from rekbridge.read_models.uploads import ObjectVersion, UploadReader, UploadStatus
from rekbridge.terraform.driver import Terraform
from rekbridge.testing.waiting import TIMEOUT_S, wait_until


@dataclass(frozen=True)
class Stack:
    """Both regions of one deployment on a local cloud."""

    cloud: LocalCloud
    terraform: Terraform
    deployed: Deployment

    @classmethod
    def apply(cls, cloud: LocalCloud, variables: Mapping[str, Any]) -> Self:
        """Build the packages and apply Terraform. Raises OperatorError with Terraform's message."""
        terraform = deployment.prepare_for_cloud(cloud, variables)
        terraform.apply(lambda *_: None)
        return cls(cloud, terraform, Deployment(terraform.read_outputs()["deployment"], cache(cloud.client)))

    def client(self, service: str, region: str | None = None) -> Any:
        """Return a boto3 client, created once, of the home region or of another one."""
        return self.deployed.client(service, region or self.deployed.home)

    def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> ApiResponse:
        """Send a signed request to the REST API."""
        credentials = Credentials(CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"])
        return ApiClient(self.deployed.api_url, self.deployed.home, credentials).request(method, path, body, headers)

    def upload(self, key: str, body: bytes) -> ObjectVersion:
        """Put an object into the media bucket. The first segment of the key is the owner."""
        response = self.client("s3").put_object(Bucket=self.deployed.get_bucket("media"), Key=key, Body=body)
        return ObjectVersion(key, response["VersionId"])

    def get_status(self, version: ObjectVersion) -> UploadStatus:
        """Return what the library knows about an upload now."""
        return UploadReader(self.deployed).find_statuses([version])[0]

    def wait_until_admitted(self, version: ObjectVersion, timeout_s: float = TIMEOUT_S) -> UploadStatus:
        """Wait until an upload has its run, and return its status. Raises TimeoutError."""
        return self._wait_until(version, "is admitted", lambda status: status.run is not None, timeout_s)

    def wait_until_settled(self, version: ObjectVersion, timeout_s: float = TIMEOUT_S) -> UploadStatus:
        """Wait until every operation on an upload has ended, or the upload was refused, and return its status.

        Raises TimeoutError.
        """
        return self._wait_until(version, "is settled", lambda status: status.is_settled, timeout_s)

    def invoke(self, function: str, event: Any = None) -> Any:
        """Invoke a function by its short name, for example sweep, and return its response.

        Raises RuntimeError with the function's error.
        """
        name = self.deployed.outputs["functions"][function]
        response = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event or {}).encode())
        payload = response["Payload"].read().decode()
        if "FunctionError" in response:
            raise RuntimeError(f"{name}: {payload}")
        return json.loads(payload)

    def _wait_until(
        self, version: ObjectVersion, description: str, holds: Callable[[UploadStatus], bool], timeout_s: float
    ) -> UploadStatus:
        wait_until(lambda: holds(self.get_status(version)), f"{version.key} {description}", timeout_s)
        return self.get_status(version)
