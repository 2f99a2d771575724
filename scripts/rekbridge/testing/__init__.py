"""What the fixtures of rekbridge.pytest_plugin give to tests: a stack, its Rekognition, and how to wait."""

from rekbridge.emulator import Target
from rekbridge.read_models.library import Story
from rekbridge.testing.rekognition import Call, Rekognition
from rekbridge.testing.stack import Stack
from rekbridge.testing.waiting import until

__all__ = ["Call", "Rekognition", "Stack", "Story", "Target", "until"]
