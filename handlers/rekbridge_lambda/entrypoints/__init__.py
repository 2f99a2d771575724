"""One file a Lambda: makes the clients once, hands each record to a flow."""
