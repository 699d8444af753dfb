// One question with its answer, from the first word on.

import { citationCard, marker } from "../page/citations.js";
import { make, unwrapped } from "../page/dom.js";
import { Draft } from "../page/draft.js";
import { failureNote } from "./failure_note.js";
import { fill } from "./words.js";
import { Verdict } from "./verdict.js";

let turns = 0;

export class Turn {
  question;
  reply = null;
  rating = null;
  understood = null;
  #number = (turns += 1);
  #parts;
  #citations = new Map();
  #text = make("div", "answer-text");
  #rest = make("div", "rest");
  #answer = make("div", "answer", this.#text, this.#rest);
  #draft = new Draft(this.#text, (number, isWhole) => this.#mark(number, isWhole));

  /** `parts`: words, api, announce, contact; `rated` hears of ratings. */
  constructor(question, parts, rated) {
    this.question = question;
    this.#parts = parts;
    this.rated = rated;
    const asked = make("h3", "asked", question);
    asked.dir = "auto";
    this.element = make("li", "turn", asked, this.#answer);
    this.begin();
  }

  begin() {
    this.#wait(this.#parts.words.searching);
    this.#answer.setAttribute("aria-busy", "true");
  }

  found({ question }) {
    if (question !== this.question) this.showUnderstood(question);
    this.#wait(this.#parts.words.reading);
  }

  token(token) {
    this.#draft.token(token);
    this.#rest.replaceChildren();
  }

  retract(retraction) {
    this.#draft.retract(retraction);
  }

  /** The whole reply; `isKept`: of another page, which nobody waits for. */
  done(reply, isKept = false) {
    const { announce, words } = this.#parts;
    this.reply = reply;
    if (isKept) this.#draft.token({ sentence: 0, text: reply.answer });
    for (const citation of reply.citations) this.#citations.set(String(citation.marker), citation);
    this.#end();
    if (reply.status === "declined") this.#decline();
    else this.#rest.replaceChildren(...this.#sources(reply.citations), this.#verdict());
    if (!isKept) announce(fill(words.answer, this.#text.innerText));
  }

  /** Ends without an answer; what was not checked yet is not shown any more. */
  failed(failure, retry) {
    this.#end({ isCut: true });
    this.#rest.replaceChildren(failureNote(failure, this.#parts, retry));
  }

  /** Takes back what was shown, to ask once more. */
  restart() {
    this.#draft.retract({ sentence: 0 });
    this.#draft.end();
    this.begin();
  }

  showUnderstood(question) {
    this.understood = question;
    this.#answer.querySelector(".understood")?.remove();
    const line = make("p", "understood", fill(this.#parts.words.understood, question));
    line.dir = "auto";
    this.#answer.prepend(line);
  }

  #wait(text) {
    const dots = make("span", "dots", make("i", ""), make("i", ""), make("i", ""));
    this.#rest.replaceChildren(make("p", "waiting", dots, text));
  }

  #end(how) {
    this.#draft.end(how);
    for (const block of this.#text.children) {
      if (block.tagName !== "PRE") block.dir = "auto";
      else if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
    }
    this.#answer.setAttribute("aria-busy", "false");
  }

  #decline() {
    const { words, contact } = this.#parts;
    const next = make("p", "next", words.declinedNext);
    if (contact) next.append(" ", contactLink(contact, words));
    this.#text.replaceChildren(make("p", "declined", words.declined), next);
    this.#rest.replaceChildren(this.#verdict());
  }

  #sources(citations) {
    if (!citations.length) return [];
    const cards = citations.map((citation, at) => this.#card(citation, citations[at - 1]));
    const heading = make("h4", "", this.#parts.words.sources);
    return [make("div", "sources", heading, ...cards)];
  }

  // Several quotes of one document stand below its title once, told apart by how they begin.
  #card(citation, before) {
    const card = citationCard(citation, this.#number, this.#parts.words);
    const isSame = before?.document_id === citation.document_id && before?.page === citation.page;
    card.classList.toggle("same", isSame);
    const preview = make("span", "preview", unwrapped(citation.quote));
    card.querySelector("summary").append(preview);
    for (const text of card.querySelectorAll(".title, .path, .preview, blockquote")) text.dir = "auto";
    return card;
  }

  #verdict() {
    const told = (feedback) => {
      this.rating = feedback.rating;
      this.rated(feedback);
    };
    return new Verdict(this.reply, this.rating, this.#parts, told).element;
  }

  #mark(number, isWhole) {
    const citation = this.#citations.get(number);
    return isWhole && !citation ? null : marker(number, citation, this.#number, this.#parts.words);
  }
}

function contactLink(address, words) {
  const link = make("a", "", words.contact);
  link.href = address;
  return link;
}
