"""INGEST: an upload becomes an image: sniffed, prepared at home, admitted to the library, enqueued for analysis."""

from dataclasses import dataclass
from typing import BinaryIO

from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.errors import ImageTooSmall, Rejected, Unavailable, UnreadableImage
from rekbridge_lambda.domain.ids import ImageId, OwnerKey
from rekbridge_lambda.domain.images import ImageHeader, ImageLimits, PreparedImage
from rekbridge_lambda.domain.operations import Operations
from rekbridge_lambda.domain.runs import Image, Run, Source
from rekbridge_lambda.domain.uploads import Upload
from rekbridge_lambda.imaging.dimensions import match_proportions
from rekbridge_lambda.imaging.sniffing import sniff_image
from rekbridge_lambda.ports import (
    Clock,
    ImagePreparer,
    Library,
    MediaStore,
    OwnerKeys,
    PreparedImageStore,
    StagingStore,
    WorkQueue,
)
from rekbridge_lambda.use_cases.enqueue import enqueue_pending
from rekbridge_lambda.use_cases.temporary_files import open_temporary_file

# A file that kills its reader each time (a decoder crash, all memory used) would otherwise do so for days.
MAX_INGEST_ATTEMPTS = 5
# Staged copies beyond this backlog would expire in the remote region before they are read.
MAX_STAGED_BACKLOG_H = 6


@dataclass(frozen=True, slots=True)
class UploadIngester:
    """Ingests one upload."""

    operations: Operations
    media: MediaStore
    preparer: ImagePreparer
    prepared_images: PreparedImageStore
    owner_keys: OwnerKeys
    library: Library
    staging: StagingStore
    work_queue: WorkQueue
    now: Clock

    def ingest_upload(self, upload: Upload, delivery: int) -> str:
        """Ingest one upload, and say what became of it; a repeated event only enqueues what is still pending.

        Raises Unavailable while the remote region has too much staged work waiting.
        """
        run = self.find_known_run(upload)
        if run is None:
            self.check_backpressure()
            try:
                run = self.admit_counted(upload, delivery)
            except Rejected as why:
                self.library.store_rejection(Source(upload, code=why.code, reason=str(why)))
                return why.code
        enqueue_pending(run, self.operations, self.prepared_images, self.staging, self.work_queue)
        pending = f"pending {', '.join(sorted(run.pending))}" if run.pending else "every operation ended before"
        return f"run {run.id}: {pending}"

    def find_known_run(self, upload: Upload) -> Run | None:
        """The run of an event that was delivered before, unless the deployed operations have changed since.

        An event of new content under a version that S3 overwrites is not a repeated one.
        """
        source = self.library.find_source(upload)
        if source is None or source.image_id is None or not upload.is_repeat_of(source.upload):
            return None
        return self.library.find_run(ids.make_run_id(source.image_id, self.operations))

    def check_backpressure(self) -> None:
        """Raises Unavailable while the remote region has hours of staged work waiting."""
        for name, operation in self.operations.items():
            max_waiting = MAX_STAGED_BACKLOG_H * 3600 * sum(quota.tps for quota in operation.regions.values())
            if operation.transfer == "staged" and self.work_queue.get_depth(name) >= max_waiting:
                regions = ", ".join(operation.regions)
                raise Unavailable(
                    f"the backlog of {name} in {regions} is {MAX_STAGED_BACKLOG_H} hours or more; the upload waits",
                    retry_in=900,
                )

    def admit_counted(self, upload: Upload, delivery: int) -> Run:
        """Admit an upload; from its second delivery on, count the attempts that never ended."""
        if delivery == 1:
            return self.admit(upload)
        if self.library.add_ingest_attempts(upload, 1) > MAX_INGEST_ATTEMPTS:
            raise UnreadableImage(
                f"reading it was interrupted {MAX_INGEST_ATTEMPTS + 1} times: the file crashes the image decoder"
            )
        try:
            return self.admit(upload)
        except Unavailable:
            self.library.add_ingest_attempts(upload, -1)
            raise

    def admit(self, upload: Upload) -> Run:
        """Sniff the image, prepare it for every operation and store its records. Raises Rejected."""
        header = sniff_image(lambda offset, length: self.media.read_range(upload, offset, length), upload.size)
        with open_temporary_file() as original:
            content_sha256 = self.media.download(upload, original)
            owner_key = self.owner_keys.load_key(upload.owner)
            image_id = ids.make_image_id(owner_key, content_sha256)
            prepared_keys, refused, upright = self.prepare_variants(original, header, image_id, owner_key)

        width, height = match_proportions(header.width, header.height, upright)
        run_id = ids.make_run_id(image_id, self.operations)
        staged_copies = frozenset(
            ids.make_staged_key(run_id, key)
            for name, key in prepared_keys.items()
            if self.operations[name].transfer == "staged"
        )
        return self.library.admit_upload(
            Source(upload, image_id=image_id, run_id=run_id),
            Image(
                id=image_id,
                owner=upload.owner,
                content_sha256=content_sha256,
                format=header.format,
                size=upload.size,
                width=width,
                height=height,
            ),
            Run(
                id=run_id,
                image_id=image_id,
                owner=upload.owner,
                uploaded_at=upload.uploaded_at,
                prepared_keys=prepared_keys,
                pending=frozenset(prepared_keys),
                staged_copies=staged_copies,
                refused=refused,
                due_at=self.now(),
            ),
        )

    def prepare_variants(
        self, original: BinaryIO, header: ImageHeader, image_id: ImageId, owner_key: OwnerKey
    ) -> tuple[dict[str, str], dict[str, Rejected], tuple[int, int]]:
        """Store the prepared images.

        Returns their keys by operation, the operations that refuse the image, and the size of one that is upright.
        One variant serves every operation whose limits it fits. Raises Rejected when no operation accepts the image.
        """
        variants: list[tuple[PreparedImage, str]] = []
        keys: dict[str, str] = {}
        refused: dict[str, Rejected] = {}
        for name, operation in sorted(self.operations.items(), key=lambda row: rank_widest_first(row[1].limits)):
            key = next((key for variant, key in variants if variant.fits(operation.limits)), None)
            if key is None:
                try:
                    variant = self.preparer.prepare(original, header, operation.limits)
                except ImageTooSmall as why:
                    refused[name] = why
                    continue
                key = ids.make_prepared_key(owner_key, image_id, variant.body)
                self.prepared_images.put(key, variant)
                variants.append((variant, key))
            keys[name] = key
        if refused and not keys:
            raise next(iter(refused.values()))
        upright = variants[0][0] if variants else header
        return keys, refused, (upright.width, upright.height)


def rank_widest_first(limits: ImageLimits) -> tuple[float, int, int]:
    """A sort key: a variant for wide limits often fits the narrow ones too."""
    return -(limits.max_side or float("inf")), -limits.bytes, limits.min_side
