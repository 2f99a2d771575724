"""A load test of a deployed stack: locust sends images, and Rekognition's side counts the calls that it received."""
