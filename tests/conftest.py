"""The whole suite. Fixtures that need a cloud come from rekbridge.pytest_plugin, as for users of the command."""

# tests/operator/consumer runs these tests in a project outside the checkout, with the wheel installed.
collect_ignore = ["consumer"]
