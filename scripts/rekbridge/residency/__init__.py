"""`rekbridge residency`: whether images stay where they may be: the deployed stack, and what the variables allow."""
