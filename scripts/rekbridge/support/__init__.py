"""What every room of the command uses: console, errors, locks, paths, virtual environments."""
