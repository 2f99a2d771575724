"""What AWS allows this account: calls a second of every action in every region, kept beside the variables."""
