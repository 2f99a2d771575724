"""How LocalStack is set up for us, in a container or not."""

SETTINGS = {
    # No usage statistics, and no certificate from the internet.
    "DISABLE_EVENTS": "1",
    "SKIP_SSL_CERT_DOWNLOAD": "1",
    # A function is there when its creation says so.
    "LAMBDA_SYNCHRONOUS_CREATE": "1",
    # DynamoDB Local with streams of its own; the other provider downloads more.
    "PROVIDER_OVERRIDE_DYNAMODB": "v2",
    "PROVIDER_OVERRIDE_DYNAMODBSTREAMS": "v2",
    "DYNAMODB_IN_MEMORY": "1",
    # The other provider forgets alarms' tags, which the second plan then shows.
    "PROVIDER_OVERRIDE_CLOUDWATCH": "v1",
    # By default presigned URLs are good when they are expired or tampered with.
    "S3_SKIP_SIGNATURE_VALIDATION": "0",
    "SQS_DISABLE_CLOUDWATCH_METRICS": "1",
    # By default a mapping takes one batch a second.
    "LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC": "0",
}
