"""What Rekognition's answers and errors mean for the work; its service model says which there are."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber
from rekbridge_lambda.adapters import aws
from rekbridge_lambda.adapters.rekognition import Rekognition
from rekbridge_lambda.domain.errors import (
    NotReady,
    RefusedByService,
    RegionRefused,
    RekbridgeError,
    StagedCopyMissing,
    Throttled,
    Unavailable,
)
from rekbridge_lambda.domain.operations import CATALOG

from tests.builders import REMOTE, planned
from tests.fakes import FakeStaging, FakeVision

BYTES = {"Bytes": b"a jpeg"}


@pytest.fixture
def rekognition() -> Any:
    return aws.client("rekognition", REMOTE, aws.ONCE)


@pytest.fixture
def stub(rekognition: Any) -> Iterator[Stubber]:
    with Stubber(rekognition) as stub:
        yield stub
        stub.assert_no_pending_responses()


def adapter(rekognition: Any) -> Rekognition:
    return Rekognition({REMOTE: rekognition}.__getitem__, "staging")


def test_the_answer_is_what_rekognition_said_and_nothing_else(rekognition: Any, stub: Stubber) -> None:
    said = {"Labels": [{"Name": "Cat", "Confidence": 99.0}], "LabelModelVersion": "3.0"}
    stub.add_response("detect_labels", dict(said) | {"ResponseMetadata": {"HTTPStatusCode": 200}})
    assert adapter(rekognition).analyze(planned("labels"), REMOTE, BYTES) == said


def test_a_staged_copy_is_named_with_its_bucket(rekognition: Any, stub: Stubber) -> None:
    image = {"S3Object": {"Bucket": "staging", "Name": "image/run/variant"}}
    stub.add_response("detect_text", {}, {"Image": image})
    adapter(rekognition).analyze(planned("text"), REMOTE, {"S3Object": {"Name": "image/run/variant"}})


def test_settings_win_over_defaults(rekognition: Any, stub: Stubber) -> None:
    stub.add_response("detect_labels", {}, {"Image": ANY, "MaxLabels": 7, "MinConfidence": 70})
    adapter(rekognition).analyze(planned("labels", MaxLabels=7), REMOTE, BYTES)


def test_nothing_found_is_an_answer_of_fake_and_adapter(rekognition: Any, stub: Stubber) -> None:
    stub.add_response("detect_labels", {"Labels": []})
    found = adapter(rekognition).analyze(planned("labels"), REMOTE, BYTES)
    assert found == FakeVision(FakeStaging()).analyze(planned("labels"), REMOTE, BYTES)


MEANINGS = {
    "ThrottlingException": Throttled,
    "ProvisionedThroughputExceededException": Throttled,
    "LimitExceededException": Throttled,
    "InternalServerError": Unavailable,
    "ResourceNotReadyException": NotReady,
    "ResourceInUseException": NotReady,
    "HumanLoopQuotaExceededException": NotReady,
    "ImageTooLargeException": RefusedByService,
    "InvalidImageFormatException": RefusedByService,
    "InvalidParameterException": RefusedByService,
    "ResourceNotFoundException": RefusedByService,
    "ValidationException": RefusedByService,
    "InvalidS3ObjectException": StagedCopyMissing,
    "AccessDeniedException": RegionRefused,
    "UnrecognizedClientException": RegionRefused,
    "OptInRequired": RegionRefused,
}


@pytest.mark.parametrize("code", MEANINGS)
def test_an_error_says_what_becomes_of_the_work(rekognition: Any, stub: Stubber, code: str) -> None:
    stub.add_client_error("detect_labels", code, "told", http_status_code=400)
    with pytest.raises(RekbridgeError) as why:
        adapter(rekognition).analyze(planned("labels"), REMOTE, BYTES)
    assert type(why.value) is MEANINGS[code]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_answer_without_a_known_code_but_of_a_broken_server_waits(
    rekognition: Any, stub: Stubber, status: int
) -> None:
    stub.add_client_error("detect_labels", str(status), http_status_code=status)
    with pytest.raises(Unavailable):
        adapter(rekognition).analyze(planned("labels"), REMOTE, BYTES)


def test_an_error_that_nobody_has_classified_stays_a_bug(rekognition: Any, stub: Stubber) -> None:
    stub.add_client_error("detect_labels", "SomethingNewException", http_status_code=400)
    with pytest.raises(ClientError):
        adapter(rekognition).analyze(planned("labels"), REMOTE, BYTES)


def test_a_parameter_that_boto3_refuses_is_refused_for_good(rekognition: Any) -> None:
    with pytest.raises(RefusedByService):
        adapter(rekognition).analyze(planned("labels", MaxLabels="many"), REMOTE, BYTES)


@pytest.mark.parametrize(("outcome", "code"), [("Throttles", "ThrottlingException"), ("Errors", "InternalServerError")])
def test_every_call_is_counted_by_region_and_operation(
    rekognition: Any, stub: Stubber, capsys: pytest.CaptureFixture[str], outcome: str, code: str
) -> None:
    stub.add_client_error("detect_labels", code)
    with pytest.raises(Unavailable):
        adapter(rekognition).analyze(planned("labels"), REMOTE, BYTES)
    assert f'"{outcome}":1,"Region":"{REMOTE}","Operation":"labels"' in capsys.readouterr().out


@pytest.mark.parametrize("name", CATALOG)
def test_every_error_of_the_service_model_is_classified(rekognition: Any, name: str) -> None:
    operation = CATALOG[name]
    model = rekognition.meta.service_model.operation_model(operation.action)
    assert xform_name(operation.action) == operation.method
    assert model.error_shapes
    for shape in model.error_shapes:
        error = ClientError({"Error": {"Code": shape.name}}, operation.action)
        assert isinstance(rekognition.meaning(error), RekbridgeError), shape.name
