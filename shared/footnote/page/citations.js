// The sources of an answer: a marker after each sentence opens the card with its quote.

import { byId, headingPath, make } from "./dom.js";

export function markersIn(answer) {
  // An odd part is the number between the brackets.
  return answer.split(/\[(\d+)\]/).map((part, index) => (index % 2 ? marker(part) : part));
}

function marker(number) {
  const button = make("button", "marker", number);
  button.type = "button";
  button.setAttribute("aria-label", `Show source ${number}`);
  button.setAttribute("aria-controls", `citation-${number}`);
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => openCitation(number));
  return button;
}

function openCitation(number) {
  const card = byId(`citation-${number}`);
  if (!card) return;
  card.open = true;
  card.querySelector("summary").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

export function citationCard(citation) {
  const card = make(
    "details",
    "citation",
    make(
      "summary",
      "",
      make("span", "number", `[${citation.marker}]`),
      make("span", "title", citation.title || citation.key),
      citation.page ? make("span", "page", `page ${citation.page}`) : null,
    ),
    make("div", "body", headingPath(citation), make("blockquote", "", citation.quote), source(citation)),
  );
  card.id = `citation-${citation.marker}`;
  card.addEventListener("toggle", () => {
    for (const button of document.querySelectorAll(`[aria-controls="${card.id}"]`)) {
      button.setAttribute("aria-expanded", String(card.open));
    }
  });
  return card;
}

function source(citation) {
  if (!isWebAddress(citation.url)) return make("p", "source", citation.key);
  const link = make("a", "", citation.url);
  link.href = citation.url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return make("p", "source", link);
}

function isWebAddress(address) {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}
