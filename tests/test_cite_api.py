"""Citations over HTTP: what a script asks for is what it gets, or an error that names the mistake."""

import json
from collections.abc import Mapping
from datetime import date
from urllib.parse import unquote, urlsplit

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from tumen import cite, view
from tumen.cite import api
from tumen.records import Records, load
from tumen.view import View

TRANSFER = "prk-rus-munitions-containers"


@pytest.fixture(scope="module")
def records() -> Records:
    return load()


def get(records: Records, address: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer to a GET request, by the route that takes it."""
    parts = urlsplit(address)
    sent = {"host": "tumen.example", **(headers or {})}
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "https",
        "path": unquote(parts.path),
        "root_path": "",
        "query_string": parts.query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }
    (route,) = api.routes(lambda: records)
    match, found = route.matches(scope)
    assert match is Match.FULL
    answer: Response = found["endpoint"](Request({**scope, **found}))
    return answer


def text(answer: Response) -> str:
    return bytes(answer.body).decode()


def test_the_sources_of_a_view_come_in_every_format(records: Records) -> None:
    chosen = View(country=("IRN",), weapon_type=("missiles",), as_of=date(2024, 3, 1))
    ids = cite.sources_of(records, view.select(records, chosen))
    assert ids
    cited = [cite.items.of_source(records, name) for name in ids]
    for ending, form in {"bib": "bibtex", "ris": "ris", "json": "csl-json", "txt": "chicago"}.items():
        address = f"/cite/sources.{ending}?country=IRN&weapon_type=missiles&as_of=2024-03-01"
        answer = get(records, address)
        assert answer.status_code == 200 and text(answer) == cite.written(cited, form)
        assert answer.headers["content-type"] == f"{cite.FORMATS[form][2]}; charset=utf-8"
        assert answer.headers["content-disposition"] == (
            f'attachment; filename="tumen-sources-country-IRN-weapon_type-missiles-as_of-2024-03-01.{ending}"'
        )
    apa = get(records, "/cite/sources.txt?country=IRN&weapon_type=missiles&as_of=2024-03-01&style=apa")
    assert text(apa) == cite.written(cited, "apa")


def test_a_record_and_a_view_carry_the_address_under_which_they_were_asked_for(records: Records) -> None:
    (record,) = json.loads(text(get(records, f"/cite/transfer/{TRANSFER}.json?as_of=2023-10-31")))
    assert record["URL"] == f"https://tumen.example/record?record=transfer:{TRANSFER}&as_of=2023-10-31"
    assert "as known on 31 October 2023" in record["title"]
    (shown,) = json.loads(text(get(records, "/cite/view.json?country=PRK&from=2023-09")))
    assert shown["URL"] == "https://tumen.example/?country=PRK&from=2023-09-01"
    assert shown["accessed"]["date-parts"] == [[*date.today().timetuple()[:3]]]


def test_the_record_of_a_source_is_the_source(records: Records) -> None:
    name = records["sources"].index[0]
    assert json.loads(text(get(records, f"/cite/source/{name}.json"))) == [
        cite.items.of_source(records, name)
    ]


def test_a_flow_can_be_asked_for(records: Records) -> None:
    answer = get(records, "/cite/flow/PRK%3ERUS%3Amissiles.bib")
    assert answer.status_code == 200
    assert 'filename="tumen-flow-PRK-RUS-missiles.bib"' in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    ("address", "status", "said", "near"),
    [
        ("/cite/sources.bib?countri=PRK", 400, "countri", ["country"]),
        ("/cite/sources.bib?style=apa", 400, "style", []),
        ("/cite/sources.bib?weapon_type=misiles", 400, "misiles", ["missiles"]),
        ("/cite/sources.bib?as_of=2023-13-01", 400, "2023-13-01", []),
        ("/cite/sources.bib?from=2024-02&to=2024-01", 400, "ends before it begins", []),
        ("/cite/sources.txt?style=chicagoo", 400, "chicagoo", ["chicago"]),
        ("/cite/transfer/x.bib?country=PRK", 400, "country", ["as_of"]),
        (f"/cite/transfer/{TRANSFER}s.bib", 404, TRANSFER, [f"transfer:{TRANSFER}"]),
        ("/cite/nothing/x.bib", 404, "nothing:x", []),
        ("/cite/sauces.bib", 404, "sauces", ["sources"]),
        ("/cite/sources.doc", 404, "doc", ["bib"]),
        ("/cite/", 404, "format", ["bib"]),
        ("/cite/%3Cscript%3E.bib", 404, "<script>", []),
    ],
)
def test_what_is_not_understood_is_named(
    records: Records, address: str, status: int, said: str, near: list[str]
) -> None:
    answer = get(records, address)
    told = json.loads(text(answer))
    assert answer.status_code == status and said in told["error"]
    assert set(near) <= set(told["nearest"]) and "ignored" not in told["error"]
    assert answer.headers["content-type"] == "application/json"


def test_what_has_not_changed_is_not_sent_again(records: Records) -> None:
    address = "/cite/sources.ris?weapon_type=missiles&country=IRN"
    tag = get(records, address).headers["etag"]
    again = get(records, address, {"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.body, again.headers["etag"]) == (304, b"", tag)
    assert get(records, address, {"if-none-match": '"other"'}).status_code == 200
    assert get(records, "/cite/sources.ris?country=PRK&weapon_type=missiles").headers["etag"] != tag


def test_a_name_of_a_file_is_short_and_plain(records: Records) -> None:
    every = "&".join(f"country={code}" for code in list(records["countries"].index)[:40])
    name = get(records, f"/cite/view.bib?{every}").headers["content-disposition"]
    assert len(name) < 150 and name.isascii()
