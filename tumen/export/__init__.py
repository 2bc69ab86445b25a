"""Taking a view away: its tables, files, package and data routes. Pure: no page, no Streamlit."""
