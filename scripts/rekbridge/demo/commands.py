"""`rekbridge demo`."""

from typing import Annotated

import typer

from rekbridge.emulator import LocalCloud, LocalCloudSettings, local_cloud


def demo(
    port: Annotated[int, typer.Option(help="Port of the emulator.", min=1, max=65535)] = local_cloud.EMULATOR_PORT,
    engine_port: Annotated[
        int, typer.Option(help="Port of the local Rekognition.", min=1, max=65535)
    ] = local_cloud.ENGINE_PORT,
) -> None:
    """Deploy both regions locally, analyse real images with both transfers, and account for every byte sent."""
    # Imported here because it needs boto3 and Pillow, which would slow down the start of the other commands.
    from rekbridge.demo.run import run_demo

    run_demo(LocalCloudSettings(LocalCloud.get_shared().folder, port, engine_port))
