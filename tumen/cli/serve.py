"""`tumen serve`: the whole dashboard, from anywhere, on these records or others."""

import os
from typing import Annotated

import typer

from tumen.cli.common import DataOption, fail

LOCAL, PORT = "127.0.0.1", 8501


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "serve",
        epilog="""\b
Examples:
  tumen serve                                 http://localhost:8501, for this machine only
  tumen serve --data mine/ --port 8600        your own records
  tumen serve --host 0.0.0.0                  for everyone who can reach this machine""",
    )(run)


def run(
    data: DataOption = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = PORT,
    host: Annotated[
        str, typer.Option(help="The address to listen on; by default this machine only.")
    ] = LOCAL,
) -> None:
    """Serve the dashboard until Ctrl+C; it takes up changed data files by itself."""
    if data and not data.is_dir():
        fail(f"{data} is not a directory.")
    if data:
        os.environ["TUMEN_DATA"] = str(data.resolve())
    shown = "localhost" if host == LOCAL else host
    typer.echo(f"Tumen: http://{shown}:{port}   (Ctrl+C ends it)", err=True)
    from tumen.app import launch  # Streamlit takes a second to import, which only this command needs

    launch.run({"server.port": port, "server.address": host})
