"""DynamoDB makes the write, and its response is lost. Only moto can simulate this."""

from typing import Any

from botocore.exceptions import ReadTimeoutError
from moto.core.models import botocore_stubber
from rekbridge_lambda.adapters.dynamodb.claims import ClaimsTable
from rekbridge_lambda.domain.ids import ResultKey

from tests.builders import HOME, MINUTE, NOW, make_attempt
from tests.contract.cloud import AWS, Cloud

KEY = ResultKey("image/p1/labels/0123456789abcdef-e1.json")


def test_a_claim_whose_response_was_lost_is_found_by_the_retry(cloud: Cloud) -> None:
    client, requests = AWS.create("dynamodb", HOME), list[str]()

    def lose_first_response(event_name: str, request: Any, **options: Any) -> Any:
        response = botocore_stubber(event_name, request, **options)
        requests.append(event_name)
        if len(requests) == 1:
            raise ReadTimeoutError(endpoint_url="https://dynamodb")
        return response

    client.meta.events.register_first("before-send.dynamodb.UpdateItem", lose_first_response)
    claim = ClaimsTable(client, cloud.create_claims_table()).claim(KEY, make_attempt(), NOW + MINUTE)
    assert (claim.attempt_index, len(requests)) == (0, 2)
