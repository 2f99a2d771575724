"""Finds resources that have the names of a deployment although nothing is deployed."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, groupby
from typing import Any

from botocore.exceptions import ClientError

from rekbridge.deploy.preflight.credentials import Identity
from rekbridge.deploy.preflight.findings import Finding, read_if_permitted
from rekbridge.deploy.preflight.names import BUCKET, TakenName, iterate_names
from rekbridge.deploy.preflight.settings import DeploymentSettings
from rekbridge.support.aws_errors import get_error_code
from rekbridge.support.notify import Notify

# Each kind asks AWS for one name after another; the kinds do so side by side.
MAX_PARALLEL = 8


def check_names(
    settings: DeploymentSettings, identity: Identity, create_client: Callable[[str, str], Any], notify: Notify
) -> list[Finding]:
    """Find the names that are taken. A first deployment only: what a state has is its own."""
    names = (name for name in iterate_names(settings, identity.account) if name.region not in identity.refusals)
    by_kind = [list(group) for _, group in groupby(sorted(names, key=_get_kind_and_region), key=_get_kind_and_region)]
    # Clients are created here: boto3's session may not be used by two threads.
    clients = [create_client(first.kind.service, first.region) for first, *_ in by_kind]
    with ThreadPoolExecutor(MAX_PARALLEL) as pool:
        taken = list(chain.from_iterable(pool.map(partial(_find_taken, notify), clients, by_kind)))
    foreign = [name for name in taken if isinstance(name, Finding)]
    own = [name for name in taken if isinstance(name, TakenName)]
    return [*foreign, *([_describe_taken(settings.prefix, identity.account, own)] if own else [])]


def _get_kind_and_region(name: TakenName) -> tuple[str, str]:
    return name.kind.title, name.region


def _find_taken(notify: Notify, client: Any, names: Sequence[TakenName]) -> list[TakenName | Finding]:
    kind, region = names[0].kind, names[0].region
    taken: list[TakenName | Finding] = []
    for name in names:
        try:
            exists = read_if_permitted(
                partial(kind.exists, client, name.name),
                f"Cannot read which {kind.title}s with the deployment's names exist in {region}",
                kind.permission,
                notify,
            )
        except ClientError as error:
            if kind is not BUCKET or get_error_code(error) != "403":
                raise
            taken.append(_describe_foreign_bucket(name))
            continue
        if exists is None:
            break
        if exists:
            taken.append(name)
    return taken


def _describe_foreign_bucket(bucket: TakenName) -> Finding:
    return Finding(
        f"The bucket {bucket.name} exists, but is another account's or does not admit you (HeadBucket: 403).",
        "Set another prefix; or, if your account owns it, allow your role s3:ListBucket on it: "
        f"aws s3api list-buckets --query \"Buckets[?Name=='{bucket.name}']\"",
    )


def _describe_taken(prefix: str, account: str, names: Sequence[TakenName]) -> Finding:
    lines = "\n".join(f"  {name.kind.title} {name.name} ({name.region})" for name in names)
    removals = "\n".join(
        name.kind.removal.format(name=name.name, region=name.region) + "  # with what is in it" * name.kind.holds_data
        for name in names
    )
    return Finding(
        f"The prefix {prefix} is in use in the account {account}, although this state has nothing deployed:\n{lines}",
        "If it is another deployment, here or in another region (roles belong to the whole account): set another "
        "prefix.\nIf it is this deployment: use the state that it was deployed with (its backend_override.tf, or its "
        "machine).\n"
        f"If it is left over and nobody needs it, remove it:\n\n{removals}",
    )
