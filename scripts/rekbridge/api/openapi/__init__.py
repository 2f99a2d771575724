"""Generates docs/openapi.json from the catalog and botocore's model: `python -m rekbridge.api.openapi`."""
