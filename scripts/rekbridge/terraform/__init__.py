"""Terraform: the deployment's configuration applied, planned and tested, with nothing written into the checkout."""
