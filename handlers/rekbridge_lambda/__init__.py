"""Everything that runs in Lambda: entry → flows → domain, ports and adapters."""
