"""`python -m engine`. Workers import this file too, so it imports nothing before it is asked to serve."""

if __name__ == "__main__":
    from engine.cli import main

    main()
