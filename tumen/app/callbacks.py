"""A callback runs to its end, whatever else the browser tells meanwhile.

Streamlit looks for newer messages at each look into the session, also in a callback. Where it finds one
there, it ends the callback in the middle and says nothing (`SessionState._run_callback_and_record_rerun`
takes it for the callback's own `st.rerun`): a click is lost, or half of it. Right after the callbacks
Streamlit looks again by itself, so nothing is lost by not looking in them.
"""

from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.session_state import SessionState

_call = SessionState._call_callbacks


def _undisturbed(state: SessionState, **options: Any) -> None:
    """Streamlit's own way to call callbacks, without a look for newer messages."""
    context = get_script_run_ctx()
    if context is None or context.script_requests is None:
        _call(state, **options)
        return
    requests: Any = context.script_requests
    requests.on_scriptrunner_yield = lambda: None
    try:
        _call(state, **options)
    finally:
        del requests.on_scriptrunner_yield


def install() -> None:
    """From now on callbacks run to their end, in this process."""
    SessionState._call_callbacks = _undisturbed  # type: ignore[assignment, method-assign]
