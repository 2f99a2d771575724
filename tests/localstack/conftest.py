"""LocalStack without Docker: its parts in isolation, and one real LocalStack for the tests that need it.

Collected only when this folder is named (`make test-localstack`): the first run downloads LocalStack.
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
from rekbridge_lambda.adapters.aws import DEFAULT

from tests.browser.chromium import PageServer, serve_page
from tests.builders import HOME
from tests.localstack.localstack_process import LocalStack, find_dynamodb_port, start_localstack

HERE = Path(__file__).parent
# The plugin is installed in LocalStack's environment. Its modules that do not import LocalStack are tested from here.
sys.path.append(str(parts.PLUGIN))

type MakeCode = Callable[[str], Path]


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    named = [(config.invocation_params.dir / argument.split("::")[0]).resolve() for argument in config.args]
    return None if any(path.is_relative_to(HERE) for path in named) else True


@pytest.fixture(scope="session")
def lambda_python() -> Path:
    return parts.RUNTIME.ensure()


@pytest.fixture(scope="session")
def localstack_installed() -> None:
    parts.ensure_installed()


@pytest.fixture(scope="session")
def own_page() -> Iterator[PageServer]:
    """The server of the only web page that may use the session's LocalStack."""
    with serve_page() as server:
        yield server


@pytest.fixture(scope="session")
def localstack(
    localstack_installed: None, own_page: PageServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalStack]:
    origins = {"EXTRA_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{own_page.server_port}"}
    with start_localstack(tmp_path_factory.mktemp("localstack"), **origins) as running:
        yield running


@pytest.fixture(scope="session")
def dynamodb_local(localstack: LocalStack) -> Any:
    """A client that calls LocalStack's DynamoDB Local directly: LocalStack in between is too slow for many workers."""
    # The first request starts it.
    localstack.client("dynamodb").list_tables()
    return boto3.client(
        "dynamodb",
        region_name=HOME,
        endpoint_url=f"http://127.0.0.1:{find_dynamodb_port(localstack.process.pid)}",
        aws_access_key_id="contracts",
        aws_secret_access_key="contracts",
        config=DEFAULT.merge(Config(max_pool_connections=100)),
    )


@pytest.fixture
def code(tmp_path: Path) -> MakeCode:
    """Writes a function's only module, `app`, and returns its folder."""

    def write(source: str) -> Path:
        folder = tmp_path / "code"
        folder.mkdir(exist_ok=True)
        (folder / "app.py").write_text(dedent(source))
        return folder

    return write
