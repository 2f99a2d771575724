from dataclasses import replace
from typing import Any

import pytest
from rekbridge_lambda.domain.custom_models import pin_to_model_region
from rekbridge_lambda.domain.errors import InvalidParameter
from rekbridge_lambda.domain.operations import DeployedOperation, RegionQuota

from tests.builders import make_operation

TWO_REGIONS = {"eu-west-1": RegionQuota(50), "eu-central-1": RegionQuota(5)}
ARN = "arn:aws:rekognition:{}:{}:project/cats/version/cats.1/1700000000000"


def make_request(name: str = "custom-labels", **settings: Any) -> DeployedOperation:
    return replace(make_operation(name, **settings), regions=TWO_REGIONS)


@pytest.mark.parametrize(
    "operation",
    [
        make_request(ProjectVersionArn=ARN.format("eu-central-1", "000000000000")),
        make_request("moderation", ProjectVersion=ARN.format("eu-central-1", "000000000000")),
    ],
)
def test_a_model_is_called_in_its_own_region(operation: DeployedOperation) -> None:
    assert pin_to_model_region(operation, "000000000000").regions == {"eu-central-1": RegionQuota(5)}


def test_an_operation_without_a_model_may_go_to_every_region() -> None:
    assert pin_to_model_region(make_request("labels"), "000000000000").regions == TWO_REGIONS


def test_a_model_in_a_region_that_is_not_deployed_is_refused_with_the_deployed_regions() -> None:
    with pytest.raises(
        InvalidParameter, match="is in us-east-1: this deployment calls this operation in eu-west-1, eu-central-1"
    ):
        pin_to_model_region(make_request(ProjectVersionArn=ARN.format("us-east-1", "000000000000")), "000000000000")


def test_a_model_of_another_account_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="belongs to account 111111111111"):
        pin_to_model_region(make_request(ProjectVersionArn=ARN.format("eu-west-1", "111111111111")), "000000000000")
