"""Reading from SQS queues and sending to them."""
