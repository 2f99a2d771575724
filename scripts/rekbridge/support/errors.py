"""What the operator is told when something cannot be done."""


class OperatorError(Exception):
    """Something the reader can act on: what is wrong, and in `next_step` what to do about it."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(what)
        self.next_step = next_step
