"""One file per Lambda: creates the clients once, and gives each record to a use case."""
