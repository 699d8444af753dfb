"""Sites of other people: plain pages on an origin of their own."""

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self, override

_HTML = "text/html; charset=utf-8"


@dataclass(slots=True, kw_only=True)
class Site:
    """Serves what `pages` holds, by path, while its context is open; `asked` is what was wanted.

    `host` is part of the origin: `localhost` and `127.0.0.1` are two.
    """

    host: str = "localhost"
    pages: dict[str, str] = field(default_factory=dict)
    policy: str = ""
    asked: list[str] = field(default_factory=list)
    _http: ThreadingHTTPServer | None = None

    @property
    def origin(self) -> str:
        assert self._http is not None, "use the site as a context manager"
        return f"http://{self.host}:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        site = self

        class Handler(BaseHTTPRequestHandler):
            # Connections stay: Chromium may take one that was just closed for an open one.
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append(self.path)
                path = self.path.partition("?")[0]
                body = site.pages.get(path, "").encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/javascript" if ".js" in path else _HTML)
                self.send_header("Content-Length", str(len(body)))
                if site.policy:
                    self.send_header("Content-Security-Policy", site.policy)
                self.end_headers()
                self.wfile.write(body)

            @override
            def log_message(self, format: str, *args: object) -> None:
                """Keep the test output quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._http is not None
        self._http.shutdown()
        self._http.server_close()


def page_with(script: str, *, html: str = 'lang="en"', style: str = "", body: str = "") -> str:
    """A plain page of somebody else's, with whatever script line it is given."""
    return (
        f'<!doctype html><html {html}><head><meta charset="utf-8"><title>Shop</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{f'<style>{style}</style>' if style else ''}</head><body><main><h1>Shop</h1>"
        f"<p><a id='link' href='#here'>A link of the page</a></p>{body}</main>"
        f"{script}</body></html>"
    )
