"""Writes the policies: `python -m rekbridge.deploy.deployer_policy --into FOLDER prefix=rekbridge account=…`.

Without arguments it writes those of docs/, whose placeholders are to be replaced.
"""

import argparse
from pathlib import Path

from rekbridge.deploy.deployer_policy import DOCS, render_policies
from rekbridge.support import paths


def main() -> None:
    """Write every file."""
    parser = argparse.ArgumentParser(prog="python -m rekbridge.deploy.deployer_policy", description=__doc__)
    parser.add_argument(
        "--into", type=Path, default=DOCS if paths.IS_CHECKOUT else None, required=not paths.IS_CHECKOUT,
        help="folder to write to; docs of a checkout by default",
    )  # fmt: skip
    parser.add_argument("values", nargs="*", metavar="placeholder=value", help="what to write for a placeholder")
    arguments = parser.parse_args()
    arguments.into.mkdir(parents=True, exist_ok=True)
    for name, policy in render_policies(dict(value.split("=", 1) for value in arguments.values)):
        (arguments.into / name).write_text(policy)


if __name__ == "__main__":
    main()
