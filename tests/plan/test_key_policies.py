"""Everyone who must use a key of the organisation is in the statements that the output required_key_policies gives."""

import json
import re
from collections.abc import Iterator

import pytest
from rekbridge.deploy.deployer_policy import render_policies
from rekbridge.support import paths

from tests.plan.conftest import FUNCTIONS
from tests.plan.terraform_plan import PlannedResource, PlanObject, TerraformPlan
from tests.plan.test_organisation import KEYS

KEY_ROLES = {"aws.home": "home", "aws.secrets": "home", "aws.remote": "remote"}
REGIONS = {"home": "eu-west-3", "remote": "eu-west-1"}
# What a service does with the key when it sends (SQS and SNS Developer Guides, "Key management").
SENDING_ACTIONS = {"kms:GenerateDataKey", "kms:Decrypt"}
# Services that use the key of what they store with the permissions of their caller.
KEY_SERVICES = {"dynamodb", "s3", "secretsmanager", "sqs"}


def find_statements(plan: TerraformPlan, key: str) -> list[PlanObject]:
    """The statements for the key of home or remote."""
    return list(json.loads(plan.outputs["required_key_policies"][key]))


def as_list(value: str | list[str]) -> list[str]:
    """Like IAM, which takes one value for a list of one."""
    return value if isinstance(value, list) else [value]


def find_senders(resource: PlannedResource) -> Iterator[str]:
    """The AWS services that a queue's or topic's policy admits."""
    for statement in resource.parse_policy():
        if statement["Effect"] == "Allow" and "Service" in statement["Principal"]:
            yield from as_list(statement["Principal"]["Service"])


def find_admitted(plan: TerraformPlan, key: str, context: str) -> set[tuple[str, str]]:
    """Service and ARN of each queue, topic or log group for which the service may use the key."""
    return {
        (statement["Principal"]["Service"], arn)
        for statement in find_statements(plan, key)
        if (arns := statement["Condition"].get("ArnEquals", {}).get(f"kms:EncryptionContext:aws:{context}"))
        and set(statement["Action"]) >= SENDING_ACTIONS
        for arn in arns
    }


def find_key_uses(plan: TerraformPlan, function: str) -> dict[str, PlanObject]:
    """The statements about keys in a function's role, by the key's ARN."""
    statements = plan.get(f"module.home.module.{function}.aws_iam_role_policy.this").parse_policy()
    return {one["Resource"][0]: one for one in statements if one["Action"][0].startswith("kms:")}


def find_role_arn(plan: TerraformPlan, function: str) -> str:
    role = plan.get(f"module.home.module.{function}.aws_iam_role.this").values
    return f"arn:aws:iam::123456789012:role{role['path']}{role['name']}"


def find_functions_statement(plan: TerraformPlan, key: str) -> PlanObject:
    (statement,) = [one for one in find_statements(plan, key) if one["Sid"] == "RekbridgeFunctions"]
    return statement


def test_every_service_that_sends_to_a_queue_may_use_its_key(organisation_plan: TerraformPlan) -> None:
    senders = 0
    for queue in organisation_plan.find_all("aws_sqs_queue"):
        key = KEY_ROLES[queue.provider]
        arn = f"arn:aws:sqs:{REGIONS[key]}:123456789012:{queue.values['name']}"
        for service in find_senders(queue):
            senders += 1
            assert (service, arn) in find_admitted(organisation_plan, key, "sqs:arn"), queue.address
    # S3 to uploads, SNS to the bridge and to its DLQ, EventBridge to SWEEP's DLQ and to those of two sinks.
    assert senders == 6


def test_every_service_that_publishes_to_a_topic_may_use_its_key(organisation_plan: TerraformPlan) -> None:
    (policy,) = organisation_plan.find_all("aws_sns_topic_policy")
    topic = ("s3.amazonaws.com", "arn:aws:sns:eu-west-1:123456789012:rekbridge-events")
    assert list(find_senders(policy)) == ["s3.amazonaws.com"]
    assert topic in find_admitted(organisation_plan, "remote", "sns:topicArn")


def test_the_statements_admit_no_service_that_sends_nothing(organisation_plan: TerraformPlan) -> None:
    for key, region in REGIONS.items():
        queues = {
            (service, f"arn:aws:sqs:{region}:123456789012:{queue.values['name']}")
            for queue in organisation_plan.find_all("aws_sqs_queue")
            if KEY_ROLES[queue.provider] == key
            for service in find_senders(queue)
        }
        assert find_admitted(organisation_plan, key, "sqs:arn") == queues


def test_eventbridge_sends_to_queues_without_a_condition_on_its_account(organisation_plan: TerraformPlan) -> None:
    """EventBridge gives KMS no aws:SourceAccount for a queue or topic: with the condition, nothing would arrive."""
    statements = find_statements(organisation_plan, "home")
    (to_queues,) = [one for one in statements if one["Sid"] == "RekbridgeQueuesEvents"]
    assert list(to_queues["Condition"]) == ["ArnEquals"]


def test_cloudwatch_logs_may_use_the_key_for_every_log_group(organisation_plan: TerraformPlan) -> None:
    (statement,) = [one for one in find_statements(organisation_plan, "home") if one["Sid"] == "RekbridgeLogs"]
    names = {group.values["name"] for group in organisation_plan.find_all("aws_cloudwatch_log_group")}
    arns = {f"arn:aws:logs:eu-west-3:123456789012:log-group:{name}" for name in names}
    assert set(statement["Condition"]["ArnEquals"]["kms:EncryptionContext:aws:logs:arn"]) == arns
    assert statement["Principal"] == {"Service": "logs.eu-west-3.amazonaws.com"}


def test_eventbridge_may_use_the_key_for_the_bus(organisation_plan: TerraformPlan) -> None:
    (bus,) = organisation_plan.find_all("aws_cloudwatch_event_bus")
    (statement,) = [one for one in find_statements(organisation_plan, "home") if one["Sid"] == "RekbridgeEventBus"]
    arn = f"arn:aws:events:eu-west-3:123456789012:event-bus/{bus.values['name']}"
    assert statement["Condition"]["StringEquals"]["aws:SourceArn"] == arn


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_may_use_the_key_of_home_through_what_it_calls(
    organisation_plan: TerraformPlan, function: str
) -> None:
    statements = organisation_plan.get(f"module.home.module.{function}.aws_iam_role_policy.this").parse_policy()
    called = {action.partition(":")[0] for one in statements for action in one["Action"]} & KEY_SERVICES
    use = find_key_uses(organisation_plan, function)[KEYS["aws.home"]]
    services = {f"{service}.eu-west-3.amazonaws.com" for service in called | {"lambda"}}
    assert set(use["Condition"]["StringEquals"]["kms:ViaService"]) == services
    in_key = find_functions_statement(organisation_plan, "home")["Condition"]
    assert services <= set(in_key["StringEquals"]["kms:ViaService"])
    assert find_role_arn(organisation_plan, function) in in_key["ArnEquals"]["aws:PrincipalArn"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_exactly_who_reads_or_writes_staged_copies_may_use_their_key(
    organisation_plan: TerraformPlan, function: str
) -> None:
    statements = organisation_plan.get(f"module.home.module.{function}.aws_iam_role_policy.this").parse_policy()
    uses_copies = any(
        {"s3:GetObject", "s3:PutObject"} & set(one["Action"]) and "-staging-" in one["Resource"][0]
        for one in statements
    )
    use = find_key_uses(organisation_plan, function).get(KEYS["aws.remote"])
    in_key = find_functions_statement(organisation_plan, "remote")["Condition"]
    assert bool(use) == uses_copies
    assert (find_role_arn(organisation_plan, function) in in_key["ArnEquals"]["aws:PrincipalArn"]) == uses_copies
    if use:
        assert use["Condition"]["StringEquals"]["kms:ViaService"] == ["s3.eu-west-1.amazonaws.com"]
        assert in_key["StringEquals"]["kms:ViaService"] == ["s3.eu-west-1.amazonaws.com"]


def test_the_key_and_the_deployers_policy_allow_the_same(organisation_plan: TerraformPlan) -> None:
    (in_key,) = [one for one in find_statements(organisation_plan, "home") if one["Sid"] == "RekbridgeDeployment"]
    options = json.loads(dict(render_policies(REGIONS))["deployer-policy-options.json"])["Statement"]
    use, grant = [one for one in options if one["Sid"] in {"UseOwnKeys", "GrantOwnKeysToServices"}]
    assert {*use["Action"], *grant["Action"]} == set(in_key["Action"])
    assert use["Condition"] == in_key["Condition"]


def test_no_principal_has_to_exist_before_the_deployment(organisation_plan: TerraformPlan) -> None:
    """KMS rejects a policy that names a role which does not exist: roles are in conditions only."""
    for key in REGIONS:
        for statement in find_statements(organisation_plan, key):
            assert statement["Principal"].get("AWS", "arn:aws:iam::123456789012:root").endswith(":root")


def test_every_statement_has_a_condition_and_a_sid_of_its_own(organisation_plan: TerraformPlan) -> None:
    for key in REGIONS:
        statements = find_statements(organisation_plan, key)
        assert all(statement["Condition"] for statement in statements)
        assert len({statement["Sid"] for statement in statements}) == len(statements)


def test_the_statements_fit_into_a_key_policy(largest_plan: TerraformPlan) -> None:
    """KMS allows 32 KB; the variables do not have to be set to read the statements."""
    for key in REGIONS:
        assert len(largest_plan.outputs["required_key_policies"][key]) < 16 * 1024


def test_the_docs_have_these_statements(organisation_plan: TerraformPlan) -> None:
    docs = (paths.ROOT / "docs" / "organisation.md").read_text()
    blocks = re.findall(r"```json\n(.*?)```", docs, re.DOTALL)
    assert [json.loads(block) for block in blocks] == [find_statements(organisation_plan, key) for key in REGIONS]
