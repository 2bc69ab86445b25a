"""Two questions that a supervisor asks: does the process live, and may visitors be sent to it?"""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from tumen import __version__
from tumen.app.store import STORE
from tumen.records import BadData

ALIVE, READY = "/healthz", "/readyz"
FRESH = {"cache-control": "no-store"}


def routes() -> list[BaseRoute]:
    """`/healthz` and `/readyz`."""
    return [Route(ALIVE, alive), Route(READY, ready)]


async def alive(_: Request) -> JSONResponse:
    """The process answers; nothing else is looked at, so that bad data never gets it killed."""
    return JSONResponse({"alive": True}, headers=FRESH)


def ready(_: Request) -> JSONResponse:
    """Whether there are records to show, in which version, and whether newer files wait to be mended.

    Not a coroutine: the first call loads the records, and others are answered meanwhile.
    """
    try:
        records = STORE.current()
    except BadData as error:
        return JSONResponse(
            {"ready": False, "mistakes": len(error.report.mistakes)}, status_code=503, headers=FRESH
        )
    mistakes = len(STORE.report.mistakes) if STORE.report else 0
    return JSONResponse(
        {"ready": True, "version": __version__, "data": records.version, "mistakes": mistakes}, headers=FRESH
    )
