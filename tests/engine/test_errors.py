"""Every error of the service model is reached, has AWS's shape, and is in the table of docs/engine.md."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError
from rekbridge_engine import protocol

from tests.engine import errors_table
from tests.engine.engine_process import OPERATIONS, RunningEngine, run_engine
from tests.engine.test_regions import serve_s3

ROWS = {row["action"]: row for row in OPERATIONS.values()}


@pytest.fixture(scope="module")
def engine_with_s3() -> Iterator[RunningEngine]:
    with serve_s3() as endpoint, run_engine("--control", "--workers", "1", "--s3-endpoint", endpoint) as engine:
        yield engine


@pytest.mark.parametrize(("action", "code"), list(errors_table.list_errors()))
def test_error_is_reached_with_the_shape_of_aws(engine_with_s3: RunningEngine, action: str, code: str) -> None:
    reach = errors_table.get_reach(action, code)
    engine_with_s3.reset()
    reach.prepare(engine_with_s3, action, code)
    client = engine_with_s3.create_client(reach.find_region(action))
    with pytest.raises(ClientError) as raised:
        client._make_api_call(action, reach.request(ROWS[action]))
    response: Mapping[str, Any] = raised.value.response
    assert type(raised.value) is client.exceptions.from_code(code)
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (
        code,
        errors_table.get_status(code),
    )
    # AWS sends no message with this one, and one with all others.
    assert bool(response["Error"]["Message"]) == (code != "AccessDeniedException" or reach.how.startswith("`"))
    members = protocol.find_error_shape(code).members
    assert {name: response[name] for name in members} == errors_table.MEMBERS.get(code, {})
    assert [call["answer"] for call in engine_with_s3.list_calls()][-1] == code


def test_table_in_the_documentation_is_the_one_that_is_reached() -> None:
    assert errors_table.read_table() == errors_table.build_table(), f"Run: {errors_table.COMMAND}"
