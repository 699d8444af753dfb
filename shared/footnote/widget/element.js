// The element `<footnote-widget>`: a button that opens help above the page, or help in its place.

import { make } from "../page/dom.js";
import answerSheet from "./answer.css" with { type: "css" };
import frameSheet from "./frame.css" with { type: "css" };
import panelSheet from "./panel.css" with { type: "css" };
import { focused, goRound, keepKeysIn } from "./focus.js";
import { Frame } from "./frame.js";
import { icon } from "./icons.js";
import { optionsOf } from "./options.js";
import { followScheme } from "./theme.js";
import { stayVisible } from "./viewport.js";

const SMALL = "(max-width: 480px), (max-height: 420px)";

export class FootnoteWidget extends HTMLElement {
  #frame = null;
  #dialog = null;
  #launcher = null;
  #before = null;
  #options;
  #unfollow = () => {};
  #stay = () => {};

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [panelSheet, frameSheet, answerSheet];
  }

  connectedCallback() {
    if (!this.#frame) this.#build();
    this.#unfollow = followScheme(this.shadowRoot.querySelector(".widget"), this, this.#options.theme);
  }

  disconnectedCallback() {
    this.#unfollow();
    this.#frame.conversation.stop();
  }

  get isOpen() {
    return !this.#dialog || this.#dialog.open;
  }

  /** Opens help and moves the keyboard into it. */
  open() {
    if (this.#dialog && !this.#dialog.open) this.#show();
    this.#frame.focus();
  }

  close() {
    if (this.isOpen) this.#dialog?.close();
  }

  /** Opens help and asks. */
  ask(question) {
    this.open();
    const text = String(question).trim();
    if (text) this.#frame.conversation.ask(text);
  }

  #build() {
    this.#options = optionsOf(this, FootnoteWidget.scriptBase);
    const { isInline } = this.#options;
    this.#frame = new Frame(this.#options, {
      close: isInline ? null : () => this.close(),
      tell: (name, detail) => this.#tell(name, detail),
    });
    keepKeysIn(this.#frame.element);
    this.toggleAttribute("inline", isInline);
    this.shadowRoot.append(make("div", "widget", ...(isInline ? [this.#section()] : this.#floating())));
    this.shadowRoot.firstElementChild.dir = this.#options.direction;
  }

  #section() {
    const section = make("section", "panel", this.#frame.element);
    section.setAttribute("aria-labelledby", "title");
    return section;
  }

  #floating() {
    const { title, isOpen } = this.#options;
    this.#launcher = make("button", "launcher", icon("mark"), make("span", "", title));
    this.#launcher.type = "button";
    this.#launcher.setAttribute("aria-haspopup", "dialog");
    this.#launcher.addEventListener("click", () => this.open());
    this.#dialog = make("dialog", "panel", this.#frame.element);
    this.#dialog.setAttribute("aria-labelledby", "title");
    this.#dialog.addEventListener("close", () => this.#closed());
    this.#frame.element.addEventListener("keydown", (event) => this.#key(event));
    // On a small screen it would hide the page that was just gone to.
    const wasOpen = this.#frame.memory.read().isOpen ?? isOpen;
    if (wasOpen && !matchMedia(SMALL).matches) this.#dialog.open = this.#launcher.hidden = true;
    return [this.#launcher, this.#dialog];
  }

  #show() {
    this.#before = focused();
    if (matchMedia(SMALL).matches) this.#dialog.showModal();
    else this.#dialog.show();
    this.#stay = stayVisible(this.shadowRoot);
    this.#launcher.hidden = true;
    this.#frame.memory.write({ isOpen: true });
    this.#tell("opened", {});
  }

  #closed() {
    this.#stay();
    this.#launcher.hidden = false;
    const back = this.#before?.isConnected && this.#before !== document.body ? this.#before : this.#launcher;
    back.focus();
    this.#frame.memory.write({ isOpen: false });
    this.#tell("closed", {});
  }

  #key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else goRound(this.#frame.element, event);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`footnote:${name}`, { detail, bubbles: true, composed: true }));
  }
}
