"""Functions in a real LocalStack, as processes."""

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.localstack.localstack_process import (
    ENGINE_URL,
    LocalStack,
    is_alive,
    wait_for,
    wait_for_survivors,
    zip_source,
)

PID = "import os\ndef handler(event, context): return os.getpid()"
TOUCHING = """
    import os, time
    from pathlib import Path
    def handler(event, context):
        Path(os.environ["NOTES"], "began").touch()
        time.sleep(4)
"""
SLEEP = "import os, time\ndef handler(event, context): time.sleep(event); return os.getpid()"


def test_the_log_tail_of_an_invocation_has_its_output(localstack: LocalStack) -> None:
    verbose = localstack.create_function("def handler(event, context): print('hello')")
    response = localstack.client("lambda").invoke(FunctionName=verbose, LogType="Tail")
    assert "\nhello\nEND RequestId: " in base64.b64decode(response["LogResult"]).decode()


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def handler(event, context): print('hello')", "hello"),
        ("def handler(event, context): raise ValueError('no good')", "no good"),
        ("raise RuntimeError('not loaded')", "not loaded"),
    ],
)
def test_the_output_is_in_cloudwatch_logs(localstack: LocalStack, source: str, line: str) -> None:
    function = localstack.create_function(source)
    localstack.invoke(function)
    logs = localstack.client("logs")

    def is_logged() -> bool:
        groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{function}")["logGroups"]
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"] if groups else []
        return any(line in event["message"] for event in events)

    assert wait_for(is_logged, 10)


def test_concurrent_invocations_have_a_process_each(localstack: LocalStack) -> None:
    slow = localstack.create_function(SLEEP, Timeout=10)
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: localstack.invoke(slow, 1), range(4)))) == 4


def test_an_invocation_above_the_reserved_concurrency_is_refused(localstack: LocalStack, tmp_path: Path) -> None:
    slow = localstack.create_function(TOUCHING, Timeout=10, Environment={"Variables": {"NOTES": str(tmp_path)}})
    client = localstack.client("lambda")
    client.put_function_concurrency(FunctionName=slow, ReservedConcurrentExecutions=1)
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(localstack.invoke, slow)
        assert wait_for((tmp_path / "began").exists, 30)
        with pytest.raises(client.exceptions.TooManyRequestsException):
            client.invoke(FunctionName=slow)
        assert busy.result() is None


def test_a_function_can_be_used_again_after_a_timeout(localstack: LocalStack) -> None:
    # The timeout includes the start of a new process, also on a busy machine.
    slow = localstack.create_function(SLEEP, Timeout=4)
    assert localstack.invoke(slow, 60)["errorType"] == "Sandbox.Timedout"
    assert isinstance(localstack.invoke(slow, 0), int)


def test_a_function_gets_the_urls_of_localstack_and_of_the_rekognition(localstack: LocalStack) -> None:
    source = """
        import os
        def handler(event, context):
            return [os.environ["AWS_ENDPOINT_URL"], os.environ["AWS_ENDPOINT_URL_REKOGNITION"]]
    """
    assert localstack.invoke(localstack.create_function(source)) == [f"http://127.0.0.1:{localstack.port}", ENGINE_URL]


def test_after_a_code_update_the_new_code_runs_and_the_old_process_ends(localstack: LocalStack) -> None:
    function = localstack.create_function(PID)
    old = localstack.invoke(function)
    localstack.client("lambda").update_function_code(
        FunctionName=function, ZipFile=zip_source("def handler(event, context): return 'new'")
    )
    assert wait_for(lambda: localstack.invoke(function) == "new", 10)
    assert wait_for_survivors({old}) == set()


def test_the_process_of_a_deleted_function_ends(localstack: LocalStack) -> None:
    function = localstack.create_function(PID)
    process = localstack.invoke(function)
    assert is_alive(process)
    localstack.client("lambda").delete_function(FunctionName=function)
    assert wait_for_survivors({process}) == set()


def test_a_function_for_another_runtime_fails_with_a_reason(localstack: LocalStack) -> None:
    client = localstack.client("lambda")
    function = localstack.create_function("", Runtime="nodejs22.x")
    configuration = client.get_function(FunctionName=function)["Configuration"]
    assert (configuration["State"], "only zips for python3.13" in configuration["StateReason"]) == ("Failed", True)
