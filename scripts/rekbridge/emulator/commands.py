"""`rekbridge cloud up|down|status|logs`."""

import subprocess
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from rekbridge.emulator import local_cloud, logs
from rekbridge.emulator.emulators import EMULATORS, Target, planned
from rekbridge.emulator.local_cloud import LocalCloud
from rekbridge.emulator.record import Record
from rekbridge.support import venvs
from rekbridge.support.console import out
from rekbridge.support.errors import OperatorError

cloud = typer.Typer(no_args_is_help=True, help="The local cloud: an AWS emulator and a Rekognition of your own.")


class Server(StrEnum):
    """A server whose log can be read."""

    emulator = "emulator"
    engine = "engine"


@cloud.command()
def up(
    target: Annotated[Target, typer.Option(help="What answers as AWS.")] = Target.ministack,
    port: Annotated[
        int, typer.Option(help="Where the emulator listens.", min=1, max=65535)
    ] = local_cloud.EMULATOR_PORT,
    engine_port: Annotated[
        int, typer.Option(help="Where the local Rekognition listens.", min=1, max=65535)
    ] = local_cloud.ENGINE_PORT,
) -> None:
    """Start it in the background and wait until it is healthy; nothing happens when it is up already."""
    shared = LocalCloud.shared()
    was_up = shared.state == "ready"
    with out.status("Starting the local cloud") as progress:
        plan = planned(shared.folder, target, port, engine_port)
        for ensure in (EMULATORS[plan.emulator].ensure, venvs.ENGINE.ensure):
            ensure(progress.update)
        progress.update("Starting the local cloud")
        record = shared.start(plan)
    if record.lost and not was_up:
        out.print("What the last local cloud held is lost, so this one starts empty.", style="yellow")
    out.print(table(shared, record))
    out.print("End it with: rekbridge cloud down", style="dim")


@cloud.command()
def down() -> None:
    """End every process of it; what was deployed and stored on MiniStack is there again at its next start."""
    shared = LocalCloud.shared()
    with out.status("Ending the local cloud"):
        shared.stop()
    out.print("The local cloud is down.")


@cloud.command()
def status() -> None:
    """Show addresses, processes and health; the exit code is 1 unless all is well."""
    shared = LocalCloud.shared()
    record = Record.read(shared.folder)
    if record is None or shared.state in {"down", "ending"}:
        why = f" {_ending(record)}" if record is not None else ""
        raise OperatorError(f"The local cloud is down.{why}", "Start it with: rekbridge cloud up")
    out.print(table(shared, record))
    if not all(local_cloud.health(record, shared.folder).values()):
        raise typer.Exit(1)


@cloud.command("logs")
def show_logs(
    server: Annotated[Server, typer.Argument(help="Whose log.")] = Server.emulator,
    follow: Annotated[bool, typer.Option("-f", help="Go on printing what is added.")] = False,
) -> None:
    """Print a server's log."""
    log = logs.of(LocalCloud.shared().folder, server)
    if not log.exists():
        raise OperatorError(f"There is no log of the {server} yet.", "Start the local cloud with: rekbridge cloud up")
    if follow:
        subprocess.run(["tail", "-n", "+1", "-F", str(log)], check=False)
    else:
        typer.echo(log.read_text(errors="replace"), nl=False)


def table(shared: LocalCloud, record: Record) -> Table:
    """Addresses, processes and health of a running cloud."""
    healthy = local_cloud.health(record, shared.folder)
    shown = Table(caption=f"run folder {shared.folder}, supervisor {record.supervisor}", caption_justify="left")
    for heading in ("server", "address", "process", "health"):
        shown.add_column(heading)
    for name, address in (("emulator", record.endpoint), ("engine", record.engine)):
        state = "[green]healthy[/]" if healthy[name] else f"[red]no answer[/] ({record.phase})"
        shown.add_row(name, address, str(record.pids.get(name, "-")), state)
    return shown


def _ending(record: Record) -> str:
    if record.phase != "ended":
        return "Its supervisor was killed, and everything of it with it."
    return f"It ended by itself: {record.why}." if record.why else ""
