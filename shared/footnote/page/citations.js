// The sources of an answer: a marker after each sentence opens the card with its quote.

import { headingPath, make, unwrapped } from "./dom.js";

const ENGLISH = {
  source: "Show source {}",
  page: "page {}",
  loose: "in other words",
  looseTitle: "The quote is verbatim and nothing contradicts it, but the sentence puts it in other words.",
};

/** The marker of a citation; one that is not known yet cannot be selected. */
export function marker(number, citation, turn, words = ENGLISH) {
  if (!citation) return make("span", "marker", number);
  const loose = citation.status === "unverified";
  const button = make("button", loose ? "marker loose" : "marker", number);
  button.type = "button";
  const label = words.source.replace("{}", number);
  button.setAttribute("aria-label", loose ? `${label}, ${words.loose}` : label);
  button.setAttribute("aria-controls", cardId(turn, number));
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => openCard(button.getRootNode().getElementById(cardId(turn, number))));
  return button;
}

export function citationCard(citation, turn, words = ENGLISH) {
  const card = make(
    "details",
    "citation",
    make(
      "summary",
      "",
      make("span", "number", String(citation.marker)),
      make("span", "title", citation.title || citation.key),
      citation.status === "unverified" ? looseLabel(words) : null,
      citation.page ? make("span", "page", words.page.replace("{}", citation.page)) : null,
    ),
    make("div", "body", headingPath(citation), quoteOf(citation), source(citation, words)),
  );
  card.id = cardId(turn, citation.marker);
  card.addEventListener("toggle", () => {
    for (const button of card.getRootNode().querySelectorAll(`[aria-controls="${card.id}"]`)) {
      button.setAttribute("aria-expanded", String(card.open));
    }
  });
  return card;
}

// In its own language's direction, whatever that of the page is.
function quoteOf({ quote }) {
  const element = make("blockquote", "", unwrapped(quote));
  element.dir = "auto";
  return element;
}

const cardId = (turn, number) => `source-${turn}-${number}`;

function looseLabel(words) {
  const label = make("span", "loose-label", words.loose);
  label.title = words.looseTitle;
  return label;
}

function openCard(card) {
  card.open = true;
  card.querySelector("summary").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" }); // as smoothly as its surroundings scroll
}

function source(citation, words) {
  if (!isWebAddress(citation.url)) return make("p", "source", words.key ?? citation.key);
  const link = make("a", "", words.link ?? citation.url);
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
