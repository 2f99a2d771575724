"""What Terraform says of settings, word for word; that it refuses them is tested in terraform/tests."""

from pathlib import Path

import pytest
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.evaluation import evaluated

REGIONS = 'home_region = "eu-west-3"\nremote_region = "eu-west-1"\nallowed_regions = ["eu-west-1"]\n'


def faults(folder: Path, operations: str) -> list[str]:
    """What Terraform finds in the settings of these operations."""
    tfvars = folder / "my.tfvars"
    tfvars.write_text(f"{REGIONS}operations = {{ {operations} }}\n")
    found: list[str] = evaluated(tfvars, "local.faults")
    return found


def test_the_wrong_settings_are_named_with_what_would_do_and_no_others(tmp_path: Path) -> None:
    right = 'faces = { settings = { Attributes = "[\\"ALL\\"]" } }, text = {}'
    wrong = (
        "moderation = { settings = { MinConfidence = 101 } }, labels = { settings = { MaxLabels = 5, MaxLables = 5 } }"
    )
    assert faults(tmp_path, f"{right}, {wrong}") == [
        "labels has no MaxLables, but Features, MaxLabels, MinConfidence, Settings.",
        "moderation.MinConfidence takes a number from 0 to 100; it is 101.",
    ]


def test_settings_that_rekognition_takes_are_taken(tmp_path: Path) -> None:
    labels = (
        'labels = { settings = { Features = "[\\"GENERAL_LABELS\\", \\"IMAGE_PROPERTIES\\"]", MinConfidence = 62.5,'
        ' Settings = "{\\"GeneralLabels\\":{\\"LabelInclusionFilters\\":[\\"Façade (old)\\"]}}" } }'
    )
    arn = "arn:aws:rekognition:eu-west-1:123456789012:project/cats/version/first/1700000000000"
    custom = f'custom-labels = {{ settings = {{ ProjectVersionArn = "{arn}", MaxResults = 3 }} }}'
    assert faults(tmp_path, f"{labels}, {custom}") == []


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ('operations = { faces = { regionz = ["eu-west-1"] } }', "operations, faces: no regionz; there are regions,"),
        ("operations = { faces = {} }\nlimits = { route = { timeout = 9 } }", "limits, route: no timeout; there are"),
        ('operations = { faces = {} }\nalarm_topics = { hom = "x" }', "alarm_topics, topics: no hom; there are home"),
    ],
)
def test_an_attribute_that_terraform_would_drop_is_refused(tmp_path: Path, variables: str, told: str) -> None:
    tfvars = tmp_path / "my.tfvars"
    tfvars.write_text(REGIONS + variables + "\n")
    with pytest.raises(OperatorError, match=told):
        evaluated(tfvars, "var.home_region")
