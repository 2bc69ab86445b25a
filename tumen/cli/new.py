"""`tumen new DIR`: a data directory to fill with one's own records."""

from pathlib import Path
from typing import Annotated

import typer

from tumen import template
from tumen.cli.common import fail


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "new",
        epilog="""\b
Examples:
  tumen new mine/                 then read mine/README.md
  tumen check mine/
  tumen serve --data mine/""",
    )(run)


def run(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A directory that does not exist yet.")],
) -> None:
    """Make a data directory of your own: all tables, the code tables, a guide, and a labelled example."""
    try:
        template.write(directory)
    except template.NotEmpty as error:
        fail(str(error))
    except OSError as error:
        fail(f"{directory} cannot be made: {error.strerror}.")
    typer.echo(f"{directory}: begin with {directory / 'README.md'}, then: tumen serve --data {directory}")
