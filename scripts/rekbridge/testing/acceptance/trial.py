"""One trial: its deployment, what has been uploaded to it, and how the steps read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.credentials import Credentials
from rekbridge_lambda.domain.ids import ResultKey

from rekbridge.api.client import ApiClient
from rekbridge.read_models.claims import ClaimRecord, open_claims
from rekbridge.read_models.deployment import ClientFactory, Deployment
from rekbridge.read_models.uploads import ObjectVersion, UploadReader, UploadStatus
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.driver import Terraform
from rekbridge.testing.acceptance.denial import FaultDenial, PolicyDenial, RegionDenial
from rekbridge.testing.acceptance.identity import TrialIdentity
from rekbridge.testing.acceptance.samples import make_sample
from rekbridge.testing.local_rekognition import LocalRekognition, RekognitionCall


@dataclass(frozen=True, slots=True)
class TrialTiming:
    """Seconds: the most that images may take to settle; between two pairs of images that a denied region is tried with;
    for how long nothing may happen after the queues are empty; and how long something may still be listed that was
    deleted.
    """

    settle_s: float
    pair_every_s: float
    quiet_s: float
    leftovers_s: float


@dataclass(frozen=True, slots=True)
class Sample:
    """One uploaded image."""

    version: ObjectVersion
    body: bytes


@dataclass
class AcceptanceTrial:
    """What the steps share. `rekognition` is None on AWS, which has no log that could be read at once."""

    terraform: Terraform
    identity: TrialIdentity
    client: ClientFactory
    credentials: Credentials
    timing: TrialTiming
    # Makes keys and images that no earlier trial has used.
    seed: str
    rekognition: LocalRekognition | None = None
    # Images that all operations have analysed.
    analysed: list[Sample] = field(default_factory=list)
    _deployment: Deployment | None = None

    @property
    def deployment(self) -> Deployment:
        """The deployment. Raises OperatorError if there is none."""
        if self._deployment is None:
            output = self.terraform.read_outputs().get("deployment")
            if not output:
                raise OperatorError("The trial is not deployed.", "See the step that deploys it.")
            self._deployment = Deployment(output, self.client)
        return self._deployment

    @property
    def operations(self) -> Mapping[str, Any]:
        """Transfer and regions of each operation that runs on every image."""
        return self.deployment.operations

    @property
    def denial(self) -> RegionDenial:
        """What denies a region."""
        return FaultDenial(self.rekognition) if self.rekognition else PolicyDenial(self.deployment)

    @property
    def api(self) -> ApiClient:
        """A client of the REST API."""
        return ApiClient(self.deployment.api_url, self.deployment.home, self.credentials)

    def upload(self, key: str, body: bytes) -> Sample:
        """Put an image into the media bucket."""
        s3, bucket = self.client("s3", self.deployment.home), self.deployment.get_bucket("media")
        return Sample(ObjectVersion(key, s3.put_object(Bucket=bucket, Key=key, Body=body)["VersionId"]), body)

    def upload_samples(self, name: str, count: int, first: int = 0) -> list[Sample]:
        """Upload new images of an owner of this trial only."""
        keys = [f"accept-{self.seed}/{name}-{number}.png" for number in range(first, first + count)]
        return [self.upload(key, make_sample(key)) for key in keys]

    def load_statuses(self, samples: Iterable[Sample]) -> list[UploadStatus]:
        """What the library knows of uploads, in their order."""
        return UploadReader(self.deployment).find_statuses(sample.version for sample in samples)

    def load_claims(self, statuses: Iterable[UploadStatus]) -> dict[ResultKey, ClaimRecord]:
        """The attempts to get each result of these uploads."""
        results = [result for status in statuses for result in status.results.values()]
        return open_claims(self.deployment).load_claims(result.result_key for result in results if result.result_key)

    def list_calls(self) -> list[RekognitionCall]:
        """The calls in the local Rekognition's log; none on AWS."""
        return self.rekognition.list_calls() if self.rekognition else []
