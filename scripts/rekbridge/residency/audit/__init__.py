"""The checks of a deployed stack. Each says what was seen, and what to do where it does not hold."""
