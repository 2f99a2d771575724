"""Service Quotas of one region: calls a second of each Rekognition action."""

import re
from typing import Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from rekbridge.support.aws_errors import DENIED, EXPIRED, UNKNOWN, code

SERVICE = "rekognition"
# "… for the Amazon Rekognition Image operation DetectText", "… Rekognition operation: SearchUsers", and others between.
NAME = re.compile(r"Transactions per second per account for .*\boperation:? (\w+)")
# The applied ones come last, and count: AWS lists a quota there only when it has a value of this account's own.
LISTS = {
    "list_aws_default_service_quotas": "ListAWSDefaultServiceQuotas",
    "list_service_quotas": "ListServiceQuotas",
}
NOT_ENABLED = UNKNOWN | {"OptInRequired"}


class Unread(Exception):
    """One region's quotas could not be read; the text says why and what would help."""


def quotas(client: Any, region: str) -> dict[str, float]:
    """Calls a second by action. Raises Unread; botocore's errors where no other region would do better."""
    found: dict[str, float] = {}
    for method, action in LISTS.items():
        try:
            for page in client.get_paginator(method).paginate(ServiceCode=SERVICE):
                found |= {
                    named[1]: row["Value"] for row in page["Quotas"] if (named := NAME.fullmatch(row["QuotaName"]))
                }
        except ClientError as error:
            if code(error) in EXPIRED:
                raise
            raise Unread(told(error, region, action)) from error
        except (ConnectionError, HTTPClientError) as error:
            raise Unread(f"{region}: Service Quotas cannot be reached: {error}") from error
    return found


def told(error: ClientError, region: str, action: str) -> str:
    """Why AWS did not answer, and what would help."""
    why = code(error)
    if why in DENIED:
        return f"{region}: denied. Your role needs servicequotas:{action} there."
    if why in NOT_ENABLED:
        return f"{region}: the region is not enabled for this account, or the credentials are not valid there ({why})."
    if why == "NoSuchResourceException":
        return f"{region}: Service Quotas knows no Rekognition there."
    return f"{region}: {error}"
