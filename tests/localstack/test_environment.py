"""One execution environment in isolation: real processes of awslambdaric, no LocalStack."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rekbridge_localstack.environment import ExecutionEnvironment, FunctionSpec, InvocationOutcome

from tests.localstack.conftest import MakeCode
from tests.localstack.localstack_process import list_descendants, wait_for, wait_for_survivors

ARN = "arn:aws:lambda:eu-west-3:000000000000:function:f"
TRACE = "Root=1-0-0;Parent=0;Sampled=1"
type StartEnvironment = Callable[..., ExecutionEnvironment]


@pytest.fixture
def environment(code: MakeCode, lambda_python: Path) -> Iterator[StartEnvironment]:
    """Starts a function from its source."""
    environments = []

    def start(
        source: str, *, handler: str = "app.handler", timeout_s: float = 5.0, **variables: str
    ) -> ExecutionEnvironment:
        environments.append(
            ExecutionEnvironment(
                FunctionSpec(lambda_python, handler, code(source), variables, timeout_s, memory_mb=128)
            )
        )
        environments[-1].start()
        return environments[-1]

    yield start
    for started in environments:
        started.stop()


def invoke(environment: ExecutionEnvironment, event: Any = None, request_id: str = "r-1") -> InvocationOutcome:
    return environment.invoke(request_id, ARN, TRACE, json.dumps(event).encode())


def parse_body(outcome: InvocationOutcome) -> Any:
    return json.loads(outcome.body)


ECHO = "def handler(event, context): return event"
PID = "import os\ndef handler(event, context): return os.getpid()"


def test_returns_what_the_handler_returns(environment: StartEnvironment) -> None:
    assert parse_body(invoke(environment(ECHO), {"é": [1, None]})) == {"é": [1, None]}


def test_uses_the_same_process_for_the_next_invocation(environment: StartEnvironment) -> None:
    warm = environment(PID)
    assert parse_body(invoke(warm)) == parse_body(invoke(warm))


def test_passes_the_context_to_the_handler(environment: StartEnvironment) -> None:
    source = """
        import os
        def handler(event, context):
            remaining_ms = context.get_remaining_time_in_millis()
            trace = os.environ["_X_AMZN_TRACE_ID"]
            return [context.aws_request_id, context.invoked_function_arn, 0 < remaining_ms <= 5000, trace]
    """
    assert parse_body(invoke(environment(source))) == ["r-1", ARN, True, TRACE]


def test_passes_no_variable_of_the_starting_process_to_the_handler(
    environment: StartEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAKED", "yes")
    started = environment("import os\ndef handler(event, context): return dict(os.environ)", CONFIGURED="yes")
    variables = parse_body(invoke(started))
    assert (variables.get("LEAKED"), variables["CONFIGURED"]) == (None, "yes")


@pytest.mark.parametrize("package", ["boto3", "botocore", "pip", "setuptools", "localstack", "rekbridge_localstack"])
def test_a_dependency_missing_from_the_zip_is_an_import_error(environment: StartEnvironment, package: str) -> None:
    outcome = invoke(environment(f"import {package}\n{ECHO}"))
    assert parse_body(outcome)["errorType"] == "Runtime.ImportModuleError"
    assert f"No module named '{package}'" in parse_body(outcome)["errorMessage"]


def test_reports_an_exception_with_its_type_and_stack(environment: StartEnvironment) -> None:
    outcome = invoke(environment("def handler(event, context): raise KeyError('lost')"))
    assert outcome.failed
    assert (parse_body(outcome)["errorType"], "app.py" in parse_body(outcome)["stackTrace"][0]) == ("KeyError", True)


def test_uses_the_same_process_after_an_exception(environment: StartEnvironment) -> None:
    fragile = environment("import os\ndef handler(event, context):\n  if event: raise ValueError\n  return os.getpid()")
    before = parse_body(invoke(fragile))
    invoke(fragile, "fail")
    assert parse_body(invoke(fragile)) == before


def test_a_web_page_cannot_answer_an_invocation(environment: StartEnvironment) -> None:
    source = """
        import os, urllib.error, urllib.request
        def handler(event, context):
            url = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation/r-1/response"
            try:
                urllib.request.urlopen(urllib.request.Request(url, b'"forged"', event))
            except urllib.error.HTTPError as error:
                return error.code
    """
    started = environment(source)
    foreign: list[dict[str, str]] = [
        {"Origin": "http://evil.test"},
        {"Host": "evil.test"},
        {"Sec-Fetch-Site": "same-site"},
    ]
    assert [parse_body(invoke(started, headers)) for headers in foreign] == [403, 403, 403]


def test_kills_a_handler_at_its_timeout(environment: StartEnvironment) -> None:
    outcome = invoke(environment("import time\ndef handler(event, context): time.sleep(600)", timeout_s=1))
    assert parse_body(outcome) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": "RequestId: r-1 Error: Task timed out after 1.00 seconds",
    }


def test_reports_the_exit_status_of_a_crashed_process(environment: StartEnvironment) -> None:
    outcome = invoke(environment("import os\ndef handler(event, context): os._exit(3)"))
    assert parse_body(outcome) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": "RequestId: r-1 Error: Runtime exited with error: exit status 3",
    }


def test_reports_the_signal_that_killed_the_process(environment: StartEnvironment) -> None:
    outcome = invoke(environment("import os\ndef handler(event, context): os.kill(os.getpid(), 9)"))
    assert parse_body(outcome)["errorMessage"].endswith("Runtime exited with error: signal 9")


def test_an_incomplete_response_does_not_count(environment: StartEnvironment) -> None:
    source = """
        import os, socket
        def handler(event, context):
            host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
            path = f"/2018-06-01/runtime/invocation/{context.aws_request_id}/response"
            connection = socket.create_connection((host, int(port)))
            connection.sendall(f"POST {path} HTTP/1.1\\r\\nContent-Length: 100\\r\\n\\r\\n{{".encode())
            os._exit(3)
    """
    assert parse_body(invoke(environment(source)))["errorMessage"].endswith("exit status 3")


@pytest.mark.parametrize("failure", ["time.sleep(60)", "os._exit(1)", "os.kill(os.getpid(), 11)"])
def test_can_be_used_again_after_a_failure(environment: StartEnvironment, failure: str) -> None:
    source = f"import os, time\ndef handler(event, context):\n  if event: {failure}\n  return 'well'"
    # The timeout includes the start of a new process, also on a busy machine.
    fragile = environment(source, timeout_s=4)
    assert invoke(fragile, "fail").failed
    assert parse_body(invoke(fragile)) == "well"


def test_starts_a_new_process_when_the_old_one_died_between_two_invocations(environment: StartEnvironment) -> None:
    fragile = environment(PID)
    first = parse_body(invoke(fragile))
    os.kill(first, 9)
    assert wait_for_survivors({first}) == set()
    outcome = invoke(fragile)
    assert (outcome.failed, parse_body(outcome) != first) == (False, True)


@pytest.mark.parametrize(
    ("source", "error_type"),
    [
        ("raise RuntimeError('no good')", "RuntimeError"),
        ("import nowhere", "Runtime.ImportModuleError"),
        ("def handler(", "Runtime.UserCodeSyntaxError"),
        ("import sys; sys.exit(4)", "Runtime.ExitError"),
    ],
)
def test_reports_why_a_function_failed_to_load(environment: StartEnvironment, source: str, error_type: str) -> None:
    assert parse_body(invoke(environment(source)))["errorType"] == error_type


def test_loads_a_function_again_after_it_failed_to_load(environment: StartEnvironment, code: MakeCode) -> None:
    fragile = environment("raise RuntimeError('no good')")
    assert invoke(fragile).failed
    code(ECHO)
    assert parse_body(invoke(fragile, "well")) == "well"


@pytest.mark.parametrize(
    ("handler", "error_type"),
    [("app.nobody", "Runtime.HandlerNotFound"), ("handler", "Runtime.MalformedHandlerName")],
)
def test_reports_a_missing_handler(environment: StartEnvironment, handler: str, error_type: str) -> None:
    assert parse_body(invoke(environment(ECHO, handler=handler)))["errorType"] == error_type


def test_loading_again_counts_towards_the_functions_timeout(environment: StartEnvironment, code: MakeCode) -> None:
    fragile = environment("import os\ndef handler(event, context): os._exit(1)", timeout_s=1)
    invoke(fragile)
    code("import time; time.sleep(60)")
    assert parse_body(invoke(fragile))["errorType"] == "Sandbox.Timedout"


def test_the_log_has_what_the_handler_prints_and_logs_between_start_and_end(environment: StartEnvironment) -> None:
    source = """
        import logging, sys
        print("loading")
        def handler(event, context):
            print("out"); print("err", file=sys.stderr); logging.warning("warned")
    """
    lines = invoke(environment(source)).log.splitlines()
    assert [line.split("\t")[0] for line in lines if line] == [
        "loading",
        "START RequestId: r-1 Version: $LATEST",
        "out",
        "err",
        "[WARNING]",
        "END RequestId: r-1",
        "REPORT RequestId: r-1",
    ]


def test_the_log_of_an_invocation_has_nothing_of_the_previous_one(environment: StartEnvironment) -> None:
    verbose = environment("def handler(event, context): print(event)")
    invoke(verbose, "first")
    assert "first" not in invoke(verbose, "second").log


@pytest.mark.parametrize("failure", ["time.sleep(60)", "os._exit(1)"])
def test_the_log_has_what_was_printed_before_a_failure(environment: StartEnvironment, failure: str) -> None:
    source = f"import os, time\ndef handler(event, context): print('last line'); {failure}"
    assert "last line\n" in invoke(environment(source, timeout_s=1)).log


def test_the_log_says_why_a_function_could_not_be_loaded(environment: StartEnvironment) -> None:
    assert "RuntimeError: no good" in invoke(environment("raise RuntimeError('no good')")).log


def test_the_report_has_the_memory_that_was_used(environment: StartEnvironment) -> None:
    report = invoke(environment("def handler(event, context): return len(bytearray(60_000_000))")).log.splitlines()[-1]
    assert 60 < int(report.rpartition("Max Memory Used: ")[2].removesuffix(" MB")) < 128


def test_accepts_and_returns_five_megabytes(environment: StartEnvironment) -> None:
    assert parse_body(invoke(environment(ECHO), "x" * 5_000_000)) == "x" * 5_000_000


def test_stopping_ends_an_invocation_in_progress(environment: StartEnvironment, tmp_path: Path) -> None:
    source = (
        f"import pathlib, time\ndef handler(event, context): pathlib.Path('{tmp_path}/began').touch(); time.sleep(60)"
    )
    busy = environment(source, timeout_s=60)
    outcomes: list[InvocationOutcome] = []
    invoking = threading.Thread(target=lambda: outcomes.append(invoke(busy)))
    invoking.start()
    assert wait_for((tmp_path / "began").exists, 30)
    busy.stop()
    invoking.join(5)
    assert [outcome.failed for outcome in outcomes] == [True]


def test_refuses_an_invocation_after_it_was_stopped(environment: StartEnvironment) -> None:
    stopped = environment(ECHO)
    stopped.stop()
    with pytest.raises(RuntimeError, match="stopped"):
        invoke(stopped)


@pytest.mark.parametrize("how", ["stop", "crash"])
def test_child_processes_end_with_the_process(environment: StartEnvironment, how: str) -> None:
    source = """
        import os, subprocess
        def handler(event, context):
            if event == "crash": os._exit(1)
            return subprocess.Popen(["sleep", "600"]).pid
    """
    parent = environment(source)
    child = parse_body(invoke(parent))
    if how == "stop":
        parent.stop()
    else:
        invoke(parent, "crash")
    assert wait_for_survivors({child}) == set()


def test_releases_every_file_descriptor_thread_and_process(environment: StartEnvironment) -> None:
    def count_resources() -> tuple[int, int, int]:
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), len(list_descendants(os.getpid()))

    environment(ECHO).stop()  # starts the thread that starts processes; it is kept
    before = count_resources()
    for source in (ECHO, "raise RuntimeError", "import os\ndef handler(event, context): os._exit(1)"):
        used = environment(source)
        invoke(used)
        invoke(used)
        used.stop()
    assert count_resources() == before
