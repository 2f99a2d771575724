"""What moto alone can play: DynamoDB does what it is asked, and its answer never comes."""

from typing import Any

from botocore.exceptions import ReadTimeoutError
from moto.core.models import botocore_stubber
from rekbridge_lambda.adapters import aws
from rekbridge_lambda.adapters.dynamodb.claims import LedgerTable

from tests.builders import HOME, MINUTE, NOW, attempt
from tests.contract.cloud import Cloud

KEY = "image/p1/labels/0123456789abcdef-e1.json"


def test_a_claim_whose_answer_was_lost_on_its_way_is_still_its_owners(cloud: Cloud) -> None:
    client, asked = aws.client("dynamodb", HOME), list[str]()

    def lost(event_name: str, request: Any, **told: Any) -> Any:
        answer = botocore_stubber(event_name, request, **told)
        asked.append(event_name)
        if len(asked) == 1:
            raise ReadTimeoutError(endpoint_url="https://dynamodb")
        return answer

    client.meta.events.register_first("before-send.dynamodb.UpdateItem", lost)
    claim = LedgerTable(client, cloud.ledger()).claim(KEY, attempt(), NOW + MINUTE)
    assert (claim.number, len(asked)) == (0, 2)
