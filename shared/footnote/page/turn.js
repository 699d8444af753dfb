// One question with its answer, from the first word on: what the stream takes back is gone.

import { about } from "./about.js";
import { citationCard, marker } from "./citations.js";
import { make } from "./dom.js";
import { Draft } from "./draft.js";

export class Turn {
  #number;
  #asked;
  #citations = new Map();
  #text = make("div", "answer-text");
  #rest = make("div", "");
  #answer = make("div", "answer", this.#text, this.#rest);
  #draft = new Draft(this.#text, (number, isWhole) => this.#mark(number, isWhole));

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

  token(token) {
    this.#draft.token(token);
    this.#rest.replaceChildren();
  }

  retract(retraction) {
    this.#draft.retract(retraction);
  }

  done(reply) {
    for (const citation of reply.citations) this.#citations.set(String(citation.marker), citation);
    this.#draft.end();
    this.#busy(false);
    if (reply.status === "declined") this.#text.classList.add("declined");
    const cards = reply.citations.map((citation) => citationCard(citation, this.#number));
    const sources = cards.length ? make("div", "citations", ...cards) : "";
    this.#rest.replaceChildren(...about(reply), sources);
  }

  /** Ends without an answer; what was not checked yet is not shown any more. */
  failed(message) {
    this.#draft.end({ isCut: true });
    this.#busy(false);
    const note = make("p", "failure", message);
    note.setAttribute("role", "alert");
    this.#rest.replaceChildren(note);
  }

  #mark(number, isWhole) {
    const citation = this.#citations.get(number);
    return isWhole && !citation ? null : marker(number, citation, this.#number);
  }

  #busy(yes) {
    this.#answer.setAttribute("aria-busy", String(yes));
  }
}
