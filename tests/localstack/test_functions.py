"""Functions in a real LocalStack, as processes."""

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.localstack.running import ENGINE, LocalStack, alive, still_there, wait_for, zipped

PID = "import os\ndef handler(event, context): return os.getpid()"
NOTED = """
    import os, time
    from pathlib import Path
    def handler(event, context):
        Path(os.environ["NOTES"], "began").touch()
        time.sleep(4)
"""
SLEEP = "import os, time\ndef handler(event, context): time.sleep(event); return os.getpid()"


def test_an_invocations_tail_has_what_was_logged(localstack: LocalStack) -> None:
    talking = localstack.function("def handler(event, context): print('hello')")
    answer = localstack.client("lambda").invoke(FunctionName=talking, LogType="Tail")
    assert "\nhello\nEND RequestId: " in base64.b64decode(answer["LogResult"]).decode()


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def handler(event, context): print('hello')", "hello"),
        ("def handler(event, context): raise ValueError('no good')", "no good"),
        ("raise RuntimeError('not loaded')", "not loaded"),
    ],
)
def test_cloudwatch_has_what_was_logged(localstack: LocalStack, source: str, line: str) -> None:
    function = localstack.function(source)
    localstack.invoke(function)
    logs = localstack.client("logs")

    def found() -> bool:
        groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{function}")["logGroups"]
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"] if groups else []
        return any(line in event["message"] for event in events)

    assert wait_for(found, 10)


def test_invocations_at_a_time_have_a_process_each(localstack: LocalStack) -> None:
    slow = localstack.function(SLEEP, Timeout=10)
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: localstack.invoke(slow, 1), range(4)))) == 4


def test_reserved_concurrency_refuses_what_is_too_much(localstack: LocalStack, tmp_path: Path) -> None:
    slow = localstack.function(NOTED, Timeout=10, Environment={"Variables": {"NOTES": str(tmp_path)}})
    client = localstack.client("lambda")
    client.put_function_concurrency(FunctionName=slow, ReservedConcurrentExecutions=1)
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(localstack.invoke, slow)
        assert wait_for((tmp_path / "began").exists, 30)
        with pytest.raises(client.exceptions.TooManyRequestsException):
            client.invoke(FunctionName=slow)
        assert busy.result() is None


def test_a_function_is_used_again_after_it_ran_out_of_time(localstack: LocalStack) -> None:
    # In its time it has to start anew as well, on a busy machine too.
    slow = localstack.function(SLEEP, Timeout=4)
    assert localstack.invoke(slow, 60)["errorType"] == "Sandbox.Timedout"
    assert isinstance(localstack.invoke(slow, 0), int)


def test_a_function_reaches_localstack_and_the_rekognition_that_it_was_given(localstack: LocalStack) -> None:
    source = """
        import os
        def handler(event, context):
            return [os.environ["AWS_ENDPOINT_URL"], os.environ["AWS_ENDPOINT_URL_REKOGNITION"]]
    """
    assert localstack.invoke(localstack.function(source)) == [f"http://127.0.0.1:{localstack.port}", ENGINE]


def test_new_code_is_run_and_the_old_codes_process_ends(localstack: LocalStack) -> None:
    function = localstack.function(PID)
    old = localstack.invoke(function)
    localstack.client("lambda").update_function_code(
        FunctionName=function, ZipFile=zipped("def handler(event, context): return 'new'")
    )
    assert wait_for(lambda: localstack.invoke(function) == "new", 10)
    assert still_there({old}) == set()


def test_a_deleted_functions_process_ends(localstack: LocalStack) -> None:
    function = localstack.function(PID)
    process = localstack.invoke(function)
    assert alive(process)
    localstack.client("lambda").delete_function(FunctionName=function)
    assert still_there({process}) == set()


def test_a_function_for_another_runtime_is_refused_in_words(localstack: LocalStack) -> None:
    client = localstack.client("lambda")
    function = localstack.function("", Runtime="nodejs22.x")
    told = client.get_function(FunctionName=function)["Configuration"]
    assert (told["State"], "only zips for python3.13" in told["StateReason"]) == ("Failed", True)
