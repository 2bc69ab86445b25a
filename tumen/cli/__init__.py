"""The command line: `tumen COMMAND --help` teaches each command with examples."""

import typer

from tumen.cli import asof, brief, check, cite, export, new, release, serve

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
)


@app.callback(
    epilog="""\b
Examples:
  tumen serve
  tumen check
  tumen as-of 2023-11-02 --country PRK
\b
Exit codes, of every command:
  0  done
  1  the data have mistakes; each is named
  2  the command was used wrongly, or what it asked for is not there
\b
The filters of the pages are options of the commands; what stands in the address of a page as
weapon_type=drones is written --weapon-type drones here. The data directory is Tumen's own, or
the one that --data or the environment variable TUMEN_DATA names."""
)
def tumen() -> None:
    """Arms and technology flows around Russia's war: the records and the dashboard."""


for command in (serve, check, asof, export, brief, cite, new, release):
    command.register(app)
