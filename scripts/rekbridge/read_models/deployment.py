"""A deployment of Rekbridge: names and regions of its parts, from Terraform's output `deployment`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rekbridge_lambda.domain.operations import CATALOG

type ClientFactory = Callable[[str, str], Any]


@dataclass(frozen=True, slots=True)
class DeployedQueue:
    """A queue and its region."""

    name: str
    url: str
    region: str


@dataclass(frozen=True)
class Deployment:
    """The output, and `client`, which creates a boto3 client for a service and a region."""

    outputs: Mapping[str, Any]
    client: ClientFactory

    @property
    def home(self) -> str:
        """The region of images and results."""
        return str(self.outputs["regions"]["home"])

    @property
    def remote(self) -> str:
        """The region of staged copies."""
        return str(self.outputs["regions"]["remote"])

    @property
    def operations(self) -> dict[str, dict[str, str]]:
        """Transfer, regions and concurrency of each operation."""
        return dict(self.outputs["operations"])

    @property
    def api_url(self) -> str:
        """The URL of the REST API; an emulator serves it below its own endpoint."""
        api = self.outputs["api"]
        if self.outputs["target"] == "aws":
            return str(api["url"])
        return f"{self.client('apigateway', self.home).meta.endpoint_url}/_aws/execute-api/{api['id']}/{api['stage']}"

    @property
    def actions(self) -> dict[str, str]:
        """Operations by Rekognition action: DetectText -> text."""
        return {CATALOG[name].action: name for name in self.operations}

    def get_bucket(self, name: str) -> str:
        """media, prepared, results or staging."""
        return str(self.outputs["buckets"][name])

    def get_table(self, name: str) -> str:
        """library, claims or rate_limit."""
        return str(self.outputs["tables"][name])

    def list_queues(self) -> Iterator[DeployedQueue]:
        """Every queue, including dead-letter queues."""
        queues = self.outputs["queues"]
        for queue in (queues["uploads"], queues["bridge"], *queues["work"].values(), queues["results"]):
            yield DeployedQueue(queue["name"], queue["url"], self.home)
            yield DeployedQueue(queue["dlq_name"], queue["dlq_url"], self.home)
        for name, region in (("sweep_delivery_dlq", self.home), ("events_delivery_dlq", self.remote)):
            yield DeployedQueue(queues[name]["name"], queues[name]["url"], region)
        # A deployment of an earlier version has no sinks.
        for dlq in queues.get("sink_delivery_dlqs", {}).values():
            yield DeployedQueue(dlq["name"], dlq["url"], self.home)

    def get_queue_depth(self, queue: DeployedQueue) -> int:
        """The approximate number of messages in a queue, including those in flight."""
        counts = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        answer = self.client("sqs", queue.region).get_queue_attributes(QueueUrl=queue.url, AttributeNames=counts)
        return sum(int(answer["Attributes"][name]) for name in counts)
