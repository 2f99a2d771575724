"""`rekbridge quotas refresh` with stubbed responses of Service Quotas: moto has only the quotas of VPC."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from rekbridge.capacity.quotas import commands, quota_file, service
from rekbridge.capacity.quotas.quota_file import QuotaChange
from rekbridge.capacity.quotas.service import QuotaReadError
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.evaluation import evaluate_expression
from rekbridge.terraform.variables import get_quota_file

# The names of quotas vary. The other quotas are no calls per second.
NAMES = {
    action: f"Transactions per second per account for {what} {action}"
    for action, what in {
        "DetectText": "the Amazon Rekognition Image operation",
        "DetectProtectiveEquipment": "the Amazon Rekognition Image personal protective equipment operation",
        "DetectCustomLabels": "individual Amazon Rekognition Custom Labels data plane operation",
        "SearchUsers": "the Amazon Rekognition operation:",
    }.items()
}
OTHERS = [
    "Concurrent Amazon Rekognition Video stored video jobs per account",
    "Maximum inference units per running Amazon Rekognition Custom Labels model.",
]
DEFAULTS, APPLIED = service.LIST_ACTIONS
type AddResponses = Callable[[Stubber], None]


def build_response(quotas: dict[str, float]) -> dict[str, Any]:
    quotas_of_actions = [{"QuotaName": NAMES[action], "Value": tps} for action, tps in quotas.items()]
    return {"Quotas": [*quotas_of_actions, *({"QuotaName": name, "Value": 20.0} for name in OTHERS)]}


def create_stubbed_client(region: str, add_responses: AddResponses) -> Any:
    client: Any = boto3.client(
        "service-quotas",
        region_name=region,
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    stub = Stubber(client)
    add_responses(stub)
    stub.activate()
    return client


def respond_with(defaults: dict[str, float], applied: dict[str, float]) -> AddResponses:
    def add_responses(stub: Stubber) -> None:
        stub.add_response(DEFAULTS, build_response(defaults), {"ServiceCode": "rekognition"})
        stub.add_response(APPLIED, build_response(applied), {"ServiceCode": "rekognition"})

    return add_responses


def fail_with(code: str, at: str = DEFAULTS) -> AddResponses:
    def add_responses(stub: Stubber) -> None:
        if at == APPLIED:
            stub.add_response(DEFAULTS, build_response({}))
        stub.add_client_error(at, code)

    return add_responses


def test_every_form_of_quota_name_is_read_and_other_quotas_are_not() -> None:
    client = create_stubbed_client("eu-west-1", respond_with(dict.fromkeys(NAMES, 5.0), {}))
    assert service.fetch_quotas(client, "eu-west-1") == dict.fromkeys(NAMES, 5.0)


def test_an_applied_quota_overrides_the_default() -> None:
    client = create_stubbed_client(
        "eu-west-1", respond_with({"DetectText": 50.0, "SearchUsers": 50.0}, {"DetectText": 200.0})
    )
    assert service.fetch_quotas(client, "eu-west-1") == {"DetectText": 200.0, "SearchUsers": 50.0}


def test_all_pages_are_read() -> None:
    def add_responses(stub: Stubber) -> None:
        stub.add_response(DEFAULTS, build_response({"DetectText": 5.0}) | {"NextToken": "more"})
        stub.add_response(
            DEFAULTS, build_response({"SearchUsers": 5.0}), {"ServiceCode": "rekognition", "NextToken": "more"}
        )
        stub.add_response(APPLIED, build_response({}))

    assert set(service.fetch_quotas(create_stubbed_client("eu-west-1", add_responses), "eu-west-1")) == {
        "DetectText",
        "SearchUsers",
    }


@pytest.mark.parametrize(
    ("add_responses", "why"),
    [
        (fail_with("AccessDeniedException"), "eu-west-1: access denied.*servicequotas:ListAWSDefaultServiceQuotas"),
        (fail_with("AccessDeniedException", APPLIED), "eu-west-1: access denied.*servicequotas:ListServiceQuotas"),
        (fail_with("UnrecognizedClientException"), "eu-west-1: not enabled"),
        (fail_with("NoSuchResourceException"), "eu-west-1: Service Quotas has no quotas for Rekognition"),
        (fail_with("TooManyRequestsException"), "eu-west-1: .*TooManyRequestsException"),
    ],
)
def test_a_region_that_cannot_be_read_is_reported_with_reason_and_advice(add_responses: AddResponses, why: str) -> None:
    with pytest.raises(QuotaReadError, match=why):
        service.fetch_quotas(create_stubbed_client("eu-west-1", add_responses), "eu-west-1")


def test_only_actions_of_the_region_are_kept() -> None:
    allowed = {"DetectText": 50.0, "DetectFaces": 2.5, "SearchUsers": 5.0, "DetectLabels": 0.0, "CompareFaces": 9999.0}
    available = quota_file.select_available_quotas(
        allowed, {"DetectFaces": 25, "DetectText": 50, "DetectLabels": 5, "CompareFaces": 100}
    )
    assert available == {"DetectFaces": 2.5, "DetectText": 50, "CompareFaces": 1000}


def test_changes_are_relative_to_the_stored_quota_or_the_default() -> None:
    now: quota_file.QuotasByRegion = {"eu-west-1": {"DetectText": 80, "DetectFaces": 100, "DetectLabels": 60}}
    changes = quota_file.find_changes(
        {"eu-west-1": {"DetectText": 70}}, now, {"eu-west-1": {"DetectText": 50, "DetectFaces": 100}}
    )
    assert changes == [
        QuotaChange("eu-west-1", "DetectLabels", None, 60),
        QuotaChange("eu-west-1", "DetectText", 70, 80),
    ]


def test_written_quotas_are_read_back(tmp_path: Path) -> None:
    quotas: quota_file.QuotasByRegion = {"eu-west-1": {"DetectText": 80, "DetectFaces": 2.5}}
    quota_file.write_quotas(tmp_path / "my.quotas.auto.tfvars.json", quotas)
    assert quota_file.read_quotas(tmp_path / "my.quotas.auto.tfvars.json") == quotas


def refresh_and_read(
    tfvars: Path, variables: dict[str, Any], **add_responses: AddResponses
) -> quota_file.QuotasByRegion:
    """Refresh with these responses of Service Quotas by region, and read the file."""
    by_region = {name.replace("_", "-"): answer for name, answer in add_responses.items()}
    commands.refresh_quotas(tfvars, variables, lambda region: create_stubbed_client(region, by_region[region]))
    return quota_file.read_quotas(get_quota_file(tfvars))


def build_variables(quotas: quota_file.QuotasByRegion) -> dict[str, Any]:
    """The variables that Terraform would return, without the three seconds that it takes."""
    return {"regions": ["eu-central-1", "eu-west-1", "eu-west-3"], "quotas": quotas}


def test_refresh_writes_terraforms_file_and_skips_regions_without_rekognition(
    tfvars: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tfvars.write_text(tfvars.read_text().replace('["eu-west-1"]', '["eu-west-1", "eu-central-1"]'))
    ireland, frankfurt = respond_with({"DetectText": 50.0}, {"DetectText": 80.0}), respond_with({"DetectText": 5.0}, {})
    quotas = refresh_and_read(
        tfvars, evaluate_expression(tfvars, commands.VARIABLES_EXPRESSION), eu_west_1=ireland, eu_central_1=frankfurt
    )
    assert quotas == {"eu-west-1": {"DetectText": 80}, "eu-central-1": {"DetectText": 5}}
    assert [line.split() for line in capsys.readouterr().out.splitlines() if "DetectText" in line] == [
        ["eu-west-1", "DetectText", "50", "80"]
    ]
    assert evaluate_expression(tfvars, "local.operations.text.regions.eu-west-1.tps") == 80


def test_a_failing_region_keeps_its_quotas_and_does_not_stop_others(tfvars: Path) -> None:
    quota_file.write_quotas(get_quota_file(tfvars), {"eu-central-1": {"DetectText": 7}})
    denied, ireland = fail_with("AccessDeniedException"), respond_with({"DetectText": 60.0}, {})
    with pytest.raises(OperatorError, match="eu-central-1: access denied"):
        refresh_and_read(
            tfvars, build_variables({"eu-central-1": {"DetectText": 7}}), eu_west_1=ireland, eu_central_1=denied
        )
    assert quota_file.read_quotas(get_quota_file(tfvars)) == {
        "eu-west-1": {"DetectText": 60},
        "eu-central-1": {"DetectText": 7},
    }


def test_expired_credentials_stop_the_refresh_and_change_nothing(tfvars: Path) -> None:
    expired = fail_with("ExpiredTokenException")
    with pytest.raises(ClientError, match="ExpiredToken"):
        refresh_and_read(tfvars, build_variables({}), eu_west_1=expired, eu_central_1=expired)
    assert not get_quota_file(tfvars).exists()


def test_quotas_in_the_tfvars_file_give_a_warning(tfvars: Path, capsys: pytest.CaptureFixture[str]) -> None:
    defaults = respond_with({"DetectText": 50.0}, {})
    refresh_and_read(
        tfvars, build_variables({"eu-west-1": {"DetectText": 9}}), eu_west_1=defaults, eu_central_1=defaults
    )
    assert "sets `quotas` itself" in capsys.readouterr().err


def test_files_that_differ_after_the_first_dot_have_quotas_of_their_own() -> None:
    prod, test = (get_quota_file(Path(f"my.{name}.tfvars")) for name in ("prod", "test"))
    assert prod != test
    assert get_quota_file(Path("my.tfvars")).name == "my.quotas.auto.tfvars.json"


def test_terraform_reads_the_file_automatically(tfvars: Path) -> None:
    file = get_quota_file(tfvars)
    quota_file.write_quotas(file, {"eu-west-1": {"DetectText": 80}})
    assert file.name.endswith(".auto.tfvars.json")
    assert set(json.loads(file.read_text())) == {"quotas"}
