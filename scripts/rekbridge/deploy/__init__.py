"""Deploy and destroy a stack, on an AWS account or an emulator."""
