"""Everything that runs in Lambda: entrypoints -> use cases -> domain and ports; the adapters implement the ports."""
