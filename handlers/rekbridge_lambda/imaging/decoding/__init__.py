"""Decodes images in a child process with limits: the parent's side, the child, and what they say to each other."""
