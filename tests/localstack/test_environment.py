"""One execution environment on its own: real processes of awslambdaric, no LocalStack."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rekbridge_localstack.environment import Environment, Function, Outcome

from tests.localstack.conftest import MakeCode
from tests.localstack.running import offspring, still_there, wait_for

ARN = "arn:aws:lambda:eu-west-3:000000000000:function:f"
TRACE = "Root=1-0-0;Parent=0;Sampled=1"
type MakeEnvironment = Callable[..., Environment]


@pytest.fixture
def environment(code: MakeCode, lambda_python: Path) -> Iterator[MakeEnvironment]:
    """Starts a function from its source."""
    made = []

    def start(source: str, *, handler: str = "app.handler", timeout_s: float = 5.0, **variables: str) -> Environment:
        made.append(Environment(Function(lambda_python, handler, code(source), variables, timeout_s, memory_mb=128)))
        made[-1].start()
        return made[-1]

    yield start
    for one in made:
        one.stop()


def asked(environment: Environment, event: Any = None, request_id: str = "r-1") -> Outcome:
    return environment.invoke(request_id, ARN, TRACE, json.dumps(event).encode())


def told(outcome: Outcome) -> Any:
    return json.loads(outcome.body)


ECHO = "def handler(event, context): return event"
PID = "import os\ndef handler(event, context): return os.getpid()"


def test_answers_with_what_the_handler_returns(environment: MakeEnvironment) -> None:
    assert told(asked(environment(ECHO), {"é": [1, None]})) == {"é": [1, None]}


def test_keeps_its_process_from_one_invocation_to_the_next(environment: MakeEnvironment) -> None:
    warm = environment(PID)
    assert told(asked(warm)) == told(asked(warm))


def test_gives_the_handler_its_context(environment: MakeEnvironment) -> None:
    source = """
        import os
        def handler(event, context):
            left = context.get_remaining_time_in_millis()
            trace = os.environ["_X_AMZN_TRACE_ID"]
            return [context.aws_request_id, context.invoked_function_arn, 0 < left <= 5000, trace]
    """
    assert told(asked(environment(source))) == ["r-1", ARN, True, TRACE]


def test_gives_the_handler_no_variable_of_the_process_that_starts_it(
    environment: MakeEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAKED", "yes")
    variables = told(asked(environment("import os\ndef handler(e, c): return dict(os.environ)", GIVEN="yes")))
    assert (variables.get("LEAKED"), variables["GIVEN"]) == (None, "yes")


@pytest.mark.parametrize("package", ["boto3", "botocore", "pip", "setuptools", "localstack", "rekbridge_localstack"])
def test_misses_a_dependency_that_the_zip_lacks(environment: MakeEnvironment, package: str) -> None:
    outcome = asked(environment(f"import {package}\n{ECHO}"))
    assert told(outcome)["errorType"] == "Runtime.ImportModuleError"
    assert f"No module named '{package}'" in told(outcome)["errorMessage"]


def test_tells_an_exception_with_its_type_and_stack(environment: MakeEnvironment) -> None:
    outcome = asked(environment("def handler(event, context): raise KeyError('lost')"))
    assert outcome.failed
    assert (told(outcome)["errorType"], "app.py" in told(outcome)["stackTrace"][0]) == ("KeyError", True)


def test_goes_on_in_the_same_process_after_an_exception(environment: MakeEnvironment) -> None:
    fragile = environment("import os\ndef handler(event, context):\n  if event: raise ValueError\n  return os.getpid()")
    before = told(asked(fragile))
    asked(fragile, "fail")
    assert told(asked(fragile)) == before


def test_ends_a_handler_that_runs_out_of_time(environment: MakeEnvironment) -> None:
    outcome = asked(environment("import time\ndef handler(event, context): time.sleep(600)", timeout_s=1))
    assert told(outcome) == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": "RequestId: r-1 Error: Task timed out after 1.00 seconds",
    }


def test_tells_how_a_crashed_process_ended(environment: MakeEnvironment) -> None:
    outcome = asked(environment("import os\ndef handler(event, context): os._exit(3)"))
    assert told(outcome) == {
        "errorType": "Runtime.ExitError",
        "errorMessage": "RequestId: r-1 Error: Runtime exited with error: exit status 3",
    }


def test_tells_which_signal_ended_the_process(environment: MakeEnvironment) -> None:
    outcome = asked(environment("import os\ndef handler(event, context): os.kill(os.getpid(), 9)"))
    assert told(outcome)["errorMessage"].endswith("Runtime exited with error: signal 9")


def test_an_answer_that_the_process_did_not_end_is_none(environment: MakeEnvironment) -> None:
    source = """
        import os, socket
        def handler(event, context):
            host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
            path = f"/2018-06-01/runtime/invocation/{context.aws_request_id}/response"
            connection = socket.create_connection((host, int(port)))
            connection.sendall(f"POST {path} HTTP/1.1\\r\\nContent-Length: 100\\r\\n\\r\\n{{".encode())
            os._exit(3)
    """
    assert told(asked(environment(source)))["errorMessage"].endswith("exit status 3")


@pytest.mark.parametrize("failure", ["time.sleep(60)", "os._exit(1)", "os.kill(os.getpid(), 11)"])
def test_is_used_again_after_a_failure(environment: MakeEnvironment, failure: str) -> None:
    source = f"import os, time\ndef handler(event, context):\n  if event: {failure}\n  return 'well'"
    # In its time it has to start anew as well, on a busy machine too.
    fragile = environment(source, timeout_s=4)
    assert asked(fragile, "fail").failed
    assert told(asked(fragile)) == "well"


def test_starts_anew_when_the_process_died_between_two_invocations(environment: MakeEnvironment) -> None:
    fragile = environment(PID)
    first = told(asked(fragile))
    os.kill(first, 9)
    assert still_there({first}) == set()
    outcome = asked(fragile)
    assert (outcome.failed, told(outcome) != first) == (False, True)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("raise RuntimeError('no good')", "RuntimeError"),
        ("import nowhere", "Runtime.ImportModuleError"),
        ("def handler(", "Runtime.UserCodeSyntaxError"),
        ("import sys; sys.exit(4)", "Runtime.ExitError"),
    ],
)
def test_tells_why_a_function_could_not_be_loaded(environment: MakeEnvironment, source: str, kind: str) -> None:
    assert told(asked(environment(source)))["errorType"] == kind


def test_loads_a_function_again_whose_loading_failed(environment: MakeEnvironment, code: MakeCode) -> None:
    fragile = environment("raise RuntimeError('no good')")
    assert asked(fragile).failed
    code(ECHO)
    assert told(asked(fragile, "well")) == "well"


@pytest.mark.parametrize(
    ("handler", "kind"),
    [("app.nobody", "Runtime.HandlerNotFound"), ("handler", "Runtime.MalformedHandlerName")],
)
def test_tells_that_a_handler_is_missing(environment: MakeEnvironment, handler: str, kind: str) -> None:
    assert told(asked(environment(ECHO, handler=handler)))["errorType"] == kind


def test_loading_anew_counts_against_the_functions_own_time(environment: MakeEnvironment, code: MakeCode) -> None:
    fragile = environment("import os\ndef handler(event, context): os._exit(1)", timeout_s=1)
    asked(fragile)
    code("import time; time.sleep(60)")
    assert told(asked(fragile))["errorType"] == "Sandbox.Timedout"


def test_the_log_frames_what_the_handler_prints_and_logs(environment: MakeEnvironment) -> None:
    source = """
        import logging, sys
        print("loading")
        def handler(event, context):
            print("out"); print("err", file=sys.stderr); logging.warning("warned")
    """
    lines = asked(environment(source)).log.splitlines()
    assert [line.split("\t")[0] for line in lines if line] == [
        "loading",
        "START RequestId: r-1 Version: $LATEST",
        "out",
        "err",
        "[WARNING]",
        "END RequestId: r-1",
        "REPORT RequestId: r-1",
    ]


def test_the_log_of_an_invocation_has_nothing_of_the_one_before(environment: MakeEnvironment) -> None:
    talking = environment("def handler(event, context): print(event)")
    asked(talking, "first")
    assert "first" not in asked(talking, "second").log


@pytest.mark.parametrize("failure", ["time.sleep(60)", "os._exit(1)"])
def test_the_log_keeps_what_was_printed_before_a_failure(environment: MakeEnvironment, failure: str) -> None:
    source = f"import os, time\ndef handler(event, context): print('last words'); {failure}"
    assert "last words\n" in asked(environment(source, timeout_s=1)).log


def test_the_log_says_why_a_function_could_not_be_loaded(environment: MakeEnvironment) -> None:
    assert "RuntimeError: no good" in asked(environment("raise RuntimeError('no good')")).log


def test_the_report_tells_the_memory_that_was_used(environment: MakeEnvironment) -> None:
    report = asked(environment("def handler(event, context): return len(bytearray(60_000_000))")).log.splitlines()[-1]
    assert 60 < int(report.rpartition("Max Memory Used: ")[2].removesuffix(" MB")) < 128


def test_takes_five_megabytes_both_ways(environment: MakeEnvironment) -> None:
    assert told(asked(environment(ECHO), "x" * 5_000_000)) == "x" * 5_000_000


def test_stopping_ends_an_invocation_under_way(environment: MakeEnvironment, tmp_path: Path) -> None:
    source = (
        f"import pathlib, time\ndef handler(event, context): pathlib.Path('{tmp_path}/began').touch(); time.sleep(60)"
    )
    busy = environment(source, timeout_s=60)
    outcomes: list[Outcome] = []
    asking = threading.Thread(target=lambda: outcomes.append(asked(busy)))
    asking.start()
    assert wait_for((tmp_path / "began").exists, 30)
    busy.stop()
    asking.join(5)
    assert [outcome.failed for outcome in outcomes] == [True]


def test_takes_no_invocation_once_it_is_stopped(environment: MakeEnvironment) -> None:
    stopped = environment(ECHO)
    stopped.stop()
    with pytest.raises(RuntimeError, match="stopped"):
        asked(stopped)


@pytest.mark.parametrize("how", ["stop", "crash"])
def test_what_the_process_started_ends_with_it(environment: MakeEnvironment, how: str) -> None:
    source = """
        import os, subprocess
        def handler(event, context):
            if event == "crash": os._exit(1)
            return subprocess.Popen(["sleep", "600"]).pid
    """
    parent = environment(source)
    child = told(asked(parent))
    if how == "stop":
        parent.stop()
    else:
        asked(parent, "crash")
    assert still_there({child}) == set()


def test_gives_back_every_process_descriptor_thread_and_file(environment: MakeEnvironment) -> None:
    def held() -> tuple[int, int, int]:
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), len(offspring(os.getpid()))

    environment(ECHO).stop()  # the thread that starts processes stays
    before = held()
    for source in (ECHO, "raise RuntimeError", "import os\ndef handler(event, context): os._exit(1)"):
        used = environment(source)
        asked(used)
        asked(used)
        used.stop()
    assert held() == before
