"""Builds one zip per Lambda, with exactly what its code depends on."""
