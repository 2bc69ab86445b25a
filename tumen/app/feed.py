"""The releases of the records as an Atom feed, for those who want to hear of a new one."""

from datetime import UTC, datetime
from html import escape

import feedgenerator
from starlette.requests import Request
from starlette.responses import Response

from tumen import browse, versions
from tumen.app.store import STORE
from tumen.records import BadData, Records

PATH = "/versions.atom"


def answer(request: Request) -> Response:
    """The feed, with addresses on the host that was asked."""
    try:
        records = STORE.current()
    except BadData:
        return Response("The records have mistakes.", status_code=503, media_type="text/plain")
    text = written(records, str(request.base_url).rstrip("/"))
    return Response(text, media_type="application/atom+xml")


def written(records: Records, site: str) -> str:
    """The feed as XML: one entry a release, newest first."""
    package = browse.package(records)
    feed = feedgenerator.Atom1Feed(
        title=f"{package.title}: versions",
        link=f"{site}/method?section=citing",
        feed_url=f"{site}{PATH}",
        description=package.description,
        language="en",
    )
    for version in versions.told(records):
        number, day = version["id"], datetime.fromisoformat(version["date"]).replace(tzinfo=UTC)
        feed.add_item(
            title=f"Version {number}",
            link=f"{site}/records?table=changes&q=version%3D{number}",
            unique_id=f"tag:{package.name},{version['date']}:version:{number}",
            description=escape(f"{version['summary']} ({version['words']})"),  # summaries are read as HTML
            pubdate=day,
            updateddate=day,
        )
    return str(feed.writeString("utf-8"))
