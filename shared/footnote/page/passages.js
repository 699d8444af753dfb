// What was found for a question, best first.

import { byId, headingPath, make, show, unwrapped } from "./dom.js";

export function showPassages(passages) {
  show(byId("passages-hint"), passages.length ? "" : "Nothing was found for this question.");
  byId("passages").replaceChildren(...passages.map(passageItem));
  for (const text of document.querySelectorAll(".passage-text")) {
    if (text.scrollHeight > text.clientHeight) text.after(unfold(text));
  }
}

function passageItem(passage) {
  const score = make("meter");
  score.min = 0;
  score.max = 1;
  score.value = passage.score;
  score.setAttribute("aria-hidden", "true");
  return make(
    "li",
    "passage",
    make(
      "div",
      "passage-head",
      make("span", "title", passage.title || passage.key),
      make("span", "score", `score ${passage.score.toFixed(2)}`),
    ),
    score,
    headingPath(passage),
    make("p", "passage-text", unwrapped(passage.text)),
  );
}

function unfold(text) {
  const button = make("button", "more-text", "Show all");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    const whole = text.classList.toggle("whole");
    button.textContent = whole ? "Show less" : "Show all";
    button.setAttribute("aria-expanded", String(whole));
  });
  return button;
}
