"""`rekbridge accept`: tries a whole deployment, removes it, and writes down what it saw, without account data."""
