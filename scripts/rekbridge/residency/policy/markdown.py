"""The document as Markdown. Each fact has a line of its own, so that a diff shows one change as one line."""

from collections.abc import Iterable, Iterator

from rekbridge.residency.policy.document import DataFlow, Flow
from rekbridge.residency.policy.places import JURISDICTIONS

PRIVACY = {
    "headers": "JPEG and PNG files that Rekognition reads itself are put together anew around the compressed "
    "picture: no metadata of the file is sent, but data hidden inside the compressed picture would be. Other files are "
    "decoded and encoded again.",
    "reencode": "every image is decoded and encoded again: nothing of the file but its pixels is sent.",
}
AWS = """\
AWS is a processor of every image that is sent to Rekognition, in the region of the call. Two of its pages disagree:

- "Images passed to Amazon Rekognition API operations may be stored and used to improve the service unless you have
  opted out" (Rekognition developer guide, data encryption). "For this purpose, we might store such content in
  an AWS Region outside of the AWS Region where you are using the service" (Organizations user guide, AI services
  opt-out policies).
- Non-storage operations, which are all that Rekbridge calls, do not persist input image bytes (Rekognition developer
  guide, non-storage operations).

No variable of this deployment decides that. Rely on the opt-out policy of your organisation: `rekbridge residency
audit` checks that it is effective. Rekbridge calls no operation that stores faces, and no human review."""


def render(document: DataFlow) -> str:
    """Render it."""
    return "\n".join(_iterate_lines(document)) + "\n"


def _iterate_lines(document: DataFlow) -> Iterator[str]:
    yield f"# Where images may go: the deployment `{document.prefix}`"
    yield ""
    yield "Made from the deployment's variables by `rekbridge residency policy`. It says what these variables allow;"
    yield "`rekbridge residency audit` says whether what is deployed is so. The words: docs/glossary.md; more: "
    yield "docs/residency.md."
    yield ""
    yield "## Regions"
    yield ""
    yield f"- Home, where images and results are stored: {document.home}"
    yield f"- Remote, the only other region where a copy of an image is ever stored: {document.remote}"
    for place in document.allowed:
        yield f"- Allowed, where an image may be analysed: {place}"
    reached = [JURISDICTIONS[one] for one in document.jurisdictions]
    yield f"- Jurisdictions that an image may reach, home's first: {', '.join(reached)}"
    yield ""
    yield from _list_flows(document)
    yield "## What is sent of an image"
    yield ""
    yield f'- `image_privacy = "{document.image_privacy}"`: {PRIVACY[document.image_privacy]}'
    yield "- Never: the file's name, the owner, EXIF but the orientation, a position, a thumbnail."
    yield "- The keys of staged copies are opaque: keyed hashes, whose secret is at home."
    yield "- All requests use TLS; buckets, queues and the topic refuse others."
    yield ""
    yield from _list_stores(document)
    yield "## Who else gets data"
    yield ""
    yield from (f"- May name every owner's files (api_trusted_callers): {arn}" for arn in document.trusted_callers)
    if not document.trusted_callers:
        yield "- No caller of the REST API may name another owner's files."
    reached_from = "your VPC endpoints only" if document.private_api else "the internet, with IAM credentials"
    yield f"- The REST API is reached from {reached_from}."
    yield f"- Log lines are also sent to: {document.log_destination or 'nobody'}"
    for name, targets in document.sinks.items():
        yield f"- Events of results (opaque ids, no image) go to the sink {name}: {', '.join(targets)}"
    yield "- Everybody to whom the account's administrators give access."
    yield ""
    yield "## AWS itself"
    yield ""
    yield AWS


def _list_flows(document: DataFlow) -> Iterator[str]:
    yield "## What is sent to Rekognition"
    yield ""
    yield from _table(
        ("for", "operation", "action", "transfer", "largest image", "regions, in order"),
        (
            (
                flow.source,
                flow.operation,
                flow.action,
                "staged: a copy in the remote region" if flow.transfer == "staged" else "bytes: in the request",
                f"{flow.max_bytes / 1024**2:g} MB",
                _describe_regions(flow),
            )
            for flow in document.flows
        ),
    )
    yield ""
    yield "With several regions, home is used first if it is among them, and the others beyond its quota, in random"
    yield "order weighted by the shares. A region that fails is passed over; the transfer never changes by itself."
    yield ""


def _describe_regions(flow: Flow) -> str:
    others = flow.regions[1:] if flow.home_first else flow.regions
    shares = [f"{place}, {share} %" for place, share in zip(others, flow.shares, strict=True)]
    texts = [f"{flow.regions[0]}, first", *shares] if flow.home_first else shares
    return "; ".join(texts) if len(flow.regions) > 1 else str(flow.regions[0])


def _list_stores(document: DataFlow) -> Iterator[str]:
    yield "## What is kept"
    yield ""
    yield from _table(
        ("what", "where", "for how long", "under which key", "who can read it"),
        ((one.what, str(one.place), one.how_long, one.key, one.readers) for one in document.stores),
    )
    yield ""
    yield "An image that is sent in a request is stored nowhere by Rekbridge outside home."
    yield ""


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
