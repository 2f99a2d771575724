"""Synchronous analysis: which requests have the same result, and are paid once."""

from hashlib import sha256

from rekbridge_lambda.domain import ids

from tests.api_caller import ApiCaller, ApiReply
from tests.builders import ANNA, OPERATIONS, encode_image, make_png

UPLOADED_IMAGE = {"Image": {"S3Object": {"Name": "anna/cat.png"}}}


def is_cached(reply: ApiReply) -> bool:
    """Whether the result was stored before."""
    cached: bool = reply.json["Rekbridge"]["cached"]
    return cached


def test_the_same_request_again_is_cached_and_paid_once(caller: ApiCaller) -> None:
    first, second = caller.analyze("labels", make_png()), caller.analyze("labels", make_png())
    assert [is_cached(reply) for reply in (first, second)] == [False, True]
    assert second.json["Labels"] == first.json["Labels"]
    assert (caller.harness.rekognition.calls, caller.harness.preparer.prepared_count) == (["labels"], 1)


def test_a_cached_response_has_no_waiting_and_calling_time(caller: ApiCaller) -> None:
    caller.analyze("labels", make_png())
    details = caller.analyze("labels", make_png()).json["Rekbridge"]
    assert (details["waited_ms"], details["called_ms"], details["prepared"]) == (0, 0, [])


def test_a_file_and_its_base64_have_the_same_result(caller: ApiCaller) -> None:
    caller.analyze("labels", make_png())
    assert is_cached(caller.analyze("labels", {"Image": encode_image(make_png())}))


def test_naming_a_default_value_is_cached(caller: ApiCaller) -> None:
    caller.analyze("labels", make_png())
    with_defaults = {"Image": encode_image(make_png()), "MaxLabels": 50, "MinConfidence": 70.0}
    assert is_cached(caller.analyze("labels", with_defaults))


def test_other_parameters_are_not_cached(caller: ApiCaller) -> None:
    caller.analyze("labels", make_png())
    assert not is_cached(caller.analyze("labels", {"Image": encode_image(make_png()), "MaxLabels": 5}))


def test_two_images_in_reverse_order_are_not_cached(caller: ApiCaller) -> None:
    one, other = encode_image(make_png("one")), encode_image(make_png("other"))
    caller.analyze("compare-faces", {"SourceImage": one, "TargetImage": other})
    assert not is_cached(caller.analyze("compare-faces", {"SourceImage": other, "TargetImage": one}))


def test_the_same_two_images_again_are_cached(caller: ApiCaller) -> None:
    body = {"SourceImage": encode_image(make_png("one")), "TargetImage": encode_image(make_png("other"))}
    caller.analyze("compare-faces", body)
    assert is_cached(caller.analyze("compare-faces", body))


def test_another_session_of_a_role_is_the_same_owner(caller: ApiCaller) -> None:
    caller.analyze("labels", make_png())
    caller.arn = "arn:aws:sts::000000000000:assumed-role/App/session-2"
    assert is_cached(caller.analyze("labels", make_png()))


def test_another_role_is_another_owner(caller: ApiCaller) -> None:
    caller.analyze("labels", make_png())
    caller.arn = "arn:aws:sts::000000000000:assumed-role/Other/session-1"
    assert not is_cached(caller.analyze("labels", make_png()))


def test_an_uploaded_image_is_not_the_image_of_a_caller_who_sends_the_same_bytes(caller: ApiCaller) -> None:
    caller.harness.store_original()
    caller.analyze("labels", UPLOADED_IMAGE)
    assert not is_cached(caller.analyze("labels", make_png()))


def test_an_uploaded_key_cannot_have_a_caller_as_owner(caller: ApiCaller) -> None:
    # An ARN without a slash could be the first part of a key.
    caller.arn = "arn:aws:iam::000000000000:root"
    caller.trusted_callers.append(caller.arn)
    caller.analyze("labels", make_png())
    caller.harness.store_original(key=f"{caller.arn}/cat.png")
    body = {"Image": {"S3Object": {"Name": f"{caller.arn}/cat.png"}}}
    assert not is_cached(caller.analyze("labels", body))


def test_the_result_of_a_worker_is_cached(caller: ApiCaller) -> None:
    harness = caller.harness
    harness.operations = {"labels": OPERATIONS["labels"]}
    harness.analyze(harness.ingest_and_get_work(harness.store_original()))
    assert is_cached(caller.analyze("labels", UPLOADED_IMAGE))
    assert harness.rekognition.calls == ["labels"]


def test_the_requested_version_is_analysed(caller: ApiCaller) -> None:
    caller.harness.store_original("cat", version="v1")
    caller.harness.store_original("dog", version="v2")
    versioned = {"Image": {"S3Object": {"Name": "anna/cat.png", "Version": "v1"}}}
    caller.analyze("labels", versioned)
    assert set(caller.harness.results) == {make_key(caller, "cat")}
    caller.analyze("labels", UPLOADED_IMAGE)
    assert set(caller.harness.results) == {make_key(caller, "cat"), make_key(caller, "dog")}


def make_key(caller: ApiCaller, content: str) -> str:
    image = ids.make_image_id(caller.harness.owner_keys.load_key(ANNA), sha256(make_png(content)).hexdigest())
    return ids.make_result_key(image, "labels", OPERATIONS["labels"].parameters)
