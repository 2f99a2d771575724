"""The truth set: photographs nobody tuned on, what is to be seen in them, and how well the engine sees it."""
