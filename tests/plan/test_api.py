"""The REST API: what API Gateway does before the function, which no emulator checks as AWS does."""

import json
import re
from typing import Any

from rekbridge.support import paths
from rekbridge.terraform.evaluation import evaluate_expression

from tests.plan.conftest import EXAMPLE
from tests.plan.terraform_plan import PlannedResource, PlanObject, TerraformPlan

OPENAPI: PlanObject = json.loads((paths.ROOT / "docs" / "openapi.json").read_text())
HTTP_METHODS = {"get", "put", "post", "delete", "patch", "head", "options"}


def find_planned_methods(plan: TerraformPlan) -> dict[str, PlanObject]:
    """Every planned method by its name and path."""
    resources = plan.find_all("aws_api_gateway_method")
    return {method.address.partition('["')[2].removesuffix('"]'): method.values for method in resources}


def find_documented_methods() -> dict[str, PlanObject]:
    """Every method of the OpenAPI document by its name and path; there each operation has a path of its own."""
    return {
        f"{method.upper()} {re.sub('^/analyze/.+', '/analyze/{operation}', path)}": description
        for path, methods in OPENAPI["paths"].items()
        for method, description in methods.items()
        if method in HTTP_METHODS
    }


def render_body(response: PlannedResource) -> str:
    """The body of an error response, with an example in place of AWS's own message."""
    template: str = response.values["response_templates"]["application/json"]
    return template.replace("$context.error.messageString", '"AWS\'s message"')


def find_documented_codes(status: str) -> set[str]:
    """The error codes that the OpenAPI document has for a status."""
    schema: Any = OPENAPI["components"]["responses"][status]["content"]["application/json"]["schema"]
    return set(schema["properties"]["code"]["enum"])


def test_the_paths_and_methods_are_those_of_the_document(plan: TerraformPlan) -> None:
    assert find_planned_methods(plan).keys() == find_documented_methods().keys()


def test_an_error_of_the_gateway_has_a_code_that_is_documented_for_its_status(plan: TerraformPlan) -> None:
    for response in plan.find_all("aws_api_gateway_gateway_response"):
        code = json.loads(render_body(response))["code"]
        status = (
            response.values["status_code"]
            or {"DEFAULT_4XX": "400", "DEFAULT_5XX": "500"}[response.values["response_type"]]
        )
        assert code in find_documented_codes(status), response.address


def test_iam_authorizes_every_method(plan: TerraformPlan) -> None:
    assert {method["authorization"] for method in find_planned_methods(plan).values()} == {"AWS_IAM"}


def test_the_function_answers_every_method_within_the_gateways_timeout(plan: TerraformPlan) -> None:
    integrations = [integration.values for integration in plan.find_all("aws_api_gateway_integration")]
    (function,) = [function for function in plan.find_all("aws_lambda_function") if function.module.endswith(".api")]
    assert len(integrations) == len(find_planned_methods(plan))
    assert {(values["type"], values["timeout_milliseconds"]) for values in integrations} == {
        ("AWS_PROXY", 1000 * function.values["timeout"])
    }


def test_every_error_of_the_gateway_is_json_like_the_functions_errors(plan: TerraformPlan) -> None:
    for response in plan.find_all("aws_api_gateway_gateway_response"):
        body = json.loads(render_body(response))
        assert body.keys() == {"code", "message", "request_id"}, response.address
        assert body["request_id"] == "$context.requestId"


def test_every_error_status_has_a_typed_response(plan: TerraformPlan) -> None:
    types = {response.values["response_type"] for response in plan.find_all("aws_api_gateway_gateway_response")}
    assert types >= {"DEFAULT_4XX", "DEFAULT_5XX"}


def test_every_retryable_error_of_the_gateway_says_when_and_no_other_does(plan: TerraformPlan) -> None:
    for response in plan.find_all("aws_api_gateway_gateway_response"):
        retryable = response.values["status_code"] in {"429", "503", "504"}
        has_header = "gatewayresponse.header.Retry-After" in (response.values["response_parameters"] or {})
        assert has_header == retryable, response.address


def test_a_throttled_function_is_answered_with_503(plan: TerraformPlan) -> None:
    """API Gateway has no type for it: see modules/gateway/error_responses.tf."""
    (response,) = [
        one
        for one in plan.find_all("aws_api_gateway_gateway_response")
        if one.values["response_type"] == "API_CONFIGURATION_ERROR"
    ]
    assert (response.values["status_code"], json.loads(render_body(response))["code"]) == ("503", "unavailable")


def test_requests_are_logged_traced_and_throttled(plan: TerraformPlan) -> None:
    (stage,) = plan.find_all("aws_api_gateway_stage")
    (settings,) = plan.find_all("aws_api_gateway_method_settings")
    assert stage.values["xray_tracing_enabled"]
    assert stage.values["access_log_settings"]
    assert settings.values["settings"][0]["throttling_rate_limit"] == 50


def test_the_access_log_has_nothing_that_may_contain_the_key_of_an_image(plan: TerraformPlan) -> None:
    (stage,) = plan.find_all("aws_api_gateway_stage")
    fields = set(json.loads(stage.values["access_log_settings"][0]["format"]).values())
    assert fields == {
        "$context.requestTimeEpoch", "$context.requestId", "$context.xrayTraceId", "$context.identity.userArn",
        "$context.httpMethod", "$context.resourcePath", "$context.status", "$context.error.responseType",
        "$context.responseLength", "$context.responseLatency", "$context.integrationLatency",
    }  # fmt: skip


def test_one_caller_leaves_half_of_the_apis_limit_to_the_others() -> None:
    assert evaluate_expression(EXAMPLE, "local.caller_throttle") == {"per_second": 25, "burst": 50}


def test_the_api_may_call_exactly_what_the_deployment_chose() -> None:
    operations = evaluate_expression(EXAMPLE, "local.api_operations")
    assert {name: sorted(row["regions"]) for name, row in operations.items()} == {
        "text": ["eu-west-1"],
        "faces": ["eu-central-1", "eu-west-1"],
        "labels": ["eu-central-1"],
    }


def test_only_this_api_may_invoke_its_function(plan: TerraformPlan) -> None:
    (permission,) = [one for one in plan.find_all("aws_lambda_permission") if "gateway" in one.address]
    assert permission.values["principal"] == "apigateway.amazonaws.com"
    assert permission.values["function_name"] == "rekbridge-api"
    assert permission.unknown["source_arn"], "it contains the id of the API, which is known after the apply only"
