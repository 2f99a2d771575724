"""Shared rate limit per operation and region, circuit breaker and region choice."""
