// One question with its answer, from the first word on: what the stream takes back is gone.

import { about } from "./about.js";
import { blocksOf } from "./answer_text.js";
import { citationCard, marker } from "./citations.js";
import { make } from "./dom.js";

const CHECKED = / \[\d+\]\s*$/;

export class Turn {
  #number;
  #asked;
  #sentences = [];
  #citations = new Map();
  #text = make("div", "answer-text");
  #rest = make("div", "");
  #answer = make("div", "answer", this.#text, this.#rest);
  #drawing = 0;

  constructor(question, number) {
    this.#number = number;
    this.#asked = question;
    this.element = make("li", "turn", make("h2", "asked", question), this.#answer);
    this.#answer.setAttribute("aria-live", "polite");
    this.#busy(true);
    this.#rest.append(make("p", "waiting", "Searching the documents"));
  }

  found({ question }) {
    if (question !== this.#asked) this.#text.before(make("p", "understood", `Understood as: ${question}`));
    this.#rest.replaceChildren(make("p", "waiting", "Reading what was found"));
  }

  token({ sentence, text }) {
    this.#sentences[sentence] = (this.#sentences[sentence] ?? "") + text;
    this.#rest.replaceChildren();
    this.#drawSoon();
  }

  retract({ sentence }) {
    this.#sentences.length = sentence;
    this.#drawSoon();
  }

  done(reply) {
    for (const citation of reply.citations) this.#citations.set(String(citation.marker), citation);
    this.#end();
    if (reply.status === "declined") this.#text.classList.add("declined");
    const cards = reply.citations.map((citation) => citationCard(citation, this.#number));
    const sources = cards.length ? make("div", "citations", ...cards) : "";
    this.#rest.replaceChildren(...about(reply), sources);
  }

  /** Ends without an answer; what was not checked yet is not shown any more. */
  failed(message) {
    this.#sentences = this.#sentences.filter((sentence) => CHECKED.test(sentence));
    this.#end();
    const note = make("p", "failure", message);
    note.setAttribute("role", "alert");
    this.#rest.replaceChildren(note);
  }

  #end() {
    cancelAnimationFrame(this.#drawing);
    this.#drawing = 0;
    this.#draw(true);
    this.#busy(false);
  }

  #busy(yes) {
    this.#answer.setAttribute("aria-busy", String(yes));
  }

  // Tokens come faster than a screen is drawn.
  #drawSoon() {
    this.#drawing ||= requestAnimationFrame(() => {
      this.#drawing = 0;
      this.#draw(false);
    });
  }

  #draw(isWhole) {
    const last = this.#sentences.at(-1) ?? "";
    const open = isWhole || CHECKED.test(last) ? "" : last;
    const checked = this.#sentences.slice(0, open ? -1 : undefined).join("");
    const mark = (number) => {
      const citation = this.#citations.get(number);
      return isWhole && !citation ? null : marker(number, citation, this.#number);
    };
    this.#text.replaceChildren(...blocksOf(checked, mark));
    if (open) this.#place(open);
  }

  // The sentence that is being written, where it is going to stand.
  #place(open) {
    const span = make("span", "unchecked", open.trimStart());
    const paragraph = this.#text.lastElementChild;
    if (paragraph?.tagName === "P" && !open.startsWith("\n")) paragraph.append(" ", span);
    else this.#text.append(make("p", "", span));
  }
}
