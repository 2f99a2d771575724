"""A deployed Rekbridge: where its parts are, as Terraform's output `deployment` tells."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rekbridge_lambda.domain.operations import CATALOG

type Client = Callable[[str, str], Any]


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue and the region it is in."""

    name: str
    url: str
    region: str


@dataclass(frozen=True)
class Deployed:
    """Names and regions; `client` makes a boto3 client for a service and a region."""

    told: Mapping[str, Any]
    client: Client

    @property
    def home(self) -> str:
        """The region of images and results."""
        return str(self.told["regions"]["home"])

    @property
    def remote(self) -> str:
        """The region of staged copies."""
        return str(self.told["regions"]["remote"])

    @property
    def operations(self) -> dict[str, dict[str, str]]:
        """Way and region of each operation."""
        return dict(self.told["operations"])

    @property
    def api_url(self) -> str:
        """Where the REST API answers; an emulator serves it below its own address."""
        api = self.told["api"]
        if self.told["target"] == "aws":
            return str(api["url"])
        return f"{self.client('apigateway', self.home).meta.endpoint_url}/_aws/execute-api/{api['id']}/{api['stage']}"

    @property
    def actions(self) -> dict[str, str]:
        """The operations by Rekognition's names for them: DetectText -> text."""
        return {CATALOG[name].action: name for name in self.operations}

    def bucket(self, name: str) -> str:
        """media, prepared, results or staging."""
        return str(self.told["buckets"][name])

    def table(self, name: str) -> str:
        """Library or ledger."""
        return str(self.told["tables"][name])

    def queues(self) -> Iterator[Queue]:
        """Every queue, those included that messages end in when nothing else can be done with them."""
        queues = self.told["queues"]
        for queue in (queues["uploads"], queues["bridge"], *queues["work"].values(), queues["results"]):
            yield Queue(queue["name"], queue["url"], self.home)
            yield Queue(queue["dead_name"], queue["dead_url"], self.home)
        for name, region in (("sweep_undelivered", self.home), ("events_undelivered", self.remote)):
            yield Queue(queues[name]["name"], queues[name]["url"], region)

    def depth(self, queue: Queue) -> int:
        """About how many messages lie in a queue, those being read included."""
        counts = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        answer = self.client("sqs", queue.region).get_queue_attributes(QueueUrl=queue.url, AttributeNames=counts)
        return sum(int(answer["Attributes"][name]) for name in counts)
