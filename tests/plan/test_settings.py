"""Terraform's error messages about settings; modules/rekbridge/tests has the test that invalid ones are rejected."""

from pathlib import Path

import pytest
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.evaluation import evaluate_expression

REGIONS = 'home_region = "eu-west-3"\nremote_region = "eu-west-1"\nallowed_regions = ["eu-west-1"]\n'


def find_setting_errors(folder: Path, operations: str) -> list[str]:
    """What Terraform finds wrong in the settings of these operations."""
    tfvars = folder / "my.tfvars"
    tfvars.write_text(f"{REGIONS}operations = {{ {operations} }}\n")
    errors: list[str] = evaluate_expression(tfvars, "local.setting_errors")
    return errors


def test_each_invalid_setting_is_named_with_what_is_valid(tmp_path: Path) -> None:
    valid = 'faces = { settings = { Attributes = "[\\"ALL\\"]" } }, text = {}'
    invalid = (
        "moderation = { settings = { MinConfidence = 101 } }, labels = { settings = { MaxLabels = 5, MaxLables = 5 } }"
    )
    assert find_setting_errors(tmp_path, f"{valid}, {invalid}") == [
        "labels has no setting MaxLables; it has Features, MaxLabels, MinConfidence, Settings.",
        "moderation.MinConfidence must be a number from 0 to 100; it is 101.",
    ]


def test_settings_that_rekognition_accepts_are_accepted(tmp_path: Path) -> None:
    labels = (
        'labels = { settings = { Features = "[\\"GENERAL_LABELS\\", \\"IMAGE_PROPERTIES\\"]", MinConfidence = 62.5,'
        ' Settings = "{\\"GeneralLabels\\":{\\"LabelInclusionFilters\\":[\\"Façade (old)\\"]}}" } }'
    )
    arn = "arn:aws:rekognition:eu-west-1:123456789012:project/cats/version/first/1700000000000"
    custom = f'custom-labels = {{ settings = {{ ProjectVersionArn = "{arn}", MaxResults = 3 }} }}'
    assert find_setting_errors(tmp_path, f"{labels}, {custom}") == []


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ('operations = { faces = { regionz = ["eu-west-1"] } }', "operations, faces: no regionz; there are regions,"),
        (
            "operations = { faces = {} }\nfunction_settings = { route = { timeout = 9 } }",
            "function_settings, route: no timeout; there are",
        ),
        ('operations = { faces = {} }\nalarm_topics = { hom = "x" }', "alarm_topics, topics: no hom; there are home"),
        ("operations = { faces = {} }\nalarms = { dlq = 9 }", "alarms, thresholds: no dlq; there are api_5xx"),
        ('operations = { faces = {} }\nkms_key_arns = { hom = "x" }', "kms_key_arns, keys: no hom; there are home"),
        (
            (
                'operations = { faces = {} }\nnetwork = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"], '
                "private = true }"
            ),
            "network, network: no private; there are api_vpc_endpoint_ids",
        ),
        (
            (
                "operations = { faces = {} }\n"
                'log_destination = { arn = "arn:aws:lambda:eu-west-3:123456789012:function:l", role = "x" }'
            ),
            "log_destination, destination: no role; there are arn",
        ),
    ],
)
def test_an_attribute_that_terraform_would_ignore_is_rejected(tmp_path: Path, variables: str, message: str) -> None:
    tfvars = tmp_path / "my.tfvars"
    tfvars.write_text(REGIONS + variables + "\n")
    with pytest.raises(OperatorError, match=message):
        evaluate_expression(tfvars, "var.home_region")
