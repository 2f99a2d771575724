"""The local Rekognition emulator: Amazon Rekognition's protocol, limits and quotas, with analysis on this machine."""

__version__ = "0.1.0"
