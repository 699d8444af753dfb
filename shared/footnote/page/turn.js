// One question with its answer, from the first word on: what the stream takes back is gone.

import { about } from "./about.js";
import { citationCard, marker } from "./citations.js";
import { copyButton } from "./copying.js";
import { make } from "./dom.js";
import { Draft } from "./draft.js";
import { button } from "./notice.js";
import { votes } from "./votes.js";

export class Turn {
  #number;
  #asked;
  #look;
  #citations = new Map();
  #text = make("div", "answer-text");
  #rest = make("div", "");
  #answer = make("div", "answer", this.#text, this.#rest);
  #draft = new Draft(this.#text, (number, isWhole) => this.#mark(number, isWhole));

  /** `look` shows beside it what was found for this question. */
  constructor(question, number, look) {
    this.#number = number;
    this.#asked = question;
    this.#look = look;
    const heading = make("h2", "asked", question);
    heading.dir = this.#text.dir = "auto";
    this.element = make("li", "turn", heading, this.#answer);
    this.#answer.setAttribute("aria-live", "polite");
    this.#busy(true);
    this.#rest.append(make("p", "waiting", "Searching the documents"));
  }

  /** Whether it is the one that the passages beside belong to. */
  isSeen(yes) {
    this.element.classList.toggle("seen", yes);
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
    this.#rest.replaceChildren(...about(reply), sources, this.#tools(reply));
  }

  /** Ends without an answer; what was not checked yet is not shown any more. */
  failed(message, again) {
    this.#draft.end({ isCut: true });
    this.#busy(false);
    const note = make("p", "failure", message);
    note.setAttribute("role", "alert");
    this.#rest.replaceChildren(note, button("Ask again", again, "small again"));
  }

  #tools(reply) {
    return make(
      "div",
      "tools",
      votes(reply.question_id),
      copyButton("Copy answer", () => reply.answer),
      button("Show its passages", this.#look, "quiet small look"),
    );
  }

  #mark(number, isWhole) {
    const citation = this.#citations.get(number);
    return isWhole && !citation ? null : marker(number, citation, this.#number);
  }

  #busy(yes) {
    this.#answer.setAttribute("aria-busy", String(yes));
  }
}
