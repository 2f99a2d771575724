"""Capacity planning: calls per second by operation and region, duration and cost for a number of images."""
