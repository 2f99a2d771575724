"""What happens, step by step. The outside world is passed in as ports."""
