"""What Rekbridge knows, pure: no AWS, no environment, standard library only."""
