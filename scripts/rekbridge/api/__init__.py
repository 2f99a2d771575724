"""The REST API from the operator's side: client, analyze command, OpenAPI document."""
