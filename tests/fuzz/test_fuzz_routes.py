"""The data routes keep what their own OpenAPI description promises, whatever they are asked."""

from typing import Any

import pytest
import schemathesis
from hypothesis import given
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.applications import Starlette

from tests.fuzz.conftest import cases
from tests.fuzz.hostile import NASTY
from tumen.app import server

HAS_ROUTES = any(getattr(route, "path", "") == "/api" for route in server.routes())
pytestmark = [
    pytest.mark.skipif(not HAS_ROUTES, reason="this server has no data routes"),
    pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient`"),
]


@pytest.fixture(scope="module")
def operations() -> list[Any]:
    """Every operation of the description."""
    app = Starlette(routes=server.routes())
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    return [found.ok() for found in schema.get_all_operations()]


def test_every_operation_answers_as_described(operations: list[Any]) -> None:
    """Status, content type and shape are checked by Schemathesis; an error of the server is none of them.

    A value that the description admits may still be refused: it cannot say that 2023-13 is no month.
    """
    share = 1 / len(operations)
    for operation in operations:

        @cases(share)
        @given(case=operation.as_strategy())
        def keeps_its_word(case: Any) -> None:
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        keeps_its_word()


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_a_nasty_value_is_refused_or_understood(nasty: str) -> None:
    import asyncio

    import httpx

    async def ask() -> list[int]:
        way = httpx.ASGITransport(Starlette(routes=server.routes()))  # raises what the routes raise
        async with httpx.AsyncClient(transport=way, base_url="http://localhost") as client:
            asked = [{"country": nasty}, {"as_of": nasty}, {nasty[:50] or "x": "PRK"}, {"evidence": nasty}]
            answers = [await client.get("/api/transfers.json", params=query) for query in asked]
            return [answer.status_code for answer in answers]

    assert set(asyncio.run(ask())) <= {200, 400, 404, 422}
