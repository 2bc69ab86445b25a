"""A click is taken whole, whatever else the browser tells meanwhile.

Streamlit looks for newer messages at each look into the session: also when it is about to hear what a
message says, and in the callbacks. Where it finds a newer one there, the older is thrown away unheard, or
its callback ended in the middle (`SessionState._run_callback_and_record_rerun` takes that for the
callback's own `st.rerun`): a click is lost, or half of it. Right after the callbacks Streamlit looks again
by itself, so nothing is lost by not looking before.
"""

from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.safe_session_state import SafeSessionState

_hear = SafeSessionState.on_script_will_rerun


def _undisturbed(state: SafeSessionState, *said: Any, **options: Any) -> None:
    """Streamlit's own way to hear a message and call its callbacks, without a look for newer ones."""
    context = get_script_run_ctx()
    if context is None or context.script_requests is None:
        _hear(state, *said, **options)
        return
    requests: Any = context.script_requests
    requests.on_scriptrunner_yield = lambda: None
    try:
        _hear(state, *said, **options)
    finally:
        del requests.on_scriptrunner_yield


def install() -> None:
    """From now on what a message says is heard to its end, in this process."""
    SafeSessionState.on_script_will_rerun = _undisturbed  # type: ignore[assignment, method-assign]
