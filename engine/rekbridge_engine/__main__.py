"""`python -m rekbridge_engine`. Worker processes import this file too, so nothing heavy is imported at module level."""


def run() -> None:
    """Run the command `rekbridge-engine`. Worker processes import its script too, which imports only this file."""
    from rekbridge_engine.cli import main

    main()


if __name__ == "__main__":
    run()
