from dataclasses import replace
from typing import Any

import pytest
from rekbridge_lambda.domain.custom_models import pinned
from rekbridge_lambda.domain.errors import InvalidParameter
from rekbridge_lambda.domain.operations import Allowance, Planned

from tests.builders import planned

TWO = {"eu-west-1": Allowance(50), "eu-central-1": Allowance(5)}
ARN = "arn:aws:rekognition:{}:{}:project/cats/version/cats.1/1700000000000"


def asking(name: str = "custom-labels", **settings: Any) -> Planned:
    return replace(planned(name, **settings), regions=TWO)


@pytest.mark.parametrize(
    "asked",
    [
        asking(ProjectVersionArn=ARN.format("eu-central-1", "000000000000")),
        asking("moderation", ProjectVersion=ARN.format("eu-central-1", "000000000000")),
    ],
)
def test_a_model_is_asked_where_it_lies(asked: Planned) -> None:
    assert pinned(asked, "000000000000").regions == {"eu-central-1": Allowance(5)}


def test_what_names_no_model_may_go_anywhere() -> None:
    assert pinned(asking("labels"), "000000000000").regions == TWO


def test_a_model_in_a_region_that_is_not_called_is_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidParameter, match="lies in us-east-1: this deployment calls eu-west-1, eu-central-1"):
        pinned(asking(ProjectVersionArn=ARN.format("us-east-1", "000000000000")), "000000000000")


def test_a_model_of_another_account_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="is of account 111111111111"):
        pinned(asking(ProjectVersionArn=ARN.format("eu-west-1", "111111111111")), "000000000000")
