"""Builds the OpenAPI 3.1 document. Each operation has its own path, because parameters and responses differ."""

import json

from rekbridge.api.openapi import error_responses, rekbridge_schemas, schemas
from rekbridge.support import paths
from rekbridge.support.json_types import JsonObject

DOCUMENT = paths.ROOT / "docs" / "openapi.json"
CATALOG = paths.TABLES_FOLDER / "operations.json"

ABOUT = """Analyse images with Amazon Rekognition from a region that does not have it, or not enough of it. \
An image is prepared in the home region: its metadata is removed and it is scaled to the operation's limits. Then it \
is sent as bytes to a region with quota; nothing else leaves home. The same analysis of the same image is paid once \
per owner. The owner is the first part of a key, or the IAM user or role that sends bytes. A caller names its own \
keys, which begin with `role-<name>/` or `user-<name>/`; the operator may trust a caller with all keys.

Every request is signed with Signature Version 4 for `execute-api`."""
UPLOAD = """Post the form to S3, with the file in the last field, named `file`. The file is analysed like every \
upload. Its key can be used in requests at once."""


def build_document() -> JsonObject:
    """Build the document."""
    shapes: JsonObject = {}
    catalog: dict[str, JsonObject] = json.loads(CATALOG.read_text())["operations"]
    paths = {f"/analyze/{name}": {"post": build_analysis_operation(name, row, shapes)} for name, row in catalog.items()}
    paths |= {
        "/uploads": {
            "post": {
                "operationId": "upload",
                "summary": "Create a presigned POST form for uploading one file to one key",
                "description": UPLOAD,
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": rekbridge_schemas.UPLOAD_REQUEST}},
                },
                "responses": build_response("The form.", rekbridge_schemas.PRESIGNED_POST)
                | error_responses.reference_error_responses(400, 403, 413, 429, 500, 503, 504),
            }
        },
        "/health": {
            "get": build_status_operation(
                "health", "What is deployed. Rekognition is not called", rekbridge_schemas.HEALTH
            )
        },
        "/capacity": {
            "get": build_status_operation(
                "capacity",
                "Quota, learned rate and circuit breaker of every operation and region",
                rekbridge_schemas.CAPACITY,
            )
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rekbridge",
            "version": "1",
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [
            {
                "url": "https://{api}.execute-api.{region}.amazonaws.com/v1",
                "variables": {"api": {"default": "api"}, "region": {"default": "eu-west-3"}},
            }
        ],
        "security": [{"sigv4": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "sigv4": {
                    "type": "apiKey",
                    "name": "Authorization",
                    "in": "header",
                    "x-amazon-apigateway-authtype": "awsSigv4",
                }
            },
            "schemas": {"Image": schemas.IMAGE, "Rekbridge": rekbridge_schemas.REKBRIDGE}
            | dict(sorted(shapes.items())),
            "responses": error_responses.build_error_responses(),
        },
    }


def build_analysis_operation(name: str, row: JsonObject, shapes: JsonObject) -> JsonObject:
    """Build an analysis: the request is a file or Rekognition's JSON, the response Rekognition's plus `Rekbridge`.

    The shapes of the response are added to `shapes`.
    """
    images = {image: {"$ref": "#/components/schemas/Image"} for image in row["image_parameters"]}
    request = schemas.build_object_schema(row["parameters"], [])
    request |= {"properties": images | request["properties"], "required": list(images)}
    raw: JsonObject = {} if len(images) > 1 else {"image/*": {"schema": {}}, "application/octet-stream": {"schema": {}}}
    response = {
        "allOf": [
            schemas.build_response_schema(row["action"], shapes),
            {
                "type": "object",
                "properties": {"Rekbridge": {"$ref": "#/components/schemas/Rekbridge"}},
                "required": ["Rekbridge"],
            },
        ]
    }
    return {
        "operationId": row["action"],
        "summary": f"{row['action']} of Amazon Rekognition",
        "description": describe_operation(row),
        "requestBody": {"required": True, "content": {"application/json": {"schema": request}} | raw},
        "responses": build_response("Rekognition's response.", response)
        | error_responses.reference_error_responses(*error_responses.ERRORS_BY_STATUS),
    }


def describe_operation(row: JsonObject) -> str:
    """Describe an operation for callers."""
    required = f" {', '.join(row['required'])} is required, unless the deployment sets it." if row["required"] else ""
    several = " The images are compared in this order." if len(row["image_parameters"]) > 1 else ""
    return (
        f"Omitted parameters have the values of the deployment.{required}{several} A request can have up to 4.5 MB, "
        f"the object of a key up to 100 MiB. Rekognition gets at most {row['limits']['bytes']:,} bytes."
    )


def build_status_operation(name: str, summary: str, schema: JsonObject) -> JsonObject:
    """Build an operation without a request body."""
    return {
        "operationId": name,
        "summary": summary,
        "responses": build_response("The current state.", schema)
        | error_responses.reference_error_responses(403, 429, 500, 503, 504),
    }


def build_response(description: str, schema: JsonObject) -> JsonObject:
    """Build the response with status 200."""
    return {"200": {"description": description, "content": {"application/json": {"schema": schema}}}}


def format_document() -> str:
    """Format the document as in the file."""
    return json.dumps(build_document(), indent=2, ensure_ascii=False) + "\n"
