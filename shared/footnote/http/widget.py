"""`GET /widget.js`: the help widget, for any page."""

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from footnote.http.widget_script import widget_etag, widget_script

# An hour without asking, a day in which an older one is shown while a newer one is fetched.
_CACHE = "public, max-age=3600, stale-while-revalidate=86400"


def add_widget_route(app: APIGatewayRestResolver) -> None:
    """Bind the route."""

    @app.get("/widget.js", include_in_schema=False)
    def get_widget() -> Response[str]:
        etag = widget_etag()
        headers = {
            "Cache-Control": _CACHE,
            "ETag": etag,
            # It holds nothing but our own source; pages that pin or isolate it need these two.
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        }
        is_known = etag in (app.current_event.headers.get("If-None-Match") or "")
        return Response(
            status_code=304 if is_known else 200,
            content_type="text/javascript; charset=utf-8",
            body="" if is_known else widget_script(),
            headers=headers,
        )
