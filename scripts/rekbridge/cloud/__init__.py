"""The local cloud: the embedded AWS emulator and the local Rekognition, started and ended as one."""

from rekbridge.cloud.children import Plan
from rekbridge.cloud.local import LocalCloud
from rekbridge.cloud.record import Record

__all__ = ["LocalCloud", "Plan", "Record"]
