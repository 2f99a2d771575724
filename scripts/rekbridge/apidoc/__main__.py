"""Writes docs/openapi.json again."""

from rekbridge.apidoc.document import DOCUMENT, written

DOCUMENT.write_text(written())
