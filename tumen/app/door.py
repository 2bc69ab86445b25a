"""The door on the screen: with TUMEN_SIGN_IN, nothing but a button for those who are not signed in."""

import streamlit as st

from tumen.app.web import settings
from tumen.speech import _


def required() -> None:
    """Stop the page here unless its visitor may see it."""
    if not settings.read().sign_in or st.user.is_logged_in:
        return
    st.title("Tumen")
    st.write(_("This server shows its records to those who are signed in."))
    st.button(_("Sign in"), on_click=st.login, type="primary", icon=":material/login:")
    st.stop()


def way_out() -> None:
    """A button to sign out, where there is something to sign out of."""
    if settings.read().sign_in:
        st.sidebar.button(_("Sign out"), on_click=st.logout, width="stretch", icon=":material/logout:")
