"""Keys of owners: the fake, and the adapter on DynamoDB and Secrets Manager, behave alike."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from rekbridge_lambda.adapters import owner_keys as adapter
from rekbridge_lambda.adapters.dynamodb.items import deserialize, serialize
from rekbridge_lambda.adapters.dynamodb.library_rows import make_owner_row_key
from rekbridge_lambda.adapters.owner_keys import DerivedOwnerKeys, IdsSecret
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.ids import OwnerId
from rekbridge_lambda.ports import OwnerKeys

from tests.builders import HOME
from tests.contract.cloud import Cloud
from tests.fakes import FakeOwnerKeys

ANNA, BEN = OwnerId("anna"), OwnerId("ben")
ODD_OWNERS = ["", "#", "%23", "caller/arn:aws:iam::123456789012:user/anna", "ä" * 1000, "ä" * 999 + "b"]


@dataclass
class KeysUnderTest:
    """The keys, and how the erasure of an owner forgets one."""

    keys: OwnerKeys
    forget: Callable[[OwnerId], object]


def create_keys(cloud: Cloud, secret: str, table: str) -> DerivedOwnerKeys:
    """The adapter as a new process has it."""
    return DerivedOwnerKeys(
        IdsSecret(lambda _: cloud.client("secretsmanager"), HOME, secret), cloud.client("dynamodb"), table
    )


@pytest.fixture
def table(cloud: Cloud) -> str:
    return cloud.create_library_table()


@pytest.fixture
def secret(cloud: Cloud) -> str:
    return cloud.create_secret()


@pytest.fixture(params=["fake", "adapter"])
def subject(request: pytest.FixtureRequest, cloud: Cloud, table: str, secret: str) -> KeysUnderTest:
    if request.param == "fake":
        fake = FakeOwnerKeys()
        return KeysUnderTest(fake, fake.keys.pop)
    keys = create_keys(cloud, secret, table)

    def forget(owner: OwnerId) -> None:
        cloud.client("dynamodb").delete_item(TableName=table, Key=serialize(make_owner_row_key(owner)))
        keys.cache.clear()

    return KeysUnderTest(keys, forget)


def test_an_owner_has_one_key(subject: KeysUnderTest) -> None:
    assert subject.keys.load_key(ANNA) == subject.keys.load_key(ANNA)


def test_two_owners_have_two_keys(subject: KeysUnderTest) -> None:
    owners = [ANNA, BEN, *map(OwnerId, ODD_OWNERS)]
    assert len({subject.keys.load_key(owner) for owner in owners}) == len(owners)


def test_a_key_that_was_destroyed_never_comes_back(subject: KeysUnderTest) -> None:
    before, bens = subject.keys.load_key(ANNA), subject.keys.load_key(BEN)
    subject.forget(ANNA)
    assert subject.keys.load_key(ANNA) != before
    assert subject.keys.load_key(BEN) == bens


def test_every_process_makes_the_same_key(cloud: Cloud, secret: str, table: str) -> None:
    assert create_keys(cloud, secret, table).load_key(ANNA) == create_keys(cloud, secret, table).load_key(ANNA)


def test_a_key_needs_both_the_secret_and_the_salt(cloud: Cloud, secret: str, table: str) -> None:
    key = create_keys(cloud, secret, table).load_key(ANNA)
    assert create_keys(cloud, cloud.create_secret("another secret, as long as the first"), table).load_key(ANNA) != key
    assert create_keys(cloud, secret, cloud.create_library_table()).load_key(ANNA) != key


def test_a_salt_has_256_random_bits(cloud: Cloud, secret: str, table: str) -> None:
    create_keys(cloud, secret, table).load_key(ANNA)
    create_keys(cloud, secret, table).load_key(BEN)
    rows = {row["pk"]: row["salt"] for row in map(deserialize, cloud.scan_table(table))}
    assert rows.keys() == {"OWNER#anna", "OWNER#ben"}
    assert {len(bytes.fromhex(salt)) for salt in rows.values()} == {32}
    assert len(set(rows.values())) == 2


class OvertakenDynamoDb:
    """Counts the calls; before the first write another worker makes the owner's salt."""

    def __init__(self, client: Any, overtake: Callable[[], object] = lambda: None) -> None:
        self.client, self.overtake = client, overtake
        self.calls: list[str] = []

    def get_item(self, **arguments: Any) -> Any:
        assert arguments["ConsistentRead"]
        self.calls.append("read")
        return self.client.get_item(**arguments)

    def update_item(self, **arguments: Any) -> Any:
        self.overtake()
        self.calls.append("write")
        return self.client.update_item(**arguments)


def test_two_workers_that_need_a_new_owner_at_once_make_one_key(cloud: Cloud, secret: str, table: str) -> None:
    first, second = create_keys(cloud, secret, table), create_keys(cloud, secret, table)
    first.dynamodb = OvertakenDynamoDb(first.dynamodb, lambda: second.load_key(ANNA))  # type: ignore[assignment]
    assert first.load_key(ANNA) == second.load_key(ANNA)


def test_an_owner_is_read_once_and_written_with_the_first_image_only(cloud: Cloud, secret: str, table: str) -> None:
    for calls in (["read", "write"], ["read"]):
        keys = create_keys(cloud, secret, table)
        keys.dynamodb = dynamodb = OvertakenDynamoDb(keys.dynamodb)  # type: ignore[assignment]
        for _ in range(3):
            keys.load_key(ANNA)
        assert dynamodb.calls == calls


def test_a_warm_process_forgets_a_key_after_five_minutes(
    cloud: Cloud, secret: str, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, now = create_keys(cloud, secret, table), [0.0]
    monkeypatch.setattr(adapter, "monotonic", lambda: now[0])
    key = keys.load_key(ANNA)
    cloud.client("dynamodb").delete_item(TableName=table, Key=serialize(make_owner_row_key(ANNA)))
    now[0] = 299
    assert keys.load_key(ANNA) == key
    now[0] = 301
    assert keys.load_key(ANNA) != key


def test_the_cache_of_keys_is_bounded(cloud: Cloud, secret: str, table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "MAX_CACHED_KEYS", 3)
    keys = create_keys(cloud, secret, table)
    for number in range(10):
        keys.load_key(OwnerId(str(number)))
    assert len(keys.cache) <= 3


class FailingSecrets:
    """Secrets Manager with an error or an answer."""

    def __init__(self, outcome: Exception | dict[str, Any]) -> None:
        self.outcome = outcome
        self.calls = 0

    def get_secret_value(self, SecretId: str) -> dict[str, Any]:
        self.calls += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def make_error(code: str, status: int = 400) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "GetSecretValue")


@pytest.mark.parametrize(
    "outcome",
    [
        make_error("ResourceNotFoundException"),
        make_error("AccessDeniedException"),
        make_error("InvalidRequestException"),
        make_error("DecryptionFailure"),
        make_error("InternalServiceError", 500),
        make_error("ThrottlingException"),
        EndpointConnectionError(endpoint_url="https://secretsmanager.eu-west-3.amazonaws.com/"),
        {"SecretString": ""},
        {"SecretString": "too short"},
        {"SecretBinary": b"not a text"},
    ],
    ids=str,
)
def test_without_the_secret_there_is_no_key_and_no_row(
    cloud: Cloud, table: str, outcome: Exception | dict[str, Any]
) -> None:
    failing = FailingSecrets(outcome)
    keys = DerivedOwnerKeys(IdsSecret(lambda _: failing, HOME, "kit-ids"), cloud.client("dynamodb"), table)  # type: ignore[arg-type, return-value]
    with pytest.raises(Unavailable):
        keys.load_key(ANNA)
    assert cloud.scan_table(table) == []
    # As soon as the secret is there, the work that waited is done.
    failing.outcome = {"SecretString": "the secret of the ids, restored."}
    assert keys.load_key(ANNA)


def test_a_row_that_has_lost_its_salt_gets_another_one(cloud: Cloud, secret: str, table: str) -> None:
    create_keys(cloud, secret, table).load_key(ANNA)
    [row] = cloud.scan_table(table)
    key = {name: row[name] for name in ("pk", "sk")}
    cloud.client("dynamodb").update_item(TableName=table, Key=key, UpdateExpression="REMOVE salt")
    assert create_keys(cloud, secret, table).load_key(ANNA)


def test_a_denied_secret_says_what_to_do() -> None:
    secret = IdsSecret(lambda _: FailingSecrets(make_error("AccessDeniedException")), HOME, "kit-ids")  # type: ignore[arg-type, return-value]
    with pytest.raises(Unavailable, match=r"cannot be read \(AccessDeniedException\): see docs/operations.md") as error:
        secret.load()
    assert error.value.retry_in == 60


def test_the_secret_is_read_once_per_process(cloud: Cloud, table: str) -> None:
    client = FailingSecrets({"SecretString": "the secret of the ids, long enough"})
    keys = DerivedOwnerKeys(IdsSecret(lambda _: client, HOME, "kit-ids"), cloud.client("dynamodb"), table)  # type: ignore[arg-type, return-value]
    for owner in (ANNA, BEN):
        keys.load_key(owner)
    assert client.calls == 1


def test_neither_secret_nor_salt_is_logged(
    cloud: Cloud, secret: str, table: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        create_keys(cloud, secret, table).load_key(ANNA)
    [row] = map(deserialize, cloud.scan_table(table))
    assert row["salt"] not in caplog.text
    assert "the secret of the ids in contract tests" not in caplog.text
