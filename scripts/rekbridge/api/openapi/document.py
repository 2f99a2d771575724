"""The whole document (OpenAPI 3.1). Each operation has a path of its own: its parameters and its answer differ."""

import json
from typing import Any

from rekbridge.api.openapi import answers, refusals, schemas
from rekbridge.support import paths

DOCUMENT = paths.ROOT / "docs" / "openapi.json"
CATALOG = paths.TABLES / "operations.json"

type Json = dict[str, Any]

ABOUT = """Analyse images with Amazon Rekognition from a region that does not have it, or not enough of it. \
An image is prepared at home - metadata dropped, scaled to the operation's limits - and goes as bytes to a region \
with quota; nothing else leaves. The same question about the same image is paid once per owner: a key's first part, \
or the IAM user or role that sends bytes.

Every request is signed with Signature Version 4 for `execute-api`."""
UPLOAD = """The form is posted to S3 with the file in a last field named `file`. What arrives is analysed as every \
upload is; its key may be asked about at once, too."""


def document() -> Json:
    """The document."""
    shapes: Json = {}
    catalog: dict[str, Json] = json.loads(CATALOG.read_text())
    paths = {f"/analyze/{name}": {"post": analysis(name, row, shapes)} for name, row in catalog.items()}
    paths |= {
        "/uploads": {
            "post": {
                "operationId": "upload",
                "summary": "A form that lets its holder upload one file to one key",
                "description": UPLOAD,
                "requestBody": {"required": True, "content": {"application/json": {"schema": answers.WISH}}},
                "responses": found("The form.", answers.FORM) | refusals.of(400, 403, 413, 429, 500, 503, 504),
            }
        },
        "/health": {"get": status("health", "What is deployed; nothing is called", answers.HEALTH)},
        "/capacity": {
            "get": status("capacity", "What is left of every operation's quota in every region", answers.CAPACITY)
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
            "schemas": {"Image": schemas.IMAGE, "Rekbridge": answers.REKBRIDGE} | dict(sorted(shapes.items())),
            "responses": refusals.responses(),
        },
    }


def analysis(name: str, row: Json, shapes: Json) -> Json:
    """One operation: a file, or Rekognition's own JSON; Rekognition's own answer, and how it came."""
    images = {image: {"$ref": "#/components/schemas/Image"} for image in row["images"]}
    asked = schemas.of_members(row["parameters"], [])
    asked |= {"properties": images | asked["properties"], "required": list(images)}
    raw: Json = {} if len(images) > 1 else {"image/*": {"schema": {}}, "application/octet-stream": {"schema": {}}}
    answer = {
        "allOf": [
            schemas.of_answer(row["action"], shapes),
            {
                "type": "object",
                "properties": {"Rekbridge": {"$ref": "#/components/schemas/Rekbridge"}},
                "required": ["Rekbridge"],
            },
        ]
    }
    return {
        "operationId": row["action"],
        "summary": f"{row['action']}, as Rekognition answers it",
        "description": described(row),
        "requestBody": {"required": True, "content": {"application/json": {"schema": asked}} | raw},
        "responses": found("Rekognition's answer.", answer) | refusals.of(*refusals.REFUSALS),
    }


def described(row: Json) -> str:
    """What a caller has to know of an operation."""
    needs = f" {', '.join(row['required'])} has to be given, unless it is deployed." if row["required"] else ""
    several = " The images are compared in the order named." if len(row["images"]) > 1 else ""
    return (
        f"Parameters that are left out are as deployed.{needs}{several} A request carries up to 4.5 MB, "
        f"a key may name 100 MiB; what goes to Rekognition is at most {row['limits']['bytes']:,} bytes."
    )


def status(name: str, summary: str, schema: Json) -> Json:
    """A question without a body."""
    return {
        "operationId": name,
        "summary": summary,
        "responses": found("As it is now.", schema) | refusals.of(403, 429, 500, 503, 504),
    }


def found(says: str, schema: Json) -> Json:
    """An answer."""
    return {"200": {"description": says, "content": {"application/json": {"schema": schema}}}}


def written() -> str:
    """The document as the file has it."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
