"""A first apply that fails on something that passes by itself is taken up once."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rekbridge.deploy.applied_state import RECORD
from rekbridge.deploy.applying import apply_plan
from rekbridge.terraform.changes import PlannedChanges
from rekbridge.terraform.running import TerraformError
from rekbridge.terraform.transient_errors import TRANSIENT_ERRORS, find_transient_errors

from tests.unit.rekbridge.planned_documents import build_change, build_document

# As provider 5.100 formats S3's, Lambda's and KMS's errors (SDK for Go, version 2).
MESSAGES = {
    "S3": "Error: creating S3 Bucket (x) Notification: operation error S3: PutBucketNotificationConfiguration, https "
    "response error StatusCode: 400, RequestID: 1, api error InvalidArgument: Unable to validate the following "
    "destination configurations",
    "Lambda": "Error: creating Lambda Function (x): operation error Lambda: CreateFunction, https response error "
    "StatusCode: 400, RequestID: 1, InvalidParameterValueException: The role defined for the function cannot be\n"
    "assumed by Lambda.",
    "mapping": "Error: creating Lambda Event Source Mapping (x): operation error Lambda: CreateEventSourceMapping, "
    "https response error StatusCode: 400, RequestID: 1, InvalidParameterValueException: The provided execution role "
    "does not have permissions to call ReceiveMessage on SQS",
    "conflict": "Error: putting S3 Bucket (x) Policy: operation error S3: PutBucketPolicy, https response error "
    "StatusCode: 409, RequestID: 1, api error OperationAborted: A conflicting conditional operation is currently in "
    "progress against this resource. Please try again.",
    "KMS": "Error: creating KMS Key: operation error KMS: CreateKey, https response error StatusCode: 400, RequestID: "
    "1, MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.",
    "update": "Error: updating Lambda Function (x) code: operation error Lambda: UpdateFunctionCode, https response "
    "error StatusCode: 409, RequestID: 1, ResourceConflictException: The operation cannot be performed at this time. "
    "An update is in progress for resource: arn:aws:lambda:eu-west-3:123456789012:function:x",
}
LASTING = [
    "Error: Error acquiring the state lock\n\nConflictException: ConditionalCheckFailedException",
    "Error: creating S3 Bucket (x): BucketAlreadyExists",
    "Error: creating IAM Role (x): AccessDenied: not authorized to perform: iam:CreateRole",
]
SHOWN = build_document(
    build_change("aws_s3_bucket_notification.this", "create"), build_change("aws_iam_role.b", "update")
)
REST = build_document(build_change("aws_s3_bucket_notification.this", "create"))


@dataclass
class FailingTerraform:
    """Fails its applies with these reasons, one apply after the other, and then succeeds."""

    failures: list[tuple[str, ...]]
    rest: dict[str, Any] = field(default_factory=lambda: REST)
    applied: list[PlannedChanges] = field(default_factory=list)
    planned_for: list[Any] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    folder: Path = Path("/does/not/exist")

    def apply_plan(self, planned: PlannedChanges, _: Any) -> None:
        self.applied.append(planned)
        if self.failures:
            raise TerraformError(self.failures.pop(0))

    def create_plan(self, _: Any, variables: Any) -> PlannedChanges:
        self.planned_for.append(variables)
        return PlannedChanges.from_document(self.rest)

    def notify(self, text: str) -> None:
        self.notices.append(text)


def apply(terraform: FailingTerraform) -> str:
    planned = PlannedChanges.from_document(SHOWN)
    return str(apply_plan(terraform, planned, lambda *_: None, pause=lambda _: None))  # type: ignore[arg-type]


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_each_passing_condition_is_taken_up_with_a_new_plan_of_the_rest(message: str) -> None:
    terraform = FailingTerraform([(message,)])
    assert apply(terraform) == "1 added, 1 changed, 0 removed"
    assert [planned.counts.total for planned in terraform.applied] == [2, 1]
    assert len(terraform.notices) == 1


def test_every_row_of_the_table_is_tried_and_has_a_source() -> None:
    tried = {error for message in MESSAGES.values() for error in find_transient_errors((message,))}
    assert tried == set(TRANSIENT_ERRORS)
    assert all(error.source.startswith("https://github.com/") for error in TRANSIENT_ERRORS)


def test_the_rest_is_planned_for_the_variables_of_the_plan_that_was_shown() -> None:
    terraform = FailingTerraform([(MESSAGES["S3"],)])
    apply(terraform)
    assert terraform.planned_for == [{"prefix": "rekbridge", "home_region": "eu-west-3"}]


def test_it_is_taken_up_once_only() -> None:
    terraform = FailingTerraform([(MESSAGES["S3"],), (MESSAGES["S3"],)])
    with pytest.raises(TerraformError, match="destination configurations"):
        apply(terraform)
    assert len(terraform.applied) == 2


@pytest.mark.parametrize("message", LASTING)
def test_any_other_error_stands(message: str) -> None:
    terraform = FailingTerraform([(MESSAGES["S3"], message)])
    with pytest.raises(TerraformError):
        apply(terraform)
    assert (len(terraform.applied), terraform.planned_for) == (1, [])


@pytest.mark.parametrize(
    "change",
    [
        build_change("aws_s3_bucket_notification.this", "delete"),
        build_change("aws_s3_bucket_notification.this", "delete", "create"),
        build_change("aws_iam_role.c", "create"),
    ],
    ids=["delete", "replace", "something new"],
)
def test_a_rest_with_anything_that_was_not_shown_is_not_applied(change: dict[str, Any]) -> None:
    terraform = FailingTerraform([(MESSAGES["S3"],)], rest=build_document(change))
    with pytest.raises(TerraformError, match="destination configurations"):
        apply(terraform)
    assert len(terraform.applied) == 1


def test_a_stale_plan_says_to_plan_again() -> None:
    with pytest.raises(TerraformError) as stale:
        apply(FailingTerraform([("Error: Saved plan is stale\n\nThe given plan file can no longer be applied",)]))
    assert "plan again" in stale.value.next_step


@pytest.mark.parametrize("failures", [[], [(next(iter(MESSAGES.values())),)]], ids=["at once", "at the second time"])
def test_an_apply_deletes_the_record_of_an_older_removal(failures: list[tuple[str, ...]], tmp_path: Path) -> None:
    (tmp_path / RECORD).touch()
    apply(FailingTerraform(failures, folder=tmp_path))
    assert not (tmp_path / RECORD).exists()
