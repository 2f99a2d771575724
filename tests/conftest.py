"""The suite as a whole. Its fixtures for what needs a cloud are those of the kit's users: rekbridge.pytest_plugin."""

# Collected where nothing of this checkout is at hand: tests/operator/test_consumer.py.
collect_ignore = ["consumer"]
