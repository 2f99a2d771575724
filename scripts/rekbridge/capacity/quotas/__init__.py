"""The account's quotas: calls per second by region and action, stored beside the operator's variables."""
