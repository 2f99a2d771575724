"""AWS and HTTP, one file per port. Only adapters and imaging use libraries."""
