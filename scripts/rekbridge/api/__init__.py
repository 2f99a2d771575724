"""The REST API from the operator's side: client, `analyze` command, operation catalog, OpenAPI document."""
