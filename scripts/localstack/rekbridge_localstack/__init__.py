"""LocalStack without Docker: a plugin that LocalStack loads by this package's entry points."""
