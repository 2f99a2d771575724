"""LocalStack without Docker: its parts on their own, and one real LocalStack for the tests that need it.

Collected only when this folder is named (`make test-localstack`): the first run fetches LocalStack.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import boto3
import pytest
from botocore.config import Config
from rekbridge.emulator.localstack import parts
from rekbridge_lambda.adapters.aws import PATIENCE

from tests.builders import HOME
from tests.localstack.running import LocalStack, dynamodb_port, started

HERE = Path(__file__).parent
# The plugin is installed where LocalStack is; what of it knows nothing of LocalStack is tested right here.
sys.path.append(str(parts.PLUGIN))

type MakeCode = Callable[[str], Path]


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    named = [(config.invocation_params.dir / argument.split("::")[0]).resolve() for argument in config.args]
    return None if any(path.is_relative_to(HERE) for path in named) else True


@pytest.fixture(scope="session")
def lambda_python() -> Path:
    return parts.RUNTIME.ensure()


@pytest.fixture(scope="session")
def installed() -> None:
    parts.ensure()


@pytest.fixture(scope="session")
def localstack(installed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    with started(tmp_path_factory.mktemp("localstack")) as running:
        yield running


@pytest.fixture(scope="session")
def dynamodb_local(localstack: LocalStack) -> Any:
    """A client of the DynamoDB Local that LocalStack runs, past LocalStack: what is fast enough for many workers."""
    # It is started by the first request.
    localstack.client("dynamodb").list_tables()
    return boto3.client(
        "dynamodb",
        region_name=HOME,
        endpoint_url=f"http://127.0.0.1:{dynamodb_port(localstack.process.pid)}",
        aws_access_key_id="contracts",
        aws_secret_access_key="contracts",
        config=PATIENCE.merge(Config(max_pool_connections=100)),
    )


@pytest.fixture
def code(tmp_path: Path) -> MakeCode:
    """Writes a function's one module, `app`, and gives its folder."""

    def write(source: str) -> Path:
        folder = tmp_path / "code"
        folder.mkdir(exist_ok=True)
        (folder / "app.py").write_text(dedent(source))
        return folder

    return write
