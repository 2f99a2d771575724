"""Writes docs/openapi.json again."""

from rekbridge.api.openapi.document import DOCUMENT, written

DOCUMENT.write_text(written())
