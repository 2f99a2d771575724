"""A load test against a deployed stack: locust asks, Rekognition's side tells what it saw, a table says both."""
