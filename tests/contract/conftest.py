"""The adapters on AWS emulated by moto; most tests also run on the fakes of tests/fakes.py, which must behave alike."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.contract.cloud import Cloud
from tests.contract.deployed_pipeline import DeployedPipeline


@pytest.fixture(scope="session")
def moto_cloud() -> Iterator[Cloud]:
    with mock_aws():
        yield Cloud()


@pytest.fixture
def cloud(moto_cloud: Cloud) -> Iterator[Cloud]:
    yield moto_cloud
    moto_cloud.delete_tables()


@pytest.fixture
def pipeline(cloud: Cloud) -> Iterator[DeployedPipeline]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield DeployedPipeline(cloud, monkeypatch)
