"""Resources are found by the prefix of their names, in both regions and on every page."""

from collections.abc import Iterator
from typing import Any

from rekbridge.deploy.named_resources import LIST_CALLS, list_named_resources

HOME, REMOTE = "eu-west-3", "eu-west-1"


class PagedService:
    """A service whose list calls return these pages."""

    def __init__(self, pages: list[dict[str, Any]], paginates: bool) -> None:
        self.pages, self.paginates = pages, paginates

    def can_paginate(self, call: str) -> bool:
        return self.paginates

    def get_paginator(self, call: str) -> "PagedService":
        return self

    def paginate(self) -> Iterator[dict[str, Any]]:
        yield from self.pages

    def __getattr__(self, call: str) -> Any:
        return lambda: self.pages[0]


def list_with(resources: dict[tuple[str, str], list[dict[str, Any]]], paginates: bool = True) -> list[str]:
    def create_client(service: str, region: str) -> PagedService:
        return PagedService(resources.get((service, region), [{}]), paginates)

    return list_named_resources(create_client, "x-acc-1a2b3c", HOME, REMOTE)


def test_a_resource_is_named_with_its_service_and_region() -> None:
    found = list_with(
        {
            ("sqs", HOME): [{"QueueUrls": ["https://sqs/1/other"]}, {"QueueUrls": ["https://sqs/1/x-acc-1a2b3c-dlq"]}],
            ("sns", REMOTE): [{"Topics": [{"TopicArn": "arn:aws:sns:x-acc-1a2b3c-events"}, {"TopicArn": "x-other"}]}],
            ("dynamodb", HOME): [{"TableNames": ["x-library", "x-acc-9f9f9f-library"]}],
        }
    )
    assert found == [
        f"{REMOTE} sns: arn:aws:sns:x-acc-1a2b3c-events",
        f"{HOME} sqs: https://sqs/1/x-acc-1a2b3c-dlq",
    ]


def test_a_call_without_pages_is_listed_too() -> None:
    found = list_with({("s3", HOME): [{"Buckets": [{"Name": "x-acc-1a2b3c-media"}]}]}, paginates=False)
    assert found == [f"{HOME} s3: x-acc-1a2b3c-media"]


def test_a_resource_whose_only_name_is_in_a_part_of_it_is_found() -> None:
    rule = {"Name": 1, "Tags": [{"Value": "x-acc-1a2b3c"}]}
    assert len(list_with({("events", REMOTE): [{"Rules": [rule]}]})) == 1


def test_everything_that_costs_is_listed() -> None:
    services = {service for service, _, _ in LIST_CALLS}
    assert {"s3", "dynamodb", "sqs", "sns", "lambda", "kms", "secretsmanager", "logs", "cloudwatch"} <= services
