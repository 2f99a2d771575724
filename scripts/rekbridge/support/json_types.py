"""Types of decoded JSON."""

from typing import Any

type JsonObject = dict[str, Any]
