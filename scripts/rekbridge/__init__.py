"""The operator's side of Rekbridge: the `rekbridge` command, packaging, the local cloud."""
