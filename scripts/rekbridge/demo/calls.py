"""The local Rekognition's own log: what really reached it."""

import json
import urllib.request
from dataclasses import dataclass

# Never through a proxy of the operator's.
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the service saw it; `operation` is Rekognition's name of it, `metadata` what the image still told."""

    id: str
    region: str
    operation: str
    mode: str
    bytes: int
    metadata: list[str]


def logged(control: str) -> list[Call]:
    """Every call since the local Rekognition was started."""
    with _DIRECTLY.open(f"{control}/calls", timeout=10) as answer:
        rows = json.load(answer)
    names = Call.__dataclass_fields__
    return [Call(**{name: row[name] for name in names}) for row in rows]
