"""AWS in this process (moto) for the adapters; tests/fakes.py has what has to behave like them."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.contract.cloud import Cloud


@pytest.fixture(scope="session")
def region() -> Iterator[Cloud]:
    with mock_aws():
        yield Cloud()


@pytest.fixture
def cloud(region: Cloud) -> Iterator[Cloud]:
    yield region
    region.forget_tables()
