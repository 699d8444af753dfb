"""Runs ministack with all that a deployment needs, closed to every website that a person visits."""

import os
from typing import Any

from footnote.local.guarded_emulator import ORIGINS_VARIABLE, Send, admits


def main() -> None:
    """As `footnote.local.guarded_emulator`, with ministack's own paths: deployed code is there."""
    import ministack.app  # type: ignore[import-untyped]

    serve, origins = ministack.app.app, os.environ[ORIGINS_VARIABLE].split(",")

    async def serve_programs(scope: dict[str, Any], receive: object, send: Send) -> None:
        if scope["type"] != "http" or admits("/", scope["headers"], origins):
            await serve(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 403, "headers": []})
        await send({"type": "http.response.body", "body": b"This origin may not.\n"})

    ministack.app.app = serve_programs
    ministack.app.main()


if __name__ == "__main__":
    main()
