"""LocalStack's settings, with Docker and without."""

SETTINGS = {
    # No usage statistics, and no certificate download.
    "DISABLE_EVENTS": "1",
    "SKIP_SSL_CERT_DOWNLOAD": "1",
    # The response to CreateFunction comes only when the function is ready.
    "LAMBDA_SYNCHRONOUS_CREATE": "1",
    # DynamoDB Local with its own streams; the other provider downloads more.
    "PROVIDER_OVERRIDE_DYNAMODB": "v2",
    "PROVIDER_OVERRIDE_DYNAMODBSTREAMS": "v2",
    "DYNAMODB_IN_MEMORY": "1",
    # The other provider loses the tags of alarms, so a second Terraform plan would show changes.
    "PROVIDER_OVERRIDE_CLOUDWATCH": "v1",
    # By default LocalStack accepts presigned URLs that are expired or modified.
    "S3_SKIP_SIGNATURE_VALIDATION": "0",
    "SQS_DISABLE_CLOUDWATCH_METRICS": "1",
    # By default a mapping receives only one batch a second.
    "LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC": "0",
}
