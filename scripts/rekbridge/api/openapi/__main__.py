"""Writes docs/openapi.json."""

from rekbridge.api.openapi.document import DOCUMENT, format_document

DOCUMENT.write_text(format_document())
