"""The door, if TUMEN_SIGN_IN is set: records are given out to those only who are signed in.

Streamlit signs people in (OpenID Connect, `st.login`) and keeps a signed cookie. Pages look at it in
`tumen/app/door.py`; here every other route is closed without it. Open stays what holds no record and what
signing in needs: the empty shell of the pages, code, styles, base map, health. A new route is closed until
somebody opens it here.
"""

import importlib.util

from starlette.requests import cookie_parser
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.starlette import starlette_auth_routes, starlette_websocket
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from tumen.app.frame import HIDDEN, PAGES
from tumen.app.web.asgi import ASGI, Receive, Scope, Send, header, refuse
from tumen.app.web.settings import BadSetting, Settings

SHELLS = frozenset({"/", "/home", *(f"/{page}" for page in (*PAGES, *HIDDEN)), "/oauth2callback"})
OPEN = ("/_stcore/", "/static/", "/auth/", "/plotly/", "/geo/", "/healthz", "/readyz", "/favicon")


class Door:
    """Answers 401 to whoever asks for records without being signed in; does nothing if sign-in is off."""

    def __init__(self, app: ASGI, settings: Settings) -> None:
        self.app, self.closed = app, settings.sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is open, or comes from who is signed in."""
        if not self.closed or scope["type"] != "http" or is_open(scope["path"]) or signed_in(scope):
            await self.app(scope, receive, send)
            return
        await refuse(
            scope, receive, send, 401, "Sign in first, in a browser, on the first page of this server."
        )


def is_open(path: str) -> bool:
    """Whether a path gives out no record."""
    return path in SHELLS or path.startswith(OPEN)


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
