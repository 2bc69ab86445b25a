"""What if my rows were among the records?"""

import streamlit as st

from tumen import browse, trial, wording
from tumen.app import frame, store
from tumen.app.picks import pick
from tumen.app.prose import prose
from tumen.speech import _
from tumen.templates import render

records, _selection = frame.scene()
own = store.trial()
count = wording.plural(own.rows if own else 0, "row")
finding = (
    _("{count} of your own among them now").format(count=count) if own else _("Try it, in this tab only")
)
frame.title(_("What if my rows were among the records?"), finding)
tables = browse.package(records).tables
limits = {"most": trial.MOST_BYTES // 1_000_000, "lines": f"{trial.MOST_LINES:,}"}
prose(render("own.html", **limits), key="own", on_pick=pick)

given = st.file_uploader(
    _("CSV files, each one of the tables"),
    type="csv",
    accept_multiple_files=True,
    key=f"trial_files_{st.session_state.get('trial_round', 0)}",
)
files = {file.name: file.getvalue() for file in given}
given_now = trial.digest(files)
if files and given_now != st.session_state.get("trial_given"):
    base = store.STORE.current()
    found = trial.tried(base.directory, files, base.version)
    st.session_state.trial_given = given_now if found.records else None
    if found.records:
        st.session_state.trial = found
        st.rerun()
    st.error(
        _(
            "{mistakes}; your rows are not shown. "
            "Each is named with its file and line; mend them and upload again."
        ).format(mistakes=wording.plural(len(found.mistakes), "mistake")),
        icon=":material/rule:",
    )
    st.code("\n".join(map(str, found.mistakes)), language=None, wrap_lines=True)

if own:
    st.success(
        _("{added} added, {replaced} replaced: every page of this tab now shows them.").format(
            added=own.added, replaced=own.replaced
        ),
        icon=":material/check:",
    )

names = {table.name: f"{table.title} ({table.path})" for table in tables}
chosen = st.selectbox(_("The first line of a table"), list(names), format_func=lambda name: names[name])
line = trial.header(next(table for table in tables if table.name == chosen))
st.code(line, language=None, wrap_lines=True)
st.download_button(
    _("{chosen}.csv, empty").format(chosen=chosen), line, file_name=f"{chosen}.csv", mime="text/csv"
)
