"""The REST API: what stands before the function, which no emulator checks as AWS does."""

import json
import re
from typing import Any

from rekbridge.support import paths

from tests.plan.planned import Json, Plan, Resource

DOCUMENT: Json = json.loads((paths.ROOT / "docs" / "openapi.json").read_text())
METHODS = {"get", "put", "post", "delete", "patch", "head", "options"}


def methods(plan: Plan) -> dict[str, Json]:
    """Every method as it is planned, by its name and path."""
    found = plan.of("aws_api_gateway_method")
    return {method.address.partition('["')[2].removesuffix('"]'): method.values for method in found}


def described() -> dict[str, Json]:
    """Every method of the document by its name and path; there each operation has a path of its own."""
    return {
        f"{method.upper()} {re.sub('^/analyze/.+', '/analyze/{operation}', path)}": told
        for path, methods in DOCUMENT["paths"].items()
        for method, told in methods.items()
        if method in METHODS
    }


def told(refusal: Resource) -> str:
    """What a refusal says, with words of AWS's where it leaves them room."""
    template: str = refusal.values["response_templates"]["application/json"]
    return template.replace("$context.error.messageString", '"AWS\'s words"')


def codes(status: str) -> set[str]:
    """The codes that the document has for a status."""
    schema: Any = DOCUMENT["components"]["responses"][status]["content"]["application/json"]["schema"]
    return set(schema["properties"]["code"]["enum"])


def test_the_paths_and_methods_are_those_of_the_document(plan: Plan) -> None:
    assert methods(plan).keys() == described().keys()


def test_a_refusal_of_the_gateway_has_a_code_that_the_document_knows_for_its_status(plan: Plan) -> None:
    for refusal in plan.of("aws_api_gateway_gateway_response"):
        code = json.loads(told(refusal))["code"]
        status = (
            refusal.values["status_code"]
            or {"DEFAULT_4XX": "400", "DEFAULT_5XX": "500"}[refusal.values["response_type"]]
        )
        assert code in codes(status), refusal.address


def test_every_method_is_for_whom_iam_lets_in(plan: Plan) -> None:
    assert {method["authorization"] for method in methods(plan).values()} == {"AWS_IAM"}


def test_every_method_is_answered_by_the_function_within_the_gateways_patience(plan: Plan) -> None:
    integrations = [integration.values for integration in plan.of("aws_api_gateway_integration")]
    (function,) = [function for function in plan.of("aws_lambda_function") if function.module.endswith(".api")]
    assert len(integrations) == len(methods(plan))
    assert {(one["type"], one["timeout_milliseconds"]) for one in integrations} == {
        ("AWS_PROXY", 1000 * function.values["timeout"])
    }


def test_every_refusal_of_the_gateway_is_json_like_the_functions_own(plan: Plan) -> None:
    for refusal in plan.of("aws_api_gateway_gateway_response"):
        answer = json.loads(told(refusal))
        assert answer.keys() == {"code", "message", "request_id"}, refusal.address
        assert answer["request_id"] == "$context.requestId"


def test_every_status_has_a_typed_answer(plan: Plan) -> None:
    types = {refusal.values["response_type"] for refusal in plan.of("aws_api_gateway_gateway_response")}
    assert types >= {"DEFAULT_4XX", "DEFAULT_5XX"}


def test_requests_are_logged_traced_and_throttled(plan: Plan) -> None:
    (stage,) = plan.of("aws_api_gateway_stage")
    (settings,) = plan.of("aws_api_gateway_method_settings")
    assert stage.values["xray_tracing_enabled"]
    assert stage.values["access_log_settings"]
    assert settings.values["settings"][0]["throttling_rate_limit"] == 50


def test_the_access_log_holds_nothing_that_may_name_an_image(plan: Plan) -> None:
    (stage,) = plan.of("aws_api_gateway_stage")
    logged = set(json.loads(stage.values["access_log_settings"][0]["format"]).values())
    assert logged == {
        "$context.requestTimeEpoch", "$context.requestId", "$context.xrayTraceId", "$context.identity.userArn",
        "$context.httpMethod", "$context.resourcePath", "$context.status", "$context.error.responseType",
        "$context.responseLength", "$context.responseLatency", "$context.integrationLatency",
    }  # fmt: skip


def test_nothing_but_this_api_invokes_its_function(plan: Plan) -> None:
    (permission,) = [one for one in plan.of("aws_lambda_permission") if "gateway" in one.address]
    assert permission.values["principal"] == "apigateway.amazonaws.com"
    assert permission.values["function_name"] == "rekbridge-api"
    assert permission.unknown["source_arn"], "it holds the API's id, which AWS gives"
