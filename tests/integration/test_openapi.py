"""The deployed REST API against its document: whatever is sent, the answer is one that the document knows."""

import pytest
import schemathesis
from rekbridge.testing import Stack
from schemathesis import BaseSchema, GenerationMode, Response

from tests.fuzzing import OPERATIONS, Sent, document, fuzz
from tests.integration.pictures import picture


@pytest.fixture(scope="module")
def schema() -> BaseSchema:
    return schemathesis.openapi.from_dict(document())


@pytest.mark.parametrize(("path", "method", "mode"), OPERATIONS)
def test_whatever_is_sent_the_answer_is_one_of_the_documents(
    path: str, method: str, mode: GenerationMode, schema: BaseSchema, stack: Stack
) -> None:
    url = stack.deployed.api_url

    def send(case: Sent) -> Response:
        return case.call(base_url=url)

    assert fuzz(schema, path, method, mode, 12, send, picture("fuzz"))
