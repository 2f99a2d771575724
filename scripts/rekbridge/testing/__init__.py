"""What the fixtures of rekbridge.pytest_plugin return: a deployed stack, the local Rekognition, and `wait_until`."""

from rekbridge.emulator import EmulatorTarget
from rekbridge.read_models.uploads import UploadStatus
from rekbridge.testing.local_rekognition import LocalRekognition, OrderedAnswer, RekognitionCall
from rekbridge.testing.stack import Stack
from rekbridge.testing.waiting import wait_until

__all__ = [
    "EmulatorTarget",
    "LocalRekognition",
    "OrderedAnswer",
    "RekognitionCall",
    "Stack",
    "UploadStatus",
    "wait_until",
]
