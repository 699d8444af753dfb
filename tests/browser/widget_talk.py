"""The widget on somebody's page, whose answers the test tells as it wants."""

import json
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page

from tests.browser.site import Site, page_with

# Stands in the way of the widget's calls, so that the test decides when what is told.
ANSWERS = """
const encoder = new TextEncoder();
window.asked = [];
window.refusals = [];
window.fetch = (address, options) => {
  window.asked.push([String(address), JSON.parse(options.body), options.headers]);
  const refusal = window.refusals.shift();
  if (refusal === "down") return Promise.reject(new TypeError("Failed to fetch"));
  if (refusal) {
    const [status, message, headers] = refusal;
    const body = JSON.stringify({ error: { code: "c", message, request_id: "" } });
    return Promise.resolve(new Response(body, { status, headers }));
  }
  if (!String(address).endsWith("/v1/ask/stream")) return Promise.resolve(new Response("{}"));
  const body = new ReadableStream({
    start(stream) {
      window.tell = (text) => stream.enqueue(encoder.encode(text));
      window.cut = () => stream.close();
      options.signal.addEventListener("abort", () => stream.error(options.signal.reason));
    },
  });
  return Promise.resolve(new Response(body));
};
"""
CITATION: dict[str, Any] = {
    "marker": 1,
    "status": "verified",
    "document_id": "kb.1",
    "key": "kb/a.pdf",
    "title": "Guide",
    "url": "https://docs.example/guide",
    "page": 2,
    "heading_path": ["Backups", "Retention"],
    "quote": "Backups are kept for\nthirty days.",
}
REPLY: dict[str, Any] = {
    "question_id": "q1",
    "conversation_id": "c1",
    "status": "answered",
    "answer": "Kept for thirty days. [1]",
    "citations": [CITATION],
}
DECLINE = {"status": "declined", "answer": "The documents do not say.", "citations": []}


def event(name: str, content: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(content)}\n\n"


def script_line(api: str, **data: str) -> str:
    attributes = "".join(f' data-{name.replace("_", "-")}="{text}"' for name, text in data.items())
    return f'<script src="{api}/widget.js"{attributes} async></script>'


@dataclass(kw_only=True)
class Talk:
    """A page with the widget on it, and what is told to it."""

    page: Page
    site: Site
    api: Site

    def visit(self, path: str = "/", *, html: str = 'lang="en"', **data: str) -> "Talk":
        """Goes to a page with the script line, whose attributes are `data`."""
        style, body = data.pop("style", ""), data.pop("body", "")
        data = {"key": "pk_test", "knowledge_base": "help"} | data
        line = script_line(self.api.origin, **data)
        self.site.pages[path] = page_with(line, html=html, style=style, body=body)
        self.page.goto(self.site.origin + path)
        self.widget.wait_for(state="attached")
        return self

    def open(self) -> "Talk":
        self.launcher.click()
        return self

    def ask(self, question: str = "How long?") -> None:
        self.field.fill(question)
        self.field.press("Enter")

    def tell(self, name: str, **content: Any) -> None:
        self.page.evaluate("text => window.tell(text)", event(name, content))

    def done(self, **changes: Any) -> None:
        reply = REPLY | changes
        self.tell("token", sentence=0, text=reply["answer"])
        self.tell("done", **reply)

    def refuse(self, status: int, message: str, **headers: str) -> None:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.page.evaluate("one => window.refusals.push(one)", [status, message, names])

    @property
    def widget(self) -> Locator:
        return self.page.locator("footnote-widget")

    @property
    def launcher(self) -> Locator:
        return self.widget.locator(".launcher")

    @property
    def panel(self) -> Locator:
        return self.widget.locator(".panel")

    @property
    def field(self) -> Locator:
        return self.widget.locator(".composer textarea")

    @property
    def turn(self) -> Locator:
        return self.widget.locator(".turn").last

    @property
    def said(self) -> Locator:
        """What is read out."""
        return self.widget.get_by_role("status")

    def focused(self) -> str:
        """The class, or the tag, of what has the keyboard in the widget; or the page's element."""
        return str(
            self.page.evaluate(
                """() => {
                  let at = document.activeElement;
                  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                  return at.id || at.className || at.tagName;
                }"""
            )
        )
