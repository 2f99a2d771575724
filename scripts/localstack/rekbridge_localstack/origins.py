"""LocalStack refuses web pages that are not ours, before it does anything else with their requests.

Its own check knows neither host names nor Sec-Fetch-Site, leaves out S3 and API Gateway, and accepts LocalStack's site.
"""

from functools import partial

from localstack import config
from localstack.aws.api import RequestContext
from localstack.aws.chain import HandlerChain
from localstack.http import Response
from localstack.runtime import get_current_runtime, hooks
from rekbridge_engine.origin_guard import OriginPolicy, build_refusal_headers, encode_headers


@hooks.on_infra_start()
def refuse_foreign_pages() -> None:
    """Put the check in front of all handlers, of HTTP requests and WebSockets alike."""
    # Pages that are accepted get their CORS headers from LocalStack, which reads the same setting.
    origins = (origin.strip() for origin in config.EXTRA_CORS_ALLOWED_ORIGINS.split(","))
    policy = OriginPolicy(frozenset(origin for origin in origins if origin))
    get_current_runtime().components.gateway.request_handlers.insert(0, partial(check_request, policy))


def check_request(policy: OriginPolicy, chain: HandlerChain, context: RequestContext, response: Response) -> None:
    """Answer what the policy refuses with 403, and end the chain."""
    request = context.request
    refusal = policy.find_refusal(request.method, request.query_string, encode_headers(request.headers))
    if refusal is None:
        return
    response.status_code = 403
    response.data = f"{refusal}\n".encode()
    for name, value in build_refusal_headers(response.data):
        response.headers[name.decode()] = value.decode()
    chain.terminate()
