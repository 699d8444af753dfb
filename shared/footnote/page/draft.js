// The text of an answer while it is being told: what the stream takes back is gone.

import { blocksOf } from "./answer_text.js";
import { make } from "./dom.js";

const CHECKED = / \[\d+\]\s*$/;

export class Draft {
  #sentences = [];
  #drawing = 0;
  #element;
  #mark;

  /** Draws into `element`; `mark(number, isWhole)` makes the marker of a source, or null. */
  constructor(element, mark) {
    this.#element = element;
    this.#mark = mark;
  }

  token({ sentence, text }) {
    this.#sentences[sentence] = (this.#sentences[sentence] ?? "") + text;
    this.#drawSoon();
  }

  retract({ sentence }) {
    this.#sentences.length = Math.min(sentence, this.#sentences.length);
    this.#drawSoon();
  }

  /** Nothing more comes; where it was cut off, what was not checked yet is not shown any more. */
  end({ isCut = false } = {}) {
    if (isCut) this.#sentences = this.#sentences.filter((sentence) => CHECKED.test(sentence));
    cancelAnimationFrame(this.#drawing);
    this.#drawing = 0;
    this.#draw(true);
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
    this.#element.replaceChildren(...blocksOf(checked, (number) => this.#mark(number, isWhole)));
    if (open) this.#place(open);
  }

  // The sentence that is being written, where it is going to stand.
  #place(open) {
    const span = make("span", "unchecked", open.trimStart());
    const paragraph = this.#element.lastElementChild;
    if (paragraph?.tagName === "P" && !open.startsWith("\n")) paragraph.append(" ", span);
    else this.#element.append(make("p", "", span));
  }
}
