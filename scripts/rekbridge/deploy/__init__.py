"""Deploy and destroy Rekbridge on an AWS account or an emulator."""
