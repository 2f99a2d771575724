"""LocalStack without Docker: its parts on their own, and one real LocalStack for the tests that need it.

Collected only when this folder is named (`make test-localstack`): the first run fetches LocalStack.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from rekbridge.cloud.localstack import parts

from tests.localstack.running import LocalStack, started

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


@pytest.fixture
def code(tmp_path: Path) -> MakeCode:
    """Writes a function's one module, `app`, and gives its folder."""

    def write(source: str) -> Path:
        folder = tmp_path / "code"
        folder.mkdir(exist_ok=True)
        (folder / "app.py").write_text(dedent(source))
        return folder

    return write
