"""LocalStack's interface for running functions, with processes instead of containers.

Selected by LAMBDA_RUNTIME_EXECUTOR=process.
"""

import json
import os
import sys
from pathlib import Path

from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from rekbridge_localstack.environment import ExecutionEnvironment, FunctionSpec

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"


class ProcessExecutor(RuntimeExecutor):
    """One execution environment, with the methods that LocalStack calls.

    LAMBDA_PROCESS_PYTHON is the interpreter of an environment that has only awslambdaric, so that a dependency missing
    from the zip is an import error. LAMBDA_PROCESS_EXTRA_ENV (JSON) is added to every function's variables, so that
    Terraform does not need to know it.
    """

    _environment: ExecutionEnvironment | None = None

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        """Unpack the zip. An unsupported function gets the state Failed with this error as its reason."""
        config = function_version.config
        if config.runtime != RUNTIME or not config.code or config.layers:
            raise NotImplementedError(f"only zips for {RUNTIME} without layers run here, not for {config.runtime}")
        config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """Do nothing: LocalStack deletes the unpacked zip with the function."""

    def start(self, env_vars: dict[str, object]) -> None:
        """Start the environment with LocalStack's variables."""
        config, python = self.function_version.config, Path(os.environ["LAMBDA_PROCESS_PYTHON"])
        variables = {name: str(value) for name, value in env_vars.items()}  # some are numbers
        # Some libraries do not accept LocalStack's ":UTC" as a time zone.
        variables |= {"TZ": "UTC", "AWS_EXECUTION_ENV": f"AWS_Lambda_{RUNTIME}"}
        variables |= json.loads(os.environ.get("LAMBDA_PROCESS_EXTRA_ENV", "{}"))
        code = config.code.get_unzipped_code_location()
        function = FunctionSpec(python, config.handler, code, variables, config.timeout, config.memory_size)
        self._environment = ExecutionEnvironment(function)
        self._environment.start()

    def stop(self) -> None:
        """Stop the environment."""
        if self._environment:
            self._environment.stop()

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        """Run one invocation."""
        assert self._environment is not None
        request_id, arn, trace = payload["invoke-id"], payload["invoked-function-arn"], payload["trace-id"]
        outcome = self._environment.invoke(request_id, arn, trace, payload["payload"].encode())
        return InvocationResult(request_id, *outcome)

    def get_address(self) -> str:
        """Return this machine's address. LocalStack builds the functions' AWS_ENDPOINT_URL from it."""
        return "127.0.0.1"

    def get_logs(self) -> str:
        """Return nothing: every invocation has returned its own log."""
        return ""

    get_endpoint_from_executor = get_address
    get_runtime_endpoint = get_logs  # for LocalStack's own init process, which is not used here


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    """The plugin by which LocalStack finds the executor."""

    name = "process"

    def load(self) -> type[ProcessExecutor]:
        """Return the executor's class."""
        return ProcessExecutor
