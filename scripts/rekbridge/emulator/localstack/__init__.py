"""Real LocalStack as the emulator: one that is given, the official image, or 4.14.0 from PyPI without Docker."""

from rekbridge.emulator.localstack.choice import Way, engine_address, given_endpoint, way

__all__ = ["Way", "engine_address", "given_endpoint", "way"]
