"""`rekbridge status`: what became of an upload."""
