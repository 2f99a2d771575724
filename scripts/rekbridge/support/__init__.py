"""Helpers for every command: console, errors, HTTP, locks, paths, virtual environments."""
