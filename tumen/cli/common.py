"""What the commands share: exit codes, the data directory, the pages' filters as options."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from tumen.home import DATA
from tumen.mistakes import nearest
from tumen.query import Query
from tumen.records import BadData, Records, load
from tumen.view import CONTESTED, PARAMETERS, ROLES, View, from_query

WRONG, ABSENT = 1, 2  # exit codes: mistakes in the data; wrong use, or not there

DataOption = Annotated[
    Path | None,
    typer.Option("--data", envvar="TUMEN_DATA", show_envvar=False, metavar="DIR", help="The data directory."),
]

HELP = {  # field of View → what its option says
    "country": "Countries, by code or name; may be repeated.",
    "role": f"What a country must do to count: {', '.join(filter(None, ROLES))}.",
    "weapon_type": "Weapon types or families, by code or name; may be repeated.",
    "start": "Transfers that may have run, events and quotes from this day on.",
    "end": "… and up to this day.",
    "evidence": "The least evidence, a step from 1 (bare claim) to 5 (physical find examined).",
    "contested": f"Denied or doubted: {', '.join(filter(None, CONTESTED))}.",
    "law": "Would breach one of these laws or kinds of law; may be repeated.",
    "as_of": "Only what was public on this day (YYYY-MM-DD).",
}


def filtered(*without: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the filters of the pages as options.

    The command must take a keyword `query`; it is given the address (see `view.from_query`) that the options
    mean. `without` names fields of View that the command settles itself.
    """
    names = [name for name in PARAMETERS if name not in without]

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True)
        kept = [p for p in own.parameters.values() if p.name != "query"]
        signature = own.replace(parameters=[*kept, *map(_option, names)])

        @wraps(command)
        def run(**given: Any) -> None:
            query = {PARAMETERS[name]: given.pop(name) or [] for name in names}
            command(**given, query={name: values for name, values in query.items() if values})

        run.__signature__ = signature  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in signature.parameters.values()}
        return run

    return decorate


def _option(name: str) -> inspect.Parameter:
    flag = "--" + PARAMETERS[name].replace("_", "-")
    option = typer.Option(
        flag, help=HELP[name], metavar="DAY" if name in DAYS else "CODE", show_default=False
    )
    kind = Annotated[list[str] | None, option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)


DAYS = ("start", "end", "as_of")


def opened(directory: Path | None) -> Records:
    """The records of a directory (Tumen's own for None).

    Ends the command if there is no such directory, or naming every mistake if it has any.
    """
    place = directory or DATA
    if not place.is_dir():
        fail(f"{place} is not a directory.")
    try:
        return load(place)
    except BadData as error:
        count = len(error.report.mistakes)
        fail(str(error), "", f"{place} has {count:,} mistake{'s' * (count != 1)}.", code=WRONG)


def viewed(records: Records, query: Query) -> View:
    """The view that the options mean; ends the command, naming all that are wrong, if any is."""
    view, notes = from_query(query, records)
    if notes:
        fail(*(note.replace(" and was ignored", "") for note in notes))
    return view


def fail(*lines: str, code: int = ABSENT) -> NoReturn:
    """End the command with a message on standard error."""
    typer.echo("\n".join(lines), err=True)
    raise typer.Exit(code)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on standard error that something takes its time; says nothing where that is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(f"{what} …"):
        yield


def write(content: bytes, out: str) -> None:
    """Write to a file, or to standard output for '-'; ends the command if that cannot be done."""
    if out == "-":
        typer.get_binary_stream("stdout").write(content)
        return
    try:
        Path(out).write_bytes(content)
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}.")
    typer.echo(f"{out}: {len(content):,} bytes", err=True)


def near(path: Path) -> Path:
    """A path as seen from the working directory, if it lies below it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def choose(option: str, value: str, options: Sequence[str]) -> str:
    """A value that must be one of a few; ends the command with the nearest if it is none."""
    if value not in options:
        hint = nearest(value, options)
        also = f" Did you mean “{hint}”?" if hint else ""
        fail(f"“{option} {value}” is not known; it must be one of {', '.join(options)}.{also}")
    return value
