"""The REST API behind API Gateway."""
