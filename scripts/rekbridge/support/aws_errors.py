"""Turns errors of AWS, botocore and the operating system into messages that the operator can act on."""

from botocore import exceptions as aws
from botocore.exceptions import BotoCoreError, ClientError

from rekbridge.support.errors import OperatorError

ACCESS_DENIED_CODES = {
    "AccessDeniedException",
    "AccessDenied",
    # SNS's word for it.
    "AuthorizationError",
    "UnauthorizedException",
    "UnauthorizedOperation",
}
EXPIRED_CREDENTIALS_CODES = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
# What services answer about a resource that does not exist, or no longer does.
GONE_CODES = {
    "404",
    "AWS.SimpleQueueService.NonExistentQueue",
    "NoSuchBucket",
    "NotFound",
    "NotFoundException",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
}
# AWS does not accept the credentials. A region that is not enabled for the account returns these codes, too.
UNKNOWN_CREDENTIALS_CODES = {
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
}
CREDENTIALS_ERRORS = (
    aws.NoCredentialsError,
    aws.PartialCredentialsError,
    aws.CredentialRetrievalError,
    aws.ProfileNotFound,
    aws.ConfigParseError,
    aws.SSOError,
    aws.TokenRetrievalError,
    aws.LoginError,
)
SIGN_IN_ADVICE = "Set AWS_PROFILE, or sign in again (for example: aws sso login), then run the command again."

type ExternalError = BotoCoreError | ClientError | OSError


def get_error_code(error: ClientError) -> str:
    """Return AWS's error code, like AccessDeniedException."""
    return str(error.response["Error"]["Code"])


def to_operator_error(error: ExternalError) -> OperatorError:
    """Say what is wrong and what to do about it."""
    match error:
        case ClientError() if get_error_code(error) in EXPIRED_CREDENTIALS_CODES:
            return OperatorError(f"Your AWS credentials have expired: {error}", SIGN_IN_ADVICE)
        case ClientError() if get_error_code(error) in UNKNOWN_CREDENTIALS_CODES:
            return OperatorError(f"AWS does not know your credentials in this region: {error}", SIGN_IN_ADVICE)
        case ClientError() if get_error_code(error) in ACCESS_DENIED_CODES:
            return OperatorError(str(error), "Allow your role the action that AWS names, then run the command again.")
        case ClientError():
            return OperatorError(str(error), "Fix what AWS names, then run the command again.")
        case _ if isinstance(error, CREDENTIALS_ERRORS):
            return OperatorError(f"There are no AWS credentials: {error}", SIGN_IN_ADVICE)
        case BotoCoreError():
            return OperatorError(f"AWS cannot be reached: {error}", "Check the network and your AWS settings.")
    return OperatorError(
        f"The operating system refused an operation: {error}",
        "Fix it, then run the command again. Rekbridge writes to .rekbridge; set REKBRIDGE_HOME to use another folder.",
    )
