"""Checks of the functions: where they run, and to which regions they may send; and of the secret of the ids."""

import zlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from rekbridge_lambda.config import load_operations
from rekbridge_lambda.domain.errors import UnknownOperation

from rekbridge.residency.audit.subject import REDEPLOY, AuditSubject
from rekbridge.residency.audit.verdicts import AuditJudgement, Check, Status, expect, expect_none

# The functions that call Rekognition, or decide where it is called.
SENDERS = {"analyze", "api", "bridge", "ingest", "sweep"}


def create_checks(subject: AuditSubject) -> Iterator[Check]:
    """One reading of each function; of INGEST, which has it, also the secret."""
    for role, name in sorted(subject.deployed.outputs["functions"].items()):
        names: tuple[str, ...] = ("function-region", "function-encryption")
        if role in SENDERS:
            names += ("function-regions",)
        yield Check(names, name, subject.home, partial(judge_function, subject, role, name))
    ingest = subject.deployed.outputs["functions"]["ingest"]
    yield Check(("secret-replicas",), "secret of the ids", subject.home, partial(judge_secret, subject, ingest))


def judge_function(subject: AuditSubject, role: str, name: str) -> Iterator[AuditJudgement]:
    """At home, its environment encrypted as expected, and no region that may not get an image."""
    function = _read_function(subject, name)
    region = function["FunctionArn"].split(":")[3]
    yield expect(region == subject.home, f"in {region}", f"It must be in {subject.home}.")
    key, expected = function.get("KMSKeyArn"), subject.get_key(subject.home)
    yield expect(
        (key or None) == expected,
        f"its environment is encrypted with {key or 'a key of Lambda'}",
        f"Expected: {expected or 'a key of Lambda'}. {REDEPLOY}",
    )
    if role in SENDERS:
        yield judge_regions(subject, function["Environment"]["Variables"])


def judge_regions(subject: AuditSubject, environment: Mapping[str, str]) -> AuditJudgement:
    """Every region in the environment of a function is allowed."""
    try:
        operations = load_operations(environment["OPERATIONS"])
    except (KeyError, TypeError, ValueError, zlib.error, UnknownOperation) as error:
        return AuditJudgement(Status.FAILED, f"OPERATIONS in its environment cannot be read ({error!r})", REDEPLOY)
    regions = {region for operation in operations.values() for region in operation.regions}
    if remote := environment.get("REMOTE_REGION"):
        regions.add(remote)
    forbidden = sorted(regions - subject.allowed_regions)
    return expect_none(
        [f"may send to {region}, which allowed_regions does not have" for region in forbidden],
        f"sends to {', '.join(sorted(regions)) or 'no region'}",
        REDEPLOY,
    )


def judge_secret(subject: AuditSubject, ingest: str) -> Iterator[AuditJudgement]:
    """The secret is not replicated: with it, ids abroad could be computed."""
    secret = _read_function(subject, ingest)["Environment"]["Variables"]["IDS_SECRET"]
    answer = subject.client("secretsmanager", subject.home).describe_secret(SecretId=secret)
    replicas = [row["Region"] for row in answer.get("ReplicationStatus", [])]
    yield expect_none(
        [f"replicated to {region}" for region in replicas],
        f"{answer['Name']}, no replicas",
        f"aws secretsmanager remove-regions-from-replication --secret-id {secret} --region {subject.home} "
        f"--remove-replica-regions {' '.join(replicas)}",
    )


def _read_function(subject: AuditSubject, name: str) -> dict[str, Any]:
    function: dict[str, Any] = subject.client("lambda", subject.home).get_function_configuration(FunctionName=name)
    return function
