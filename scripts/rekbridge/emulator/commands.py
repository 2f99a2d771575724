"""`rekbridge cloud up|down|status|logs`."""

import subprocess
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.table import Table

from rekbridge.emulator import local_cloud, logs
from rekbridge.emulator.emulators import EMULATORS, EmulatorTarget, build_settings
from rekbridge.emulator.local_cloud import LocalCloud
from rekbridge.emulator.record import CloudRecord
from rekbridge.support import venvs
from rekbridge.support.console import out
from rekbridge.support.errors import OperatorError

cloud = typer.Typer(no_args_is_help=True, help="The local cloud: an AWS emulator and a local Rekognition.")


class ServerName(StrEnum):
    """A server whose log can be printed."""

    emulator = "emulator"
    engine = "engine"


@cloud.command()
def up(
    target: Annotated[EmulatorTarget, typer.Option(help="The AWS emulator.")] = EmulatorTarget.ministack,
    port: Annotated[int, typer.Option(help="Port of the emulator.", min=1, max=65535)] = local_cloud.EMULATOR_PORT,
    engine_port: Annotated[
        int, typer.Option(help="Port of the local Rekognition.", min=1, max=65535)
    ] = local_cloud.ENGINE_PORT,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(help="Origin of a web page that may use the emulator, such as http://127.0.0.1:5173. Repeatable."),
    ] = None,
) -> None:
    """Start the local cloud in the background and wait until it is healthy. A running one is left as it is."""
    shared = LocalCloud.get_shared()
    was_up = shared.state == "ready"
    with out.status("Starting the local cloud") as progress:
        settings = build_settings(
            shared.folder, target, port, engine_port, allowed_origins=_check_origins(allow_origin or [])
        )
        for ensure_installed in (EMULATORS[settings.emulator].ensure_installed, venvs.ENGINE.ensure):
            ensure_installed(progress.update)
        progress.update("Starting the local cloud")
        record = shared.start(settings)
    if record.state_lost and not was_up:
        out.print("The state of the previous local cloud was lost: this one starts empty.", style="yellow")
    out.print(build_table(shared, record))
    out.print("Stop it with: rekbridge cloud down", style="dim")


@cloud.command()
def down() -> None:
    """Stop every process of the local cloud. MiniStack keeps its state for the next start; LocalStack does not."""
    shared = LocalCloud.get_shared()
    with out.status("Stopping the local cloud"):
        shared.stop()
    out.print("The local cloud is down.")


@cloud.command()
def status() -> None:
    """Print addresses, processes and health. The exit code is 1 unless every server is healthy."""
    shared = LocalCloud.get_shared()
    record = CloudRecord.read(shared.folder)
    if record is None or shared.state in {"down", "stopping"}:
        reason = f" {_describe_end(record)}" if record is not None else ""
        raise OperatorError(f"The local cloud is down.{reason}", "Start it with: rekbridge cloud up")
    out.print(build_table(shared, record))
    if not all(local_cloud.check_health(record, shared.folder).values()):
        raise typer.Exit(1)


@cloud.command("logs")
def show_logs(
    server: Annotated[ServerName, typer.Argument(help="The server whose log to print.")] = ServerName.emulator,
    follow: Annotated[bool, typer.Option("-f", help="Keep printing new lines.")] = False,
) -> None:
    """Print a server's log."""
    log = logs.get_log_path(LocalCloud.get_shared().folder, server)
    if not log.exists():
        raise OperatorError(f"The {server} has no log yet.", "Start the local cloud with: rekbridge cloud up")
    if follow:
        subprocess.run(["tail", "-n", "+1", "-F", str(log)], check=False)
    else:
        typer.echo(log.read_text(errors="replace"), nl=False)


def build_table(shared: LocalCloud, record: CloudRecord) -> Table:
    """Return a table of a running cloud's addresses, processes and health."""
    health = local_cloud.check_health(record, shared.folder)
    table = Table(caption=f"run folder {shared.folder}, supervisor {record.supervisor}", caption_justify="left")
    for heading in ("server", "address", "process", "health"):
        table.add_column(heading)
    for name, address in (("emulator", record.endpoint), ("engine", record.engine_url)):
        state = "[green]healthy[/]" if health[name] else f"[red]no response[/] ({record.phase})"
        table.add_row(name, address, str(record.pids.get(name, "-")), state)
    return table


def _check_origins(origins: list[str]) -> list[str]:
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or origin != f"{parts.scheme}://{parts.netloc}".lower():
            raise OperatorError(
                f"{origin} is not the origin of a web page.",
                "Give scheme, host and port in lower case, and no path, as the browser shows them: http://127.0.0.1:5173",
            )
    return origins


def _describe_end(record: CloudRecord) -> str:
    if record.phase != "stopped":
        return "Its supervisor was killed, and all its processes were stopped."
    return f"It stopped by itself: {record.end_reason}." if record.end_reason else ""
