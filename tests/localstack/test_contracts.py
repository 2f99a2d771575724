"""The contracts of the pace and of the ledger (tests/contract), kept by DynamoDB Local itself as they are by moto."""

from collections.abc import Iterator
from typing import Any

import pytest
from rekbridge_lambda.rate_limiting.table import PaceTable

from tests.contract.cloud import Cloud
from tests.contract.test_ledger import *  # noqa: F403
from tests.contract.test_ledger import Shown, tabled
from tests.contract.test_pace import *  # noqa: F403


@pytest.fixture
def cloud(dynamodb_local: Any) -> Iterator[Cloud]:
    cloud = Cloud({"dynamodb": dynamodb_local})
    yield cloud
    cloud.forget_tables()


# In place of those of the same names, which are also of the fakes.
@pytest.fixture  # type: ignore[no-redef]
def store(cloud: Cloud) -> PaceTable:
    return PaceTable(cloud.client("dynamodb"), cloud.pace())


@pytest.fixture  # type: ignore[no-redef]
def shown(cloud: Cloud) -> Shown:
    return tabled(cloud)
