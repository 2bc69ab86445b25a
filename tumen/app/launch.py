"""Starting the server: Streamlit runs in this process, so that signals reach it."""

from collections.abc import Mapping

from streamlit.web import cli

from tumen.home import HOME


def run(settings: Mapping[str, object]) -> None:
    """Serve dashboard.py with Streamlit's settings by name, such as 'server.port', until it is ended."""
    options = [f"--{name}={value}" for name, value in settings.items()]
    cli.main(["run", str(HOME / "dashboard.py"), *options], prog_name="streamlit")
