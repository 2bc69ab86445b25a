"""Every page, run by Streamlit itself but without a browser: whole, narrowed, empty, wrong, turned back."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from tests import plain
from tools import bundle
from tumen.app import frame
from tumen.home import PLOTLY

ROOT = Path(__file__).resolve().parent.parent
PAGES = (*frame.PAGES, *frame.HIDDEN)
FIGURE_BUDGET = 60_000  # bytes of one figure's JSON, see DESIGN
SHELLS = {"country": "PRK", "weapon_type": "artillery-ammunition"}
EMPTY = {"country": "IRN", "weapon_type": "space-and-satellite", "as_of": "2023-01-01"}

Query = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Seen:
    """A page as it was sent to the browser."""

    app: AppTest

    @property
    def parts(self) -> dict[str, dict[str, Any]]:
        """What our own components (charts, texts) were given, by key."""
        found = (node for node in walk(self.app._tree) if getattr(node, "type", "") == "bidi_component")
        return {node.key: json.loads(node.proto.json) for node in found}

    @property
    def charts(self) -> dict[str, dict[str, Any]]:
        """What our chart component was given, by key."""
        return {key: part for key, part in self.parts.items() if "figures" in part}

    @property
    def figures(self) -> dict[tuple[str, int], dict[str, Any]]:
        """Every plotly figure, by chart's key and least width."""
        return {
            (key, width): json.loads(text)
            for key, part in self.charts.items()
            for width, text in part["figures"]
        }

    @property
    def picks(self) -> set[str]:
        """All that can be picked on the charts."""
        traces = [trace for figure in self.figures.values() for trace in figure["data"]]
        return {pick for trace in traces for pick in flat(trace.get("customdata", [])) if pick}

    @property
    def html(self) -> str:
        """All our own texts."""
        return "\n".join(part.get("html", "") for part in self.parts.values())

    @property
    def text(self) -> str:
        """All our own texts without their tags."""
        return " ".join(re.sub(r"<[^>]+>", "", self.html).split())

    @property
    def sentence(self) -> str:
        """The sentence that says what is shown."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.parts["sentence"]["html"]).split())

    @property
    def count(self) -> int:
        """The transfers that the sentence counts."""
        found = re.match(r"(?:All )?([\d,]+) (?:of|transfers)", self.sentence)
        assert found, self.sentence
        return int(found[1].replace(",", ""))

    def links(self, kind: str) -> set[str]:
        """The ids of the records of a kind that the page's texts link to."""
        return set(re.findall(rf'data-pick="{kind}:([^"]+)"', self.html))


def walk(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from walk(child)


def flat(data: Any) -> Iterator[Any]:
    for value in data or []:
        yield from flat(value) if isinstance(value, list) else [value]


def look(page: str, query: Query | None = None, theme: str = "light") -> Seen:
    """Open a page with an address, as the first thing in a new session."""
    config.set_option("client.showErrorDetails", "full")  # so that a failure names its cause
    app = AppTest.from_file(str(ROOT / "tumen" / "app" / "shell.py"), default_timeout=60)
    app.context["theme"] = theme
    app.query_params.update(query or {})
    app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
    assert not app.exception, [(error.message, error.stack_trace[-4:]) for error in app.exception]
    return Seen(app)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_with_everything_on_it(page: str, theme: str) -> None:
    seen = look(page, theme=theme)
    assert seen.count == plain.count()
    assert not seen.app.warning


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("query", [SHELLS, {**SHELLS, "as_of": "2023-10-31"}, {"country": "IRN"}], ids=str)
def test_a_page_counts_what_pandas_counts(page: str, query: dict[str, str]) -> None:
    assert look(page, query).count == plain.count(**query)


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_view_is_said_and_opens_a_way_out(page: str) -> None:
    seen = look(page, EMPTY)
    assert seen.count == 0
    if page in ("overview", "map"):
        assert "No transfers match this view" in seen.app.info[0].value
        assert "Reset all filters" in [button.label for button in seen.app.main.button]


@pytest.mark.parametrize("page", PAGES)
def test_a_wrong_address_is_named_and_ignored(page: str) -> None:
    seen = look(page, {"country": ["Narnia", "PRK"], "as_of": "2024-99-99", "evidence": "77", "from": ""})
    notes = " ".join(warning.value for warning in seen.app.warning).replace("\\", "")
    assert all(wrong in notes for wrong in ("Narnia", "2024-99-99", "77"))
    assert seen.count == plain.count(country="PRK")


@pytest.mark.parametrize(
    "record", ["transfer:nope", "nope", ":", "transfer:", "flow:PRK>XXX", "<script>", "event:../../etc"]
)
@pytest.mark.parametrize("page", ["map", "record"])
def test_a_record_that_does_not_exist_breaks_nothing(page: str, record: str) -> None:
    seen = look(page, {"record": record})
    assert seen.count == plain.count()
    said = [warning.value for warning in seen.app.warning] if page == "map" else [seen.html]
    assert any("not known" in text or "No such record" in text for text in said)


def test_the_map_draws_the_flows_of_the_chosen_transfers_and_no_other() -> None:
    chosen = plain.transfers(**SHELLS)
    seen = look("map", SHELLS)
    assert flows(seen.picks) == plain.flows(chosen)
    assert flows(picked(seen.html)) == plain.flows(chosen)


@pytest.mark.parametrize("country", ["PRK", "IRN", "CHN", "RUS"])
def test_the_map_draws_every_flow_of_a_country(country: str) -> None:
    assert flows(look("map", {"country": country}).picks) == plain.flows(plain.transfers(country))


def test_the_overview_counts_every_transfer_once() -> None:
    seen = look("overview", {"country": "PRK"})
    cells = re.findall(r'class="cell[^>]*>(\d+)', seen.parts["overview"]["html"])
    assert sum(map(int, cells)) == plain.count(country="PRK")


def test_the_timeline_holds_the_events_that_bear_on_the_chosen_transfers() -> None:
    chosen = plain.transfers(**SHELLS)
    seen = look("timeline", SHELLS)
    assert plain.bearing("events", chosen) <= seen.links("event")
    assert seen.links("transfer") <= chosen
    drawn = {pick.partition(":")[2] for pick in seen.picks if pick.startswith("event:")}
    assert drawn == seen.links("event")


def test_the_quotes_are_those_that_speak_of_the_chosen_transfers() -> None:
    seen = look("quotes", SHELLS)
    assert seen.links("quote") == plain.bearing("quotes", plain.transfers(**SHELLS))


def picked(html: str) -> set[str]:
    return set(re.findall(r'data-pick="([^"]+)"', html.replace("&gt;", ">")))


def flows(picks: set[str]) -> set[tuple[str, str, str]]:
    """Sender, receiver and family of all flows and transfers among some picks."""
    single = {pick.partition(":")[2] for pick in picks if pick.startswith("transfer:")}
    several = re.findall(r"flow:(\w+)>(\w+):([\w-]+)", " ".join(sorted(picks)))
    return plain.flows(single) | set(several)


@pytest.mark.parametrize("page", ["map", "timeline", "known", "exchange", "figures", "method"])
@pytest.mark.parametrize("query", [{}, {"country": "RUS"}], ids=str)
def test_a_figure_is_small_names_no_host_and_is_told_in_words(page: str, query: dict[str, str]) -> None:
    charts = look(page, query).charts
    assert charts
    for key, part in charts.items():
        assert len(part["alt"]) > 40, key
        for width, text in part["figures"]:
            assert len(text.encode()) <= FIGURE_BUDGET, (key, width)
            assert "://" not in text, (key, width)
            kinds = {trace["type"] for trace in json.loads(text)["data"]}
            assert kinds <= {"scatter", *bundle.TRACES}, "our plotly.js cannot draw it (tools/bundle.py)"


def test_our_part_of_plotly_js_is_of_the_version_that_plotly_py_checks() -> None:
    assert bundle.version(PLOTLY) == bundle.version(bundle.WHOLE)


def test_a_figure_takes_the_readers_theme() -> None:
    light, dark = (look("map", theme=theme).figures["map", 0]["layout"] for theme in ("light", "dark"))
    assert light["geo"]["landcolor"] != dark["geo"]["landcolor"]


def test_navigation_carries_the_filters_along() -> None:
    links = [node for node in walk(look("map", SHELLS).app._tree) if getattr(node, "type", "") == "page_link"]
    assert len(links) == len(frame.PAGES)
    assert {link.proto.query_string for link in links} == {"country=PRK&weapon_type=artillery-ammunition"}


def test_a_filter_by_hand_goes_into_view_and_address() -> None:
    app = look("map").app
    app.multiselect(key="filter_country").select("PRK").run()
    assert Seen(app).count == plain.count(country="PRK")
    assert app.query_params["country"] == "PRK"


def test_everything_is_reset_with_one_click() -> None:
    app = look("map", {**SHELLS, "evidence": "3"}).app
    next(button for button in app.sidebar.button if button.label == "Reset all filters").click().run()
    assert Seen(app).count == plain.count()
    assert app.query_params == {}


def test_a_turned_back_period_says_that_it_is_told_with_hindsight() -> None:
    asked = {"from": "2023-09-01", "to": "2023-10-31"}
    assert "as known today" in look("overview", {**asked, "as_of": "2023-11-02"}).sentence
    assert "as known today" not in look("overview", asked).sentence
    assert "as known today" not in look("overview", {"as_of": "2023-11-02"}).sentence


def test_each_quote_says_for_whom_its_speaker_stood() -> None:
    rows = plain.table("quotes")
    seen = look("quotes", {"q": "RUSI"})
    shown = rows[rows["id"].isin(seen.links("quote"))]
    assert len(shown) > 2
    for row in shown.to_dict("records"):
        assert f"{row['role_at_time']}, {row['affiliation']}" in unescape(seen.text)
    (president,) = rows[rows["speaker_id"].eq("zelensky")].to_dict("records")
    own = unescape(look("quotes", {"speaker": "zelensky"}).text)
    assert president["affiliation"] == "Ukraine" and "Volodymyr Zelensky, President · Ukraine" in own


# --- the reader's width ---


def told(page: str, chart: str, width: float, theme: str = "light") -> dict[str, Any]:
    """What the chart of a page is given once the browser has told its width."""
    app = look(page, theme=theme).app
    app.session_state["chart_widths"] = {chart: width}
    return Seen(app.run()).charts[chart]


@pytest.mark.parametrize(
    ("page", "width", "least"), [("map", 1009, 560), ("map", 2134, 1300), ("timeline", 700, 620)]
)
def test_a_chart_is_sent_for_the_readers_width_alone(page: str, width: float, least: int) -> None:
    whole = look(page).charts[page]
    own = told(page, page, width)
    assert whole["widths"] == own["widths"] == [least for least, _ in whole["figures"]]
    assert own["figures"] == [[least, dict(whole["figures"])[least]]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_is_of_a_desks_width_and_light_whatever_the_reader_has(theme: str) -> None:
    desk = look("timeline").charts["timeline"]
    assert desk["paper"] == ""
    assert told("timeline", "timeline", 360, theme)["paper"] == dict(desk["figures"])[980]
    assert told("timeline", "timeline", 1009, "dark")["paper"] == dict(desk["figures"])[980]


def test_the_width_of_one_chart_is_a_guess_for_the_next() -> None:
    app = look("timeline").app
    app.session_state["chart_widths"] = {"map": 1009, "growth": 360}
    assert [least for least, _ in Seen(app.run()).charts["timeline"]["figures"]] == [340]


# --- the timeline's table ---


def test_many_events_are_folded_by_month_and_none_is_lost() -> None:
    events = plain.table("events")
    whole, few = look("timeline"), look("timeline", {"country": "IRN", "weapon_type": "missiles"})
    table, short = (seen.parts["events"]["html"] for seen in (whole, few))
    assert whole.links("event") == {*events["id"]}
    months = re.findall(r'<details class="month" data-name="([^"]+)"( open)?', table)
    assert len(months) == len({name for name, _ in months}) > 20
    assert not any(opened for _, opened in months)
    for title in events["title"][events["significance"].eq("3")]:
        assert f"{title}" in unescape(" ".join(re.findall(r'known-for">(.+?)</span>', table)))
    assert 0 < len(few.links("event")) <= 40
    assert all(
        opened for _, opened in re.findall(r'<details class="month" data-name="([^"]+)"( open)?', short)
    )
