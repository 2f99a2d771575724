"""Records, ids, the operation catalog and errors: no AWS, no wire formats, standard library only."""
