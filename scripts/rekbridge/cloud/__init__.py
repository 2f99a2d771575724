"""The local cloud: the embedded AWS emulator and the local Rekognition, started and ended as one."""

from rekbridge.cloud.emulators import Target
from rekbridge.cloud.local import LocalCloud
from rekbridge.cloud.plan import Plan
from rekbridge.cloud.record import Record

__all__ = ["LocalCloud", "Plan", "Record", "Target"]
