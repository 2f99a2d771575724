"""Which emulator the tests run on that need one: `--target`."""

from rekbridge.testing import pytest_addoption

__all__ = ["pytest_addoption"]
