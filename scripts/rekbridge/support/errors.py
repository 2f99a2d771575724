"""The error that a command shows to the operator."""


class OperatorError(Exception):
    """An error that the operator can act on: the message says what is wrong, `next_step` what to do about it."""

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(message)
        self.next_step = next_step
