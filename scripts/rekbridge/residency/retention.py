"""How long the modules keep what they keep: written there, not variables (tests/plan compares them)."""

# S3 expires objects at the midnight (UTC) after their days: one day is up to 48 hours.
STAGED_DAYS = 1
PREPARED_DAYS = 30
# Overwritten and deleted originals.
OLD_ORIGINAL_DAYS = 30
INCOMPLETE_UPLOAD_DAYS = 1
QUEUE_DAYS = 10
DLQ_DAYS = 14
# The delivery DLQ of the remote region, the only messages that stay abroad.
REMOTE_DLQ_DAYS = 4
# AWS: the longest that a table can be restored to a point in time.
TABLE_BACKUP_DAYS = 35
