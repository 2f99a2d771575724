"""The claims table: one row per result, with its lease and every attempt to get it."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from botocore.exceptions import ClientError

from rekbridge_lambda.adapters.aws import get_error_code, map_aws_errors
from rekbridge_lambda.adapters.dynamodb.items import deserialize, serialize
from rekbridge_lambda.domain.claims import MAX_ATTEMPTS, Attempt, Claim, Outcome
from rekbridge_lambda.domain.errors import ClaimHeld, OutOfAttempts
from rekbridge_lambda.domain.ids import ResultKey

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


# The lease is still held by this claim.
LEASE_HELD = "lease_until = :until"
RECORD_OUTCOME = "SET attempts[{0.attempt_index}] = :attempt REMOVE lease_until"
# There may be thousands of throttles: the last is kept, all are counted, none is one of the five attempts.
RECORD_UNPAID = (
    "SET last_unpaid = :attempt, unpaid = if_not_exists(unpaid, :zero) + :one "
    "REMOVE attempts[{0.attempt_index}], lease_until"
)
REMOVE_ATTEMPT = "REMOVE attempts[{0.attempt_index}], lease_until"
# The lease has expired and another attempt may hold it: only this attempt's own entry may be completed.
RECORD_LATE = "SET attempts[{0.attempt_index}] = :attempt"
ATTEMPT_OPEN = "attempts[{0.attempt_index}].#at = :at AND attribute_not_exists(attempts[{0.attempt_index}].outcome)"


class ClaimsTable:
    """Leases by one conditional write, which records the attempt too."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self.dynamodb, self.table = dynamodb, table

    def claim(self, result_key: ResultKey, attempt: Attempt, lease_until: int) -> Claim:
        """Lease the right to pay for a result. Raises ClaimHeld or OutOfAttempts."""
        values = {
            ":until": lease_until,
            ":now": attempt.at,
            ":attempt": [asdict(attempt)],
            ":none": [],
            ":max": MAX_ATTEMPTS,
            ":mine": uuid4().hex,
        }
        try:
            with map_aws_errors():
                response = self.dynamodb.update_item(
                    TableName=self.table,
                    Key=serialize(make_claim_key(result_key)),
                    UpdateExpression="SET lease_until = :until, claimed_by = :mine, "
                    "attempts = list_append(if_not_exists(attempts, :none), :attempt)",
                    ConditionExpression="(attribute_not_exists(lease_until) OR lease_until < :now) "
                    "AND (attribute_not_exists(attempts) OR size(attempts) < :max)",
                    ExpressionAttributeValues=serialize(values),
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if get_error_code(error) != "ConditionalCheckFailedException":
                raise
            row = deserialize(cast("dict[str, Any]", error.response)["Item"])
            # When DynamoDB's response is lost, botocore repeats the write, which then finds its own lease.
            if row.get("claimed_by") != values[":mine"]:
                raise explain_refusal(row, attempt.at) from error
        else:
            row = deserialize(response["Attributes"])
        return Claim(result_key, attempt, attempt_index=len(row["attempts"]) - 1, lease_until=lease_until)

    def complete(self, claim: Claim, outcome: Outcome, detail: str) -> None:
        """Record the outcome and release the lease; a lease that expired belongs to the next attempt, and stays."""
        attempt = asdict(claim.attempt) | {"outcome": outcome, "detail": detail[:500]}
        values = {":until": claim.lease_until, ":attempt": attempt}
        if outcome == "unpaid":
            recorded = self.update_if(claim, RECORD_UNPAID, LEASE_HELD, values | {":zero": 0, ":one": 1})
        else:
            recorded = self.update_if(claim, RECORD_OUTCOME, LEASE_HELD, values)
        if not recorded:
            late = {":attempt": attempt, ":at": claim.attempt.at}
            self.update_if(claim, RECORD_LATE, ATTEMPT_OPEN, late, {"#at": "at"})

    def release(self, claim: Claim) -> None:
        """Release the lease and remove its attempt: nothing was called."""
        self.update_if(claim, REMOVE_ATTEMPT, LEASE_HELD, {":until": claim.lease_until})

    def update_if(
        self, claim: Claim, expression: str, condition: str, values: dict[str, Any], names: dict[str, str] | None = None
    ) -> bool:
        """Change a result's row; False when the condition does not hold."""
        optional = {"ExpressionAttributeNames": names} if names else {}
        try:
            with map_aws_errors():
                self.dynamodb.update_item(
                    TableName=self.table,
                    Key=serialize(make_claim_key(claim.result_key)),
                    UpdateExpression=expression.format(claim),
                    ConditionExpression=condition.format(claim),
                    ExpressionAttributeValues=serialize(values),
                    **optional,  # type: ignore[arg-type]
                )
        except ClientError as error:
            if get_error_code(error) != "ConditionalCheckFailedException":
                raise
            return False
        return True


def make_claim_key(result_key: ResultKey) -> dict[str, str]:
    """The row of one result."""
    return {"pk": result_key}


def explain_refusal(row: dict[str, Any], now: int) -> ClaimHeld | OutOfAttempts:
    """Why a claim was not granted."""
    wait = int(row.get("lease_until", 0)) - now
    if wait >= 0:
        return ClaimHeld("another worker holds the lease for this result", retry_in=wait / 1000 + 1)
    details = [attempt.get("detail") or "stopped before an answer" for attempt in row.get("attempts", [])]
    return OutOfAttempts(f"{len(details)} attempts: {'; '.join(details)}")
