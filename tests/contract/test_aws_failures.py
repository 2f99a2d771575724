"""Responses of AWS that moto never gives: partial success, throttling, conflicts, server errors."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from rekbridge_lambda.adapters.eventbridge import EventBridgePublisher
from rekbridge_lambda.adapters.s3.prepared import PreparedBucket
from rekbridge_lambda.adapters.s3.results import ResultsBucket
from rekbridge_lambda.adapters.s3.staging import StagingBucket
from rekbridge_lambda.adapters.sqs.senders import SqsResultQueue, SqsWorkQueue
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.ids import ResultKey
from rekbridge_lambda.rate_limiting.table import RateLimitTable

from tests.api_caller import ACCOUNT
from tests.builders import HOME, REMOTE, make_finished, make_result, make_run, make_work
from tests.contract.cloud import AWS


@pytest.fixture
def client(request: pytest.FixtureRequest) -> Any:
    return AWS.create(request.param, HOME)


@pytest.fixture
def stub(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


s3 = pytest.mark.parametrize("client", ["s3"], indirect=True)
sqs = pytest.mark.parametrize("client", ["sqs"], indirect=True)
events = pytest.mark.parametrize("client", ["events"], indirect=True)
dynamodb = pytest.mark.parametrize("client", ["dynamodb"], indirect=True)


# What every request to the staging bucket names: S3 refuses one whose bucket has another owner.
STAGING = {"Bucket": "staging", "ExpectedBucketOwner": ACCOUNT}


@dynamodb
def test_unprocessed_rate_limit_keys_are_unavailable(client: Any, stub: Stubber) -> None:
    unprocessed = {"rate-limit": {"Keys": [{"operation_region": {"S": f"faces/{REMOTE}"}}]}}
    stub.add_response("batch_get_item", {"Responses": {}, "UnprocessedKeys": unprocessed})
    with pytest.raises(Unavailable):
        RateLimitTable(client, "rate-limit").load_states([("faces", REMOTE)])


@s3
def test_a_copy_that_s3_did_not_delete_is_unavailable(client: Any, stub: Stubber) -> None:
    stub.add_response("delete_objects", {"Errors": [{"Key": "a", "Code": "InternalError", "Message": "try again"}]})
    with pytest.raises(Unavailable):
        StagingBucket(lambda _: client, REMOTE, "staging", ACCOUNT).delete(["a", "b"])


@s3
def test_copies_are_deleted_in_batches_of_a_thousand(client: Any, stub: Stubber) -> None:
    keys = [str(number) for number in range(1001)]
    for batch in (keys[:1000], keys[1000:]):
        objects = {"Objects": [{"Key": key} for key in batch], "Quiet": True}
        stub.add_response("delete_objects", {}, {**STAGING, "Delete": objects})
    StagingBucket(lambda _: client, REMOTE, "staging", ACCOUNT).delete(keys)


@s3
def test_a_copy_is_put_only_into_a_bucket_of_this_account(client: Any, stub: Stubber) -> None:
    stub.add_response("put_object", {}, {**STAGING, "Key": "a", "Body": b"a copy"})
    StagingBucket(lambda _: client, REMOTE, "staging", ACCOUNT).put("a", b"a copy")


@s3
def test_a_copy_is_looked_for_only_in_a_bucket_of_this_account(client: Any, stub: Stubber) -> None:
    stub.add_response("head_object", {"ContentLength": 6}, {**STAGING, "Key": "a"})
    assert StagingBucket(lambda _: client, REMOTE, "staging", ACCOUNT).get_size("a") == 6


@s3
def test_copies_are_listed_only_in_a_bucket_of_this_account(client: Any, stub: Stubber) -> None:
    stub.add_response("list_objects_v2", {"IsTruncated": False}, STAGING)
    assert list(StagingBucket(lambda _: client, REMOTE, "staging", ACCOUNT).list_copies()) == []


@s3
def test_a_bucket_of_another_account_is_an_error_and_not_a_missing_copy(client: Any, stub: Stubber) -> None:
    stub.add_client_error("head_object", "403", http_status_code=403)
    with pytest.raises(ClientError):
        StagingBucket(lambda _: client, REMOTE, "staging", ACCOUNT).get_size("a")


@s3
def test_all_pages_of_copies_are_listed(client: Any, stub: Stubber) -> None:
    at = datetime(2027, 1, 15, tzinfo=UTC)
    for key, page in (("a", {"IsTruncated": True, "NextContinuationToken": "next"}), ("b", {"IsTruncated": False})):
        stub.add_response("list_objects_v2", {"Contents": [{"Key": key, "LastModified": at}], **page})
    copies = StagingBucket(lambda _: client, REMOTE, "staging", ACCOUNT).list_copies()
    assert list(copies) == [("a", at.timestamp() * 1000), ("b", at.timestamp() * 1000)]


@s3
def test_a_result_in_conflict_with_another_write_is_unavailable(client: Any, stub: Stubber) -> None:
    stub.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
    with pytest.raises(Unavailable):
        ResultsBucket(client, "results").put_if_absent(ResultKey("key"), make_result())


@s3
def test_denied_access_to_a_result_is_a_bug_and_not_a_missing_result(client: Any, stub: Stubber) -> None:
    stub.add_client_error("head_object", "403", http_status_code=403)
    with pytest.raises(ClientError):
        ResultsBucket(client, "results").has_result(ResultKey("key"))


@s3
@pytest.mark.parametrize(
    ("code", "status"), [("SlowDown", 503), ("InternalError", 500), ("", 502), ("RequestTimeout", 400)]
)
def test_a_throttled_or_failing_s3_is_unavailable(client: Any, stub: Stubber, code: str, status: int) -> None:
    stub.add_client_error("get_object", code, http_status_code=status)
    with pytest.raises(Unavailable):
        PreparedBucket(client, "prepared").get("key")


@sqs
def test_a_batch_that_sqs_accepted_partly_is_unavailable(client: Any, stub: Stubber) -> None:
    accepted = {"Id": "0", "MessageId": "m", "MD5OfMessageBody": "x"}
    failed = {"Id": "1", "SenderFault": False, "Code": "InternalError"}
    stub.add_response("send_message_batch", {"Successful": [accepted], "Failed": [failed]})
    with pytest.raises(Unavailable):
        SqsWorkQueue(client, {"labels": "https://queue"}).send([make_work(make_run())] * 2)


@sqs
def test_a_result_message_that_sqs_did_not_accept_is_unavailable(client: Any, stub: Stubber) -> None:
    stub.add_client_error("send_message", "ThrottlingException", http_status_code=400)
    with pytest.raises(Unavailable):
        SqsResultQueue(client, "https://queue").send(make_finished(make_run()))


@events
def test_an_event_that_the_bus_did_not_accept_is_unavailable(client: Any, stub: Stubber) -> None:
    stub.add_response("put_events", {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]})
    with pytest.raises(Unavailable):
        EventBridgePublisher(client, "bus").publish(make_run(), make_finished(make_run()), make_result())
