"""`python -m tests.layouts`: print what becomes of every layout, and write it into docs/formats.md."""

from tests.layouts.table import build_table, write_docs

write_docs()
print(build_table(), end="")
