"""Can I trust this?"""

from tumen import __version__, derive
from tumen.app import frame
from tumen.app.picks import pick
from tumen.app.prose import prose
from tumen.geography import BORDER_POLICY
from tumen.templates import render

TABLES = ("transfers", "assertions", "events", "quotes", "sources", "places")

records, selection = frame.scene()

frame.title("Can I trust this?", "Every grade is computed from dated assertions, by rules written below")


def rows(table: str) -> list[dict[str, str]]:
    """A table as rows for a template."""
    return records[table].to_dict("records")


results = records.labels("not_found_results")
prose(
    render(
        "method.html",
        evidence=rows("evidence")[::-1],
        reliability=rows("reliability"),
        credibility=rows("credibility"),
        rules=derive.RULES,
        policy=BORDER_POLICY,
        not_found=[{**row, "result_label": results[row["result"]]} for row in rows("not_found")],
        version=__version__,
        fingerprint=records.version,
        counts={
            t: len(records[t]) for t in ("transfers", "assertions", "events", "quotes", "sources", "places")
        },
    ),
    key="method",
    on_pick=pick,
)
