"""The yardsticks: small Streamlit apps that `bench.run` starts beside Tumen, each on its own port.

`python -m streamlit run bench/apps.py -- blank|widget|naive`
"""

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

DATA = Path(__file__).resolve().parent.parent / "data"


def blank() -> None:
    """Nothing but a word: the first paint that Streamlit itself allows."""
    st.write("blank")


def widget() -> None:
    """One widget and its answer: the round trip that Streamlit itself allows."""
    choice = st.radio("Choice", ["one", "two", "three"])
    st.html(f'<p id="answer">{choice}</p>')


@st.cache_data
def _borders() -> dict[str, Any]:
    import geopandas

    atlas = geopandas.read_file(DATA / "geo" / "countries-50m.json", layer="countries")
    found: dict[str, Any] = json.loads(atlas[["a3", "geometry"]].to_json())
    found["features"] = [country for country in found["features"] if country["geometry"]]
    return found


def _outline(geometry: dict[str, Any]) -> tuple[list[float | None], list[float | None]]:
    """All rings of a country as one line with gaps."""
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    points = [point for part in parts for ring in part for point in [*ring, (None, None)]]
    return [x for x, _ in points], [y for _, y in points]


def naive() -> None:
    """The same question as one does it first: a map with all borders inside the figure.

    Plain axes: plotly's own geo maps stay blank without the internet.
    """
    transfers = pd.read_csv(DATA / "transfers.csv")
    choice = st.radio("Choice", ["all", "PRK", "CHN", "IRN"])
    rows = transfers if choice == "all" else transfers[transfers["origin"] == choice]
    sending = {*rows["origin"]}
    figure = go.Figure()
    for country in _borders()["features"]:
        x, y = _outline(country["geometry"])
        colour = "crimson" if country["properties"]["a3"] in sending else "lightgrey"
        figure.add_scatter(x=x, y=y, fill="toself", fillcolor=colour, line={"width": 0.5}, mode="lines")
    figure.update_layout(showlegend=False)
    st.plotly_chart(figure, key="map")
    st.html(f'<p id="answer">{choice}</p>')


{"blank": blank, "widget": widget, "naive": naive}[sys.argv[-1]]()
