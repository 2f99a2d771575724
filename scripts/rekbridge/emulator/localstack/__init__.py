"""Real LocalStack as the emulator: one that the user runs, the official image, or 4.14.0 from PyPI without Docker."""

from rekbridge.emulator.localstack.choice import (
    LocalStackRuntime,
    choose_runtime,
    read_engine_address,
    read_external_endpoint,
)

__all__ = ["LocalStackRuntime", "choose_runtime", "read_engine_address", "read_external_endpoint"]
