"""`python -m rekbridge_engine`. Worker processes import this file too, so nothing heavy is imported at module level."""

if __name__ == "__main__":
    from rekbridge_engine.cli import main

    main()
