"""The REST API: what stands before the function, which no emulator checks as AWS does."""

import json

from tests.plan.planned import Json, Plan


def methods(plan: Plan) -> dict[str, Json]:
    """Every method as it is planned, by its name and path."""
    found = plan.of("aws_api_gateway_method")
    return {method.address.partition('["')[2].removesuffix('"]'): method.values for method in found}


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
        template = refusal.values["response_templates"]["application/json"]
        told = json.loads(template.replace("$context.error.messageString", '"AWS\'s words"'))
        assert told.keys() == {"code", "message", "request_id"}, refusal.address
        assert told["request_id"] == "$context.requestId"


def test_every_status_has_a_typed_answer(plan: Plan) -> None:
    types = {refusal.values["response_type"] for refusal in plan.of("aws_api_gateway_gateway_response")}
    assert types >= {"DEFAULT_4XX", "DEFAULT_5XX"}


def test_requests_are_logged_traced_and_throttled(plan: Plan) -> None:
    (stage,) = plan.of("aws_api_gateway_stage")
    (settings,) = plan.of("aws_api_gateway_method_settings")
    assert stage.values["xray_tracing_enabled"]
    assert stage.values["access_log_settings"]
    assert settings.values["settings"][0]["throttling_rate_limit"] == 100


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
