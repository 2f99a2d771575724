"""What AWS and this machine refuse: the errors of botocore and of the system, in words that the operator can act on."""

from botocore import exceptions as aws
from botocore.exceptions import BotoCoreError, ClientError

from rekbridge.support.errors import OperatorError

DENIED = {"AccessDeniedException", "AccessDenied", "UnauthorizedException", "UnauthorizedOperation"}
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
# Nobody is known by these; also said by a region that is not enabled for the account.
UNKNOWN = {"UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch"}
UNSIGNED = (
    aws.NoCredentialsError,
    aws.PartialCredentialsError,
    aws.CredentialRetrievalError,
    aws.ProfileNotFound,
    aws.ConfigParseError,
    aws.SSOError,
    aws.TokenRetrievalError,
    aws.LoginError,
)
SIGN_IN = "Set AWS_PROFILE, sign in again (aws sso login), or whatever else your account asks for; then again."

type Failure = BotoCoreError | ClientError | OSError


def code(error: ClientError) -> str:
    """AWS's word for it."""
    return str(error.response["Error"]["Code"])


def told(error: Failure) -> OperatorError:
    """What is wrong, and what to do."""
    match error:
        case ClientError() if code(error) in EXPIRED:
            return OperatorError(f"Your AWS credentials have expired: {error}", SIGN_IN)
        case ClientError() if code(error) in UNKNOWN:
            return OperatorError(f"AWS does not know your credentials there: {error}", SIGN_IN)
        case ClientError() if code(error) in DENIED:
            return OperatorError(str(error), "Have your role allowed what AWS names, then again.")
        case ClientError():
            return OperatorError(str(error), "Mend what AWS names, then again.")
        case _ if isinstance(error, UNSIGNED):
            return OperatorError(f"There are no AWS credentials to ask with: {error}", SIGN_IN)
        case BotoCoreError():
            return OperatorError(f"AWS cannot be asked: {error}", "Look at the network, and at your AWS settings.")
    return OperatorError(
        f"Not on this machine: {error}",
        "Mend it, then again. Rekbridge keeps what it makes in .rekbridge; REKBRIDGE_HOME names another folder.",
    )
