"""What the web server adds around Streamlit: our own routes, and what stands before all of them."""

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from streamlit import config

from tumen import geography
from tumen.app import feed
from tumen.app.head import Head
from tumen.app.store import STORE
from tumen.app.web import health, policy, settings, sign_in
from tumen.app.web.asgi import Cached, Headers
from tumen.app.web.hosts import Hosts
from tumen.app.web.logs import Requests
from tumen.app.web.rates import Rates
from tumen.app.web.sizes import Sizes
from tumen.cite import api as cite_api
from tumen.export import api
from tumen.home import PLOTLY


def routes() -> list[BaseRoute]:
    """Data and citation routes, our own static files, the feed of versions, and what a supervisor asks."""
    return [
        *api.routes(STORE.current),
        Mount("/plotly", Cached(StaticFiles(directory=PLOTLY.parent))),
        Mount("/geo", Cached(StaticFiles(directory=geography.BASEMAP))),
        *cite_api.routes(STORE.current),
        Route(feed.PATH, feed.answer),
        *health.routes(),
    ]


def middleware() -> list[Middleware]:
    """What every request passes, the outermost first.

    Raises settings.BadSetting for an environment variable that cannot be meant.
    """
    ours = settings.read(address=config.get_option("server.address"))
    sign_in.check(ours)
    return [
        Middleware(Requests, settings=ours),
        Middleware(Headers, extra=policy.headers(ours)),
        Middleware(Hosts, allowed=ours.hosts, open_paths=(health.ALIVE, health.READY)),
        Middleware(Sizes),
        Middleware(Rates, settings=ours),
        Middleware(sign_in.Door, settings=ours),
        # Streamlit sends its files as they are.
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=6),
        Middleware(Head),
    ]
