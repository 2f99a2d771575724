"""Names that say nothing: what travels through events, topics and trails tells neither owner nor file name."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from rekbridge_lambda.domain.errors import UnreadableMessage
from rekbridge_lambda.domain.operations import Plan

# Raised when the same file would be prepared into other pixels.
PREPARATION = "p1"
# Raised when an answer shows that Rekognition's model has changed: results of one epoch are comparable.
EPOCH = "e1"


def digest(*parts: str) -> str:
    """32 hex digits that stand for the parts; no part can run into the next."""
    return sha256("\0".join(parts).encode()).hexdigest()[:32]


def image_id(owner: str, content: str) -> str:
    """One owner's image by the SHA-256 of its bytes; two owners of equal bytes have two images."""
    return digest(owner, content)


def pair_id(images: Sequence[str]) -> str:
    """What one question about several images is about, in the order in which it names them."""
    return images[0] if len(images) == 1 else digest(*images)


def parameters_digest(parameters: Mapping[str, Any]) -> str:
    """16 hex digits of the parameters, whatever order they are written in."""
    return digest(json.dumps(parameters, sort_keys=True))[:16]


def run_id(image: str, plan: Plan) -> str:
    """One image going once through the operations deployed now; the same again when nothing has changed."""
    # The way is one of them: its limits decide what is prepared.
    operations = sorted(f"{name}:{row.way}:{parameters_digest(row.parameters)}" for name, row in plan.items())
    return digest(image, PREPARATION, EPOCH, *operations)


def prepared_key(image: str, body: bytes) -> str:
    """Where a prepared variant lies at home: variants with equal bytes are one object."""
    return f"{image}/{PREPARATION}/{sha256(body).hexdigest()[:16]}"


def staged_key(run: str, prepared: str) -> str:
    """Where the copy of a prepared variant lies in the remote staging bucket."""
    image, _, variant = prepared.split("/")
    return f"{image}/{run}/{variant}"


def run_of(staged: str) -> str:
    """The run a staged key belongs to. Raises UnreadableMessage for a key that is not ours."""
    match staged.split("/"):
        case [_, run, _]:
            return run
    raise UnreadableMessage(f"{staged!r} is no staged copy: expected <image>/<run>/<variant>")


def result_key(image: str, operation: str, parameters: Mapping[str, Any]) -> str:
    """Where the answer to one question about one image lies, for whichever run asks it, on whichever way."""
    return f"{image}/{PREPARATION}/{operation}/{parameters_digest(parameters)}-{EPOCH}.json"
