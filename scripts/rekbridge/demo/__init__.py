"""`rekbridge demo`: both regions on the local cloud, real images through every path, and where each byte went."""
