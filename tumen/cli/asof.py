"""`tumen as-of DAY`: what was known on a day, and what was added to it since another."""

import json
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import typer

from tumen import dates, known, view, wording
from tumen.cli.common import DataOption, fail, filtered, opened, viewed
from tumen.known import Comparison
from tumen.query import Query, Reader
from tumen.records import Records
from tumen.view import View

ADDED = {  # field of known.Changes → what its number counts
    "reported": "first reported",
    "raised": "on better evidence",
    "contested": "newly denied or doubted",
    "revised": "figures given anew",
    "claims": "claims",
    "denials": "denials and doubts",
    "events": "events",
    "quotes": "quotes",
}
NOUNS = ("claims", "events", "quotes")
NAMED = ("reported", "raised", "contested")  # of these the transfers are named


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "as-of",
        epilog="""\b
Examples:
  tumen as-of 2023-11-02                           what was known then, and what was new
  tumen as-of 2023-11-02 --against 2024-02-27      two days
  tumen as-of 2024-06 --country PRK --json         for programs; a month means its end""",
    )(run)


@filtered("as_of")
def run(
    day: Annotated[str, typer.Argument(metavar="DAY", help="YYYY-MM-DD; a month or year means its end.")],
    query: Query,
    against: Annotated[
        str, typer.Option(metavar="DAY", help="Compare with this day instead of the disclosure before.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Write the report as JSON.")] = False,
    data: DataOption = None,
) -> None:
    """What was known on a day: in one sentence, in counts and figures, and what had just been added."""
    reader = Reader({"DAY": [day], "--against": [against]})
    on, other = reader.day("DAY", end=True), reader.day("--against", end=True)
    if on is None or reader.notes:
        fail(*(note.replace(" and was ignored", "") for note in reader.notes or ["DAY is empty."]))
    records = opened(data)
    told = report(records, viewed(records, query), on, other)
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else _words(told))


def report(records: Records, chosen: View, on: date, against: date | None = None) -> dict[str, Any]:
    """What was known on a day, and what had been added since another (None: since the stop before).

    Keys: as_of, since (ISO days; since is None before any stop), sentence, transfers (ids), counts, figures,
    added (a list of ids for each of ADDED).
    """
    stop = known.around(records, on)[0]
    since = against or (stop.day if stop else None)
    pair = known.compare(records, chosen, since or dates.FIRST_DAY, on)
    now = view.select(records, replace(chosen, as_of=on))
    changes = known.changes(records, pair)
    added = {name: list(getattr(changes, name)) for name in ADDED}
    return {
        "as_of": on.isoformat(),
        "since": since and since.isoformat(),
        "stop": "" if against or not stop else stop.title,
        "sentence": view.sentence(now, records),
        "transfers": now.transfers,
        "counts": _counts(records, pair),
        "figures": known.figures(records, pair),
        "added": added,
        "items": {t: records.label("transfers", t) for name in NAMED for t in added[name]},
        "earlier": pair.days[0].isoformat(),
        "later": str(pair.days[1]),
    }


def _counts(records: Records, pair: Comparison) -> dict[str, list[int]]:
    """Label → the number on the earlier and on the later day."""
    lines = known.counts(known.sides(records, pair, None))
    return {line["label"]: [count for count, _ in line["cells"]] for line in lines}


def _words(told: dict[str, Any]) -> str:
    """The report for people."""
    blocks = [[told["sentence"]], _table(told), _figures(told), _added(told)]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _table(told: dict[str, Any]) -> list[str]:
    earlier = told["earlier"] if told["since"] else "before"
    lines = [f"{'':32}{earlier:>12}{told['later']:>12}"]
    return lines + [f"{label:32}{then:>12,}{now:>12,}" for label, (then, now) in told["counts"].items()]


def _figures(told: dict[str, Any]) -> list[str]:
    found = [line for line in told["figures"] if line["now"]]
    return ["Figures published:"] * bool(found) + [
        f"  {line['item']}, {line['what']}: {line['now']['words']} "
        f"({line['now']['figures']}, {line['now']['origins']})"
        for line in found
    ]


def _added(told: dict[str, Any]) -> list[str]:
    """What the later day knows beyond the earlier: the numbers, then the transfers by name."""
    since = f"Added since {_day(told['earlier'])}" if told["since"] else "All that had become known"
    stop = f" ({told['stop']})" if told["stop"] else ""
    counts = {words: len(told["added"][name]) for name, words in ADDED.items() if told["added"][name]}
    numbers = [
        wording.plural(count, words[:-1]) if words in NOUNS else f"{count} {words}"
        for words, count in counts.items()
    ]
    lines = [f"{since}{stop}: {', '.join(numbers) or 'nothing'}."]
    for name in NAMED:
        for transfer in told["added"][name]:
            lines.append(f"  {ADDED[name]}: {told['items'][transfer]} [{transfer}]")
    return lines


def _day(text: str) -> str:
    return dates.day_words(date.fromisoformat(text))
