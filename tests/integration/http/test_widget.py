"""`GET /widget.js`: for every page, kept by browsers, and asked for again only when it changed."""

from typing import Any

import pytest

from footnote.http.api import build_api
from footnote.http.widget_script import widget_script
from tests.integration.http.test_api import EVENT, Api, api, uploads  # noqa: F401
from tests.wsgi import Context

pytestmark = pytest.mark.integration


def got(api: Api, **headers: str) -> dict[str, Any]:
    event = EVENT | {"httpMethod": "GET", "path": "/widget.js", "headers": headers, "body": None}
    event["multiValueHeaders"] = {name: [value] for name, value in headers.items()}
    return build_api(api.ports).resolve(event, Context())  # type: ignore[arg-type]


def header(reply: dict[str, Any], name: str) -> str:
    return str(reply["multiValueHeaders"][name][0])


def test_any_page_may_load_the_script_and_keep_it_a_while(api: Api) -> None:
    reply = got(api, origin="https://www.example.com")
    assert reply["statusCode"] == 200
    assert reply["body"] == widget_script()
    assert header(reply, "Content-Type") == "text/javascript; charset=utf-8"
    assert header(reply, "Access-Control-Allow-Origin") == "*"
    assert header(reply, "Cross-Origin-Resource-Policy") == "cross-origin"
    assert "max-age=3600" in header(reply, "Cache-Control")


def test_a_browser_that_has_it_already_is_told_so(api: Api) -> None:
    etag = header(got(api), "ETag")
    for known in (etag, f"W/{etag}", f'"older", {etag}'):
        reply = got(api, **{"If-None-Match": known})
        assert (reply["statusCode"], reply["body"]) == (304, "")
        assert header(reply, "ETag") == etag
    assert got(api, **{"If-None-Match": '"older"'})["statusCode"] == 200
