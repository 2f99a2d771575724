"""What AWS may answer and moto never does: half done, busy, out of reach."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from rekbridge_lambda.adapters import aws
from rekbridge_lambda.adapters.eventbridge import EventBus
from rekbridge_lambda.adapters.s3.prepared import PreparedBucket
from rekbridge_lambda.adapters.s3.results import ResultsBucket
from rekbridge_lambda.adapters.s3.staging import StagingBucket
from rekbridge_lambda.adapters.sqs.senders import ResultsQueue, WorkQueues
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.rate_limiting.table import PaceTable

from tests.builders import HOME, REMOTE, answer, answered, run, work


@pytest.fixture
def client(request: pytest.FixtureRequest) -> Any:
    return aws.client(request.param, HOME)


@pytest.fixture
def stub(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


s3 = pytest.mark.parametrize("client", ["s3"], indirect=True)
sqs = pytest.mark.parametrize("client", ["sqs"], indirect=True)
events = pytest.mark.parametrize("client", ["events"], indirect=True)
dynamodb = pytest.mark.parametrize("client", ["dynamodb"], indirect=True)


@dynamodb
def test_lanes_that_dynamodb_left_unread_are_unavailable_at_once(client: Any, stub: Stubber) -> None:
    unread = {"pace": {"Keys": [{"lane": {"S": f"faces/{REMOTE}"}}]}}
    stub.add_response("batch_get_item", {"Responses": {}, "UnprocessedKeys": unread})
    with pytest.raises(Unavailable):
        PaceTable(client, "pace").lanes([("faces", REMOTE)])


@s3
def test_a_copy_that_s3_kept_is_unavailable(client: Any, stub: Stubber) -> None:
    stub.add_response("delete_objects", {"Errors": [{"Key": "a", "Code": "InternalError", "Message": "try again"}]})
    with pytest.raises(Unavailable):
        StagingBucket(lambda _: client, REMOTE, "staging").delete(["a", "b"])


@s3
def test_copies_are_taken_away_a_thousand_at_a_time(client: Any, stub: Stubber) -> None:
    keys = [str(number) for number in range(1001)]
    for some in (keys[:1000], keys[1000:]):
        objects = {"Objects": [{"Key": key} for key in some], "Quiet": True}
        stub.add_response("delete_objects", {}, {"Bucket": "staging", "Delete": objects})
    StagingBucket(lambda _: client, REMOTE, "staging").delete(keys)


@s3
def test_copies_are_listed_page_by_page(client: Any, stub: Stubber) -> None:
    at = datetime(2027, 1, 15, tzinfo=UTC)
    for key, more in (("a", {"IsTruncated": True, "NextContinuationToken": "next"}), ("b", {"IsTruncated": False})):
        stub.add_response("list_objects_v2", {"Contents": [{"Key": key, "LastModified": at}], **more})
    copies = StagingBucket(lambda _: client, REMOTE, "staging").copies()
    assert list(copies) == [("a", at.timestamp() * 1000), ("b", at.timestamp() * 1000)]


@s3
def test_an_answer_that_lost_an_unfinished_race_is_put_again(client: Any, stub: Stubber) -> None:
    stub.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
    with pytest.raises(Unavailable):
        ResultsBucket(client, "results").put("key", answer())


@s3
def test_a_bucket_that_may_not_be_read_is_a_bug_and_no_missing_answer(client: Any, stub: Stubber) -> None:
    stub.add_client_error("head_object", "403", http_status_code=403)
    with pytest.raises(ClientError):
        ResultsBucket(client, "results").find("key")


@s3
@pytest.mark.parametrize(
    ("code", "status"), [("SlowDown", 503), ("InternalError", 500), ("", 502), ("RequestTimeout", 400)]
)
def test_a_busy_service_is_unavailable(client: Any, stub: Stubber, code: str, status: int) -> None:
    stub.add_client_error("get_object", code, http_status_code=status)
    with pytest.raises(Unavailable):
        PreparedBucket(client, "prepared").get("key")


@sqs
def test_work_that_sqs_did_not_take_is_unavailable(client: Any, stub: Stubber) -> None:
    taken = {"Id": "0", "MessageId": "m", "MD5OfMessageBody": "x"}
    failed = {"Id": "1", "SenderFault": False, "Code": "InternalError"}
    stub.add_response("send_message_batch", {"Successful": [taken], "Failed": [failed]})
    with pytest.raises(Unavailable):
        WorkQueues(client, {"labels": "https://queue"}).send([work(run())] * 2)


@sqs
def test_an_answer_that_sqs_did_not_take_is_unavailable(client: Any, stub: Stubber) -> None:
    stub.add_client_error("send_message", "ThrottlingException", http_status_code=400)
    with pytest.raises(Unavailable):
        ResultsQueue(client, "https://queue").send(answered(run()))


@events
def test_an_event_that_the_bus_did_not_take_is_unavailable(client: Any, stub: Stubber) -> None:
    stub.add_response("put_events", {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]})
    with pytest.raises(Unavailable):
        EventBus(client, "bus").announce(answered(run()), answer())
