"""Ordered answers: responses that a test asks for, whole or in part. They are in memory and end with the engine."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Self

from rekbridge_engine import control_scripts, protocol
from rekbridge_engine.answer_checks import check_answer
from rekbridge_engine.catalog import Catalog
from rekbridge_engine.control_scripts import ALL

_KEYS = ("operation", "region", "sha256", "answer", "merge", "calls")
_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(slots=True)
class AnswerOrder:
    """One ordered answer. Without `calls` it applies until it is taken back.

    `digests` are empty (any image), one (any image of the call) or two (the source's and the target's).
    """

    id: int
    operation: str
    region: str
    digests: tuple[str, ...]
    content: dict[str, Any]
    is_complete: bool
    calls: int | None
    used: int = 0

    @classmethod
    def parse(cls, number: int, script: Mapping[str, Any], catalog: Catalog) -> Self:
        """Read an order from the control endpoint's JSON. Raises ValueError that says what is wrong, and where."""
        control_scripts.check_keys(script, _KEYS)
        control_scripts.check_texts(script, ("operation", "region", "sha256"))
        control_scripts.check_calls(script, 1)
        operation, region = script.get("operation"), script.get("region") or ALL
        if operation not in catalog.operations:
            raise ValueError(f"operation must be one of {', '.join(sorted(catalog.operations))}")
        if region != ALL and operation not in catalog.quotas.get(region, {}):
            raise ValueError(f"region {region!r} has no operation {operation!r}")
        kinds = [kind for kind in ("answer", "merge") if script.get(kind) is not None]
        if len(kinds) != 1:
            raise ValueError("give either answer (the whole response) or merge (parts of it)")
        is_complete, content = kinds == ["answer"], script[kinds[0]]
        check_answer(content, protocol.get_operation_model(operation).output_shape, kinds[0], not is_complete)
        digests = _parse_digests(script.get("sha256"), len(catalog.operations[operation].image_parameters))
        return cls(number, operation, region, digests, content, is_complete, script.get("calls"))

    @property
    def is_used_up(self) -> bool:
        """Whether all its calls have had it."""
        return self.used == self.calls

    def matches(self, region: str, operation: str, images: Sequence[bytes]) -> bool:
        """Whether it is for a call of this operation in this region with these images."""
        if self.operation != operation or self.region not in {ALL, region}:
            return False
        if not self.digests:
            return True
        digests = [hashlib.sha256(image).hexdigest() for image in images]
        return list(self.digests) == digests if len(self.digests) > 1 else self.digests[0] in digests

    def apply(self, response: dict[str, Any]) -> dict[str, Any]:
        """The ordered response: the whole answer, or the analysis' response with the ordered parts."""
        return self.content if self.is_complete else _merge(response, self.content)

    def to_dict(self) -> dict[str, Any]:
        """The order as `/control/answers` lists it: without the answer, which may be large."""
        return {
            "id": self.id,
            "operation": self.operation,
            "region": self.region,
            "sha256": "+".join(self.digests) or None,
            "kind": "answer" if self.is_complete else "merge",
            "calls": self.calls,
            "used": self.used,
        }


class AnswerOrders:
    """All orders that were not taken back; those that are used up, too."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._numbers = count(1)
        self._orders: dict[int, AnswerOrder] = {}

    def add(self, script: Mapping[str, Any]) -> dict[str, Any]:
        """Add an order from the control endpoint's JSON and return it as listed. Raises ValueError."""
        order = AnswerOrder.parse(next(self._numbers), script, self._catalog)
        self._orders[order.id] = order
        return order.to_dict()

    def to_dicts(self) -> list[dict[str, Any]]:
        """All orders as `/control/answers` lists them, oldest first."""
        return [order.to_dict() for order in self._orders.values()]

    def take_back(self, number: int) -> bool:
        """End one order: no call gets it from now on. False if there is no such order."""
        return self._orders.pop(number, None) is not None

    def clear(self) -> None:
        """End all orders."""
        self._orders.clear()

    def find(self, region: str, operation: str, images: Sequence[bytes]) -> AnswerOrder | None:
        """The order for a call: one for its images before one for its region before any other, then the oldest."""
        open_orders = (order for order in self._orders.values() if not order.is_used_up)
        return max(
            (order for order in open_orders if order.matches(region, operation, images)),
            key=lambda order: (len(order.digests), order.region != ALL, -order.id),
            default=None,
        )

    def try_use(self, order: AnswerOrder) -> bool:
        """Use up one call of an order; False if it was used up or taken back since it was found."""
        if order.is_used_up or order.id not in self._orders:
            return False
        order.used += 1
        return True


def _parse_digests(text: str | None, images: int) -> tuple[str, ...]:
    if text is None:
        return ()
    digests = tuple(text.lower().split("+"))
    if len(digests) > images or not all(map(_DIGEST.fullmatch, digests)):
        both = ", or the source's and the target's, joined by +" if images > 1 else ""
        raise ValueError(f"sha256 must be the 64 hexadecimal digits of the image's bytes{both}")
    return digests


def _merge(response: dict[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON Merge Patch (RFC 7396): objects are merged, null removes, and all else, lists too, is replaced."""
    merged = dict(response)
    for name, change in patch.items():
        if change is None:
            merged.pop(name, None)
        elif isinstance(change, dict):
            before = merged.get(name)
            merged[name] = _merge(before if isinstance(before, dict) else {}, change)
        else:
            merged[name] = change
    return merged
