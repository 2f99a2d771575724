"""Reads one region's Rekognition quotas from Service Quotas."""

import re
from typing import Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from rekbridge.support.aws_errors import (
    ACCESS_DENIED_CODES,
    EXPIRED_CREDENTIALS_CODES,
    UNKNOWN_CREDENTIALS_CODES,
    get_error_code,
)

SERVICE_CODE = "rekognition"
# Names vary: "… the Amazon Rekognition Image operation DetectText", "… Rekognition operation: SearchUsers".
QUOTA_NAME = re.compile(r"Transactions per second per account for .*\boperation:? (\w+)")
# Defaults first, then the account's own values, which override them. The second list has only quotas that AWS changed.
LIST_ACTIONS = {
    "list_aws_default_service_quotas": "ListAWSDefaultServiceQuotas",
    "list_service_quotas": "ListServiceQuotas",
}
REGION_NOT_ENABLED_CODES = UNKNOWN_CREDENTIALS_CODES | {"OptInRequired"}


class QuotaReadError(Exception):
    """One region's quotas could not be read. The message says why and what to do."""


def fetch_quotas(client: Any, region: str) -> dict[str, float]:
    """Fetch calls per second by action.

    Raises QuotaReadError for a problem of this region, and botocore's errors for a problem of all regions.
    """
    tps_by_action: dict[str, float] = {}
    for method, action in LIST_ACTIONS.items():
        try:
            for page in client.get_paginator(method).paginate(ServiceCode=SERVICE_CODE):
                tps_by_action |= {
                    match[1]: row["Value"]
                    for row in page["Quotas"]
                    if (match := QUOTA_NAME.fullmatch(row["QuotaName"]))
                }
        except ClientError as error:
            if get_error_code(error) in EXPIRED_CREDENTIALS_CODES:
                raise
            raise QuotaReadError(describe_error(error, region, action)) from error
        except (ConnectionError, HTTPClientError) as error:
            raise QuotaReadError(f"{region}: Service Quotas cannot be reached: {error}") from error
    return tps_by_action


def describe_error(error: ClientError, region: str, action: str) -> str:
    """Say why AWS refused and what to do."""
    error_code = get_error_code(error)
    if error_code in ACCESS_DENIED_CODES:
        return f"{region}: access denied. Your role needs servicequotas:{action} in this region."
    if error_code in REGION_NOT_ENABLED_CODES:
        return (
            f"{region}: not enabled for this account, or the credentials are not valid in this region ({error_code})."
        )
    if error_code == "NoSuchResourceException":
        return f"{region}: Service Quotas has no quotas for Rekognition in this region."
    return f"{region}: {error}"
