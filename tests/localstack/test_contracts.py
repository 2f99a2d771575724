"""The contract tests of the rate limit table and of the claims table (tests/contract), run on DynamoDB Local."""

from collections.abc import Iterator
from typing import Any

import pytest
from rekbridge_lambda.rate_limiting.table import RateLimitTable

from tests.contract.cloud import Cloud
from tests.contract.test_claims import *  # noqa: F403
from tests.contract.test_claims import ClaimStoreUnderTest, create_dynamodb_claims
from tests.contract.test_rate_limit_table import *  # noqa: F403


@pytest.fixture
def cloud(dynamodb_local: Any) -> Iterator[Cloud]:
    cloud = Cloud({"dynamodb": dynamodb_local})
    yield cloud
    cloud.delete_tables()


# These replace the imported fixtures of the same names, which also yield the fakes.
@pytest.fixture  # type: ignore[no-redef]
def store(cloud: Cloud) -> RateLimitTable:
    return RateLimitTable(cloud.client("dynamodb"), cloud.create_rate_limit_table())


@pytest.fixture  # type: ignore[no-redef]
def subject(cloud: Cloud) -> ClaimStoreUnderTest:
    return create_dynamodb_claims(cloud)
