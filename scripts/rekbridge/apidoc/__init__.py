"""docs/openapi.json, made of the catalog and botocore's model: `python -m rekbridge.apidoc` writes it again."""
