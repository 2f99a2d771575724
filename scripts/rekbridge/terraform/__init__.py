"""Runs Terraform: applies, plans and tests the configuration without writing into the checkout."""
