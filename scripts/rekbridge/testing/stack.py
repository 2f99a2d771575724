"""A deployed Rekbridge as a test uses it: upload, wait, look."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from botocore.credentials import Credentials

from rekbridge.api.client import Answer, Api
from rekbridge.deploy import deployment
from rekbridge.emulator import LocalCloud
from rekbridge.emulator.servers import CREDENTIALS
from rekbridge.read_models.deployed import Deployed
from rekbridge.read_models.library import Library, Story, Version
from rekbridge.terraform.driver import Terraform
from rekbridge.testing.waiting import PATIENCE_S, until


@dataclass(frozen=True)
class Stack:
    """Both regions of one deployment on a local cloud."""

    cloud: LocalCloud
    terraform: Terraform
    deployed: Deployed

    @classmethod
    def apply(cls, cloud: LocalCloud, variables: Mapping[str, Any]) -> Self:
        """Package and apply. Raises OperatorError with Terraform's own words."""
        terraform = deployment.to_cloud(cloud, variables)
        terraform.apply(lambda *_: None)
        return cls(cloud, terraform, Deployed(terraform.outputs()["deployment"], cache(cloud.client)))

    def client(self, service: str, region: str | None = None) -> Any:
        """A boto3 client, in the home region unless another is named; made once."""
        return self.deployed.client(service, region or self.deployed.home)

    def request(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Ask the REST API, signed."""
        credentials = Credentials(CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"])
        return Api(self.deployed.api_url, self.deployed.home, credentials).request(method, path, body, headers)

    def upload(self, key: str, body: bytes) -> Version:
        """Put an object into the media bucket; its first key segment is its owner."""
        answer = self.client("s3").put_object(Bucket=self.deployed.bucket("media"), Key=key, Body=body)
        return Version(key, answer["VersionId"])

    def story(self, version: Version) -> Story:
        """What the library knows of one upload now."""
        return Library(self.deployed).stories([version])[0]

    def admitted(self, version: Version, patience_s: float = PATIENCE_S) -> Story:
        """One upload as soon as it has its run through the operations."""
        return self._until(version, "is admitted", lambda story: story.run is not None, patience_s)

    def settled(self, version: Version, patience_s: float = PATIENCE_S) -> Story:
        """What became of one upload: every operation has its result, or it was refused."""
        return self._until(version, "settles", lambda story: story.settled, patience_s)

    def invoke(self, function: str, event: Any = None) -> Any:
        """Run a function by its short name, like sweep, and give its answer. Raises RuntimeError with its error."""
        name = self.deployed.told["functions"][function]
        answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event or {}).encode())
        payload = answer["Payload"].read().decode()
        if "FunctionError" in answer:
            raise RuntimeError(f"{name}: {payload}")
        return json.loads(payload)

    def _until(self, version: Version, what: str, holds: Callable[[Story], bool], patience_s: float) -> Story:
        until(lambda: holds(self.story(version)), f"{version.key} {what}", patience_s)
        return self.story(version)
