"""The document as JSON, for tools that compare."""

import json
from dataclasses import asdict

from rekbridge.residency.policy.document import DataFlow


def render(document: DataFlow) -> str:
    """Render it, sorted."""
    return json.dumps(asdict(document), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
