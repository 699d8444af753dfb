"""What a page does and loads while hostile text is shown on it."""

from dataclasses import dataclass, field

from playwright.sync_api import Dialog, Page

# Elements that the widget makes; whatever else is there came from what was told.
LOOK = """() => {
  const root = document.querySelector("footnote-widget").shadowRoot;
  const own = new Set(("div button svg path span dialog header h2 h3 h4 p ol ul li textarea details"
    + " summary blockquote a code pre strong i").split(" "));
  const foreign = [...root.querySelectorAll("*")].filter((one) => !own.has(one.localName)
    || [...one.attributes].some(({ name }) => name.startsWith("on") || name === "src"
      || name === "style"));
  const links = [...root.querySelectorAll("a")].map((one) => one.href);
  return [foreign.map((one) => one.outerHTML.slice(0, 200)), [...new Set(links)], document.title];
}"""
# Asks one question after the other, and opens every source.
ASK_ALL = """async (questions) => {
  const widget = document.querySelector("footnote-widget");
  const ended = () => new Promise((resolve) => {
    for (const name of ["footnote:answered", "footnote:failed"]) {
      addEventListener(name, (event) => resolve([name, event.detail.kind]), { once: true });
    }
  });
  const outcomes = [];
  for (const question of questions) {
    const end = ended();
    widget.ask(question);
    outcomes.push(await end);
    for (const one of widget.shadowRoot.querySelectorAll("button.marker")) one.click();
  }
  return outcomes;
}"""


@dataclass
class Watch:
    """Everything that was loaded, and every dialog that a script opened."""

    page: Page
    loaded: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.loaded.append(request.url))
        self.page.on("dialog", self._dismiss)

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()
