"""`/`, its style and scripts, and `/openapi.json`."""

import json
from functools import cache
from importlib.resources import files

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from footnote.domain.errors import NotFoundError
from footnote.http.description import described
from footnote.http.entrance import headers_of, is_open
from footnote.http.joined_script import etag_of, joined_script, joined_sheet
from footnote.http.ports import ApiPorts

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
}


def add_page_routes(app: APIGatewayRestResolver, ports: ApiPorts) -> None:
    """Bind the routes that are for people."""

    @app.get("/openapi.json", include_in_schema=False)
    def get_openapi() -> Response[str]:
        schema = app.get_openapi_json_schema(title="Footnote", version=ports.version)
        body = json.dumps(described(json.loads(schema), is_open))
        return Response(status_code=200, content_type="application/json", body=body)

    @app.get("/", include_in_schema=False)
    def get_page() -> Response[str]:
        # API Gateway serves a stage with and without the slash behind it, and the page's own
        # addresses are relative.
        context = app.current_event.request_context
        if context.path == f"/{context.stage}":
            return Response(status_code=302, body="", headers={"Location": f"{context.stage}/"})
        return _part(app, "index.html")

    @app.get("/page/<name>", include_in_schema=False)
    def get_page_part(name: str) -> Response[str]:
        return _part(app, name)


def _part(app: APIGatewayRestResolver, name: str) -> Response[str]:
    # A name that is asked for is looked up, never opened.
    body = page_parts().get(name)
    if body is None:
        message = f"there is no page {name}"
        raise NotFoundError(message)
    etag = etag_of(body)
    headers = {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
        " img-src 'self' data:; connect-src *; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
        "ETag": etag,
    }
    is_known = etag in headers_of(app.current_event.raw_event).get("if-none-match", "")
    return Response(
        status_code=304 if is_known else 200,
        content_type=_TYPES[name.rpartition(".")[2]],
        body="" if is_known else body,
        headers=headers,
    )


@cache
def page_parts() -> dict[str, str]:
    """All of the page, by name: a browser asks for three things, whatever it is made of."""
    html = files("footnote").joinpath("page/index.html").read_text(encoding="utf-8")
    return {
        "index.html": html,
        "page.css": joined_sheet("page/page.css", "page/console.css"),
        "page.js": joined_script("page/page.js"),
    }
