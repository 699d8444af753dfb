// What can be done with an answer: copy it, say whether it helped, say what it should have been.

import { make } from "../page/dom.js";
import { nameButton, signButton, textButton, textField } from "./controls.js";
import { icon } from "./icons.js";

const COPIED_MS = 2000;
const LONGEST_CORRECTION = 8000;

export class Verdict {
  #reply;
  #parts;
  #up;
  #down;
  #row;
  #form = null;

  /** `parts`: words, api, announce; `told` hears of each rating. */
  constructor(reply, rating, parts, told) {
    this.#reply = reply;
    this.#parts = parts;
    this.told = told;
    const { words } = parts;
    const copy = signButton("copy", words.copy, () => this.#copy(copy));
    this.#up = signButton("up", words.up, () => this.#rate("up"));
    this.#down = signButton("down", words.down, () => this.#rate("down"));
    this.#row = make("div", "verdict", copy, this.#up, this.#down);
    this.element = make("div", "", this.#row);
    this.#show(rating);
  }

  #show(rating) {
    this.#up.setAttribute("aria-pressed", String(rating === "up"));
    this.#down.setAttribute("aria-pressed", String(rating === "down"));
  }

  async #rate(rating) {
    this.#show(rating);
    this.#closeForm();
    const isKept = await this.#give({ rating });
    if (!isKept) this.#show(null);
    else if (rating === "down") this.#openForm();
  }

  async #give(feedback) {
    const { api, announce, words } = this.#parts;
    try {
      await api.giveFeedback({ question_id: this.#reply.question_id, ...feedback });
    } catch {
      this.#say(words.notSent);
      return false;
    }
    this.told(feedback);
    if (feedback.rating === "up" || feedback.correction) this.#say(words.thanks);
    else announce(words.correction);
    return true;
  }

  #say(text) {
    this.#row.querySelector(".said")?.remove();
    this.#row.append(make("span", "said", text));
    this.#parts.announce(text);
  }

  #openForm() {
    const { words } = this.#parts;
    const send = async () => {
      const correction = field.value.trim();
      if (!correction) field.focus();
      else if (await this.#give({ rating: "down", correction })) this.#closeForm({ focus: true });
    };
    const field = textField(words.correction, send);
    field.maxLength = LONGEST_CORRECTION;
    field.dir = "auto";
    const skip = textButton(words.skip, "quiet", () => this.#closeForm({ focus: true }));
    const choices = make("div", "choices", skip, textButton(words.send, "primary", send));
    this.#form = make("div", "correction", make("p", "", words.correction), field, choices);
    this.element.append(this.#form);
    field.focus();
  }

  #closeForm({ focus = false } = {}) {
    this.#form?.remove();
    this.#form = null;
    this.#row.querySelector(".said:not(:last-child)")?.remove();
    if (focus) this.#down.focus();
  }

  async #copy(button) {
    const { words, announce } = this.#parts;
    const isCopied = await copyText(asText(this.#reply), button);
    if (!isCopied) return this.#say(words.notCopied);
    button.replaceChildren(icon("done"));
    nameButton(button, words.copied);
    announce(words.copied);
    setTimeout(() => {
      button.replaceChildren(icon("copy"));
      nameButton(button, words.copy);
    }, COPIED_MS);
  }
}

/** The answer with its sources, as plain text. */
function asText({ answer, citations }) {
  const sources = citations.map(({ marker, title, key, url }) => [`[${marker}] ${title || key}`, url].filter(Boolean).join("\n"));
  return [answer, sources.join("\n")].filter(Boolean).join("\n\n");
}

// Pages without TLS have no clipboard; there the text is selected and copied as people do it.
async function copyText(text, beside) {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(() => true, () => false);
  }
  const field = make("textarea", "unseen");
  field.value = text;
  beside.after(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  beside.focus();
  return isCopied;
}
