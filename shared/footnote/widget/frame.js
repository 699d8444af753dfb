// What is inside the panel: its head, the conversation, and the field for the next question.

import { make } from "../page/dom.js";
import { Api } from "./api.js";
import { nameButton, signButton, textField } from "./controls.js";
import { Conversation } from "./conversation.js";
import { icon } from "./icons.js";
import { Memory, memoryName } from "./memory.js";

const LONGEST_QUESTION = 4000;

export class Frame {
  #options;
  #again;
  #field;
  #send;

  /** `close` is there where the panel can be closed; `tell` as of a Conversation. */
  constructor(options, { close, tell }) {
    this.#options = options;
    const { words } = options;
    this.memory = new Memory(options.remembers ? memoryName(options) : null);
    this.conversation = new Conversation(options, {
      api: new Api(options.api, options.key),
      memory: this.memory,
      tell,
      changed: () => this.#show(),
    });
    this.#again = signButton("again", words.again, () => this.#restart());
    this.#field = textField(options.placeholder, () => this.#submit());
    this.#field.maxLength = LONGEST_QUESTION;
    this.#field.dir = "auto";
    this.#field.value = this.memory.read().pending ?? "";
    this.#field.addEventListener("input", () => this.#show());
    this.#send = signButton("ask", words.ask, () => this.#sendOrStop());
    this.element = make("div", "frame", this.#head(close), this.conversation.element, this.#composer());
    this.element.lang = words.lang;
    this.element.dir = options.direction;
    this.#show();
  }

  focus() {
    this.#field.focus({ preventScroll: true });
  }

  #head(close) {
    const { title, words } = this.#options;
    const heading = make("h2", "title", title);
    heading.id = "title";
    return make("header", "head", icon("mark"), heading, this.#again, close && signButton("close", words.close, close));
  }

  #composer() {
    const form = make("div", "composer", this.#field, this.#send);
    form.addEventListener("click", (event) => event.target === form && this.focus());
    return form;
  }

  #sendOrStop() {
    if (this.conversation.isAsking) this.conversation.stop();
    else this.#submit();
    this.focus();
  }

  #submit() {
    const question = this.#field.value.trim();
    if (!question || this.conversation.isAsking) return;
    this.#field.value = "";
    this.conversation.ask(question);
  }

  #restart() {
    this.conversation.restart();
    this.focus();
  }

  #show() {
    // The conversation tells of its first state before there is anything to show it with.
    if (!this.element) return;
    const { isAsking, isEmpty } = this.conversation;
    const { placeholder, words } = this.#options;
    this.element.classList.toggle("empty", isEmpty);
    this.#again.hidden = isEmpty;
    const name = isAsking ? "stop" : "ask";
    this.#send.replaceChildren(icon(name));
    nameButton(this.#send, words[name]);
    this.#send.disabled = !isAsking && !this.#field.value.trim();
    this.#field.placeholder = isEmpty ? placeholder : words.followUp;
  }
}
