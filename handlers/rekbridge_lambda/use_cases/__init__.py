"""What happens, in words; the outside world comes in as ports."""
