"""The call that fetches a table of a view, for those who work in a shell, in Python or in R."""

import json
import shlex
from urllib.parse import urlencode

from tumen.export.readme import shown_address
from tumen.view import View, to_query


def url(host: str, table: str, chosen: View, format: str = "csv") -> str:
    """The address of a table (or layer, or 'view') on the data routes, with the filters of a view."""
    query = urlencode(to_query(chosen), doseq=True)
    return f"{shown_address(host).rstrip('/')}/api/{table}.{format}{f'?{query}' if query else ''}"


def calls(host: str, table: str, chosen: View) -> dict[str, str]:
    """Language → the lines that fetch a table as it is in a view.

    Args:
        host: of the server, such as 'https://example.org'.
        table: name of a table.
        chosen: the view.
    """
    address = url(host, table, chosen)
    quoted = json.dumps(address)
    return {
        "curl": f"curl --fail --compressed --remote-name --remote-header-name {shlex.quote(address)}",
        "Python": "\n".join(
            [
                "import pandas as pd",
                "",
                f'{table} = pd.read_csv({quoted}, keep_default_na=False, na_values=[""])',
            ]
        ),
        "R": f'{table} <- read.csv({quoted}, na.strings = "", encoding = "UTF-8")',
    }
