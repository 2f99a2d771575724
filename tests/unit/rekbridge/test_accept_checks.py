"""Each step of a trial fails when what it expects is not so, and says what was expected and seen."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError
from PIL import Image
from rekbridge.api.client import ApiResponse
from rekbridge.deploy import named_resources, removal
from rekbridge.read_models.claims import ClaimRecord, RecordedAttempt
from rekbridge.read_models.deployment import Deployment
from rekbridge.read_models.uploads import ObjectVersion, OperationResult, UploadStatus
from rekbridge.terraform.messages import ChangeCounts
from rekbridge.testing import RekognitionCall
from rekbridge.testing.acceptance import duplicate_checks, images, region_checks, terraform_checks
from rekbridge.testing.acceptance.api_checks import wait_for_health
from rekbridge.testing.acceptance.denial import POLICY_NAME, DeniedRegion, PolicyDenial, choose_region
from rekbridge.testing.acceptance.identity import TrialIdentity
from rekbridge.testing.acceptance.outcomes import StepFailed, StepNotTried
from rekbridge.testing.acceptance.samples import make_sample
from rekbridge.testing.acceptance.trial import AcceptanceTrial, Sample, TrialTiming
from rekbridge_lambda.domain.ids import ImageId, ResultKey

from tests.builders import HOME, IMAGE, NOW, REMOTE, make_run

KEY = ResultKey("image/labels.json")
DONE = OperationResult("labels", "done", "bytes", REMOTE, NOW, NOW, NOW, NOW + 500, result_key=KEY)
RUN = replace(make_run("labels"), pending=frozenset())
SETTLED = UploadStatus(ObjectVersion("a/1.png", "v"), IMAGE.id, uploaded_at=NOW, run=RUN, results={"labels": DONE})
PENDING = replace(SETTLED, run=make_run("labels"), results={})
ATTEMPT = RecordedAttempt("labels", HOME, REMOTE, "bytes", 97, NOW, "done")
CALL = RekognitionCall("1", "", REMOTE, "DetectLabels", "bytes", 97, [], "ok", 1.0, "")
IDENTITY = TrialIdentity("x-acc-0a1b2c", "1", HOME, REMOTE)
AT_ONCE = TrialTiming(settle_s=0, pair_every_s=0, quiet_s=0, leftovers_s=0)
SAMPLE = Sample(SETTLED.version, b"png")
LABELS = {"labels": {"transfer": "bytes", "regions": {REMOTE: {"tps": 5}}}}


@dataclass
class PlannedTerraform:
    """Terraform with these changes to come, and with or without outputs."""

    planned: list[dict[str, Any]] = field(default_factory=list)
    applied: ChangeCounts = field(default_factory=lambda: ChangeCounts(add=3))
    outputs: dict[str, Any] = field(default_factory=dict)

    def plan(self, show: object) -> list[dict[str, Any]]:
        return self.planned

    def apply(self, show: object) -> ChangeCounts:
        return self.applied

    def read_outputs(self) -> dict[str, Any]:
        return self.outputs


@dataclass
class FakeAcceptanceTrial:
    """A trial whose library, claims and calls are these. `upload` makes nothing happen."""

    statuses: list[UploadStatus] = field(default_factory=lambda: [SETTLED])
    claims: dict[ResultKey, ClaimRecord] = field(default_factory=lambda: {KEY: ClaimRecord([ATTEMPT])})
    calls: list[RekognitionCall] = field(default_factory=list)
    operations: Mapping[str, Any] = field(default_factory=lambda: LABELS)
    rekognition: object = None
    terraform: PlannedTerraform = field(default_factory=PlannedTerraform)
    timing: TrialTiming = AT_ONCE
    analysed: list[Sample] = field(default_factory=lambda: [SAMPLE])
    identity: TrialIdentity = IDENTITY
    denials: list[str] = field(default_factory=list)
    client: Any = None

    @property
    def deployment(self) -> Deployment:
        return Deployment({"regions": {"home": HOME, "remote": REMOTE}, "operations": self.operations}, self.client)

    @property
    def denial(self) -> "FakeAcceptanceTrial":
        return self

    def deny(self, region: str) -> None:
        self.denials.append(region)

    def allow(self) -> None:
        self.denials.append("ended")

    def upload(self, key: str, body: bytes) -> Sample:
        return Sample(ObjectVersion(key, "v2"), body)

    def upload_samples(self, name: str, count: int, first: int = 0) -> list[Sample]:
        return [SAMPLE] * count

    def load_statuses(self, samples: Sequence[Sample]) -> list[UploadStatus]:
        return (self.statuses * len(samples))[: len(samples)]

    def load_claims(self, statuses: object) -> dict[ResultKey, ClaimRecord]:
        return self.claims

    def list_calls(self) -> list[RekognitionCall]:
        return self.calls


class SilentStep:
    def show(self, message: str) -> None:
        pass

    def show_progress(self, message: str, done: int, total: int) -> None:
        pass


def fails(check: Callable[..., object], trial: FakeAcceptanceTrial, *arguments: Any) -> str:
    """The message of a step that fails."""
    with pytest.raises(StepFailed) as failed:
        check(cast(AcceptanceTrial, trial), *arguments)
    assert failed.value.next_step
    return str(failed.value)


def show(_: str) -> None:
    pass


def test_ten_images_by_bytes_hold_with_their_times_and_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "require_paid_once", lambda *_: "10 paid calls")
    trial = FakeAcceptanceTrial()
    seen = images.check_transfer(cast(AcceptanceTrial, trial), "bytes", show)
    assert seen == "10 images, upload to result p50 0.5 s, max 0.5 s; 10 paid calls"
    assert len(trial.analysed) == 11


def test_a_transfer_that_no_operation_uses_is_not_tried() -> None:
    with pytest.raises(StepNotTried, match="staged"):
        images.check_transfer(cast(AcceptanceTrial, FakeAcceptanceTrial()), "staged", show)


@pytest.mark.parametrize("other", [{"transfer": "staged"}, {"region": "us-east-1"}])
def test_a_result_by_another_transfer_or_from_a_region_that_is_not_allowed_fails(other: dict[str, Any]) -> None:
    wrong = replace(SETTLED, results={"labels": replace(DONE, **other)})
    assert next(iter(other.values())) in fails(images.check_transfer, FakeAcceptanceTrial([wrong]), "bytes", show)


def test_images_that_do_not_settle_fail_with_the_operation_that_they_wait_for() -> None:
    seen = fails(images.wait_until_settled, FakeAcceptanceTrial([SETTLED, PENDING]), [SAMPLE] * 2, show)
    assert seen == "Expected: 2 images are settled within 0 s. Seen: 1 are not, and wait for labels."
    not_ingested = FakeAcceptanceTrial([UploadStatus(SAMPLE.version)])
    assert "wait for INGEST" in fails(images.wait_until_settled, not_ingested, [SAMPLE], show)


def test_images_may_wait_for_operations_of_a_denied_region() -> None:
    trial = cast(AcceptanceTrial, FakeAcceptanceTrial([PENDING]))
    assert images.wait_until_settled(trial, [SAMPLE], show, except_for=frozenset({"labels"})) == [PENDING]


@pytest.mark.parametrize(
    ("status", "seen"),
    [
        (replace(SETTLED, code="unreadable-image", reason="it is text"), "unreadable-image: it is text"),
        (replace(SETTLED, results={"labels": replace(DONE, code="refused", reason="dark")}), "labels: refused: dark"),
        (replace(SETTLED, results={}), "labels: no result"),
    ],
)
def test_an_image_without_a_result_of_every_operation_fails(status: UploadStatus, seen: str) -> None:
    with pytest.raises(StepFailed, match=seen):
        images.require_done([SETTLED, status], ["labels"])


@pytest.mark.parametrize("attempts", [[], [ATTEMPT, ATTEMPT]])
def test_a_result_that_was_not_paid_once_fails(attempts: list[RecordedAttempt]) -> None:
    trial = FakeAcceptanceTrial(claims={KEY: ClaimRecord(attempts)})
    assert f"{len(attempts)} paid calls" in fails(images.require_paid_once, trial, [SETTLED], set())


def test_claims_are_compared_with_rekognitions_log_where_there_is_one() -> None:
    def check(calls: list[RekognitionCall], known: set[str]) -> str:
        trial = FakeAcceptanceTrial(calls=calls, rekognition=object())
        return images.require_paid_once(cast(AcceptanceTrial, trial), [SETTLED], known)

    old = replace(CALL, id="0")
    assert "the same calls in Rekognition's log" in check([old, CALL], {"0"})
    for calls, known in (([old, CALL], set[str]()), ([], set[str]())):
        with pytest.raises(StepFailed, match="claims table"):
            check(calls, known)


def test_a_second_plan_with_changes_fails_with_their_addresses() -> None:
    change = {"address": "module.home.queue", "change": {"actions": ["delete", "create"]}}
    trial = FakeAcceptanceTrial(terraform=PlannedTerraform([change]))
    assert "module.home.queue (delete/create)" in fails(terraform_checks.check_second_plan, trial, SilentStep())


@pytest.mark.parametrize("applied", [ChangeCounts(0), ChangeCounts(3, 1), ChangeCounts(3, 0, 1)])
def test_a_deployment_that_is_not_all_new_fails(applied: ChangeCounts) -> None:
    trial = FakeAcceptanceTrial(terraform=PlannedTerraform(applied=applied))
    assert str(applied) in fails(terraform_checks.check_apply, trial, SilentStep())


def test_what_destroy_leaves_fails_with_its_names() -> None:
    lines = [f"{HOME} sqs: queue-{number}" for number in range(12)]
    with pytest.raises(StepFailed, match=r"queue-0; .*queue-9; .*queue-11"):
        terraform_checks.require_nothing_left(lambda: lines, timeout_s=0)


def test_a_removal_waits_for_what_is_left_as_long_as_its_target_lists_what_was_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(removal, "remove_deployment", lambda *_: ChangeCounts(remove=2))
    monkeypatch.setattr(named_resources, "list_named_resources", lambda *_: [f"{HOME} iam: role"])
    given: list[float] = []

    def give_up(_condition: object, _claim: str, timeout_s: float, **_: float) -> None:
        given.append(timeout_s)
        raise TimeoutError

    monkeypatch.setattr(terraform_checks, "wait_until", give_up)
    trial = FakeAcceptanceTrial(timing=TrialTiming(0, 0, 0, leftovers_s=7))
    assert "iam: role" in fails(terraform_checks.check_removal, trial, SilentStep())
    assert given == [7]


def test_the_denial_ends_before_destroy_which_could_not_delete_the_role(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    trial = FakeAcceptanceTrial(terraform=PlannedTerraform(outputs={"deployment": {"regions": {}}}), denials=order)

    def remove(*_: object) -> ChangeCounts:
        order.append("destroyed")
        return ChangeCounts(remove=3)

    monkeypatch.setattr(removal, "remove_deployment", remove)
    monkeypatch.setattr(named_resources, "list_named_resources", lambda *_: [])
    seen = terraform_checks.check_removal(cast(AcceptanceTrial, trial), cast(Any, SilentStep()))
    assert order == ["ended", "destroyed"]
    assert "3 removed" in seen


def test_a_half_done_deployment_without_outputs_is_destroyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "remove_deployment", lambda *_: ChangeCounts(remove=2))
    monkeypatch.setattr(named_resources, "list_named_resources", lambda *_: [])
    trial = cast(AcceptanceTrial, FakeAcceptanceTrial())
    assert "2 removed" in terraform_checks.check_removal(trial, cast(Any, SilentStep()))


def make_operations(**regions: str) -> dict[str, Any]:
    return {name: {"transfer": "bytes", "regions": dict.fromkeys(codes.split())} for name, codes in regions.items()}


@pytest.mark.parametrize(
    ("operations", "denied"),
    [
        (make_operations(faces="a b", text="a"), DeniedRegion("b", frozenset({"faces"}), frozenset())),
        (make_operations(faces="a b", labels="b c"), DeniedRegion("b", frozenset({"faces", "labels"}), frozenset())),
        (make_operations(faces="b home"), DeniedRegion("home", frozenset({"faces"}), frozenset())),
        (make_operations(faces="a", text="a"), DeniedRegion("a", frozenset(), frozenset({"faces", "text"}))),
        (
            make_operations(faces="a b", text="a", x="b", y="b"),
            DeniedRegion("a", frozenset({"faces"}), frozenset({"text"})),
        ),
    ],
)
def test_the_denied_region_is_one_that_others_take_over(operations: dict[str, Any], denied: DeniedRegion) -> None:
    assert choose_region(operations, "home") == denied


TWO_REGIONS = {"labels": {"transfer": "bytes", "regions": {REMOTE: {"tps": 5}, "eu-central-1": {"tps": 5}}}}


def check_region(trial: FakeAcceptanceTrial) -> str:
    return region_checks.check_denied_region(cast(AcceptanceTrial, trial), trial.denial, show)


@pytest.fixture
def open_circuit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The circuit opens at once."""
    monkeypatch.setattr(region_checks, "find_open_circuits", lambda *_: frozenset({"labels"}))
    monkeypatch.setattr(region_checks, "POLL_INTERVAL_S", 0.001)


def make_denied_trial(**changes: Any) -> FakeAcceptanceTrial:
    return FakeAcceptanceTrial(timing=TrialTiming(0, 0.001, 0, 0), **changes)


def test_other_regions_take_over_and_the_denial_ends(open_circuit: None) -> None:
    trial = make_denied_trial(operations=TWO_REGIONS)
    seen = check_region(trial)
    assert trial.denials == ["eu-central-1", "ended"]
    assert seen.endswith(f"4 images settled, the last in {REMOTE}")


def test_a_result_from_the_denied_region_fails(open_circuit: None) -> None:
    there = replace(SETTLED, results={"labels": replace(DONE, region="eu-central-1")})
    trial = make_denied_trial(operations=TWO_REGIONS, statuses=[there])
    assert "in eu-central-1" in fails(lambda one: check_region(cast(FakeAcceptanceTrial, one)), trial)


def test_an_operation_that_was_not_refused_yet_may_still_use_the_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_checks, "POLL_INTERVAL_S", 0.001)
    monkeypatch.setattr(region_checks, "find_open_circuits", lambda *_: frozenset({"labels"}))
    faces = replace(DONE, operation="faces", region="eu-central-1")
    both = replace(SETTLED, results={"labels": DONE, "faces": faces})
    operations = {"labels": TWO_REGIONS["labels"], "faces": TWO_REGIONS["labels"]}
    trial = make_denied_trial(operations=operations, statuses=[both])
    assert check_region(trial).endswith(f"the last in {REMOTE}")


def test_images_of_a_single_region_settle_after_the_denial(open_circuit: None) -> None:
    assert "labels waited, and all 4 images settled" in check_region(make_denied_trial())


def test_a_circuit_that_stays_closed_fails_and_the_denial_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_checks, "find_open_circuits", lambda *_: frozenset())
    trial = make_denied_trial()
    seen = fails(lambda one: check_region(cast(FakeAcceptanceTrial, one)), trial)
    assert "closed after 40 images" in seen
    assert trial.denials == [REMOTE, "ended"]


@pytest.mark.parametrize(
    ("claims", "calls"), [({KEY: ClaimRecord([ATTEMPT], unpaid=1)}, []), ({KEY: ClaimRecord([ATTEMPT])}, [CALL])]
)
def test_a_call_for_a_duplicate_fails(
    monkeypatch: pytest.MonkeyPatch, claims: dict[ResultKey, ClaimRecord], calls: list[RekognitionCall]
) -> None:
    def add_call(trial: FakeAcceptanceTrial, _: object) -> int:
        trial.claims, trial.calls = claims, calls
        return 1

    monkeypatch.setattr(duplicate_checks, "send_work_again", add_call)
    monkeypatch.setattr(duplicate_checks, "wait_until_quiet", lambda _: None)
    assert "Expected: no more calls" in fails(duplicate_checks.check_duplicates, FakeAcceptanceTrial(), show)


def test_a_duplicate_without_a_call_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicate_checks, "send_work_again", lambda *_: 1)
    monkeypatch.setattr(duplicate_checks, "wait_until_quiet", lambda _: None)
    trial = cast(AcceptanceTrial, FakeAcceptanceTrial())
    assert duplicate_checks.check_duplicates(trial, show) == "2 uploads and 1 messages repeated: no call"


def test_a_duplicate_that_becomes_another_image_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(SETTLED, image_id=ImageId("other"))
    trial = FakeAcceptanceTrial()
    monkeypatch.setattr(
        trial, "load_statuses", lambda samples: [SETTLED] if len(list(samples)) == 1 else [SETTLED, other]
    )
    assert "another image id" in fails(duplicate_checks.check_duplicates, trial, show)


def test_without_an_analysed_image_duplicates_are_not_tried() -> None:
    with pytest.raises(StepNotTried):
        duplicate_checks.check_duplicates(cast(AcceptanceTrial, FakeAcceptanceTrial(analysed=[])), show)


def test_an_api_that_is_not_healthy_fails_with_its_response() -> None:
    with pytest.raises(StepFailed, match=r"Seen: 403 .*Forbidden"):
        wait_for_health(lambda: ApiResponse(403, {}, b'{"message":"Forbidden"}'), timeout_s=0)


def test_a_health_that_comes_after_a_while_is_waited_for() -> None:
    responses = [ApiResponse(403, {}, b"{}"), ApiResponse(200, {}, b'{"status":"ok"}')]
    assert wait_for_health(lambda: responses.pop(0)).status == 200


@dataclass
class FakeIam:
    """IAM's inline policies of roles, and Lambda's configuration of ANALYZE."""

    policies: dict[tuple[str, str], str] = field(default_factory=dict)

    def get_function_configuration(self, FunctionName: str) -> dict[str, str]:
        return {"Role": f"arn:aws:iam::123456789012:role/team/{FunctionName}-role"}

    def put_role_policy(self, RoleName: str, PolicyName: str, PolicyDocument: str) -> None:
        self.policies[RoleName, PolicyName] = PolicyDocument

    def delete_role_policy(self, RoleName: str, PolicyName: str) -> None:
        if self.policies.pop((RoleName, PolicyName), None) is None:
            raise ClientError({"Error": {"Code": "NoSuchEntity", "Message": "no such policy"}}, "DeleteRolePolicy")


def test_the_policy_denies_rekognition_in_one_region_to_analyze_only_and_goes_again() -> None:
    iam = FakeIam()
    output = {"regions": {"home": HOME}, "functions": {"analyze": "x-analyze"}}
    denial = PolicyDenial(Deployment(output, lambda *_: iam))
    denial.deny("eu-central-1")
    assert iam.policies == {
        ("x-analyze-role", POLICY_NAME): '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", '
        '"Action": "rekognition:*", "Resource": "*", "Condition": {"StringEquals": '
        '{"aws:RequestedRegion": "eu-central-1"}}}]}'
    }
    for _ in range(2):
        denial.allow()
    assert iam.policies == {}


def test_samples_are_images_and_each_seed_makes_another_one() -> None:
    assert make_sample("a") == make_sample("a") != make_sample("b")
    image = Image.open(BytesIO(make_sample("a")))
    image.load()
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (320, 240))
    assert len(image.getcolors(100_000) or []) > 5
    assert len({zlib.crc32(make_sample(str(number))) for number in range(50)}) == 50
