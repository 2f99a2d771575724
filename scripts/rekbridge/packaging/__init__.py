"""Packages: one zip for each Lambda, with what its code reaches and nothing else."""
