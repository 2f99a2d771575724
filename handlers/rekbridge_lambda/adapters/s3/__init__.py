"""S3 buckets, and what S3 says of new objects."""
