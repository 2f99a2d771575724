"""What a deployment takes: calls a second by operation and region, how long images wait, and what they cost."""
