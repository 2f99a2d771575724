"""Opaque identifiers: what travels through events, topics and audit trails shows neither owner nor file name.

They are keyed: who lacks the owner's key cannot test either whether an id is that of a known picture or owner.
"""

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NewType

from rekbridge_lambda.domain.errors import UnreadableMessage
from rekbridge_lambda.domain.operations import Operations

OwnerId = NewType("OwnerId", str)
ImageId = NewType("ImageId", str)
RunId = NewType("RunId", str)
ResultKey = NewType("ResultKey", str)
# The secret of one owner's ids, 32 bytes.
OwnerKey = NewType("OwnerKey", bytes)

# Raise this when the same file would be prepared into other pixels.
PREPARATION_VERSION = "p2"
# Raise this when answers show that Rekognition's model has changed: results of one epoch are comparable.
MODEL_EPOCH = "e1"
RUN_ID = re.compile("[0-9a-f]{32}")


def hash_parts(*parts: str) -> str:
    """32 hex digits for the parts; a separator keeps ("a", "bc") and ("ab", "c") apart."""
    return sha256("\0".join(parts).encode()).hexdigest()[:32]


def make_owner_key(secret: bytes, salt: bytes) -> OwnerKey:
    """The key of the owner with this salt. Nobody can make it again when the salt is deleted."""
    return OwnerKey(hmac.digest(secret, salt, "sha256"))


def hash_with_key(key: OwnerKey, *parts: str) -> str:
    """32 hex digits for the parts, which only a holder of the key can compute."""
    return hmac.digest(key, "\0".join(parts).encode(), "sha256").hex()[:32]


def make_image_id(key: OwnerKey, content_sha256: str) -> ImageId:
    """One owner's image; two owners of equal bytes have two images."""
    return ImageId(hash_with_key(key, "image", content_sha256))


def make_image_set_id(images: Sequence[ImageId]) -> ImageId:
    """The id for a call with one or more images, in the order of the call."""
    return images[0] if len(images) == 1 else ImageId(hash_parts(*images))


def hash_parameters(parameters: Mapping[str, Any]) -> str:
    """16 hex digits of the parameters, independent of their order."""
    return hash_parts(json.dumps(parameters, sort_keys=True))[:16]


def make_run_id(image_id: ImageId, operations: Operations) -> RunId:
    """One image going once through the deployed operations; the same id while nothing has changed.

    A hash without a key: the image id in it cannot be guessed.
    """
    # The transfer belongs to it: its limits decide how the image is prepared.
    parts = sorted(f"{name}:{row.transfer}:{hash_parameters(row.parameters)}" for name, row in operations.items())
    return RunId(hash_parts(image_id, PREPARATION_VERSION, MODEL_EPOCH, *parts))


def make_prepared_key(key: OwnerKey, image_id: ImageId, body: bytes) -> str:
    """Key of a prepared image at home; variants with equal bytes are one object."""
    variant = hash_with_key(key, "variant", sha256(body).hexdigest())[:16]
    return f"{image_id}/{PREPARATION_VERSION}/{variant}"


def make_staged_key(run_id: RunId, prepared_key: str) -> str:
    """Key of the copy of a prepared image in the remote staging bucket."""
    image_id, _, variant = prepared_key.split("/")
    return f"{image_id}/{run_id}/{variant}"


def parse_run_id(staged_key: str) -> RunId:
    """The run of a staged key. Raises UnreadableMessage for a key of another form, without quoting it."""
    match staged_key.split("/"):
        case [_, run_id, _] if RUN_ID.fullmatch(run_id):
            return RunId(run_id)
    raise UnreadableMessage("the key is not that of a staged copy: expected <image>/<run>/<variant>")


def make_result_key(image_id: ImageId, operation: str, parameters: Mapping[str, Any]) -> ResultKey:
    """Key of the result of one operation on one image, for every run and both transfers."""
    suffix = f"{hash_parameters(parameters)}-{MODEL_EPOCH}.json"
    return ResultKey(f"{image_id}/{PREPARATION_VERSION}/{operation}/{suffix}")


def check_result_key(key: ResultKey, image_id: ImageId, operation: str) -> ResultKey:
    """The key, if it is one of this operation on this image. Raises UnreadableMessage."""
    match key.split("/"):
        case [image, _, name, _] if (image, name) == (image_id, operation):
            return key
    raise UnreadableMessage("the result key is not one of the run's image and operation")
