"""Responses and errors of Rekognition; botocore's service model lists all errors that an operation can have."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber
from rekbridge_lambda.adapters import aws
from rekbridge_lambda.adapters.metrics import EmbeddedMetrics
from rekbridge_lambda.adapters.rekognition import Rekognition, classify_error
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

from tests.builders import REMOTE, make_operation
from tests.contract.cloud import AWS
from tests.fakes import FakeRekognitionApi, FakeStagingStore

BYTES = {"Bytes": b"a jpeg"}


@pytest.fixture
def rekognition() -> Any:
    return AWS.create("rekognition", REMOTE, aws.NO_RETRY)


@pytest.fixture
def stub(rekognition: Any) -> Iterator[Stubber]:
    with Stubber(rekognition) as stub:
        yield stub
        stub.assert_no_pending_responses()


def create_adapter(rekognition: Any) -> Rekognition:
    return Rekognition({REMOTE: rekognition}.__getitem__, "staging", EmbeddedMetrics("rekbridge"))


def test_returns_rekognitions_response_without_metadata(rekognition: Any, stub: Stubber) -> None:
    response = {"Labels": [{"Name": "Cat", "Confidence": 99.0}], "LabelModelVersion": "3.0"}
    stub.add_response("detect_labels", dict(response) | {"ResponseMetadata": {"HTTPStatusCode": 200}})
    assert create_adapter(rekognition).analyze(make_operation("labels"), REMOTE, BYTES) == response


def test_a_staged_copy_is_sent_as_a_key_in_the_staging_bucket(rekognition: Any, stub: Stubber) -> None:
    image = {"S3Object": {"Bucket": "staging", "Name": "image/run/variant"}}
    stub.add_response("detect_text", {"TextDetections": []}, {"Image": image})
    create_adapter(rekognition).analyze(make_operation("text"), REMOTE, {"S3Object": {"Name": "image/run/variant"}})


def test_settings_override_defaults(rekognition: Any, stub: Stubber) -> None:
    stub.add_response("detect_labels", {"Labels": []}, {"Image": ANY, "MaxLabels": 7, "MinConfidence": 70})
    create_adapter(rekognition).analyze(make_operation("labels", MaxLabels=7), REMOTE, BYTES)


def test_an_empty_response_is_a_result_of_fake_and_adapter(rekognition: Any, stub: Stubber) -> None:
    stub.add_response("detect_labels", {"Labels": []})
    response = create_adapter(rekognition).analyze(make_operation("labels"), REMOTE, BYTES)
    assert response == FakeRekognitionApi(FakeStagingStore()).analyze(make_operation("labels"), REMOTE, BYTES)


ERRORS_BY_CODE = {
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


@pytest.mark.parametrize("code", ERRORS_BY_CODE)
def test_an_error_is_classified_by_its_code(rekognition: Any, stub: Stubber, code: str) -> None:
    stub.add_client_error("detect_labels", code, "a message", http_status_code=400)
    with pytest.raises(RekbridgeError) as error:
        create_adapter(rekognition).analyze(make_operation("labels"), REMOTE, BYTES)
    assert type(error.value) is ERRORS_BY_CODE[code]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_without_a_known_code_is_unavailable(rekognition: Any, stub: Stubber, status: int) -> None:
    stub.add_client_error("detect_labels", str(status), http_status_code=status)
    with pytest.raises(Unavailable):
        create_adapter(rekognition).analyze(make_operation("labels"), REMOTE, BYTES)


def test_an_unclassified_error_is_a_bug(rekognition: Any, stub: Stubber) -> None:
    stub.add_client_error("detect_labels", "SomethingNewException", http_status_code=400)
    with pytest.raises(ClientError):
        create_adapter(rekognition).analyze(make_operation("labels"), REMOTE, BYTES)


def test_a_parameter_that_botocore_refuses_is_refused_permanently(rekognition: Any) -> None:
    with pytest.raises(RefusedByService):
        create_adapter(rekognition).analyze(make_operation("labels", MaxLabels="many"), REMOTE, BYTES)


@pytest.mark.parametrize(("metric", "code"), [("Throttles", "ThrottlingException"), ("Errors", "InternalServerError")])
def test_a_failed_call_is_counted_by_region_and_operation(
    rekognition: Any, stub: Stubber, capsys: pytest.CaptureFixture[str], metric: str, code: str
) -> None:
    stub.add_client_error("detect_labels", code)
    with pytest.raises(Unavailable):
        create_adapter(rekognition).analyze(make_operation("labels"), REMOTE, BYTES)
    expected = f'"{metric}":1,"Deployment":"rekbridge","Region":"{REMOTE}","Operation":"labels"'
    assert expected in capsys.readouterr().out


@pytest.mark.parametrize("name", CATALOG)
def test_every_error_of_the_service_model_is_classified(rekognition: Any, name: str) -> None:
    operation = CATALOG[name]
    model = rekognition.meta.service_model.operation_model(operation.action)
    assert xform_name(operation.action) == operation.method_name
    assert model.error_shapes
    for shape in model.error_shapes:
        error = ClientError({"Error": {"Code": shape.name}}, operation.action)
        assert isinstance(classify_error(error), RekbridgeError), shape.name
