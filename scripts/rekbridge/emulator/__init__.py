"""The local cloud: an embedded AWS emulator and the local Rekognition, started and stopped together."""

from rekbridge.emulator.emulators import EmulatorTarget
from rekbridge.emulator.local_cloud import LocalCloud
from rekbridge.emulator.record import CloudRecord
from rekbridge.emulator.settings import LocalCloudSettings

__all__ = ["CloudRecord", "EmulatorTarget", "LocalCloud", "LocalCloudSettings"]
