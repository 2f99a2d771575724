"""`rekbridge quotas refresh` against answers of Service Quotas, put by botocore's Stubber: moto knows VPC's only."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from rekbridge.quotas import commands, kept, service
from rekbridge.quotas.kept import Change
from rekbridge.quotas.service import Unread
from rekbridge.support.errors import OperatorError
from rekbridge.terraform.evaluation import evaluated
from rekbridge.terraform.variables import quotas_beside

# As Service Quotas names them: three ways to say operation, and things that are no calls a second.
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
DEFAULTS, APPLIED = service.LISTS
type Answers = Callable[[Stubber], None]


def rows(quotas: dict[str, float]) -> dict[str, Any]:
    told = [{"QuotaName": NAMES[action], "Value": tps} for action, tps in quotas.items()]
    return {"Quotas": [*told, *({"QuotaName": name, "Value": 20.0} for name in OTHERS)]}


def stubbed(region: str, answers: Answers) -> Any:
    client: Any = boto3.client(
        "service-quotas",
        region_name=region,
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    stub = Stubber(client)
    answers(stub)
    stub.activate()
    return client


def telling(defaults: dict[str, float], applied: dict[str, float]) -> Answers:
    def answers(stub: Stubber) -> None:
        stub.add_response(DEFAULTS, rows(defaults), {"ServiceCode": "rekognition"})
        stub.add_response(APPLIED, rows(applied), {"ServiceCode": "rekognition"})

    return answers


def failing(code: str, at: str = DEFAULTS) -> Answers:
    def answers(stub: Stubber) -> None:
        if at == APPLIED:
            stub.add_response(DEFAULTS, rows({}))
        stub.add_client_error(at, code)

    return answers


def test_every_way_of_naming_an_action_is_read_and_nothing_else() -> None:
    client = stubbed("eu-west-1", telling(dict.fromkeys(NAMES, 5.0), {}))
    assert service.quotas(client, "eu-west-1") == dict.fromkeys(NAMES, 5.0)


def test_what_aws_has_granted_counts_above_its_default() -> None:
    client = stubbed("eu-west-1", telling({"DetectText": 50.0, "SearchUsers": 50.0}, {"DetectText": 200.0}))
    assert service.quotas(client, "eu-west-1") == {"DetectText": 200.0, "SearchUsers": 50.0}


def test_quotas_that_fill_pages_are_all_read() -> None:
    def answers(stub: Stubber) -> None:
        stub.add_response(DEFAULTS, rows({"DetectText": 5.0}) | {"NextToken": "more"})
        stub.add_response(DEFAULTS, rows({"SearchUsers": 5.0}), {"ServiceCode": "rekognition", "NextToken": "more"})
        stub.add_response(APPLIED, rows({}))

    assert set(service.quotas(stubbed("eu-west-1", answers), "eu-west-1")) == {"DetectText", "SearchUsers"}


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        (failing("AccessDeniedException"), "eu-west-1: denied.*servicequotas:ListAWSDefaultServiceQuotas"),
        (failing("AccessDeniedException", APPLIED), "eu-west-1: denied.*servicequotas:ListServiceQuotas"),
        (failing("UnrecognizedClientException"), "eu-west-1: the region is not enabled"),
        (failing("NoSuchResourceException"), "eu-west-1: Service Quotas knows no Rekognition"),
        (failing("TooManyRequestsException"), "eu-west-1: .*TooManyRequestsException"),
    ],
)
def test_a_region_that_cannot_be_read_says_why_and_what_would_help(answers: Answers, why: str) -> None:
    with pytest.raises(Unread, match=why):
        service.quotas(stubbed("eu-west-1", answers), "eu-west-1")


def test_only_what_the_region_has_is_kept() -> None:
    allowed = {"DetectText": 50.0, "DetectFaces": 2.5, "SearchUsers": 5.0, "DetectLabels": 0.0, "CompareFaces": 9999.0}
    offered = kept.offered(allowed, {"DetectFaces": 25, "DetectText": 50, "DetectLabels": 5, "CompareFaces": 100})
    assert offered == {"DetectFaces": 2.5, "DetectText": 50, "CompareFaces": 1000}


def test_a_change_is_told_against_what_was_kept_or_the_default() -> None:
    now: kept.Quotas = {"eu-west-1": {"DetectText": 80, "DetectFaces": 100, "DetectLabels": 60}}
    changes = kept.changes(
        {"eu-west-1": {"DetectText": 70}}, now, {"eu-west-1": {"DetectText": 50, "DetectFaces": 100}}
    )
    assert changes == [
        Change("eu-west-1", "DetectLabels", None, 60),
        Change("eu-west-1", "DetectText", 70, 80),
    ]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    quotas: kept.Quotas = {"eu-west-1": {"DetectText": 80, "DetectFaces": 2.5}}
    kept.write(tmp_path / "my.quotas.auto.tfvars.json", quotas)
    assert kept.read(tmp_path / "my.quotas.auto.tfvars.json") == quotas


def refreshed(tfvars: Path, told: dict[str, Any], **answers: Answers) -> kept.Quotas:
    """The file after Service Quotas answered so, by region."""
    by_region = {name.replace("_", "-"): answer for name, answer in answers.items()}
    commands.renew(tfvars, told, lambda region: stubbed(region, by_region[region]))
    return kept.read(quotas_beside(tfvars))


def variables(quotas: kept.Quotas) -> dict[str, Any]:
    """As Terraform tells them, in three seconds less."""
    return {"allowed": ["eu-central-1", "eu-west-1", "eu-west-3"], "quotas": quotas}


def test_refresh_writes_where_terraform_reads_and_asks_no_region_without_rekognition(
    tfvars: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tfvars.write_text(tfvars.read_text().replace('["eu-west-1"]', '["eu-west-1", "eu-central-1"]'))
    ireland, frankfurt = telling({"DetectText": 50.0}, {"DetectText": 80.0}), telling({"DetectText": 5.0}, {})
    quotas = refreshed(tfvars, evaluated(tfvars, commands.ASKED), eu_west_1=ireland, eu_central_1=frankfurt)
    assert quotas == {"eu-west-1": {"DetectText": 80}, "eu-central-1": {"DetectText": 5}}
    assert [line.split() for line in capsys.readouterr().out.splitlines() if "DetectText" in line] == [
        ["eu-west-1", "DetectText", "50", "80"]
    ]
    assert evaluated(tfvars, "local.operations.text.regions.eu-west-1.tps") == 80


def test_a_region_that_fails_keeps_what_it_had_and_holds_up_no_other(tfvars: Path) -> None:
    kept.write(quotas_beside(tfvars), {"eu-central-1": {"DetectText": 7}})
    denied, ireland = failing("AccessDeniedException"), telling({"DetectText": 60.0}, {})
    with pytest.raises(OperatorError, match="eu-central-1: denied"):
        refreshed(tfvars, variables({"eu-central-1": {"DetectText": 7}}), eu_west_1=ireland, eu_central_1=denied)
    assert kept.read(quotas_beside(tfvars)) == {"eu-west-1": {"DetectText": 60}, "eu-central-1": {"DetectText": 7}}


def test_a_session_that_is_over_is_told_once_and_changes_nothing(tfvars: Path) -> None:
    over = failing("ExpiredTokenException")
    with pytest.raises(ClientError, match="ExpiredToken"):
        refreshed(tfvars, variables({}), eu_west_1=over, eu_central_1=over)
    assert not quotas_beside(tfvars).exists()


def test_quotas_of_ones_own_are_told_to_go_first(tfvars: Path, capsys: pytest.CaptureFixture[str]) -> None:
    same = telling({"DetectText": 50.0}, {})
    refreshed(tfvars, variables({"eu-west-1": {"DetectText": 9}}), eu_west_1=same, eu_central_1=same)
    assert "has quotas of its own" in capsys.readouterr().err


def test_files_that_differ_after_the_first_dot_have_quotas_of_their_own() -> None:
    prod, test = (quotas_beside(Path(f"my.{name}.tfvars")) for name in ("prod", "test"))
    assert prod != test
    assert quotas_beside(Path("my.tfvars")).name == "my.quotas.auto.tfvars.json"


def test_the_file_is_one_that_terraform_reads_by_itself_too(tfvars: Path) -> None:
    file = quotas_beside(tfvars)
    kept.write(file, {"eu-west-1": {"DetectText": 80}})
    assert file.name.endswith(".auto.tfvars.json")
    assert set(json.loads(file.read_text())) == {"quotas"}
