"""`rekbridge demo`."""

from typing import Annotated

import typer

from rekbridge.emulator import LocalCloud, Plan, local_cloud


def demo(
    port: Annotated[
        int, typer.Option(help="Where the emulator listens.", min=1, max=65535)
    ] = local_cloud.EMULATOR_PORT,
    engine_port: Annotated[
        int, typer.Option(help="Where the local Rekognition listens.", min=1, max=65535)
    ] = local_cloud.ENGINE_PORT,
) -> None:
    """Deploy both regions locally, send real images both ways, show what was seen and where each byte went."""
    from rekbridge.demo.run import run  # boto3 and Pillow, that the other commands need not wait for

    run(Plan(LocalCloud.shared().folder, port, engine_port))
