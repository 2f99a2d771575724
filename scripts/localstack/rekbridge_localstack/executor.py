"""LocalStack's port for running functions, with processes in place of containers (LAMBDA_RUNTIME_EXECUTOR=process)."""

import json
import os
import sys
from pathlib import Path

from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

from rekbridge_localstack.environment import Environment, Function

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"


class ProcessExecutor(RuntimeExecutor):
    """One execution environment, as LocalStack sees it.

    LAMBDA_PROCESS_PYTHON is the interpreter of an environment with awslambdaric and nothing else: what a zip lacks must
    be missed. LAMBDA_PROCESS_EXTRA_ENV (JSON) goes into every function's variables, so that no Terraform knows of it.
    """

    _environment: Environment | None = None

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        """Unpack the zip; what cannot run here fails, and the function's state says why."""
        config = function_version.config
        if config.runtime != RUNTIME or not config.code or config.layers:
            raise NotImplementedError(f"only zips for {RUNTIME} without layers run here, not for {config.runtime}")
        config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        """Nothing: LocalStack removes the unpacked zip with the function."""

    def start(self, env_vars: dict[str, object]) -> None:
        """Start the environment with LocalStack's variables."""
        config, python = self.function_version.config, Path(os.environ["LAMBDA_PROCESS_PYTHON"])
        variables = {name: str(value) for name, value in env_vars.items()}  # some are numbers
        # LocalStack's ":UTC" is no time zone to some libraries.
        variables |= {"TZ": "UTC", "AWS_EXECUTION_ENV": f"AWS_Lambda_{RUNTIME}"}
        variables |= json.loads(os.environ.get("LAMBDA_PROCESS_EXTRA_ENV", "{}"))
        code = config.code.get_unzipped_code_location()
        function = Function(python, config.handler, code, variables, config.timeout, config.memory_size)
        self._environment = Environment(function)
        self._environment.start()

    def stop(self) -> None:
        """End the environment."""
        if self._environment:
            self._environment.stop()

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        """Run one invocation."""
        assert self._environment is not None
        request_id, arn, trace = payload["invoke-id"], payload["invoked-function-arn"], payload["trace-id"]
        outcome = self._environment.invoke(request_id, arn, trace, payload["payload"].encode())
        return InvocationResult(request_id, *outcome)

    def get_address(self) -> str:
        """All is on this machine; functions find LocalStack by AWS_ENDPOINT_URL, made of this."""
        return "127.0.0.1"

    def get_logs(self) -> str:
        """Nothing: every invocation has given its own."""
        return ""

    get_endpoint_from_executor = get_address
    get_runtime_endpoint = get_logs  # for LocalStack's own init process, which is not here


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    """What LocalStack finds the executor by."""

    name = "process"

    def load(self) -> type[ProcessExecutor]:
        """The executor's class."""
        return ProcessExecutor
