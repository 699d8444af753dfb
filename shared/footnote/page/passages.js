// What was found for a question, best first, with what each score is made of.

import { byId, headingPath, make, show, unwrapped } from "./dom.js";

const SHARES = ["words", "meaning", "document"];
// `document` is the class of a row in another list.
const tone = (name) => (name === "document" ? "whole" : name);

/** `citations`, where an answer is there by now: which passages it rests on. */
export function showPassages(passages, citations = []) {
  show(byId("passages-hint"), passages.length ? "" : "Nothing was found for this question.");
  byId("passages").replaceChildren(...passages.map((passage) => passageItem(passage, citations)));
  for (const text of document.querySelectorAll(".passage-text")) {
    if (text.scrollHeight > text.clientHeight + 1) text.after(unfold(text));
  }
}

function passageItem(passage, citations) {
  const title = make("span", "title", passage.title || passage.key);
  title.dir = "auto";
  const text = make("p", "passage-text", unwrapped(passage.text).replaceAll(/\n{2,}/g, "\n"));
  text.dir = "auto";
  return make(
    "li",
    "passage",
    make("div", "passage-head", title, ...cited(passage, citations), score(passage)),
    bar(passage),
    made(passage),
    headingPath(passage),
    text,
  );
}

// The numbers of the answer that lead into this passage.
function cited(passage, citations) {
  const own = citations.filter(
    ({ document_id, quote }) => document_id === passage.document_id && passage.text.includes(quote),
  );
  return own.map(({ marker }) => {
    const number = make("span", "marker", String(marker));
    number.title = `Source ${marker} of the answer`;
    return number;
  });
}

const score = ({ score }) => make("span", "score", `score ${score.toFixed(2)}`);

function bar({ score, shares }) {
  const parts = shares ? SHARES.map((name) => [name, shares[name]]) : [["words", score]];
  const element = make("div", "shares");
  for (const [name, share] of parts) {
    const part = make("span", `share ${tone(name)}`);
    part.style.inlineSize = `${100 * Math.max(0, share)}%`;
    element.append(part);
  }
  element.setAttribute("aria-hidden", "true");
  return element;
}

function made({ shares, relevance, page }) {
  const parts = shares ? SHARES.map((name) => [name, `${name} ${shares[name].toFixed(2)}`]) : [];
  const items = parts.map(([name, text]) => make("span", "", make("span", `swatch ${tone(name)}`), text));
  if (relevance !== null && relevance !== undefined) items.push(make("span", "", `reranked ${relevance.toFixed(2)}`));
  if (page) items.push(make("span", "", `page ${page}`));
  return items.length ? make("p", "made", ...items) : null;
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
