"""The ledger table: one row per result, its lease and every attempt to get it."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from botocore.exceptions import ClientError

from rekbridge_lambda.adapters.aws import code_of, translated
from rekbridge_lambda.adapters.dynamodb.items import plain, typed
from rekbridge_lambda.domain.claims import MOST_ATTEMPTS, Attempt, Claim, Outcome
from rekbridge_lambda.domain.errors import ClaimHeld, OutOfAttempts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


# The lease is still this claim's.
HELD = "lease_until = :until"
PAID = "SET attempts[{0.number}] = :ended REMOVE lease_until"
# Throttles may come by the thousand: the last is kept, all are counted, none is one of the five attempts.
UNPAID = (
    "SET last_unpaid = :ended, unpaid = if_not_exists(unpaid, :zero) + :one REMOVE attempts[{0.number}], lease_until"
)
UNUSED = "REMOVE attempts[{0.number}], lease_until"
# The lease ran out and another attempt may hold it: only this attempt's own entry is ours to complete.
LATE = "SET attempts[{0.number}] = :ended"
STILL_OPEN = "attempts[{0.number}].#at = :at AND attribute_not_exists(attempts[{0.number}].outcome)"


class LedgerTable:
    """Leases by one conditional write, which is the record of the attempt too."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self.dynamodb, self.table = dynamodb, table

    def claim(self, result: str, attempt: Attempt, until: int) -> Claim:
        """Lease the right to pay for a result. Raises ClaimHeld or OutOfAttempts."""
        values = {
            ":until": until,
            ":now": attempt.at,
            ":attempt": [asdict(attempt)],
            ":none": [],
            ":most": MOST_ATTEMPTS,
            ":mine": uuid4().hex,
        }
        try:
            with translated():
                answer = self.dynamodb.update_item(
                    TableName=self.table,
                    Key=typed({"pk": result}),
                    UpdateExpression="SET lease_until = :until, claimed_by = :mine, "
                    "attempts = list_append(if_not_exists(attempts, :none), :attempt)",
                    ConditionExpression="(attribute_not_exists(lease_until) OR lease_until < :now) "
                    "AND (attribute_not_exists(attempts) OR size(attempts) < :most)",
                    ExpressionAttributeValues=typed(values),
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            row = plain(cast("dict[str, Any]", error.response)["Item"])
            # When DynamoDB's answer is lost on its way, botocore asks again, and finds its own lease.
            if row.get("claimed_by") != values[":mine"]:
                raise refusal(row, attempt.at) from error
        else:
            row = plain(answer["Attributes"])
        return Claim(result, attempt, number=len(row["attempts"]) - 1, until=until)

    def settle(self, claim: Claim, outcome: Outcome, detail: str) -> None:
        """Write the outcome down and give the lease back; one that ran out is the next attempt's, and stays."""
        ended = asdict(claim.attempt) | {"outcome": outcome, "detail": detail[:500]}
        mine = {":until": claim.until, ":ended": ended}
        if outcome == "unpaid":
            settled = self.change(claim, UNPAID, HELD, mine | {":zero": 0, ":one": 1})
        else:
            settled = self.change(claim, PAID, HELD, mine)
        if not settled:
            self.change(claim, LATE, STILL_OPEN, {":ended": ended, ":at": claim.attempt.at}, {"#at": "at"})

    def release(self, claim: Claim) -> None:
        """Give the lease back as if it had never been: nothing was called."""
        self.change(claim, UNUSED, HELD, {":until": claim.until})

    def change(
        self, claim: Claim, expression: str, condition: str, values: dict[str, Any], names: dict[str, str] | None = None
    ) -> bool:
        """Change a result's row; false when the condition does not hold."""
        named = {"ExpressionAttributeNames": names} if names else {}
        try:
            with translated():
                self.dynamodb.update_item(
                    TableName=self.table,
                    Key=typed({"pk": claim.result}),
                    UpdateExpression=expression.format(claim),
                    ConditionExpression=condition.format(claim),
                    ExpressionAttributeValues=typed(values),
                    **named,  # type: ignore[arg-type]
                )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return False
        return True


def refusal(row: dict[str, Any], now: int) -> ClaimHeld | OutOfAttempts:
    """Why a claim was not granted."""
    wait = int(row.get("lease_until", 0)) - now
    if wait >= 0:
        return ClaimHeld("another worker is at this result", retry_in=wait / 1000 + 1)
    tried = [attempt.get("detail") or "stopped before an answer" for attempt in row.get("attempts", [])]
    return OutOfAttempts(f"{len(tried)} attempts: {'; '.join(tried)}")
