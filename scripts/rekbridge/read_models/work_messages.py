"""The messages of the work queues, as the Lambdas write and read them."""

from rekbridge_lambda.adapters.sqs.messages import encode_message
from rekbridge_lambda.domain.runs import Run


def encode_work(run: Run, operation: str) -> str:
    """Return the message that has one operation run on an image."""
    return encode_message(run.make_work(operation))
