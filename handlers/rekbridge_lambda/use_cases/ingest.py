"""An upload becomes an image: looked at, prepared at home, admitted to the library, sent to be analysed."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rekbridge_lambda.domain import ids
from rekbridge_lambda.domain.errors import ImageTooSmall, Rejected, Unavailable, UnreadableImage
from rekbridge_lambda.domain.operations import Plan
from rekbridge_lambda.domain.runs import Image, Run, Source
from rekbridge_lambda.domain.uploads import Upload
from rekbridge_lambda.imaging.sniffing import Limits, Picture, Prepared, sniff
from rekbridge_lambda.ports import Clock, Library, Media, Preparation, Shelf, Staging, WorkQueues
from rekbridge_lambda.use_cases.enqueue import dispatch

# A file that ends its reader each time (a decoder's crash, all memory taken) would do so for days.
MOST_READINGS = 5

# More than this lying in the remote region would wait, and expire, without being read.
STAGED_AHEAD_H = 6


@dataclass(frozen=True, slots=True)
class Ingest:
    """The ports and the plan that one upload is taken in with."""

    plan: Plan
    media: Media
    preparation: Preparation
    shelf: Shelf
    library: Library
    staging: Staging
    work: WorkQueues
    now: Clock

    def __call__(self, upload: Upload, delivery: int) -> str:
        """Take one upload in, once; what came of it. The same event again only repeats what was not sent."""
        run = self.known(upload)
        if run is None:
            self.leave_room()
            try:
                run = self.read(upload, delivery)
            except Rejected as why:
                self.library.refuse(Source(upload, code=why.code, reason=str(why)))
                return why.code
        dispatch(run, self.plan, self.shelf, self.staging, self.work)
        return f"pending {', '.join(sorted(run.pending))}" if run.pending else "done before"

    def known(self, upload: Upload) -> Run | None:
        """The run of an event that was delivered before, as far as today's plan is the same."""
        source = self.library.source(upload)
        if source is None or source.image is None:
            return None
        return self.library.run(ids.run_id(source.image, self.plan))

    def leave_room(self) -> None:
        """Raises Unavailable while the remote region has hours of staged work before it."""
        for name, planned in self.plan.items():
            room = STAGED_AHEAD_H * 3600 * sum(allowed.tps for allowed in planned.regions.values())
            if planned.way == "staged" and self.work.depth(name) >= room:
                waiting = f"{name}: {room:.0f} staged images wait in {', '.join(planned.regions)} already"
                raise Unavailable(waiting, retry_in=900)

    def read(self, upload: Upload, delivery: int) -> Run:
        """Admit an upload; from its second delivery on the readings that nobody saw the end of are counted."""
        if delivery == 1:
            return self.admit(upload)
        if self.library.readings(upload, 1) > MOST_READINGS:
            raise UnreadableImage(f"reading it was cut short {MOST_READINGS} times: the file crashes what reads it")
        try:
            return self.admit(upload)
        except Unavailable:
            self.library.readings(upload, -1)
            raise

    def admit(self, upload: Upload) -> Run:
        """Look at the picture, prepare it for every operation and store what it is."""
        picture = sniff(lambda offset, length: self.media.read(upload, offset, length), upload.size)
        with TemporaryDirectory() as folder:
            path = Path(folder, "original")
            content = self.media.fetch(upload, path)
            image = ids.image_id(upload.owner, content)
            prepared, refused = self.prepared(path, picture, image)

        run = ids.run_id(image, self.plan)
        staged = frozenset(
            ids.staged_key(run, key) for name, key in prepared.items() if self.plan[name].way == "staged"
        )
        return self.library.admit(
            Source(upload, image=image, run=run),
            Image(image, upload.owner, content, picture.format, upload.size, picture.width, picture.height),
            Run(
                id=run,
                image=image,
                owner=upload.owner,
                uploaded_at=upload.uploaded_at,
                prepared=prepared,
                pending=frozenset(prepared),
                staged=staged,
                refused=refused,
                due_at=self.now(),
            ),
        )

    def prepared(self, path: Path, picture: Picture, image: str) -> tuple[dict[str, str], dict[str, Rejected]]:
        """Each operation's variant by its key, one serving all whose limits it meets; and who gets none, and why.

        Raises the refusal when no operation takes the picture.
        """
        made: list[tuple[Prepared, str]] = []
        keys: dict[str, str] = {}
        refused: dict[str, Rejected] = {}
        for name, planned in sorted(self.plan.items(), key=lambda row: loosest_first(row[1].limits)):
            key = next((key for variant, key in made if variant.fits(planned.limits)), None)
            if key is None:
                try:
                    variant = self.preparation.prepare(path, picture, planned.limits)
                except ImageTooSmall as why:
                    refused[name] = why
                    continue
                key = ids.prepared_key(image, variant.body)
                self.shelf.put(key, variant)
                made.append((variant, key))
            keys[name] = key
        if refused and not keys:
            raise next(iter(refused.values()))
        return keys, refused


def loosest_first(limits: Limits) -> tuple[float, int, int]:
    """A sort key: the variant for wide limits often meets the narrow ones too."""
    return -(limits.max_side or float("inf")), -limits.bytes, limits.min_side
