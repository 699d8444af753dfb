"""`GET /`, and its style and script: open to all, and asked for again only when they changed."""

from typing import Any

import pytest

from footnote.http.api import build_api
from footnote.http.pages import page_parts
from tests.integration.http.test_api import EVENT, Api, api, uploads  # noqa: F401
from tests.wsgi import Context

pytestmark = pytest.mark.integration


def got(api: Api, path: str, **headers: str) -> dict[str, Any]:
    event = EVENT | {"httpMethod": "GET", "path": path, "headers": headers, "body": None}
    event["multiValueHeaders"] = {name: [value] for name, value in headers.items()}
    return build_api(api.ports).resolve(event, Context())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "name", "content_type"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/page/page.css", "page.css", "text/css; charset=utf-8"),
        ("/page/page.js", "page.js", "text/javascript; charset=utf-8"),
    ],
)
def test_each_part_is_sent_once_as_long_as_it_is_the_same(
    api: Api, path: str, name: str, content_type: str
) -> None:
    reply = got(api, path)
    headers = {key: values[0] for key, values in reply["multiValueHeaders"].items()}
    assert (reply["statusCode"], reply["body"]) == (200, page_parts()[name])
    assert headers["Content-Type"] == content_type
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    again = got(api, path, **{"If-None-Match": headers["ETag"]})
    assert (again["statusCode"], again["body"]) == (304, "")
    assert got(api, path, **{"If-None-Match": '"older"'})["statusCode"] == 200


@pytest.mark.parametrize("name", ["api.js", "..", "index.htm", "%2e%2e%2fapi.py"])
def test_what_is_no_part_of_it_is_not_there(api: Api, name: str) -> None:
    assert got(api, f"/page/{name}")["statusCode"] == 404
