"""LocalStack without Docker: what LocalStack loads by the entry points of this package."""
