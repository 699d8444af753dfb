// Questions and answers, each following on the ones before.

import { make } from "../page/dom.js";
import { Failure } from "./api.js";
import { textButton } from "./controls.js";
import { hintForOwner } from "./failure_note.js";
import { Turn } from "./turn.js";

export class Conversation {
  #options;
  #memory;
  #tell;
  #parts;
  #id = null;
  #turns = [];
  #asking = null;
  #list = make("ol", "turns");
  #status = make("p", "unseen");

  /** `tell(name, detail)` is told of what the page may want to know; `changed` of each new state. */
  constructor(options, { api, memory, tell, changed }) {
    this.#options = options;
    this.#memory = memory;
    this.#tell = tell;
    this.changed = changed;
    const { words, contact } = options;
    this.#status.setAttribute("role", "status");
    this.#parts = { words, contact, api, announce: (text) => (this.#status.textContent = text) };
    this.element = make("div", "conversation", this.#welcome(), this.#list, this.#status);
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", words.conversation);
    this.#recall();
  }

  get isAsking() {
    return this.#asking !== null;
  }

  get isEmpty() {
    return this.#turns.length === 0;
  }

  ask(question) {
    this.stop();
    const turn = this.#add(question);
    this.#run(turn);
    this.element.scrollTop = turn.element.offsetTop;
  }

  stop() {
    this.#asking?.abort();
  }

  restart() {
    this.stop();
    this.#id = null;
    this.#turns = [];
    this.#list.replaceChildren();
    this.#keep();
    this.changed();
  }

  #add(question) {
    const turn = new Turn(question, this.#parts, (feedback) => this.#rated(feedback, turn));
    this.#turns.push(turn);
    this.#list.append(turn.element);
    return turn;
  }

  async #run(turn) {
    const control = (this.#asking = new AbortController());
    this.#memory.write({ pending: turn.question });
    this.changed();
    this.#parts.announce(this.#options.words.searching);
    try {
      await this.#listen(turn, control.signal);
    } catch (error) {
      this.#failed(turn, error);
    }
    if (this.#asking === control) this.#asking = null;
    this.#keep();
    this.changed();
  }

  async #listen(turn, signal) {
    const { knowledgeBase } = this.#options;
    const body = { question: turn.question, knowledge_base: knowledgeBase, conversation_id: this.#id };
    for await (const [name, content] of this.#parts.api.ask(body, signal)) {
      if (signal.aborted) throw new DOMException("stopped", "AbortError");
      if (name === "passages") {
        this.#id = content.conversation_id;
        turn.found(content);
      } else if (name === "token") turn.token(content);
      else if (name === "retract") turn.retract(content);
      else if (name === "done") this.#done(turn, content);
    }
  }

  #done(turn, reply) {
    turn.done(reply);
    const { question_id, conversation_id, status, answer, citations } = reply;
    this.#tell("answered", { question: turn.question, question_id, conversation_id, status, answer, citations });
  }

  #failed(turn, error) {
    const isStopped = error.name === "AbortError";
    const failure = isStopped ? new Failure("stopped") : error instanceof Failure ? error : new Failure("failed", String(error));
    if (failure.kind === "failed") console.warn(`Footnote: ${failure.message}`);
    hintForOwner(failure, this.#options);
    turn.failed(failure, () => {
      this.stop();
      turn.restart();
      this.#run(turn);
    });
    this.#tell("failed", { question: turn.question, kind: failure.kind });
  }

  #rated(feedback, turn) {
    this.#keep();
    this.#tell("rated", { question_id: turn.reply.question_id, ...feedback });
  }

  #keep() {
    const told = this.#turns.filter((turn) => turn.reply);
    const turns = told.map(({ question, understood, rating, reply: { question_id, status, answer, citations } }) => {
      return { question, understood, rating, reply: { question_id, status, answer, citations } };
    });
    // Where another question was asked meanwhile, that is the one which waits for its answer.
    const pending = this.isAsking ? this.#turns.at(-1).question : null;
    this.#memory.write({ id: this.#id, turns, pending });
  }

  // What was kept may be of an older script, or have been written by another one.
  #recall() {
    const { id, turns } = this.#memory.read();
    try {
      for (const { question, understood, rating, reply } of turns ?? []) {
        const turn = this.#add(String(question));
        turn.rating = rating;
        if (understood) turn.showUnderstood(String(understood));
        turn.done(reply, true);
      }
      this.#id = turns?.length ? id : null;
    } catch {
      this.#turns = [];
      this.#list.replaceChildren();
    }
  }

  #welcome() {
    const { greeting, suggestions, words } = this.#options;
    const items = suggestions.map((text) => make("li", "", textButton(text, "suggestion", () => this.ask(text))));
    for (const item of items) item.firstChild.dir = "auto";
    return make(
      "div",
      "welcome",
      make("p", "greeting", greeting),
      make("p", "note", words.note),
      items.length ? make("ul", "suggestions", ...items) : null,
    );
  }
}
