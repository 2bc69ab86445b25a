"""The door, if TUMEN_SIGN_IN is set: records are given out to those only who are signed in.

Streamlit signs people in (OpenID Connect, `st.login`) and keeps a signed cookie. Pages look at it in
`tumen/app/door.py`; here every other route is closed without it. Open stays what holds no record and what
signing in needs: the empty shell of the pages, code, styles, base map, health. A new route is closed until
somebody opens it here.

Streamlit leads everybody to the first page after signing in. Whoever opened another address is led back to
it: a cookie holds it meanwhile, and leads to pages of this server only.
"""

import importlib.util
from urllib.parse import quote, unquote

from starlette.datastructures import MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import Response
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.starlette import starlette_auth_routes, starlette_websocket
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from tumen.app.frame import HIDDEN, PAGES
from tumen.app.web.asgi import ASGI, Message, Receive, Scope, Send, header, refuse
from tumen.app.web.settings import BadSetting, Settings

CALLBACK = "/oauth2callback"
ADDRESSES = frozenset({"/", "/home", *(f"/{page}" for page in (*PAGES, *HIDDEN))})
SHELLS = ADDRESSES | {CALLBACK}
OPEN = ("/_stcore/", "/static/", "/auth/", "/plotly/", "/geo/", "/healthz", "/readyz", "/favicon")
BACK = "tumen_back"  # the cookie that holds the address
LONGEST = 3_000  # characters of it; browsers keep 4 kB
AN_HOUR = 3600  # seconds to sign in within


class Door:
    """Answers 401 to whoever asks for records without being signed in; does nothing if sign-in is off."""

    def __init__(self, app: ASGI, settings: Settings) -> None:
        self.app, self.closed = app, settings.sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is open, or comes from who is signed in."""
        if not self.closed or scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"] == CALLBACK:
            await self.app(scope, receive, _leading_back(scope, send))
        elif scope["path"] in ADDRESSES and not signed_in(scope):
            await self.app(scope, receive, _remembering(scope, send))
        elif is_open(scope["path"]) or signed_in(scope):
            await self.app(scope, receive, send)
        else:
            why = "Sign in first, in a browser, on the first page of this server."
            await refuse(scope, receive, send, 401, why)


def is_open(path: str) -> bool:
    """Whether a path gives out no record."""
    return path in SHELLS or path.startswith(OPEN)


def _remembering(scope: Scope, send: Send) -> Send:
    """The answer with a cookie that holds the address asked for."""
    query = scope["query_string"].decode("latin-1")
    address = quote(f"{scope['path']}?{query}" if query else scope["path"], safe="")
    cookie = Response()
    if len(address) <= LONGEST:
        cookie.set_cookie(BACK, address, max_age=AN_HOUR, httponly=True, samesite="lax")
    return _with_cookies(cookie, send)


def _leading_back(scope: Scope, send: Send) -> Send:
    """The answer that ends signing in, leading to the address that the cookie holds, if any."""
    address = unquote(cookie_parser(header(scope, b"cookie")).get(BACK, ""))
    forget = Response()
    forget.delete_cookie(BACK, httponly=True, samesite="lax")
    return _with_cookies(forget, send, address if is_ours(address) else "")


def is_ours(address: str) -> bool:
    """Whether a text is the path of a page, with filters or without: anyone may have made the cookie."""
    return address.partition("?")[0] in ADDRESSES and address.isascii() and address.isprintable()


def _with_cookies(own: Response, send: Send, location: str = "") -> Send:
    """The answer with the cookies of another; if it leads elsewhere, to `location` where that is given."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for cookie in own.headers.getlist("set-cookie"):
                headers.append("set-cookie", cookie)
            if location and "location" in headers:
                headers["location"] = location
        await send(message)

    return sent


def signed_in(scope: Scope) -> bool:
    """Whether the request carries the cookie that Streamlit gave when its visitor signed in here."""
    cookies = cookie_parser(header(scope, b"cookie"))
    origin = starlette_auth_routes._get_origin_from_secrets()
    if not origin:
        return False
    decoded = starlette_websocket._get_signed_cookie_with_chunks(cookies, USER_COOKIE_NAME)
    told = starlette_websocket._parse_decoded_user_cookie(decoded, origin) if decoded else {}
    return told.get("is_logged_in") is True


def check(settings: Settings) -> None:
    """Raise BadSetting if people shall sign in and cannot."""
    if not settings.sign_in:
        return
    if importlib.util.find_spec("authlib") is None:
        raise BadSetting("TUMEN_SIGN_IN needs the package authlib: pip install 'streamlit[auth]'.")
    secrets_singleton.load_if_toml_exists()
    if not secrets_singleton.get("auth"):
        raise BadSetting(
            "TUMEN_SIGN_IN needs the section [auth] in .streamlit/secrets.toml (deploy/README.md)."
        )
