"""docs/openapi.json, made of the catalog and botocore's model: `python -m rekbridge.api.openapi` writes it again."""
