"""The callback by which long steps report their progress to the operator."""

from collections.abc import Callable

# Takes one line of text.
type Notify = Callable[[str], None]
