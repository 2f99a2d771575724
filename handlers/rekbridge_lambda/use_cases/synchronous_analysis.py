"""Synchronous analysis: prepare an image at home and call Rekognition at the shared rate, while the caller waits."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from hashlib import sha256
from io import SEEK_END
from typing import BinaryIO

from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.errors import RefusedByService
from rekbridge_lambda.domain.ids import ImageId, OwnerId, ResultKey
from rekbridge_lambda.domain.images import PreparedImage
from rekbridge_lambda.domain.operations import DeployedOperation
from rekbridge_lambda.domain.requests import AnalysisRequest, S3ImageRef
from rekbridge_lambda.domain.results import Result
from rekbridge_lambda.imaging.sniffing import check_size, sniff_image
from rekbridge_lambda.ports import Clock, ImagePreparer, MediaStore, OwnerKeys, ResultStore
from rekbridge_lambda.use_cases.paid_call import ImageArgument
from rekbridge_lambda.use_cases.retry import DeadlineRetry
from rekbridge_lambda.use_cases.temporary_files import open_temporary_file


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """An image as it was sent, in a temporary file, with its id in its owner's library."""

    file: BinaryIO
    image_id: ImageId


@dataclass(frozen=True, slots=True)
class AnalysisResponse:
    """The result and the time spent; `waited_ms` is for a reservation or another worker. Nothing is sent if cached."""

    result: Result
    cached: bool
    waited_ms: int = 0
    called_ms: int = 0
    prepared: tuple[PreparedImage, ...] = ()


@dataclass(frozen=True, slots=True)
class SynchronousAnalysis:
    """Answers an analysis request while its caller waits."""

    media: MediaStore
    preparer: ImagePreparer
    owner_keys: OwnerKeys
    results: ResultStore
    deadline_retry: DeadlineRetry
    now: Clock

    def analyze_request(
        self, operation: DeployedOperation, request: AnalysisRequest, owner: OwnerId, deadline: int
    ) -> AnalysisResponse:
        """The response before the deadline (milliseconds).

        `owner` owns the images sent with the request; images of the media bucket have their own owner.
        Raises Rejected, RefusedByService, Unavailable, OutOfAttempts.
        """
        with ExitStack() as files:
            originals = [
                self.load_original(image, owner, files.enter_context(open_temporary_file())) for image in request.images
            ]
            image_id = ids.make_image_set_id([original.image_id for original in originals])
            key = ids.make_result_key(image_id, operation.name, operation.parameters)
            if self.results.has_result(key):
                return AnalysisResponse(self.load_result(key), cached=True)
            prepared = tuple(self.prepare_original(original, operation) for original in originals)
        started_at = self.now()
        timing = self.deadline_retry.call_until_deadline(key, *self.build_call(operation, prepared), deadline)
        if timing is None:
            return AnalysisResponse(self.load_result(key), cached=True, waited_ms=self.now() - started_at)
        waited_ms = self.now() - started_at - timing.called_ms
        return AnalysisResponse(self.load_result(key), False, waited_ms, timing.called_ms, prepared)

    def load_original(self, image: bytes | S3ImageRef, owner: OwnerId, file: BinaryIO) -> OriginalFile:
        """Write the image to a file. Raises Gone or ImageTooLarge."""
        if isinstance(image, S3ImageRef):
            upload = self.media.find_upload(image.key, image.version)
            check_size(upload.size)
            return OriginalFile(file, self.make_image_id(upload.owner, self.media.download(upload, file)))
        file.write(image)
        return OriginalFile(file, self.make_image_id(owner, sha256(image).hexdigest()))

    def make_image_id(self, owner: OwnerId, content_sha256: str) -> ImageId:
        """The id of an image in its owner's library. Raises Unavailable while the owner's key cannot be made."""
        return ids.make_image_id(self.owner_keys.load_key(owner), content_sha256)

    def prepare_original(self, original: OriginalFile, operation: DeployedOperation) -> PreparedImage:
        """What is sent of the image. Raises Rejected."""

        def read(offset: int, length: int) -> bytes:
            original.file.seek(offset)
            return original.file.read(length)

        header = sniff_image(read, original.file.seek(0, SEEK_END))
        return self.preparer.prepare(original.file, header, operation.limits)

    def build_call(
        self, operation: DeployedOperation, prepared: tuple[PreparedImage, ...]
    ) -> tuple[DeployedOperation, ImageArgument]:
        """The operation and the image of the call; a second image becomes a parameter of the operation."""
        first, *others = ({"Bytes": image.body} for image in prepared)
        extra_images = dict(zip(operation.definition.image_parameters[1:], others, strict=True))
        sent_bytes = sum(len(image.body) for image in prepared)
        return replace(operation, settings=operation.settings | extra_images), (first, sent_bytes)

    def load_result(self, key: ResultKey) -> Result:
        """The stored result. Raises RefusedByService where it is a refusal."""
        result = self.results.load_result(key)
        if result.code:
            raise RefusedByService(result.reason or "")
        return result
