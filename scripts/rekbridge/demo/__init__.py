"""`rekbridge demo`: deploys both regions to the local cloud, analyses real images, and accounts for every byte sent."""
