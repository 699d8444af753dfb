// The sources of an answer: a marker after each sentence opens the card with its quote.

import { byId, headingPath, make, unwrapped } from "./dom.js";

/** The marker of a citation; one that is not known yet cannot be selected. */
export function marker(number, citation, turn) {
  if (!citation) return make("span", "marker", number);
  const loose = citation.status === "unverified";
  const button = make("button", loose ? "marker loose" : "marker", number);
  button.type = "button";
  button.setAttribute("aria-label", `Show source ${number}${loose ? ", in other words" : ""}`);
  button.setAttribute("aria-controls", cardId(turn, number));
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => openCard(cardId(turn, number)));
  return button;
}

export function citationCard(citation, turn) {
  const card = make(
    "details",
    "citation",
    make(
      "summary",
      "",
      make("span", "number", String(citation.marker)),
      make("span", "title", citation.title || citation.key),
      citation.status === "unverified" ? looseLabel() : null,
      citation.page ? make("span", "page", `page ${citation.page}`) : null,
    ),
    make("div", "body", headingPath(citation), make("blockquote", "", unwrapped(citation.quote)), source(citation)),
  );
  card.id = cardId(turn, citation.marker);
  card.addEventListener("toggle", () => {
    for (const button of document.querySelectorAll(`[aria-controls="${card.id}"]`)) {
      button.setAttribute("aria-expanded", String(card.open));
    }
  });
  return card;
}

const cardId = (turn, number) => `source-${turn}-${number}`;

function looseLabel() {
  const label = make("span", "loose-label", "in other words");
  label.title = "The quote is verbatim and nothing contradicts it, but the sentence puts it in other words.";
  return label;
}

function openCard(id) {
  const card = byId(id);
  card.open = true;
  card.querySelector("summary").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", behavior: "smooth" });
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
