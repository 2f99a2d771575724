"""The local cloud: the embedded AWS emulator and the local Rekognition, started and ended as one."""

from rekbridge.emulator.emulators import Target
from rekbridge.emulator.local_cloud import LocalCloud
from rekbridge.emulator.record import Record
from rekbridge.emulator.settings import Plan

__all__ = ["LocalCloud", "Plan", "Record", "Target"]
