"""The keys of owners: made of the deployment's secret and a salt in the owner's row of the library table."""

import secrets
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from rekbridge_lambda.adapters.aws import get_error_code, map_aws_errors
from rekbridge_lambda.adapters.dynamodb.items import deserialize, serialize
from rekbridge_lambda.adapters.dynamodb.library_rows import make_owner_row_key
from rekbridge_lambda.domain.errors import Unavailable
from rekbridge_lambda.domain.ids import OwnerId, OwnerKey, make_owner_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

SALT_BYTES = 32
# AWS generates 64 characters (modules/secret); a secret of the operator's own may be shorter.
MIN_SECRET_CHARACTERS = 32
SECRET_RETRY_S = 60
# A key outlives its owner's row in a warm process, but no longer than this.
KEY_CACHE_S = 300
MAX_CACHED_KEYS = 10_000


class IdsSecret:
    """The deployment's secret, read when it is first needed and once per process."""

    def __init__(self, clients: Callable[[str], "SecretsManagerClient"], region: str, secret_id: str) -> None:
        self.clients, self.region, self.secret_id = clients, region, secret_id
        self.value = b""

    @property
    def client(self) -> "SecretsManagerClient":
        """The client, created when it is first needed."""
        return self.clients(self.region)

    def load(self) -> bytes:
        """The secret. Raises Unavailable: an id that is made without it would be another id, and could be guessed."""
        if not self.value:
            self.value = self.fetch()
        return self.value

    def fetch(self) -> bytes:
        """Read the secret from Secrets Manager. Raises Unavailable, whatever the reason."""
        try:
            with map_aws_errors():
                text = self.client.get_secret_value(SecretId=self.secret_id).get("SecretString", "")
        except ClientError as error:
            # Missing, deleted or denied: the operator can repair it, and what waits is then done.
            raise Unavailable(
                f"the secret of the ids cannot be read ({get_error_code(error)}): see docs/operations.md",
                SECRET_RETRY_S,
            ) from error
        if len(text) < MIN_SECRET_CHARACTERS:
            raise Unavailable(
                f"the secret of the ids is not a text of at least {MIN_SECRET_CHARACTERS} characters: see "
                "docs/operations.md",
                SECRET_RETRY_S,
            )
        return text.encode()


class DerivedOwnerKeys:
    """An owner's key is the HMAC of the owner's salt; deleting the salt's row destroys the key."""

    def __init__(self, secret: IdsSecret, dynamodb: "DynamoDBClient", table: str) -> None:
        self.secret, self.dynamodb, self.table = secret, dynamodb, table
        self.cache: dict[OwnerId, tuple[float, OwnerKey]] = {}

    def load_key(self, owner: OwnerId) -> OwnerKey:
        """The owner's key, at most five minutes old. Raises Unavailable."""
        loaded_at, key = self.cache.get(owner, (float("-inf"), OwnerKey(b"")))
        if monotonic() - loaded_at > KEY_CACHE_S:
            if len(self.cache) >= MAX_CACHED_KEYS:
                self.cache.clear()
            # The secret first: without it no row is written.
            key = make_owner_key(self.secret.load(), self.load_salt(owner))
            self.cache[owner] = monotonic(), key
        return key

    def load_salt(self, owner: OwnerId) -> bytes:
        """The owner's salt; the first of several workers to need it makes it, by one conditional write."""
        row_key = serialize(make_owner_row_key(owner))
        with map_aws_errors():
            stored = self.dynamodb.get_item(TableName=self.table, Key=row_key, ConsistentRead=True).get("Item")
            if stored is None or "salt" not in stored:
                stored = self.dynamodb.update_item(
                    TableName=self.table,
                    Key=row_key,
                    UpdateExpression="SET salt = if_not_exists(salt, :salt)",
                    ExpressionAttributeValues=serialize({":salt": secrets.token_hex(SALT_BYTES)}),
                    ReturnValues="ALL_NEW",
                )["Attributes"]
        return bytes.fromhex(deserialize(stored)["salt"])
